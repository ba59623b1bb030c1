//! The request that a level would be asked by, as `send-approval` opens it.

use common::domain::Facts;
use common::domain::{
    Event, Exclusion, Fingerprint, Generation, Happening, Level, NextLevel, PlanKey, Request, RequestId,
    Resume, Rule, SCHEMA, Status, Subject, TaskToken, Workflow,
};
use jiff::{SignedDuration, Timestamp};

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
    let fingerprint = Fingerprint::of(&asked.facts, asked.requested_by.as_ref());
    let opened = Happening::Opened {
        fingerprint: fingerprint.clone(),
        requested_by: asked.requested_by.clone(),
        policy: None,
        excluded: excluded.clone(),
    };
    let after = |seconds: u32| START + SignedDuration::from_secs(i64::from(seconds));
    Request {
        schema: SCHEMA,
        id: RequestId::of_level(&plan, number),
        version: 1,
        status: Status::Pending,
        resume: Resume::None,
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
        facts: asked.facts.clone(),
        fingerprint,
        requested_by: asked.requested_by.clone(),
        level: level.clone(),
        excluded,
        escalated_at: None,
        base_url: String::new(),
        opened_at: START,
        deadline: level.ends_after_seconds().map(after),
        retention_days: None,
        links: Vec::new(),
        contacts: Vec::new(),
        wanted_links: Vec::new(),
        slack_target: None,
        slack: Vec::new(),
        slack_people: Vec::new(),
        slack_edit: None,
        votes: Vec::new(),
        decision: None,
        notices: Vec::new(),
        deployment: None,
        events: vec![Event::after(&[], opened, START)],
    }
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
