//! What can be checked of a record afterwards: that its chain of events holds, that its fingerprint is that of its
//! facts, that it says what its events say, that its votes make its decision, and that it is what its plan asked for.
//!
//! A record that passes may still have been rewritten as a whole by whoever may write to the table: `docs/AUDIT.md`
//! says what this proves, and how heads that are kept elsewhere prove more.

mod state;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::event::first_break;
use super::{EmailAddress, Fingerprint, Plan, PlanKey, Request, RequestId};

/// Something that does not fit together in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Finding {
    /// An entry names another SHA-256 than that of the entry before it.
    #[error(
        "the chain is broken at entry {entry}: it does not follow from the one before, so an entry was changed, \
         removed, added or moved"
    )]
    ChainBroken {
        /// Which; the first is 1.
        entry: usize,
    },
    /// The facts have another fingerprint.
    #[error("the facts of the {of} have the fingerprint {recomputed}, but it says {recorded}")]
    FingerprintDiffers {
        /// The record, or its plan.
        of: &'static str,
        /// What stands there.
        recorded: Fingerprint,
        /// What the facts and the requester give.
        recomputed: Fingerprint,
    },
    /// The record says something else than its entries.
    #[error("the record's {field} is not what its entries say")]
    EntriesDiffer {
        /// What of it.
        field: &'static str,
    },
    /// There is a vote that the rules would have refused.
    #[error("the vote of {approver} is one that the level does not allow")]
    VoteNotAllowed {
        /// Whose.
        approver: EmailAddress,
    },
    /// The votes do not make the decision.
    #[error("the decision is not what the votes and the level make of it")]
    DecisionUnfounded,
    /// The record says something else than its plan.
    #[error("the record's {field} is not what its plan says")]
    PlanDiffers {
        /// What of it.
        field: &'static str,
    },
    /// The record names a plan that is not there.
    #[error("its plan {key} is not there")]
    PlanMissing {
        /// Which.
        key: PlanKey,
    },
}

/// Everything in a record that does not fit together; nothing, for one that is sound.
///
/// `plan` is the plan that the record names, as it is stored.
pub fn check(request: &Request, plan: Option<&Plan>) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(first_break(&request.events).map(|at| Finding::ChainBroken { entry: at + 1 }));
    let recomputed = Fingerprint::of(&request.facts, request.requested_by.as_ref());
    if recomputed != request.fingerprint {
        let recorded = request.fingerprint.clone();
        found.push(Finding::FingerprintDiffers { of: "record", recorded, recomputed });
    }
    found.extend(state::check(request));
    found.extend(against_plan(request, plan));
    found
}

/// Where the plan asks nobody, its one record asks nobody either.
fn is_level_of(request: &Request, plan: &Plan) -> bool {
    match plan.level(request.level_number) {
        Some(level) => *level == request.level,
        None => plan.levels.is_empty() && request.level_number == 1 && request.level.groups.is_empty(),
    }
}

/// Whether the record is the level of the plan that it names.
fn against_plan(request: &Request, plan: Option<&Plan>) -> Vec<Finding> {
    let Some(key) = &request.plan else { return Vec::new() };
    let Some(plan) = plan else { return vec![Finding::PlanMissing { key: key.clone() }] };
    let mut found = Vec::new();
    let recomputed = Fingerprint::of(&plan.facts, plan.requested_by.as_ref());
    if recomputed != plan.fingerprint {
        let recorded = plan.fingerprint.clone();
        found.push(Finding::FingerprintDiffers { of: "plan", recorded, recomputed });
    }
    let fields = [
        ("plan", plan.key == *key),
        ("id", request.id == RequestId::of_level(key, request.level_number)),
        ("facts", plan.facts == request.facts),
        ("fingerprint", plan.fingerprint == request.fingerprint),
        ("requester", plan.requested_by == request.requested_by),
        ("policy", plan.policy == request.policy),
        ("subject", plan.subject == request.subject),
        // Whoever opened it may not have known of previews yet.
        ("preview", request.preview.is_none() || plan.preview == request.preview),
        ("level", is_level_of(request, plan)),
        ("number of levels", u32::try_from(plan.levels.len().max(1)) == Ok(request.level_count)),
        ("way to wait", plan.can_wait == request.can_wait),
    ];
    let differing = fields.into_iter().filter(|(_, equal)| !equal);
    found.extend(differing.map(|(field, _)| Finding::PlanDiffers { field }));
    found
}
