//! Posting in Slack what is due in the channel and to people. Whatever Slack does, it is recorded, and holds up nobody
//! else.

use jiff::{SignedDuration, Timestamp};

use super::keep::keep;
use crate::domain::{Command, EmailAddress, Purpose, Request, SlackMessage, SlackTarget, Status};
use crate::ports::{AskSlackWho, Clock, KeepRequests, Pause, PostToSlack, Random, SlackError, StoreError};
use crate::render::slack;
use crate::telemetry::count;

/// How long one run begins new messages, and waits where Slack asks for a pause.
const BUDGET: SignedDuration = SignedDuration::from_secs(20);
/// After how many messages they are noted: so many are posted twice when a process dies.
const NOTED_AT_ONCE: usize = 10;
/// How long a message that could not be posted is left alone: its task may be at it.
const SETTLING: SignedDuration = SignedDuration::from_secs(60);
/// For how long a message that asks and could not be posted is tried between two waits.
const OWED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What stands for a conversation with somebody that could not be opened.
const DIRECT: &str = "direct";
/// The name of the failure when it was somebody's turn too late.
const LATER: &str = "later";

/// Which messages have their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A wait begins: everything that is due.
    Wait,
    /// Between two waits: what asks, and could not be posted for a reason that passes.
    Owed,
}

/// A message that was not posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPosted {
    /// What it is for.
    pub purpose: Purpose,
    /// Why, without a name.
    pub why: String,
    /// Whether another try may work.
    pub temporary: bool,
}

/// What is needed to post.
#[derive(Debug)]
pub struct Post<'a, S, L, C, R> {
    /// Requests.
    pub store: &'a S,
    /// Slack.
    pub slack: &'a L,
    /// Time.
    pub clock: &'a C,
    /// Spreads those that Slack has asked to wait.
    pub random: &'a R,
}

/// Where a message goes: to somebody directly, or into the channel.
struct Place {
    to: Option<EmailAddress>,
    purpose: Purpose,
}

/// How a run stands.
struct Run {
    until: Timestamp,
    /// Slack as a whole does not answer: what is left would only wait for the same.
    silent: bool,
    failed: Vec<NotPosted>,
}

impl<S, L, C, R> Post<'_, S, L, C, R>
where
    S: KeepRequests,
    L: PostToSlack + AskSlackWho,
    C: Clock + Pause,
    R: Random,
{
    /// Posts what has its turn, and answers with the record as it then stands, and with what was not posted.
    ///
    /// If the process dies before a note, messages stand in Slack that the record does not know. Their buttons work:
    /// whoever presses one has it noted. The next try posts once more.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn run(
        &self,
        mut request: Request,
        turn: Turn,
    ) -> Result<(Request, Vec<NotPosted>), StoreError> {
        let now = self.clock.now();
        let mut run = Run { until: now + BUDGET, silent: false, failed: Vec::new() };
        for places in places(&request, turn, now).chunks(NOTED_AT_ONCE) {
            if request.status != Status::Pending {
                break;
            }
            let mut messages = Vec::new();
            for place in places {
                messages.extend(self.post(&request, place, &mut run).await);
            }
            request = keep(self.store, self.clock, request, &[Command::NoteSlackMessages(messages)]).await?;
        }
        Ok((request, run.failed))
    }

    /// The message, posted or not; `None` when there is nothing to say or nobody to say it to.
    async fn post(&self, request: &Request, place: &Place, run: &mut Run) -> Option<SlackMessage> {
        let mut channel = request.slack_target.as_ref()?.channel.clone().filter(|_| place.to.is_none());
        loop {
            if run.silent || self.clock.now() >= run.until {
                let late = SlackError::Unavailable { code: LATER.to_owned() };
                return Some(self.failed(request, place, channel, &late, run));
            }
            match self.try_to_post(request, place, &mut channel).await {
                Ok(posted) => return posted,
                Err(SlackError::RateLimited { retry_after_seconds })
                    if self.waited(retry_after_seconds, run.until).await => {}
                Err(error) => {
                    tracing::warn!(approval.id = %request.id, %error, "a message could not be posted in Slack");
                    run.silent = error.is_silence();
                    return Some(self.failed(request, place, channel, &error, run));
                }
            }
        }
    }

    async fn try_to_post(
        &self,
        request: &Request,
        place: &Place,
        channel: &mut Option<String>,
    ) -> Result<Option<SlackMessage>, SlackError> {
        let to = place.to.as_ref();
        let ask = request.slack_ask(to);
        let card = match slack::reply(request, place.purpose, self.clock.now()) {
            Some(reply) => reply,
            None if place.purpose == Purpose::Ask => slack::message(request),
            None => return Ok(None),
        };
        if let Some(ask) = ask {
            *channel = Some(ask.channel.clone());
        }
        if let (None, Some(person)) = (&channel, to) {
            *channel = self.conversation_with(request, person).await?;
        }
        let Some(channel) = channel.as_deref() else { return Ok(None) };
        let posted = self.slack.post(channel, ask.and_then(|ask| ask.ts.as_deref()), &card).await?;
        Ok(Some(SlackMessage {
            channel: posted.channel,
            ts: Some(posted.ts),
            to: to.cloned(),
            purpose: place.purpose,
            at: self.clock.now(),
            failure: None,
            passing: false,
            shows: request.slack_face(),
        }))
    }

    /// The conversation with a person alone; `None` when they have no account. Whose account Slack's search finds is
    /// good for a message, and not remembered: who votes is asked by the account.
    async fn conversation_with(
        &self,
        request: &Request,
        person: &EmailAddress,
    ) -> Result<Option<String>, SlackError> {
        let user = match request.slack_user_of(person) {
            Some(user) => Some(user.to_owned()),
            None => self.slack.user_with(person).await?,
        };
        match user {
            Some(user) => self.slack.direct_channel(&user).await.map(Some),
            None => Ok(None),
        }
    }

    /// Waits as long as Slack asks, and a little longer, so that those who wait do not all come back at once; whether
    /// there was time for it.
    async fn waited(&self, seconds: u32, until: Timestamp) -> bool {
        let asked = SignedDuration::from_secs(seconds.into());
        let spread = (asked / 2).max(SignedDuration::from_secs(1));
        let [drawn, ..] = self.random.bits();
        let pause = asked + spread * i32::from(drawn) / 255;
        let in_time = self.clock.now() + pause < until;
        if in_time {
            self.clock.pause(pause.unsigned_abs()).await;
        }
        in_time
    }

    fn failed(
        &self,
        request: &Request,
        place: &Place,
        channel: Option<String>,
        error: &SlackError,
        run: &mut Run,
    ) -> SlackMessage {
        let now = self.clock.now();
        let temporary = error.is_passing();
        run.failed.push(NotPosted { purpose: place.purpose, why: error.to_string(), temporary });
        let asked_at = request.escalated_at.unwrap_or(request.opened_at);
        let passing = temporary && now < asked_at + OWED_FOR;
        if !passing {
            // Nobody posts it between two waits.
            count("SendFailures", &[("what", "slack")]);
        }
        SlackMessage {
            channel: channel.unwrap_or_else(|| DIRECT.to_owned()),
            ts: None,
            to: place.to.clone(),
            purpose: place.purpose,
            at: now,
            failure: Some(error.code().to_owned()),
            passing,
            shows: String::new(),
        }
    }
}

/// The messages that have their turn, the channel's first.
fn places(request: &Request, turn: Turn, now: Timestamp) -> Vec<Place> {
    let Some(SlackTarget { channel, direct }) = &request.slack_target else { return Vec::new() };
    let people = request.outstanding().filter(|_| *direct).map(Some);
    let all = channel.iter().map(|_| None).chain(people);
    all.filter_map(|to| {
        let purpose = match turn {
            Turn::Wait => request.due_in_slack(to, now)?,
            Turn::Owed => {
                let owed = request.owed_slack_asks().find(|message| message.to.as_ref() == to)?;
                (now >= owed.at + SETTLING).then_some(owed.purpose)?
            }
        };
        Some(Place { to: to.cloned(), purpose })
    })
    .collect()
}
