//! Sweeping: what nobody else has paid, told or closed is found by the sparse lists, a bounded part of it per run.

use jiff::Timestamp;

use super::close_ended::close_if_over;
use super::settle::{Settle, Settled};
use crate::domain::RequestId;
use crate::ports::{
    AskSlackWho, Clock, DescribeWorkflows, EditSlack, KeepRequests, ListRequests, Pause, PostToSlack, Random,
    ReadPointers, ResumeWorkflows, SendMail, StoreError,
};

/// How many ids one run lists: what lies further back has its turn when the first of them are done with.
pub const LISTED: usize = 5_000;
/// How many debts one run pays. With one look at the workflow and one at its history each, and a run a minute,
/// the sweep stays below one call of either kind a second, as long as a history has one page; the smallest quota
/// is ten.
pub const DEBTS: usize = 30;
/// How many pending requests one run looks at.
pub const PENDING: usize = 20;

/// What a sweep found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Requests that owed something.
    pub owing: usize,
    /// Requests that were pending.
    pub pending: usize,
    /// Requests of either kind that were looked at.
    pub seen: usize,
    /// Those of them at which a service failed.
    pub failed: usize,
}

/// Pays debts and closes what ended workflows left behind, and then sees to Slack, until the time is up. One request
/// that fails holds up no other.
///
/// # Errors
/// When a list cannot be read.
pub async fn sweep<S, M, L, W, C, R>(
    settle: &Settle<'_, S, M, L, W, C, R>,
    until: Timestamp,
) -> Result<Swept, StoreError>
where
    S: KeepRequests + ListRequests + ReadPointers,
    M: SendMail,
    L: EditSlack + PostToSlack + AskSlackWho,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    let Settle { store, workflows, clock, .. } = *settle;
    let minute = clock.now().as_second().unsigned_abs() / 60;
    let owing = store.owing_requests(LISTED).await?;
    let pending = store.pending_requests(LISTED).await?;
    let mut swept = Swept { owing: owing.len(), pending: pending.len(), ..Swept::default() };
    let mut paid = Vec::new();
    for id in turn(&owing, DEBTS, minute) {
        if clock.now() >= until {
            return Ok(swept);
        }
        swept.seen += 1;
        match settle.pay(id).await {
            Ok(payment) => paid.extend(payment.map(|payment| (id, payment))),
            Err(error) => swept.failed += failure(id, &error),
        }
    }
    for id in turn(&pending, PENDING, minute) {
        if clock.now() >= until {
            return Ok(swept);
        }
        swept.seen += 1;
        if let Err(error) = close_if_over(store, workflows, clock, id).await {
            swept.failed += failure(id, &error);
        }
    }
    for (id, payment) in paid {
        match settle.follow(payment, until).await {
            Ok(Settled::Interrupted) => swept.failed += 1,
            Ok(Settled::Done) => {}
            Err(error) => swept.failed += failure(id, &error),
        }
    }
    Ok(swept)
}

/// The part of a list whose turn it is, the oldest first. A list that fits is taken whole; in a longer one the
/// parts take turns, so that no debt that cannot be paid keeps a younger one waiting for ever.
fn turn(ids: &[RequestId], size: usize, minute: u64) -> &[RequestId] {
    let parts = ids.len().div_ceil(size).max(1);
    let part = usize::try_from(minute % parts as u64).unwrap_or(0);
    ids.chunks(size).nth(part).unwrap_or_default()
}

fn failure(id: &RequestId, error: &(dyn std::error::Error + 'static)) -> usize {
    tracing::error!(approval.id = %id, error, "a request could not be reconciled");
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_list_has_its_turn_and_a_short_list_always() {
        let ids: Vec<_> = (0..7).map(|n| RequestId::parse(&n.to_string()).unwrap()).collect();
        assert_eq!(turn(&ids, 7, 5), &ids[..]);
        assert_eq!(turn(&[], 7, 5), &[] as &[RequestId]);
        let taken: Vec<_> = (3..6).flat_map(|minute| turn(&ids, 3, minute)).cloned().collect();
        assert_eq!(taken, ids);
    }
}
