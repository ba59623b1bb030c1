//! Deploying: how what was approved gets to its place, one file per kind of target.
//!
//! Each kind looks first, and says what it would change. That becomes the claim. Then it acts on the claim as often as
//! it is called, and recognises its own earlier act by what the target itself reports.

mod approved;
mod codebuild;
mod console;
mod ecs;
mod lambda;
mod step_functions;
mod webhook;

use jiff::Timestamp;

use crate::domain::{Called, Change, Destination, Facts, Made, Outlook, Request, Stage};
use crate::ports::{LookAtTargets, ReachTargets, TargetError};

/// What looking at a target found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// This would be changed.
    Change(Change),
    /// It cannot be done there now, and why.
    Busy(String),
    /// It cannot be done there, and why.
    Impossible(String),
}

/// How far a claimed change has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Acted {
    /// What was approved is in its place.
    Done,
    /// This step of it has been made.
    Reached {
        /// From 1; at 0 only what it needs is made, and the next one follows at once.
        step: u32,
        /// What is in its place, in the words of its kind.
        says: String,
        /// What was made for it, where a later look needs it.
        made: Option<Made>,
    },
    /// It goes on later.
    Going,
    /// It must be taken back, and why; that is noted before it is done.
    Turned(String),
    /// What was there before is there again, and why.
    RolledBack(String),
    /// It cannot be done, and why; nothing was touched.
    Impossible(String),
    /// It did not get there, and why.
    Failed(String),
    /// Somebody else's change was found there and left alone, and this is what was found.
    LeftAlone(String),
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work<'a> {
    /// What was claimed.
    pub(super) change: &'a Change,
    /// How far it is known to have come.
    pub(super) stage: Option<&'a Stage>,
    /// Whether this very call has noted the stage, so that no other one has acted on it before.
    pub(super) noted_now: bool,
    /// For which request.
    pub(super) request: &'a Request,
    /// When.
    pub(super) now: Timestamp,
}

impl Work<'_> {
    /// What was there before, as far as anything tells.
    pub(super) fn before(&self) -> &str {
        self.change.before.as_deref().unwrap_or_default()
    }
}

/// What carrying this out would change, from now until then. Nothing is touched.
///
/// # Errors
/// When the target does not answer, or refuses to be looked at.
pub(super) async fn look(
    targets: &impl ReachTargets,
    to: &Destination,
    facts: &Facts,
    time: (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    if let Some(reason) = unfit(to, facts) {
        return Ok(Seen::Impossible(reason));
    }
    let version = match facts {
        Facts::Deployment(facts) => &facts.version,
        Facts::General(facts) => &facts.title,
    };
    match to {
        Destination::Lambda(target) => lambda::look(targets, target, version, time).await,
        Destination::Ecs(service) => ecs::look(targets, service, version, time).await,
        Destination::Codebuild(builds) => codebuild::look(targets, builds, version, time).await,
        Destination::StepFunctions(machine) => step_functions::look(targets, machine, version, time).await,
        Destination::Webhook(webhook) => webhook::look(targets, webhook, version, time).await,
    }
}

/// What carrying this out would change, before anybody has approved it. Only what lasts counts, not what is under way
/// there at this moment.
///
/// # Errors
/// When the target does not answer, or refuses to be looked at.
pub(super) async fn foresee(
    targets: &impl LookAtTargets,
    to: &Destination,
    facts: &Facts,
) -> Result<Outlook, TargetError> {
    if let Some(reason) = unfit(to, facts) {
        return Ok(Outlook::impossible(&reason));
    }
    let obstacle = match (to, facts) {
        (Destination::Lambda(target), Facts::Deployment(facts)) => {
            return lambda::foresee(targets, target, &facts.version).await;
        }
        (Destination::Ecs(service), Facts::Deployment(facts)) => {
            return ecs::foresee(targets, service, &facts.version).await;
        }
        (Destination::Lambda(_) | Destination::Ecs(_) | Destination::Webhook(_), _) => None,
        (Destination::Codebuild(builds), _) => codebuild::obstacle(targets, builds).await?,
        (Destination::StepFunctions(machine), _) => step_functions::obstacle(targets, machine).await?,
    };
    // What a script, a workflow or a receiver changes, only they know.
    Ok(match (obstacle, facts) {
        (Some(reason), _) => Outlook::impossible(&reason),
        (None, Facts::Deployment(facts)) => {
            Outlook::Change { before: None, after: Called::exactly(&facts.version) }
        }
        (None, Facts::General(_)) => Outlook::CarriedOut,
    })
}

/// Why these facts can never be carried out there, whatever is found there, if so.
pub fn unfit(to: &Destination, facts: &Facts) -> Option<String> {
    if to.needs_version() && matches!(facts, Facts::General(_)) {
        return Some(format!("only a version can be brought to the {to}"));
    }
    approved::too_long(to, facts)
}

/// Makes the claimed change or its next step, or finds that it was made.
///
/// # Errors
/// When the target does not answer, or refuses; whether anything was changed is not known then.
pub(super) async fn act(
    targets: &impl ReachTargets,
    to: &Destination,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    match to {
        Destination::Lambda(target) => lambda::act(targets, target, work).await,
        Destination::Ecs(service) => ecs::act(targets, service, work).await,
        Destination::Codebuild(builds) => codebuild::act(targets, builds, work).await,
        Destination::StepFunctions(machine) => step_functions::act(targets, machine, work).await,
        Destination::Webhook(webhook) => webhook::act(targets, webhook, work).await,
    }
}
