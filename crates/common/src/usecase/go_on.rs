//! Going on: a change that is claimed is brought to its end also when no workflow asks how it went, because its caller
//! asks only once, or because it was stopped. An approval of such a caller that met a freeze is begun here; one whose
//! workflow asks again is not: who stopped that workflow meant it.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use jiff::Timestamp;

use super::carry_out::CarryOut;
use super::sweep::{LISTED, turn};
use crate::contract::TaskError;
use crate::domain::{Progress, Request, RequestId};
use crate::ports::{
    ClaimApprovals, Clock, KeepRequests, ListRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy,
    SendMail, StoreError,
};

/// How many debts one run reads: what is no deployment takes one call, and older debts of other kinds may be many.
const READ: usize = 1_000;
/// How many claimed changes go on at the same time: a receiver that does not answer takes 15 seconds.
const AT_ONCE: usize = 16;
/// `join_all` asks every one of so few whenever anything happens, so that nobody's waker has to be kept.
const _: () = assert!(AT_ONCE <= 30);

/// What a run found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WentOn {
    /// Changes that are not at their end.
    pub deploying: usize,
    /// Those of them that came to it.
    pub ended: usize,
    /// Approvals that wait to be used, because they met a freeze.
    pub waiting: usize,
    /// How often a service failed.
    pub failed: usize,
}

/// What there is to do for a request.
#[derive(Clone, Copy, Debug)]
enum Work {
    /// Its approval was left to the schedule.
    Begin,
    /// Its change is claimed.
    GoOn,
}

impl Work {
    fn of(request: &Request) -> Option<Self> {
        if request.is_left_to_the_schedule() {
            Some(Self::Begin)
        } else {
            (request.progress() == Progress::Deploying).then_some(Self::GoOn)
        }
    }
}

/// Takes every claimed change that is its turn as far as it goes, and begins what was left to it, until the time is up.
/// One that fails holds up no other. Whoever asks at the same time acts on the same claim.
///
/// Begun is one after the other, the oldest first: who begins looks whether somebody else is at work in the same place,
/// where the place tells.
///
/// # Errors
/// When the list cannot be read.
pub async fn go_on<S, T, M, C>(
    carry_out: &CarryOut<'_, S, T, M, C>,
    until: Timestamp,
) -> Result<WentOn, StoreError>
where
    S: KeepRequests + ListRequests + ClaimApprovals + ReadPlans + ReadPointers + ReadPolicy,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    let CarryOut { store, clock, .. } = *carry_out;
    let owing = store.owing_requests(LISTED).await?;
    let owing = turn(&owing, READ, clock.now());
    // The list may be a moment behind; the records say what is under way.
    let read = async |id| (id, store.request(id).await.map(|record| record.as_ref().and_then(Work::of)));
    let found = in_lanes(owing, clock, until, read).await;
    let mut went_on = WentOn::default();
    let (mut claimed, mut unbegun) = (Vec::new(), Vec::new());
    for (id, work) in found {
        match work {
            Ok(Some(Work::Begin)) => unbegun.push(id),
            Ok(Some(Work::GoOn)) => claimed.push(id),
            Ok(None) => {}
            Err(error) => went_on.fails(id, &error),
        }
    }
    take_turns(&mut claimed, clock.now());
    let going =
        in_lanes(&claimed, clock, until, async |id| (*id, Box::pin(carry_out.go_on(id)).await.transpose()));
    let beginning = begin(carry_out, &unbegun, until);
    let (gone, begun) = join(going, beginning).await;
    for (id, came) in gone.into_iter().chain(begun) {
        if let Some(came) = came {
            went_on.count(id, came);
        }
    }
    Ok(went_on)
}

/// Begins one after the other. What a newer plan has replaced is none of them any more.
async fn begin<'a, S, T, M, C>(
    carry_out: &CarryOut<'_, S, T, M, C>,
    ids: &[&'a RequestId],
    until: Timestamp,
) -> Vec<(&'a RequestId, Option<Result<Progress, TaskError>>)>
where
    S: KeepRequests + ClaimApprovals + ReadPlans + ReadPointers + ReadPolicy,
    T: ReachTargets,
    M: SendMail,
    C: Clock,
{
    let mut begun = Vec::new();
    for id in ids {
        if carry_out.clock.now() >= until {
            break;
        }
        begun.push((*id, Box::pin(carry_out.begin(id)).await.transpose()));
    }
    begun
}

/// Does this with one after the other, so many at the same time, until the time is up.
async fn in_lanes<'a, I, O>(
    items: &'a [I],
    clock: &impl Clock,
    until: Timestamp,
    each: impl AsyncFn(&'a I) -> O,
) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let lane = async || {
        let mut done = Vec::new();
        while clock.now() < until {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            done.push((at, each(item).await));
        }
        done
    };
    let mut done = join_all((0..AT_ONCE).map(|_| lane())).await.into_iter().flatten().collect::<Vec<_>>();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, done)| done).collect()
}

/// Each minute another one comes first, so that none is always behind those that take up all the time.
fn take_turns<T>(claimed: &mut [T], now: Timestamp) {
    let minute = usize::try_from(now.as_second().unsigned_abs() / 60).unwrap_or(0);
    if let Some(first) = (minute * AT_ONCE).checked_rem(claimed.len()) {
        claimed.rotate_left(first);
    }
}

impl WentOn {
    fn count(&mut self, id: &RequestId, came: Result<Progress, TaskError>) {
        match came {
            Ok(Progress::Unused) => self.waiting += 1,
            Ok(progress) => {
                self.deploying += 1;
                self.ended += usize::from(progress != Progress::Deploying);
            }
            Err(error) => self.fails(id, &error),
        }
    }

    fn fails(&mut self, id: &RequestId, error: &(dyn std::error::Error + 'static)) {
        self.failed += 1;
        tracing::error!(approval.id = %id, error, "a deployment could not go on");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claimed_change_is_among_the_first_within_some_minutes() {
        let first = |minute: i64| {
            let mut claimed: Vec<_> = (0..40).collect();
            take_turns(&mut claimed, Timestamp::from_second(minute * 60).unwrap());
            claimed.into_iter().take(AT_ONCE)
        };
        let mut seen: Vec<_> = (100..105).flat_map(first).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, (0..40).collect::<Vec<_>>());
        take_turns::<u8>(&mut [], Timestamp::UNIX_EPOCH);
    }
}
