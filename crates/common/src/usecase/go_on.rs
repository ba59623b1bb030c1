//! Going on: a change that is claimed is brought to its end also when no workflow asks how it went, because its caller
//! asks only once, or because it was stopped. An approval of such a caller that met a freeze is begun here; one whose
//! workflow asks again is not: who stopped that workflow meant it.

use futures_util::future::join_all;
use jiff::Timestamp;

use super::carry_out::CarryOut;
use super::sweep::{LISTED, turn};
use crate::contract::TaskError;
use crate::domain::{Progress, RequestId};
use crate::ports::{
    ClaimApprovals, Clock, KeepRequests, ListRequests, ReachTargets, ReadPlans, ReadPointers, ReadPolicy,
    SendMail, StoreError,
};

/// How many debts one run reads: what is no deployment takes one call, and older debts of other kinds may be many.
const READ: usize = 1_000;
/// How many of them it sees to at the same time: a receiver that does not answer takes its 15 seconds, and the others'
/// with it.
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

impl WentOn {
    fn count(&mut self, id: &RequestId, came: Result<Option<Progress>, TaskError>) {
        match came {
            Ok(None) => {}
            Ok(Some(Progress::Unused)) => self.waiting += 1,
            Ok(Some(progress)) => {
                self.deploying += 1;
                self.ended += usize::from(progress != Progress::Deploying);
            }
            Err(error) => {
                self.failed += 1;
                tracing::error!(approval.id = %id, %error, "a deployment could not go on");
            }
        }
    }
}

/// Takes every claimed change that is its turn as far as it goes, until the time is up. One that fails holds up no other.
/// Whoever asks at the same time acts on the same claim.
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
    let mut went_on = WentOn::default();
    // The list may be a moment behind; the record says whether anything is under way.
    let go_on = async |id| (id, Box::pin(carry_out.go_on(id)).await);
    for ids in turn(&owing, READ, clock.now()).chunks(AT_ONCE) {
        if clock.now() >= until {
            break;
        }
        for (id, came) in join_all(ids.iter().map(go_on)).await {
            went_on.count(id, came);
        }
    }
    Ok(went_on)
}
