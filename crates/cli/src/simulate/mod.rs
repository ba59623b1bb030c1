//! What a policy would do with a request, on a virtual clock.
//!
//! Pure: the policy and the request come in, and the timeline goes out. The rules are those of `common::domain`, so
//! what the timeline says is what a workflow does; nothing here decides anything itself but who is imagined to approve
//! a level so that the next one opens.

mod approval;
mod request;
mod silence;
mod text;
mod timeline;

use common::domain::separation::{self, Served};
use common::domain::{EmailAddress, Facts, Level, Matter, Policy, Refusal, Rule};

pub use timeline::{DeadEnd, Excluded, GroupPlan, LevelTimeline, Moment, Timeline, What};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What approvers would be shown.
    pub facts: Facts,
    /// Who asks.
    pub requested_by: Option<EmailAddress>,
}

/// Why there is no timeline. A policy that was linted leads to none of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// No rule matches.
    #[error("no rule of the policy matches this request")]
    NoRule,
    /// A level has no deadline, so silence never ends.
    #[error("level {level} has no deadline")]
    NoDeadline {
        /// Its number.
        level: u32,
    },
    /// A vote that should count was refused.
    #[error("the vote of {approver} at level {level} does not count: {refusal}")]
    Refused {
        /// The number of the level.
        level: u32,
        /// Whose vote.
        approver: EmailAddress,
        /// Why.
        refusal: Refusal,
    },
    /// Everybody who may has approved, and that is not enough.
    #[error("level {level} is not approved by everyone who may approve it")]
    StaysOpen {
        /// Its number.
        level: u32,
    },
}

/// What the policy would do.
///
/// # Errors
/// When the policy is not one that passed the lint.
pub fn simulate(policy: &Policy, asked: &Asked) -> Result<Timeline, SimulationError> {
    let rule = policy.rule_for(Matter::of(&asked.facts)).ok_or(SimulationError::NoRule)?;
    let mut timeline = Timeline::of(rule, asked);
    // A workflow finds this out before anybody is asked.
    if let Err(dead_end) = separation::check(&rule.levels, asked.requested_by.as_ref()) {
        timeline.dead_end = Some(DeadEnd::of(&dead_end));
        return Ok(timeline);
    }
    let mut served: Vec<Served> = Vec::new();
    for (number, level) in (1..).zip(&rule.levels) {
        match level_timeline(rule, number, level, asked, &served)? {
            Ok(level) => {
                let votes = level.approved_by.iter();
                served.extend(votes.map(|approver| Served { approver: approver.clone(), level: number }));
                timeline.levels.push(level);
            }
            Err(dead_end) => {
                timeline.dead_end = Some(dead_end);
                return Ok(timeline);
            }
        }
    }
    timeline.target = policy.target_for(&asked.facts).map(|target| target.rollout.clone());
    if timeline.target.is_some() {
        let about = policy.freezes.iter().filter(|freeze| freeze.is_about(Matter::of(&asked.facts)));
        timeline.freezes = about.map(|freeze| freeze.name.clone()).collect();
    }
    Ok(timeline)
}

fn level_timeline(
    rule: &Rule,
    number: u32,
    level: &Level,
    asked: &Asked,
    served: &[Served],
) -> Result<Result<LevelTimeline, DeadEnd>, SimulationError> {
    let excluded = match separation::exclusions(&rule.levels, number, asked.requested_by.as_ref(), served) {
        Ok(excluded) => excluded,
        Err(dead_end) => return Ok(Err(DeadEnd::of(&dead_end))),
    };
    let first_wait = level.first_wait_seconds().ok_or(SimulationError::NoDeadline { level: number })?;
    let request = request::open(rule, number, level, asked, excluded);
    Ok(Ok(LevelTimeline {
        silence: silence::run(request.clone(), first_wait),
        approved_by: approval::run(request.clone())?,
        ..LevelTimeline::of(&request)
    }))
}

#[cfg(test)]
mod tests;
