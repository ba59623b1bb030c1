//! Sweeping: what nobody else has paid, told or closed is found by the sparse lists, a bounded part of it per run.

use jiff::{SignedDuration, Timestamp};

use super::close_ended::close_if_over;
use super::resume::Payment;
use super::settle::{Settle, Settled};
use crate::domain::{RequestId, Resume};
use crate::ports::{
    AskSlackWho, Clock, DescribeWorkflows, EditSlack, KeepRequests, ListRequests, Pause, PostToSlack, Random,
    ReadPointers, ResumeWorkflows, SendMail, StoreError,
};
use crate::telemetry::{Unit, measure};

/// How many ids one run lists: what lies further back has its turn when the first of them are done with.
pub const LISTED: usize = 5_000;
/// How many debts one run pays.
pub const DEBTS: usize = 30;
/// How many pending requests one run looks at.
pub const PENDING: usize = 20;
/// How often one run asks Step Functions about a workflow at most: once for each request that it takes.
pub const LOOKS: usize = DEBTS + PENDING;
/// How many runs there are in a minute at most: the schedule's one, and two more by Lambda when it failed.
pub const RUNS_A_MINUTE: usize = 3;
/// What the smallest Regions refill of `DescribeExecution` in a second; elsewhere it is 15.
pub const QUOTA: usize = 10;

/// The worst rate: 50 looks × 3 runs = 150 a minute, which is 2.5 a second, a quarter of the smallest quota. Without
/// failed runs it is 50 a minute, less than one a second. One run may make all its looks at once: the smallest bucket
/// holds 250. A history is read once for each debt, so at most 30 times a run; one of many pages takes its time out of
/// the run's.
const _: () = assert!(LOOKS * RUNS_A_MINUTE * 4 <= QUOTA * 60);

/// For how long a debt of a workflow that is not known counts as owed too long. Nothing waits for its token any more,
/// and nobody can find out from here whether it was paid: it stays in its record, and the operators have been told.
const UNCONFIRMED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// After so long a debt that is still there is named in the log.
const LONG: SignedDuration = SignedDuration::from_secs(60);

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
    /// How old the oldest decision is that this run could not bring to its workflow, in seconds; 0 without one.
    pub oldest_owed: u64,
}

/// Pays debts and closes what ended workflows left behind, and then sees to Slack, until the time is up. One request
/// that fails holds up no other. What it leaves is measured: an alarm hears of decisions that stay owed, and of runs that
/// do not come.
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
    let swept = run(settle, until).await?;
    measure(&[
        ("OldestOwedSeconds", Unit::Seconds, swept.oldest_owed),
        ("OwedRequests", Unit::Count, swept.owing as u64),
        ("FailedRequests", Unit::Count, swept.failed as u64),
    ]);
    Ok(swept)
}

async fn run<S, M, L, W, C, R>(
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
    let began = clock.now();
    let owing = store.owing_requests(LISTED).await?;
    let pending = store.pending_requests(LISTED).await?;
    let mut swept = Swept { owing: owing.len(), pending: pending.len(), ..Swept::default() };
    let mut paid = Vec::new();
    for id in turn(&owing, DEBTS, began) {
        if clock.now() >= until {
            return Ok(swept);
        }
        swept.seen += 1;
        match settle.pay(id).await {
            Ok(payment) => {
                swept.oldest_owed =
                    swept.oldest_owed.max(payment.as_ref().map_or(0, |left| owed(left, clock.now())));
                paid.extend(payment.map(|payment| (id, payment)));
            }
            Err(error) => swept.failed += failure(id, &error),
        }
    }
    for id in turn(&pending, PENDING, began) {
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

/// For how many seconds a decision has been owed that is owed even now, after somebody came to pay it.
fn owed(left: &Payment, now: Timestamp) -> u64 {
    let (Payment::Settled(request) | Payment::Interrupted(request)) = left;
    if request.resume != Resume::Owed {
        return 0;
    }
    let since = request.decision.as_ref().map_or(request.opened_at, |decision| decision.at);
    let age = now.duration_since(since);
    let given_up = matches!(left, Payment::Settled(_)) && request.workflow.execution.is_none();
    if given_up && age >= UNCONFIRMED_FOR {
        return 0;
    }
    if age > LONG {
        tracing::warn!(approval.id = %request.id, approval.status = %request.status, seconds = age.as_secs(), "a decision is still owed");
    }
    age.as_secs().try_into().unwrap_or(0)
}

/// The part of a list whose turn it is, the oldest first. A list that fits is taken whole; in a longer one the
/// parts take turns by the minute, so that no debt that cannot be paid keeps a younger one waiting for ever.
pub(super) fn turn(ids: &[RequestId], size: usize, now: Timestamp) -> &[RequestId] {
    let minute = now.as_second().unsigned_abs() / 60;
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
        let minute = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        assert_eq!(turn(&ids, 7, minute(5)), &ids[..]);
        assert_eq!(turn(&[], 7, minute(5)), &[] as &[RequestId]);
        let taken: Vec<_> = (3..6).flat_map(|number| turn(&ids, 3, minute(number))).cloned().collect();
        assert_eq!(taken, ids);
    }
}
