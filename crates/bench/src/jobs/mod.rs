//! What the functions are given to do, and what AWS and Slack say to them meanwhile.

mod link;
mod mail;
mod samples;
mod slack;

use common::contract::deployment::MAX_CHANGE_LOG;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Error;
use crate::subject::{ONE_CALL, Side};
use samples::Ask;
use slack::Click;

/// What a function is measured at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Job {
    /// An approver posts the form behind a link.
    DecideFromLink,
    /// The same, where ten people are asked.
    DecideAmongTen,
    /// The same, where fifty people are asked.
    DecideAmongFifty,
    /// The same, with the longest change log that there can be.
    DecideOnLongLog,
    /// A workflow asks for an approval by mail.
    SendMail,
    /// An approver presses a button in Slack.
    DecideFromSlack,
    /// The same, by an account that has to be asked for its address.
    DecideFromNewAccount,
    /// The button that opens a modal.
    RejectInSlack,
    /// One item is read.
    ReadItem,
    /// Nothing: the function gets ready.
    Start,
}

impl Job {
    /// What both sides do.
    pub(crate) const COMPARED: [Self; 3] = [Self::DecideFromLink, Self::SendMail, Self::DecideFromSlack];
    /// One decision as its record grows, the smallest first.
    pub(crate) const GROWING: [Self; 4] =
        [Self::DecideFromLink, Self::DecideAmongTen, Self::DecideAmongFifty, Self::DecideOnLongLog];
    /// What Slack waits for.
    pub(crate) const IN_SLACK: [Self; 3] =
        [Self::DecideFromSlack, Self::DecideFromNewAccount, Self::RejectInSlack];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::DecideFromLink => "decide from a link",
            Self::DecideAmongTen => "decide from a link, 10 approvers",
            Self::DecideAmongFifty => "decide from a link, 50 approvers",
            Self::DecideOnLongLog => "decide from a link, 20,000 characters of change log",
            Self::SendMail => "send an approval mail",
            Self::DecideFromSlack => "decide from Slack",
            Self::DecideFromNewAccount => "decide from Slack, new account",
            Self::RejectInSlack => "reject in Slack, opens a modal",
            Self::ReadItem => "read one item",
            Self::Start => "get ready",
        }
    }

    /// The function that does it.
    pub(crate) fn role(self) -> &'static str {
        match self {
            job if job.is_decided_from_link() => "approval-callback",
            Self::SendMail => "send-approval",
            Self::ReadItem => ONE_CALL,
            _ => "slack-interaction",
        }
    }

    fn is_decided_from_link(self) -> bool {
        Self::GROWING.contains(&self)
    }

    /// How large its record is as JSON.
    pub(crate) fn record_bytes(self) -> Result<usize, Error> {
        Ok(self.request()?.to_string().len())
    }

    /// The open request that it is about, as the table has it.
    fn request(self) -> Result<Value, Error> {
        let usual =
            Ask { approvers: 1, is_unknown_in_slack: false, change_log: samples::CHANGE_LOG.to_owned() };
        samples::request(&match self {
            Self::DecideAmongTen => Ask { approvers: 10, ..usual },
            Self::DecideAmongFifty => Ask { approvers: 50, ..usual },
            Self::DecideOnLongLog => Ask { change_log: "x".repeat(MAX_CHANGE_LOG), ..usual },
            Self::DecideFromNewAccount => Ask { is_unknown_in_slack: true, ..usual },
            _ => usual,
        })
    }

    fn click(self) -> Click {
        match self {
            Self::RejectInSlack => Click::Reject,
            _ => Click::Approve,
        }
    }

    pub(crate) fn event(self) -> Value {
        match self {
            job if job.is_decided_from_link() => link::event(),
            Self::SendMail => mail::event(),
            Self::ReadItem | Self::Start => json!({}),
            _ => self.click().event(),
        }
    }

    /// Whether an answer is what has to come.
    pub(crate) fn check(self, answer: &Value) -> Result<(), Error> {
        let good = match self {
            job if job.is_decided_from_link() => link::is_good(answer),
            Self::SendMail => mail::is_good(answer),
            Self::ReadItem | Self::Start => true,
            _ => slack::is_good(answer),
        };
        if good { Ok(()) } else { Err(format!("{} was answered with {answer}", self.title()).into()) }
    }

    /// What AWS and Slack say to an operation; the table has this item.
    pub(crate) fn answer_to(operation: &str, url: &str, item: &Value) -> Value {
        match operation {
            "GetItem" => json!({ "Item": item }),
            "GetSecretValue" => json!({ "Name": "bench", "SecretString": slack::secret(url) }),
            "SendEmail" => json!({ "MessageId": "bench" }),
            "users.info" => slack::account(),
            method if method.contains('.') => json!({ "ok": true }),
            _ => json!({}),
        }
    }

    /// The item that is read.
    pub(crate) fn item(self, side: Side) -> Result<Value, Error> {
        let item = match (side, self) {
            (Side::Python, Self::SendMail) => mail::plain_plan(),
            (Side::Python, _) => samples::plain_request(),
            (_, Self::SendMail) => mail::plan(),
            _ => self.request()?,
        };
        let item: serde_dynamo::Item = serde_dynamo::to_item(item)?;
        Ok(serde_json::to_value(item)?)
    }
}

/// Changes what is there already.
fn set(event: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = event.pointer_mut(pointer) {
        *place = value;
    }
}
