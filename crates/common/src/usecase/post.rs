//! The messages of a wait in Slack: posted after the mails, so that whatever Slack does holds up none of them.

use jiff::{SignedDuration, Timestamp};

use super::super::keep::keep;
use super::Ask;
use super::letters::Undelivered;
use crate::domain::{
    Command, EmailAddress, Purpose, Request, SlackMessage, SlackPerson, SlackTarget, Status,
};
use crate::ports::{AskSlackWho, Clock, KeepRequests, PostToSlack, SlackError, StoreError};
use crate::render::slack;

/// How long one run begins new messages. The rest has its turn at the next wait.
const BUDGET: SignedDuration = SignedDuration::from_secs(20);

/// What stands for a conversation with somebody that could not be opened.
const DIRECT: &str = "direct";

/// What came of posting.
#[derive(Default)]
struct Posted {
    messages: Vec<SlackMessage>,
    people: Vec<SlackPerson>,
    failures: Vec<Undelivered>,
    /// Slack does not answer, or wants to be left alone: what is left would only wait for the same.
    given_up: bool,
}

impl<S, M, L, W, C, R> Ask<'_, S, M, L, W, C, R>
where
    S: KeepRequests,
    L: PostToSlack + AskSlackWho,
    C: Clock,
{
    /// Posts what is due in the channel and to people, and answers with the record as it then stands.
    ///
    /// If the process dies before a note, messages stand in Slack that the record does not know. Their buttons work:
    /// whoever presses one has it noted. The retry posts once more.
    pub(super) async fn post_to_slack(
        &self,
        mut request: Request,
    ) -> Result<(Request, Vec<Undelivered>), StoreError> {
        let Some(target) = request.slack_target.clone() else {
            return Ok((request, Vec::new()));
        };
        let until = self.clock.now() + BUDGET;
        let mut failures = Vec::new();
        for direct in [false, true] {
            if request.status != Status::Pending {
                break;
            }
            let mut posted = if direct {
                self.post_directly(&request, &target, until).await
            } else {
                self.post_in_channel(&request, &target).await
            };
            failures.append(&mut posted.failures);
            let mut commands: Vec<_> = posted.people.into_iter().map(Command::RememberSlackPerson).collect();
            commands.push(Command::NoteSlackMessages(posted.messages));
            request = keep(self.store, self.clock, request, &commands).await?;
            if posted.given_up {
                break;
            }
        }
        Ok((request, failures))
    }

    async fn post_in_channel(&self, request: &Request, target: &SlackTarget) -> Posted {
        let mut posted = Posted::default();
        if let Some(channel) = &target.channel {
            self.post(request, None, channel, &mut posted).await;
        }
        posted
    }

    async fn post_directly(&self, request: &Request, target: &SlackTarget, until: Timestamp) -> Posted {
        let mut posted = Posted::default();
        let people = request.outstanding().filter(|_| target.direct);
        for person in people {
            if posted.given_up || self.clock.now() >= until {
                break;
            }
            if request.due_in_slack(Some(person), self.clock.now()).is_none() {
                continue;
            }
            match self.conversation_with(request, person, &mut posted).await {
                Ok(Some(channel)) => self.post(request, Some(person), &channel, &mut posted).await,
                Ok(None) => {}
                Err(error) => {
                    posted.fail(request, Some(person), DIRECT, Purpose::Ask, &error, self.clock.now());
                }
            }
        }
        posted
    }

    /// The conversation with a person alone; `None` when they have no account.
    async fn conversation_with(
        &self,
        request: &Request,
        person: &EmailAddress,
        posted: &mut Posted,
    ) -> Result<Option<String>, SlackError> {
        if let Some(ask) = request.slack_ask(Some(person)) {
            return Ok(Some(ask.channel.clone()));
        }
        let user = match request.slack_user_of(person) {
            Some(user) => user.to_owned(),
            None => match self.slack.user_with(person).await? {
                Some(user) => {
                    posted.people.push(SlackPerson { user: user.clone(), approver: person.clone() });
                    user
                }
                None => return Ok(None),
            },
        };
        self.slack.direct_channel(&user).await.map(Some)
    }

    async fn post(&self, request: &Request, to: Option<&EmailAddress>, channel: &str, posted: &mut Posted) {
        let now = self.clock.now();
        let Some(purpose) = request.due_in_slack(to, now) else { return };
        let ask = request.slack_ask(to);
        let card = match slack::reply(request, purpose, now) {
            Some(reply) => reply,
            None if purpose == Purpose::Ask => slack::message(request),
            None => return,
        };
        let channel = ask.map_or(channel, |ask| &ask.channel);
        let thread = ask.and_then(|ask| ask.ts.as_deref());
        match self.slack.post(channel, thread, &card).await {
            Ok(place) => posted.messages.push(SlackMessage {
                channel: place.channel,
                ts: Some(place.ts),
                to: to.cloned(),
                purpose,
                at: self.clock.now(),
                failure: None,
                shows: request.slack_face(),
            }),
            Err(error) => posted.fail(request, to, channel, purpose, &error, self.clock.now()),
        }
    }
}

impl Posted {
    fn fail(
        &mut self,
        request: &Request,
        to: Option<&EmailAddress>,
        channel: &str,
        purpose: Purpose,
        error: &SlackError,
        now: Timestamp,
    ) {
        tracing::warn!(approval.id = %request.id, %error, "a message could not be posted in Slack");
        self.given_up = error.is_passing();
        let temporary = error.is_passing();
        let is_worth_a_try = temporary && purpose == Purpose::Ask && !request.level.mail;
        self.failures.push(Undelivered { why: error.to_string(), temporary, is_worth_a_try });
        self.messages.push(SlackMessage {
            channel: channel.to_owned(),
            ts: None,
            to: to.cloned(),
            purpose,
            at: now,
            failure: Some(error.code().to_owned()),
            shows: String::new(),
        });
    }
}
