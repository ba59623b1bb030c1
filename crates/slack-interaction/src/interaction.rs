//! Slack's interaction payloads, as an enum of our own. An unknown kind is a variant, not an error: Slack
//! adds kinds, and wants a 200 for each.

mod foreign;

use std::fmt;

use common::domain::{Choice, RequestId};
use common::http::{Fields, FormError};
use common::ports::{SlackReply, SlackTrigger};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// What somebody did in Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interaction {
    /// A button of a message was pressed.
    BlockActions(Click),
    /// A modal was submitted.
    ViewSubmission(Submission),
    /// A modal was closed without being submitted.
    ViewClosed,
    /// A kind that means nothing here.
    Unknown,
}

/// A signed-in Slack account, in its workspace and through an app.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account's id.
    pub user: String,
    /// The workspace's id.
    pub team: Option<String>,
    /// The workspace that the account is of; another one in a channel that two workspaces share. Slack names it.
    pub home: Option<String>,
    /// The app's id.
    pub app: Option<String>,
}

/// A pressed button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// By whom.
    pub by: Actor,
    /// Which button it is.
    pub action_id: String,
    /// The request that it carries.
    pub request: Option<RequestId>,
    /// The message that it is in.
    pub place: Option<Place>,
    /// What lets a modal open.
    pub trigger: Option<SlackTrigger>,
    /// Where an answer can be sent when the API does not take it.
    pub reply: Option<SlackReply>,
}

/// Where a button was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The conversation's id.
    pub channel: String,
    /// What the conversation is called.
    pub name: Option<String>,
    /// Slack's name for the message in it.
    pub ts: String,
}

impl Place {
    /// Whether it is a conversation with one person alone.
    pub fn is_direct(&self) -> bool {
        self.channel.starts_with('D')
    }
}

/// A submitted modal.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// By whom.
    pub by: Actor,
    /// What the modal is for.
    pub callback_id: String,
    /// What we gave it along; `None` when it is not ours, or cannot be read.
    pub about: Option<About>,
    /// What was typed to approve.
    pub phrase: Option<String>,
    /// What was typed to reject.
    pub reason: Option<String>,
}

/// What a modal is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    /// The request.
    pub request: RequestId,
    /// What submitting it says.
    pub choice: Choice,
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a Slack account]")
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Submission({}, {:?})", self.callback_id, self.about)
    }
}

/// Why a body from Slack cannot be read.
#[derive(Debug, Error)]
pub enum InteractionError {
    /// The form is not UTF-8, or says something twice.
    #[error("the form cannot be read")]
    Form(#[source] FormError),
    /// The form has no `payload`.
    #[error("the form has no payload")]
    NoPayload,
    /// The payload is not JSON, or a kind that is known lacks what it always has.
    #[error("the payload cannot be read")]
    Payload(#[source] serde_json::Error),
}

impl InteractionError {
    /// The name in logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "malformed_form",
            Self::NoPayload => "no_payload",
            Self::Payload(_) => "malformed_payload",
        }
    }
}

impl Interaction {
    /// Reads the body of a request that is known to come from Slack.
    ///
    /// # Errors
    /// When it is not a form with one JSON payload, or the payload lacks what its kind always has.
    pub fn parse(body: &[u8]) -> Result<Self, InteractionError> {
        let form = Fields::parse_form(body).map_err(InteractionError::Form)?;
        let payload = form.one("payload").map_err(InteractionError::Form)?;
        let payload: Value = serde_json::from_str(payload.ok_or(InteractionError::NoPayload)?)
            .map_err(InteractionError::Payload)?;
        let Kind { kind } = read(&payload)?;
        Ok(match kind.as_str() {
            "block_actions" => read::<foreign::Actions>(&payload)?.into(),
            "view_submission" => Self::ViewSubmission(read::<foreign::Submitted>(&payload)?.into()),
            "view_closed" => Self::ViewClosed,
            _ => Self::Unknown,
        })
    }

    /// The name in logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BlockActions(_) => "block_actions",
            Self::ViewSubmission(_) => "view_submission",
            Self::ViewClosed => "view_closed",
            Self::Unknown => "unknown",
        }
    }
}

fn read<'a, T: Deserialize<'a>>(payload: &'a Value) -> Result<T, InteractionError> {
    T::deserialize(payload).map_err(InteractionError::Payload)
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(payload: &str) -> Result<Interaction, InteractionError> {
        Interaction::parse(format!("payload={}", urlencoding::encode(payload)).as_bytes())
    }

    #[test]
    fn a_click_names_its_account_its_button_and_its_message() {
        let click = parse(
            r#"{"type":"block_actions","user":{"id":"U1","name":"ana","team_id":"T1"},"team":{"id":"T1"},
                "api_app_id":"A1","trigger_id":"1.2.3","response_url":"https://hooks.slack.com/x","channel":{"id":"C1","name":"releases"},
                "container":{"type":"message","message_ts":"1.1","channel_id":"C1"},
                "actions":[{"action_id":"approve_deployment","value":"abc-1"},{"action_id":"link"}]}"#,
        );
        let team = Some("T1".to_owned());
        let by = Actor { user: "U1".into(), team: team.clone(), home: team, app: Some("A1".into()) };
        let place = Place { channel: "C1".into(), name: Some("releases".into()), ts: "1.1".into() };
        let expected = Click {
            by,
            action_id: "approve_deployment".into(),
            request: RequestId::parse("abc-1").ok(),
            place: Some(place),
            trigger: Some(SlackTrigger::new("1.2.3".into())),
            reply: Some(SlackReply::new("https://hooks.slack.com/x".into())),
        };
        assert_eq!(click.unwrap(), Interaction::BlockActions(expected));
    }

    #[test]
    fn a_message_is_found_wherever_slack_names_it() {
        let place = |extra: &str| {
            let text = format!(
                r#"{{"type":"block_actions","user":{{"id":"U1"}},"actions":[{{"action_id":"x"}}]{extra}}}"#
            );
            match parse(&text).unwrap() {
                Interaction::BlockActions(click) => click.place,
                other => panic!("{other:?}"),
            }
        };
        let there = Place { channel: "C1".into(), name: None, ts: "1.1".into() };
        assert_eq!(place(r#","channel":{"id":"C1"},"message":{"ts":"1.1"}"#), Some(there));
        assert_eq!(place(r#","container":{"type":"view","view_id":"V1"}"#), None);
        assert_eq!(place(""), None);
    }

    #[test]
    fn a_click_without_a_button_means_nothing() {
        let click = parse(r#"{"type":"block_actions","user":{"id":"U1"},"actions":[]}"#);
        assert_eq!(click.unwrap(), Interaction::Unknown);
    }

    #[test]
    fn a_submission_says_what_it_is_about_and_what_was_typed() {
        let submitted = parse(
            r#"{"type":"view_submission","user":{"id":"U1","team_id":"T1"},"team":null,"api_app_id":"A1",
                "view":{"callback_id":"reject_deployment","private_metadata":"{\"request\":\"a-1\",\"choice\":\"reject\"}",
                "state":{"values":{"reason":{"reason":{"type":"plain_text_input","value":"freeze"}},
                "phrase":{"phrase":{"value":null}}}}}}"#,
        );
        let Interaction::ViewSubmission(submission) = submitted.unwrap() else { panic!("a submission") };
        assert_eq!(
            submission.by.team.as_deref(),
            Some("T1"),
            "an organisation-wide app has no team of its own"
        );
        let about = About { request: RequestId::parse("a-1").unwrap(), choice: Choice::Reject };
        assert_eq!(submission.about, Some(about));
        assert_eq!((submission.reason.as_deref(), submission.phrase.as_deref()), (Some("freeze"), None));
        assert!(!format!("{submission:?}").contains("freeze") && !format!("{submission:?}").contains("U1"));
    }

    #[test]
    fn a_modal_of_somebody_else_is_about_nothing() {
        for view in ["{}", r#"{"callback_id":"x","private_metadata":"x"}"#, r#"{"private_metadata":"{}"}"#] {
            let text = format!(r#"{{"type":"view_submission","user":{{"id":"U1"}},"view":{view}}}"#);
            let Interaction::ViewSubmission(submission) = parse(&text).unwrap() else { panic!("{view}") };
            assert_eq!(submission.about, None, "{view}");
        }
    }

    #[test]
    fn new_kinds_are_known_as_unknown() {
        assert_eq!(parse(r#"{"type":"view_closed"}"#).unwrap(), Interaction::ViewClosed);
        assert_eq!(parse(r#"{"type":"something_new"}"#).unwrap(), Interaction::Unknown);
    }

    #[test]
    fn every_way_to_be_malformed_has_a_name() {
        let code = |body: &[u8]| Interaction::parse(body).unwrap_err().code();
        assert_eq!(code(b""), "no_payload");
        assert_eq!(code(b"payload=%ff"), "malformed_form");
        assert_eq!(code(b"payload=%7B%7D&payload=%7B%7D"), "malformed_form");
        for payload in ["", "x", "{}", "[]", "null", r#"{"type":1}"#, r#"{"type":"block_actions"}"#] {
            assert_eq!(parse(payload).unwrap_err().code(), "malformed_payload", "{payload}");
        }
    }

    proptest! {
        #[test]
        fn a_payload_that_is_no_object_is_malformed(payload in "[^{]\\PC{0,200}") {
            prop_assert_eq!(parse(&payload).map_err(|error| error.code()), Err("malformed_payload"));
        }
    }
}
