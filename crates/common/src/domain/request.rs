//! The request: one record, the only authority on one level's approval.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Change, Command, Decision, Deployment, EmailAddress, Escalation, Event, Exclusion, Facts, Fingerprint,
    Frozen, Generation, Group, Level, LinkHash, LinkToken, PlanKey, PolicyVersion, Preview, Progress,
    Refusal, RequestId, Resume, SlackEdit, SlackMessage, SlackPerson, SlackTarget, Stage, Status, Strength,
    Subject, TaskToken, Transition, Vote, WantedLink, apply,
};

/// Everything about one request, in one item, so that one compare-and-set on `version` covers every change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The number of this shape.
    pub schema: u32,
    /// Its name.
    pub id: RequestId,
    /// Grows with every change.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// Whether the workflow knows the decision.
    pub resume: Resume,
    /// The plan it belongs to, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanKey>,
    /// The policy that its level comes from; absent when no policy named the approvers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyVersion>,
    /// What a newer plan takes its plan's place by; absent where plans do not replace each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Which level of the workflow this is; the first is 1.
    pub level_number: u32,
    /// How many levels the workflow has.
    pub level_count: u32,
    /// The level that follows, when there is one: what the workflow needs to go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextLevel>,
    /// Whether the caller loops on `waiting`, so that an outcome found at its timeout still counts.
    pub can_wait: bool,
    /// Where it came from.
    pub workflow: Workflow,
    /// What resumes the waiting task.
    pub task_token: TaskToken,
    /// Which attempt the task token belongs to.
    pub generation: Generation,
    /// What approvers are shown.
    pub facts: Facts,
    /// Over the facts and the requester.
    pub fingerprint: Fingerprint,
    /// Who asked, by their own statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<EmailAddress>,
    /// What the plan foresaw that would change; approvers are shown it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// Who must approve, frozen when the request was opened.
    pub level: Level,
    /// Who in the level may not vote, frozen when the request was opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Exclusion>,
    /// When silence brought in a further group; absent when it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Timestamp>,
    /// Where links lead to.
    pub base_url: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when votes count; absent where only the caller's own timeout ends the wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// After how many days a closed record may be dropped; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// The links that open it.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Who was asked, and whether it went out.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Who wants a mail with a new link of their own, and has not got it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted_links: Vec<WantedLink>,
    /// Where it is asked in Slack, frozen when it was opened; absent: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack_target: Option<SlackTarget>,
    /// Its messages in Slack, and those that could not be posted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slack: Vec<SlackMessage>,
    /// The Slack accounts that were found to be approvers'.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slack_people: Vec<SlackPerson>,
    /// Who edits its messages at the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack_edit: Option<SlackEdit>,
    /// The votes that count.
    #[serde(default)]
    pub votes: Vec<Vote>,
    /// Its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Which outcome messages went out.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// The freeze that it met, until it was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// When a freeze that it met was gone for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thawed_at: Option<Timestamp>,
    /// The change that its approval is used for, claimed before anything is touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// How far that change has come, where it is made in steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// How the use of its approval ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Deployment>,
    /// What happened, in order.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// The level after this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextLevel {
    /// Its number.
    pub number: u32,
    /// How long its first wait lasts.
    pub wait_seconds: u32,
}

/// Where a request came from, as far as its caller said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workflow {
    /// The execution's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<String>,
    /// The state machine's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_machine: Option<String>,
    /// The waiting state's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Workflow {
    /// The execution's name, for people.
    pub fn name(&self) -> Option<&str> {
        self.execution.as_deref().and_then(|arn| arn.rsplit(':').next())
    }
}

/// A personal link, as its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Whose link it is.
    pub approver: EmailAddress,
    /// Of the token in the URL.
    pub hash: LinkHash,
    /// When it was minted.
    pub minted_at: Timestamp,
}

/// One message to one approver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// To whom.
    pub approver: EmailAddress,
    /// By which channel.
    pub channel: Channel,
    /// As what.
    pub purpose: Purpose,
    /// When it was handed over; absent when that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// The name of the failure, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// How a person is reached, and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mail with a personal link.
    Email,
    /// A Slack message with buttons.
    Slack,
}

impl Channel {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "Slack",
        }
    }
}

/// What a message to an approver is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To ask.
    Ask,
    /// To remind; the number is the position in the level's reminder times.
    Reminder(u32),
    /// To say that others are asked as well, because the deadline passed in silence.
    Escalation,
    /// To bring somebody a new link, who asked for it.
    Link,
}

/// A message about how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Who rejected, when and why.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// Approved, and it waits for a freeze to end.
    Frozen,
    /// Approved, and the workflow went on.
    CarriedOut,
    /// Approved, and what was approved did not get to its place.
    DeploymentFailed,
    /// Approved, but the workflow had already ended its wait.
    TooLate,
    /// Approved, but a newer plan took its place before it was carried out.
    Overtaken,
    /// Taken back or replaced.
    Closed,
}

impl Request {
    /// What approvers type to confirm: the environment's name, or the fingerprint's first four characters.
    pub fn phrase(&self) -> &str {
        self.facts.environment().or_else(|| self.fingerprint.as_str().get(..4)).unwrap_or_default()
    }

    /// Whose link this is, if the record knows it. Every stored hash is compared, so that the time taken
    /// does not tell where a match stands.
    pub fn holder_of(&self, token: &LinkToken) -> Option<&EmailAddress> {
        let hash = token.hash();
        self.links
            .iter()
            .fold(None, |found, link| if link.hash.matches(&hash) { Some(&link.approver) } else { found })
    }

    /// What this person has said.
    pub fn vote_of(&self, person: &EmailAddress) -> Option<&Vote> {
        self.votes.iter().find(|vote| vote.approver.is_same_person(person))
    }

    /// The groups that are asked: those of the level, and the one that silence brought in.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.level.groups.iter().chain(self.further_group())
    }

    /// The group that silence brought in, if it did.
    pub fn further_group(&self) -> Option<&Group> {
        self.escalated_at.and_then(|_| self.level.escalation()).map(|escalation| &escalation.group)
    }

    /// The group that a person is asked in.
    pub fn group_of(&self, person: &EmailAddress) -> Option<&Group> {
        self.groups().find(|group| group.has(person))
    }

    /// Whether a person is entitled to vote, whatever has happened so far.
    ///
    /// # Errors
    /// The refusal that says why not.
    pub fn check_entitled(&self, person: &EmailAddress) -> Result<(), Refusal> {
        if self.group_of(person).is_none() {
            return Err(Refusal::NotAnApprover);
        }
        self.check_duties(person)
    }

    /// Whether the separation of duties lets a person serve here.
    fn check_duties(&self, person: &EmailAddress) -> Result<(), Refusal> {
        if !self.level.admits(person, self.requested_by.as_ref()) {
            return Err(Refusal::SelfApproval);
        }
        match self.excluded.iter().find(|excluded| excluded.approver.is_same_person(person)) {
            Some(excluded) => Err(excluded.why.refusal()),
            None => Ok(()),
        }
    }

    /// The approvers who may vote and have not, once each.
    pub fn outstanding(&self) -> impl Iterator<Item = &EmailAddress> {
        let asked = self.level.everyone().map(|approver| &approver.email);
        asked.filter(|person| self.check_entitled(person).is_ok() && self.vote_of(person).is_none())
    }

    /// Whether this message went out to this person.
    pub fn was_contacted(&self, person: &EmailAddress, purpose: Purpose) -> bool {
        self.contacts.iter().any(|contact| {
            contact.approver == *person && contact.purpose == purpose && contact.sent_at.is_some()
        })
    }

    /// When the reminder at this position of the level's reminder times is due.
    pub fn reminder_due_at(&self, position: u32) -> Option<Timestamp> {
        let seconds = self.level.remind_after_seconds.get(usize::try_from(position).ok()?)?;
        Some(self.opened_at + jiff::SignedDuration::from_secs(i64::from(*seconds)))
    }

    /// The latest reminder whose time has passed, by its position.
    pub fn due_reminder(&self, now: Timestamp) -> Option<u32> {
        (0..)
            .map_while(|position| self.reminder_due_at(position).map(|due| (position, due)))
            .filter(|(_, due)| *due <= now)
            .max_by_key(|(_, due)| *due)
            .map(|(position, _)| position)
    }

    /// Whom silence will bring in; `None` when it has, or when too few of them may vote here.
    pub fn escalation_ahead(&self) -> Option<&Escalation> {
        let ahead = self.level.escalation().filter(|_| self.escalated_at.is_none())?;
        let able = ahead.group.count(|person| self.check_duties(person).is_ok());
        (able >= ahead.group.quorum as usize).then_some(ahead)
    }

    /// When silence brings in a further group; `None` when it does not, or has.
    pub fn escalation_due_at(&self) -> Option<Timestamp> {
        self.escalation_ahead()?;
        let seconds = self.level.deadline_seconds?;
        Some(self.opened_at + jiff::SignedDuration::from_secs(i64::from(seconds)))
    }

    /// How long the next wait lasts, in whole seconds, at least one; `None` when the deadline has passed
    /// or there is none.
    pub fn next_wait_seconds(&self, now: Timestamp) -> Option<u32> {
        let deadline = self.deadline.filter(|deadline| *deadline > now)?;
        let reminders = (0..).map_while(|position| self.reminder_due_at(position)).filter(|due| *due > now);
        // A further group that is already due is brought in at the start of the next wait, whatever its length.
        let escalation = self.escalation_due_at().filter(|due| *due > now);
        let next = reminders.chain(escalation).chain([deadline]).min()?;
        let millis = next.duration_since(now).as_millis().max(0);
        let seconds = u64::try_from(millis).ok()?.div_ceil(1000);
        u32::try_from(seconds.max(1)).ok()
    }

    /// Whether votes no longer count because the time is up.
    pub fn is_past_deadline(&self, now: Timestamp) -> bool {
        self.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// Whether no level comes after it.
    pub fn is_last_level(&self) -> bool {
        self.level_number >= self.level_count
    }

    /// The notice that people have not got although they should know: it was decided and never reached its
    /// workflow, they were asked and need not answer any more, or a deployment ended.
    pub fn owed_notice(&self) -> Option<Notice> {
        let notice = match (self.status, self.resume) {
            (Status::Approved, Resume::Gone) => Notice::TooLate,
            (Status::Rejected, Resume::Gone) => Notice::Rejected,
            (Status::Withdrawn | Status::Superseded, _) if self.was_anybody_asked() => Notice::Closed,
            _ => self.notice_of_deployment()?,
        };
        (!self.notices.contains(&notice)).then_some(notice)
    }

    /// Everyone who was asked learns that a deployment failed; that it did not, the requester does from the last level.
    fn notice_of_deployment(&self) -> Option<Notice> {
        let end = self.deployment.as_ref()?;
        match end.failure {
            Some(_) => Some(Notice::DeploymentFailed),
            None => self.is_last_level().then_some(Notice::CarriedOut),
        }
    }

    /// Whether a message to anybody went out.
    pub fn was_anybody_asked(&self) -> bool {
        self.messages_sent() > 0
    }

    /// Whether a message went out by which somebody can decide.
    pub fn was_anybody_asked_to_decide(&self) -> bool {
        match self.level.strength {
            Strength::Link => self.was_anybody_asked(),
            Strength::Slack => self.slack.iter().any(|message| message.ts.is_some()),
        }
    }

    /// How many messages went out, by every channel.
    pub fn messages_sent(&self) -> usize {
        self.contacts.iter().filter(|contact| contact.sent_at.is_some()).count()
            + self.slack.iter().filter(|message| message.ts.is_some()).count()
    }

    /// Since when it has owed its workflow an answer, its people a notice or a link, its messages in Slack the truth, or
    /// somebody there the question, how its deployment went, or to begin it; `None` when it owes nothing.
    pub fn owing_since(&self) -> Option<Timestamp> {
        let owes = self.resume == Resume::Owed || self.owed_notice().is_some();
        let owes_a_link = || self.wanted_links.iter().map(|wanted| wanted.at).min();
        // Only a decision makes a debt; a debt without one must still be found.
        let decided_at = || self.decision.as_ref().map_or(self.opened_at, |decision| decision.at);
        let ended_at = || self.deployment.as_ref().map_or_else(decided_at, |end| end.at);
        let shows_less = || self.stale_slack_message().map(|_| self.changed_at());
        let asks_less = || self.owed_slack_asks().map(|message| message.at).min();
        let deploys = self.change.as_ref().filter(|_| self.progress() == Progress::Deploying);
        let deploys_since = || deploys.map(|change| change.at);
        let begins_since = || self.is_left_to_the_schedule().then(decided_at);
        owes.then(ended_at)
            .or_else(deploys_since)
            .or_else(begins_since)
            .or_else(owes_a_link)
            .or_else(shows_less)
            .or_else(asks_less)
    }

    /// The workflow whose end concerns it: one that waits for it, or has not been told.
    pub fn awaited_by(&self) -> Option<&str> {
        let concerned = self.status == Status::Pending || self.resume == Resume::Owed;
        self.workflow.execution.as_deref().filter(|arn| concerned && !arn.is_empty())
    }

    /// The subject and the plan that must be the newest for it, where plans replace each other.
    pub fn guard(&self) -> Option<(&Subject, &PlanKey)> {
        self.subject.as_ref().zip(self.plan.as_ref())
    }

    /// The request after a command, or the same one when the command has no effect.
    #[must_use]
    pub fn after(self, command: Command, now: Timestamp) -> Self {
        match apply(&self, command, now) {
            Ok(Transition::Changed(next)) => *next,
            Ok(Transition::Unchanged) | Err(_) => self,
        }
    }

    /// When it last changed.
    pub fn changed_at(&self) -> Timestamp {
        self.events.last().map_or(self.opened_at, |event| event.at)
    }

    /// When a closed record may be dropped.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let days = self.retention_days?;
        let closed = self.decision.as_ref()?.at;
        Some(closed + jiff::SignedDuration::from_hours(i64::from(days) * 24))
    }
}

#[cfg(test)]
mod tests;
