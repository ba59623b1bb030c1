//! How a request begins.

use jiff::{SignedDuration, Timestamp};

use super::{
    EmailAddress, Event, Exclusion, Facts, Fingerprint, Generation, Happening, Level, NextLevel, PlanKey,
    PolicyVersion, Preview, Request, RequestId, Resume, SCHEMA, SlackTarget, Status, Subject, TaskToken,
    Workflow,
};

/// What is known when a request is opened. The fields are those of [`Request`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "Request documents them")]
pub struct Opening {
    pub id: RequestId,
    pub plan: Option<PlanKey>,
    pub policy: Option<PolicyVersion>,
    pub subject: Option<Subject>,
    pub level_number: u32,
    pub level_count: u32,
    pub next: Option<NextLevel>,
    pub can_wait: bool,
    pub workflow: Workflow,
    pub task_token: TaskToken,
    pub generation: Generation,
    pub facts: Facts,
    pub fingerprint: Fingerprint,
    pub requested_by: Option<EmailAddress>,
    pub preview: Option<Preview>,
    pub level: Level,
    pub excluded: Vec<Exclusion>,
    pub base_url: String,
    /// Since when it is asked; its deadline counts from here.
    pub opened_at: Timestamp,
    pub retention_days: Option<u32>,
    pub slack_target: Option<SlackTarget>,
}

impl Opening {
    /// The request, pending, before anyone was asked.
    pub fn open(self, now: Timestamp) -> Request {
        let opened = Happening::Opened {
            fingerprint: self.fingerprint.clone(),
            requested_by: self.requested_by.clone(),
            policy: self.policy.clone(),
            excluded: self.excluded.clone(),
        };
        Request {
            schema: SCHEMA,
            version: 1,
            status: Status::Pending,
            resume: Resume::None,
            deadline: self.deadline(),
            id: self.id,
            plan: self.plan,
            policy: self.policy,
            subject: self.subject,
            level_number: self.level_number,
            level_count: self.level_count,
            next: self.next,
            can_wait: self.can_wait,
            workflow: self.workflow,
            task_token: self.task_token,
            generation: self.generation,
            facts: self.facts,
            fingerprint: self.fingerprint,
            requested_by: self.requested_by,
            preview: self.preview,
            level: self.level,
            excluded: self.excluded,
            escalated_at: None,
            base_url: self.base_url,
            opened_at: self.opened_at,
            retention_days: self.retention_days,
            links: Vec::new(),
            contacts: Vec::new(),
            wanted_links: Vec::new(),
            slack_target: self.slack_target,
            slack: Vec::new(),
            slack_people: Vec::new(),
            slack_edit: None,
            votes: Vec::new(),
            decision: None,
            notices: Vec::new(),
            frozen: None,
            thawed_at: None,
            change: None,
            stage: None,
            deployment: None,
            events: vec![Event::after(&[], opened, now)],
        }
    }

    /// Without a caller that comes back, only its own timeout ends the wait.
    fn deadline(&self) -> Option<Timestamp> {
        let seconds = self.level.ends_after_seconds().filter(|_| self.can_wait)?;
        Some(self.opened_at + SignedDuration::from_secs(i64::from(seconds)))
    }
}
