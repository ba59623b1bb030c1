//! Asking: opening a request, or giving an open one its new task token, and writing to its approvers.
//!
//! The order is record (with token and link hashes) first, then mail, then the note that the mail went out.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::blueprint::{self, Blueprint};
use super::keep::keep;
use super::resume;
use crate::contract::send_approval::Payload;
use crate::contract::{TaskError, TaskErrorName};
use crate::domain::{
    CallerNamedApprovers, Channel, Command, Contact, EmailAddress, Event, Generation, Happening, Link,
    LinkToken, Purpose, Request, RequestId, Resume, SCHEMA, Status,
};
use crate::ports::{
    Clock, KeepRequests, MailError, Random, ReadPlans, ResumeError, ResumeWorkflows, SendMail, Written,
};
use crate::render::email;

/// The state machine retries our retryable error this often; the last attempt has to settle the request.
pub const LAST_RETRY: u32 = 3;

/// How far back a caller's own time of entry is believed.
const OLDEST_ENTRY: SignedDuration = SignedDuration::from_mins(15);

/// What the operators set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who is asked when nothing names an approver.
    pub default_approver: EmailAddress,
    /// Where links lead to.
    pub base_url: String,
    /// Whether approvers named by the caller count.
    pub caller_named_approvers: CallerNamedApprovers,
    /// After how many days a closed record may be dropped; `None`: never.
    pub retention_days: Option<u32>,
}

/// The outside that asking needs.
#[derive(Debug)]
pub struct Ask<'a, S, M, W, C, R> {
    /// Requests and plans.
    pub store: &'a S,
    /// Mail.
    pub mail: &'a M,
    /// Waiting tasks: a decision still owed is delivered on a new token.
    pub workflows: &'a W,
    /// Time.
    pub clock: &'a C,
    /// Link secrets.
    pub random: &'a R,
    /// What the operators set.
    pub settings: &'a Settings,
}

/// A mail to write: to whom, as what, and with which link.
struct Letter {
    to: EmailAddress,
    purpose: Purpose,
    token: LinkToken,
}

impl<S, M, W, C, R> Ask<'_, S, M, W, C, R>
where
    S: KeepRequests + ReadPlans,
    M: SendMail,
    W: ResumeWorkflows,
    C: Clock,
    R: Random,
{
    /// Asks, and answers with what became of it; the workflow ignores the answer and waits for its token.
    ///
    /// # Errors
    /// Whenever it would otherwise wait in silence: see [`TaskErrorName`].
    pub async fn run(&self, payload: &Payload) -> Result<Value, TaskError> {
        let blueprint = self.blueprint(payload).await?;
        if let Some(group) = blueprint.level.unreachable_group(blueprint.requested_by.as_ref()) {
            return Err(TaskError::new(
                TaskErrorName::NobodyAsked,
                format!(
                    "{:?} needs {} approver(s) besides the requester, who may not approve their own request",
                    group.role, group.quorum
                ),
            ));
        }
        self.confirm_earlier_level(&blueprint).await?;
        let request = self.open(payload, blueprint).await?;
        if request.task_token != payload.task_token {
            tracing::info!(approval.id = %request.id, "an older attempt arrived late and changes nothing");
            return Ok(answer(&request));
        }
        if request.status == Status::Pending {
            self.write_to_approvers(payload, request).await
        } else {
            self.deliver_again(request).await
        }
    }

    async fn blueprint(&self, payload: &Payload) -> Result<Blueprint, TaskError> {
        if let Some(named) = &payload.named {
            return match self.settings.caller_named_approvers {
                CallerNamedApprovers::Allow => Ok(blueprint::of_caller(payload, named)),
                CallerNamedApprovers::Refuse => Err(TaskError::new(
                    TaskErrorName::InvalidInput,
                    "this stack refuses approvers that the calling state machine names (parameter CallerNamedApprovers)",
                )),
            };
        }
        match &payload.cursor {
            None => Ok(blueprint::of_default(payload, &self.settings.default_approver)),
            Some(cursor) => {
                let plan = self.store.plan(&cursor.key).await?.ok_or_else(|| {
                    TaskError::new(TaskErrorName::NotFound, format!("no plan is stored under {}", cursor.key))
                })?;
                blueprint::of_plan(payload, cursor, plan)
            }
        }
    }

    /// A later level may only be asked once the one before approved; that it is asked proves that the
    /// workflow got that approval.
    async fn confirm_earlier_level(&self, blueprint: &Blueprint) -> Result<(), TaskError> {
        let (Some(key), 2..) = (&blueprint.plan, blueprint.level_number) else {
            return Ok(());
        };
        let earlier = RequestId::of_level(key, blueprint.level_number - 1);
        match self.store.request(&earlier).await? {
            Some(request) if request.status == Status::Approved => {
                keep(self.store, self.clock, request, &[Command::NoteResume(Resume::Done)]).await?;
                Ok(())
            }
            _ => {
                Err(TaskError::new(TaskErrorName::NotApproved, "the level before this one has not approved"))
            }
        }
    }

    /// Stores the new request, or finds the one that this wait belongs to.
    ///
    /// If the process dies after this, the record waits without links that anyone has; the retry of the
    /// task finds it and writes to its approvers.
    async fn open(&self, payload: &Payload, blueprint: Blueprint) -> Result<Request, TaskError> {
        let base = blueprint.id.clone();
        let mut request = self.new_request(payload, blueprint);
        let mut round = 1;
        loop {
            let existing = match self.store.open(&request).await? {
                Written::Stored => return Ok(request),
                Written::Conflict(existing) => *existing,
            };
            if !asks_anew(&request, &existing) {
                let renew = Command::RenewWait {
                    task_token: request.task_token.clone(),
                    generation: request.generation,
                };
                return Ok(keep(self.store, self.clock, existing, &[renew]).await?);
            }
            round += 1;
            request.id = base.of_round(round);
        }
    }

    fn generation(&self, payload: &Payload) -> Generation {
        Generation {
            entered_at: payload.entered_at.unwrap_or_else(|| self.clock.now()),
            retry: payload.retry.unwrap_or(0),
        }
    }

    fn new_request(&self, payload: &Payload, blueprint: Blueprint) -> Request {
        let now = self.clock.now();
        let generation = self.generation(payload);
        let opened_at = asked_since(generation.entered_at, now);
        // Without a caller that comes back, only its own timeout ends the wait.
        let deadline = blueprint
            .level
            .deadline_seconds
            .filter(|_| blueprint.can_wait)
            .map(|seconds| opened_at + SignedDuration::from_secs(i64::from(seconds)));
        let opened = Happening::Opened {
            fingerprint: blueprint.fingerprint.clone(),
            requested_by: blueprint.requested_by.clone(),
        };
        Request {
            schema: SCHEMA,
            id: blueprint.id,
            version: 1,
            status: Status::Pending,
            resume: Resume::None,
            plan: blueprint.plan,
            level_number: blueprint.level_number,
            level_count: blueprint.level_count,
            next: blueprint.next,
            can_wait: blueprint.can_wait,
            workflow: blueprint.workflow,
            task_token: payload.task_token.clone(),
            generation,
            facts: blueprint.facts,
            fingerprint: blueprint.fingerprint,
            requested_by: blueprint.requested_by,
            level: blueprint.level,
            base_url: self.settings.base_url.clone(),
            opened_at,
            deadline,
            retention_days: self.settings.retention_days,
            links: Vec::new(),
            contacts: Vec::new(),
            votes: Vec::new(),
            decision: None,
            notices: Vec::new(),
            deployment: None,
            events: vec![Event::after(&[], opened, now)],
        }
    }

    async fn write_to_approvers(&self, payload: &Payload, request: Request) -> Result<Value, TaskError> {
        let letters = self.due_letters(&request);
        let minted_at = self.clock.now();
        let links = letters
            .iter()
            .map(|letter| Link { approver: letter.to.clone(), hash: letter.token.hash(), minted_at })
            .collect();
        // If the process dies after this write, the hashes open nothing: no mail with these links went out.
        let request = keep(self.store, self.clock, request, &[Command::AddLinks(links)]).await?;
        if request.status != Status::Pending {
            // Decided through an earlier mail a moment ago.
            return self.deliver_again(request).await;
        }
        let mut contacts = Vec::new();
        let mut failures = Vec::new();
        for letter in letters {
            let mail = email::approval_request(
                &request,
                &letter.to,
                &letter.token,
                letter.purpose,
                self.clock.now(),
            );
            let sent = self.mail.send(&mail).await;
            contacts.push(self.contact(letter, sent.as_ref().err()));
            failures.extend(sent.err());
        }
        // If the process dies before this note, the retry writes once more; both mails' links work.
        let request = keep(self.store, self.clock, request, &[Command::NoteContacts(contacts)]).await?;
        self.refuse_silence(payload, request, &failures).await
    }

    /// Everyone who may vote and has not is asked; those who were asked are reminded when it is time.
    fn due_letters(&self, request: &Request) -> Vec<Letter> {
        let reminder = request.due_reminder(self.clock.now()).map(Purpose::Reminder);
        let due = |person: &EmailAddress| {
            if !request.was_contacted(person, Purpose::Ask) {
                return Some(Purpose::Ask);
            }
            reminder.filter(|reminder| !request.was_contacted(person, *reminder))
        };
        request
            .outstanding()
            .filter_map(|person| {
                let token = LinkToken::mint(request.id.clone(), self.random.bits());
                Some(Letter { to: person.clone(), purpose: due(person)?, token })
            })
            .collect()
    }

    fn contact(&self, letter: Letter, failure: Option<&MailError>) -> Contact {
        if let Some(error) = failure {
            tracing::warn!(approval.id = %letter.token.request(), %error, "an approver could not be written to");
        }
        Contact {
            approver: letter.to,
            channel: Channel::Email,
            purpose: letter.purpose,
            sent_at: failure.is_none().then(|| self.clock.now()),
            failure: failure.map(|error| error.code().to_owned()),
        }
    }

    /// A request that nobody knows of must not wait: the task fails, and for good on its last try.
    async fn refuse_silence(
        &self,
        payload: &Payload,
        request: Request,
        failures: &[MailError],
    ) -> Result<Value, TaskError> {
        if request.contacts.iter().any(|contact| contact.sent_at.is_some()) {
            return Ok(answer(&request));
        }
        let why = failures.last().map_or_else(|| "there is no approver".to_owned(), ToString::to_string);
        let message = format!("nobody could be asked: {why}");
        let temporary = failures.iter().any(|failure| matches!(failure, MailError::Temporary { .. }));
        let tried_again = temporary && payload.retry.unwrap_or(0) < LAST_RETRY;
        let name =
            if tried_again { TaskErrorName::TemporarilyUnavailable } else { TaskErrorName::NobodyAsked };
        // A request that is named by its task token is never found again: the next try opens another one.
        let found_again = request.plan.is_some() || request.workflow.execution.is_some();
        if !tried_again || !found_again {
            let withdraw = Command::Withdraw { reason: format!("undeliverable: {why}") };
            let closed = keep(self.store, self.clock, request, &[withdraw]).await?;
            if closed.status != Status::Withdrawn {
                // A mail that seemed to fail had gone out, and its reader was faster.
                return self.deliver_again(closed).await;
            }
        }
        Err(TaskError::new(name, message))
    }

    /// A closed request is never opened again: its outcome goes to the token that waits now.
    async fn deliver_again(&self, request: Request) -> Result<Value, TaskError> {
        match self.workflows.answer(&request.task_token, &resume::answer(&request)).await {
            Ok(()) => {
                let done = [Command::NoteResume(Resume::Done)];
                Ok(answer(&keep(self.store, self.clock, request, &done).await?))
            }
            Err(ResumeError::NotWaiting { .. }) => Ok(answer(&request)),
            Err(error) => Err(TaskError::new(TaskErrorName::TemporarilyUnavailable, error.to_string())),
        }
    }
}

/// Whether a caller without a plan asks the same question once more, in a loop of its own: the wait that the
/// existing request belongs to is over, and this is a later one.
fn asks_anew(request: &Request, existing: &Request) -> bool {
    let over = match (existing.status, existing.resume) {
        (Status::Pending, _) | (_, Resume::Owed) => false,
        // It may have been taken back between two attempts of one wait; then the retry has to learn it.
        (Status::Withdrawn | Status::Superseded, _) => request.generation.retry == 0,
        _ => true,
    };
    let later = request.generation > existing.generation && request.task_token != existing.task_token;
    existing.plan.is_none() && over && later
}

/// The time from which deadlines count: when the state was entered, as far as that is believable.
fn asked_since(entered_at: Timestamp, now: Timestamp) -> Timestamp {
    if entered_at <= now && now.duration_since(entered_at) <= OLDEST_ENTRY { entered_at } else { now }
}

fn answer(request: &Request) -> Value {
    let asked = request.contacts.iter().filter(|contact| contact.sent_at.is_some()).count();
    json!({"schema": SCHEMA, "requestId": request.id, "status": request.status, "messagesSent": asked})
}
