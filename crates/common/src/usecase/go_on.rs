//! Going on: a change that is claimed is brought to its end also when no workflow asks how it went, because its caller
//! asks only once, or because it was stopped. An approval of such a caller that met a freeze is begun here; one whose
//! workflow asks again is not: who stopped that workflow meant it.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use jiff::Timestamp;

use super::carry_out::{CarryOut, Claimed};
use super::sweep::{LISTED, turn};
use crate::contract::TaskError;
use crate::domain::{Progress, RequestId};
use crate::ports::{
    ClaimApprovals, Clock, KeepRequests, ListRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy,
    SendMail, StoreError,
};

/// How many debts one run reads: what is no deployment takes one call, and older debts of other kinds may be many.
const READ: usize = 1_000;
/// How many claimed changes go on at the same time: a receiver that does not answer takes 15 seconds.
const AT_ONCE: usize = 16;

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

/// Takes every claimed change that is its turn as far as it goes, and then begins what was left to it, until the time is
/// up. One that fails holds up no other. Whoever asks at the same time acts on the same claim.
///
/// Begun is one after the other, the oldest first: who begins looks whether somebody else is at work in the same place.
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
    let ids = turn(&owing, READ, clock.now());
    let next = AtomicUsize::new(0);
    let lane = async || {
        let (mut went_on, mut unbegun) = (WentOn::default(), Vec::new());
        while clock.now() < until {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(id) = ids.get(at) else { break };
            match Box::pin(carry_out.go_on(id)).await {
                Ok(Claimed::Not) => {}
                Ok(Claimed::NotYet) => unbegun.push((at, id)),
                Ok(Claimed::Came(progress)) => went_on.count(id, Ok(progress)),
                Err(error) => went_on.count(id, Err(error)),
            }
        }
        (went_on, unbegun)
    };
    let (lanes, unbegun): (Vec<_>, Vec<_>) = join_all((0..AT_ONCE).map(|_| lane())).await.into_iter().unzip();
    let mut went_on = lanes.into_iter().fold(WentOn::default(), WentOn::and);
    let mut unbegun = unbegun.concat();
    unbegun.sort_unstable_by_key(|(at, _)| *at);
    for (_, id) in unbegun {
        if clock.now() >= until {
            break;
        }
        if let Some(began) = Box::pin(carry_out.begin(id)).await.transpose() {
            went_on.count(id, began);
        }
    }
    Ok(went_on)
}

impl WentOn {
    fn count(&mut self, id: &RequestId, came: Result<Progress, TaskError>) {
        match came {
            Ok(Progress::Unused) => self.waiting += 1,
            Ok(progress) => {
                self.deploying += 1;
                self.ended += usize::from(progress != Progress::Deploying);
            }
            Err(error) => {
                self.failed += 1;
                tracing::error!(approval.id = %id, %error, "a deployment could not go on");
            }
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            deploying: self.deploying + other.deploying,
            ended: self.ended + other.ended,
            waiting: self.waiting + other.waiting,
            failed: self.failed + other.failed,
        }
    }
}
