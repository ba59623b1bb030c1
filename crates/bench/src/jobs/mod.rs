//! What the functions are given to do, and what AWS and Slack say to them meanwhile.

mod link;
mod mail;
mod samples;
mod slack;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Error;
use crate::subject::{ONE_CALL, Side};
pub(crate) use slack::Click;

/// What a function is measured at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Job {
    /// An approver posts the form behind a link.
    DecideFromLink,
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
    /// What Slack waits for.
    pub(crate) const IN_SLACK: [Self; 3] =
        [Self::DecideFromSlack, Self::DecideFromNewAccount, Self::RejectInSlack];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::DecideFromLink => "decide from a link",
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
            Self::DecideFromLink => "approval-callback",
            Self::SendMail => "send-approval",
            Self::ReadItem => ONE_CALL,
            _ => "slack-interaction",
        }
    }

    fn click(self) -> Click {
        match self {
            Self::DecideFromNewAccount => Click::ApproveOfUnknown,
            Self::RejectInSlack => Click::Reject,
            _ => Click::Approve,
        }
    }

    pub(crate) fn event(self) -> Value {
        match self {
            Self::DecideFromLink => link::event(),
            Self::SendMail => mail::event(),
            Self::ReadItem | Self::Start => json!({}),
            _ => self.click().event(),
        }
    }

    /// Whether an answer is what has to come.
    pub(crate) fn check(self, answer: &Value) -> Result<(), Error> {
        let good = match self {
            Self::DecideFromLink => link::is_good(answer),
            Self::SendMail => mail::is_good(answer),
            Self::ReadItem | Self::Start => true,
            _ => slack::is_good(answer),
        };
        if good { Ok(()) } else { Err(format!("{} was answered with {answer}", self.title()).into()) }
    }

    /// What AWS and Slack say to an operation.
    pub(crate) fn answer_to(self, side: Side, operation: &str, url: &str) -> Value {
        match operation {
            "GetItem" => json!({ "Item": self.item(side) }),
            "GetSecretValue" => json!({ "Name": "bench", "SecretString": slack::secret(url) }),
            "SendEmail" => json!({ "MessageId": "bench" }),
            "users.info" => slack::account(),
            method if method.contains('.') => json!({ "ok": true }),
            _ => json!({}),
        }
    }

    fn item(self, side: Side) -> Option<serde_dynamo::Item> {
        let item = match (side, self) {
            (Side::Python, Self::SendMail) => mail::plain_plan(),
            (Side::Python, _) => samples::plain_request(),
            (_, Self::SendMail) => mail::plan(),
            _ => samples::request(self.click() == Click::ApproveOfUnknown),
        };
        serde_dynamo::to_item(item).ok()
    }
}

/// Changes what is there already.
fn set(event: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = event.pointer_mut(pointer) {
        *place = value;
    }
}
