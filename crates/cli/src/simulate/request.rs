//! The request that a level would be asked by, as `send-approval` opens it.

use common::domain::{
    Exclusion, Facts, Fingerprint, Generation, Level, NextLevel, Opening, PlanKey, Request, RequestId, Rule,
    Subject, TaskToken, Workflow,
};
use jiff::Timestamp;

use super::Asked;

/// Where every virtual clock starts.
pub(super) const START: Timestamp = Timestamp::UNIX_EPOCH;

/// Opens the request for a level at the start of the clock.
pub(super) fn open(
    rule: &Rule,
    number: u32,
    level: &Level,
    asked: &Asked,
    excluded: Vec<Exclusion>,
) -> Request {
    let plan = PlanKey::of_execution("simulation");
    let opening = Opening {
        id: RequestId::of_level(&plan, number),
        plan: Some(plan),
        policy: None,
        subject: subject(rule, &asked.facts),
        level_number: number,
        level_count: u32::try_from(rule.levels.len()).unwrap_or(u32::MAX),
        next: next(rule, number),
        can_wait: true,
        workflow: Workflow::default(),
        task_token: task_token(),
        generation: Generation { entered_at: START, retry: 0 },
        fingerprint: Fingerprint::of(&asked.facts, asked.requested_by.as_ref()),
        facts: asked.facts.clone(),
        requested_by: asked.requested_by.clone(),
        preview: None,
        level: level.clone(),
        excluded,
        base_url: String::new(),
        opened_at: START,
        retention_days: None,
        slack_target: None,
    };
    opening.open(START)
}

fn subject(rule: &Rule, facts: &Facts) -> Option<Subject> {
    match facts {
        Facts::Deployment(facts) if rule.supersede => Some(Subject::of(facts)),
        Facts::Deployment(_) | Facts::General(_) => None,
    }
}

fn next(rule: &Rule, number: u32) -> Option<NextLevel> {
    let level = rule.levels.get(usize::try_from(number).ok()?)?;
    Some(NextLevel { number: number + 1, wait_seconds: level.first_wait_seconds()? })
}

#[expect(clippy::expect_used, reason = "a text of one character always has the length of a token")]
fn task_token() -> TaskToken {
    TaskToken::parse("-").expect("one character is long enough")
}
