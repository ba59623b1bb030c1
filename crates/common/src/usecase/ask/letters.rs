//! The mails of a wait: who is asked, reminded, or told that others are asked as well.

use serde_json::Value;

use super::super::keep::keep;
use super::super::post::{NotPosted, Post, Turn};
use super::{Ask, answer};
use crate::contract::send_approval::Payload;
use crate::contract::{TaskError, TaskErrorName};
use crate::domain::{Channel, Command, Contact, EmailAddress, Link, LinkToken, Purpose, Request, Status};
use crate::ports::{
    AskSlackWho, Clock, KeepRequests, MailError, Pause, PostToSlack, Random, ResumeWorkflows, SendMail,
};
use crate::render::email;
use crate::telemetry::count;

/// The state machine retries our retryable error this often; the last attempt has to settle the request.
const LAST_RETRY: u32 = 3;

/// A message that did not go out.
struct Undelivered {
    why: String,
    /// Whether another try may work.
    temporary: bool,
    /// Whether somebody is missed by it who is not asked in another way, so that the task should be tried again.
    is_worth_a_try: bool,
}

impl Undelivered {
    fn new(error: &MailError, purpose: Purpose) -> Self {
        let temporary = matches!(error, MailError::Temporary { .. });
        Self { why: error.to_string(), temporary, is_worth_a_try: temporary && purpose == Purpose::Ask }
    }

    /// Whoever was written to as well is not missed; what is left for them in Slack is posted between two waits.
    fn in_slack(NotPosted { purpose, why, temporary }: NotPosted, mail: bool) -> Self {
        Self { why, temporary, is_worth_a_try: temporary && purpose == Purpose::Ask && !mail }
    }
}

/// A mail to write: to whom, as what, and with which link.
struct Letter {
    to: EmailAddress,
    purpose: Purpose,
    token: LinkToken,
}

impl<S, M, L, W, C, R> Ask<'_, S, M, L, W, C, R>
where
    S: KeepRequests,
    M: SendMail,
    L: PostToSlack + AskSlackWho,
    W: ResumeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    pub(super) async fn write_to_approvers(
        &self,
        payload: &Payload,
        request: Request,
    ) -> Result<Value, TaskError> {
        // If the process dies after this write, the retry, or the next wait, asks the further group.
        let request = keep(self.store, self.clock, request, &[Command::Escalate]).await?;
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
            let purpose = letter.purpose;
            contacts.push(self.contact(letter, sent.as_ref().err()));
            failures.extend(sent.err().map(|error| Undelivered::new(&error, purpose)));
        }
        // If the process dies before this note, the retry writes once more; both mails' links work.
        let request = keep(self.store, self.clock, request, &[Command::NoteContacts(contacts)]).await?;
        // Boxed: where there is no Slack, nothing of it need be carried.
        let Self { store, slack, clock, random, .. } = self;
        let post = Post { store: *store, slack: *slack, clock: *clock, random: *random };
        let (request, not_posted) = Box::pin(post.run(request, Turn::Wait)).await?;
        let mail = request.level.is_decided_by_mail();
        failures.extend(not_posted.into_iter().map(|failed| Undelivered::in_slack(failed, mail)));
        self.refuse_silence(payload, request, &failures).await
    }

    fn due_letters(&self, request: &Request) -> Vec<Letter> {
        let now = self.clock.now();
        let level = &request.level;
        request
            .outstanding()
            // Nobody is asked for a vote that they have no way to give.
            .filter(|_| level.is_decided_by_mail() || level.mail && request.slack_target.is_some())
            .filter_map(|person| {
                let purpose = request.due_message(person, now)?;
                let token = LinkToken::mint(request.id.clone(), self.random.bits());
                Some(Letter { to: person.clone(), purpose, token })
            })
            .collect()
    }

    fn contact(&self, letter: Letter, failure: Option<&MailError>) -> Contact {
        if let Some(error) = failure {
            tracing::warn!(approval.id = %letter.token.request(), %error, "an approver could not be written to");
            if matches!(error, MailError::Refused { .. }) {
                count("SendFailures", &[("what", "mail")]);
            }
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
        failures: &[Undelivered],
    ) -> Result<Value, TaskError> {
        // A request that is named by its task token is never found again: the next try opens another one.
        let found_again = request.plan.is_some() || request.workflow.execution.is_some();
        if request.was_anybody_asked_to_decide() {
            // As long as the state machine tries again, whoever was missed is asked again, and nobody else.
            let more_tries = found_again && payload.retry.is_some_and(|retry| retry < LAST_RETRY);
            if failures.iter().any(|failure| failure.is_worth_a_try) {
                if more_tries {
                    let message = "some approvers could not be written to for now";
                    return Err(TaskError::new(TaskErrorName::TemporarilyUnavailable, message));
                }
                count("SendFailures", &[("what", "mail")]);
            }
            return Ok(answer(&request));
        }
        let why = failures.last().map_or_else(|| no_way(&request).to_owned(), |failure| failure.why.clone());
        let message = format!("nobody could be asked: {why}");
        let temporary = failures.iter().any(|failure| failure.temporary);
        let tried_again = temporary && payload.retry.unwrap_or(0) < LAST_RETRY;
        let name =
            if tried_again { TaskErrorName::TemporarilyUnavailable } else { TaskErrorName::NobodyAsked };
        if !tried_again {
            count("SendFailures", &[("what", "nobody_asked")]);
        }
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
}

/// Why there was nothing that could have failed.
fn no_way(request: &Request) -> &'static str {
    match (request.level.is_decided_by_mail(), &request.slack_target) {
        (true, _) => "there is no approver",
        (false, None) if request.level.mail => {
            "the level is decided in Slack only, and there is no channel for it"
        }
        (false, None) => "the level is asked in Slack only, and there is no channel for it",
        (false, Some(_)) => "the level is asked in Slack only, and no approver has an account there",
    }
}
