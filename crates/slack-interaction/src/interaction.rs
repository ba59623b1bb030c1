//! Slack's interaction payloads, as an enum of our own. An unknown kind is a variant, not an error: Slack
//! adds kinds, and wants a 200 for each.

use common::http::{Fields, FormError};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// What somebody did in Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interaction {
    /// Buttons of a message were pressed.
    BlockActions {
        /// By whom.
        by: Actor,
        /// Which, in order.
        actions: Vec<Action>,
    },
    /// A modal was submitted.
    ViewSubmission {
        /// By whom.
        by: Actor,
        /// What the modal is for.
        callback_id: String,
    },
    /// A modal was closed without being submitted.
    ViewClosed,
    /// A kind that means nothing here.
    Unknown,
}

/// A signed-in Slack account, in its workspace and through an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account's id.
    pub user: String,
    /// The workspace's id.
    pub team: Option<String>,
    /// The app's id.
    pub app: Option<String>,
}

/// A pressed button.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Action {
    /// Which button it is.
    pub action_id: String,
    /// What it carries: the request's id.
    #[serde(default)]
    pub value: Option<String>,
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
            "block_actions" => {
                let Actions { by, actions } = read(&payload)?;
                Self::BlockActions { by: by.into(), actions }
            }
            "view_submission" => {
                let Submission { by, view } = read(&payload)?;
                Self::ViewSubmission { by: by.into(), callback_id: view.callback_id }
            }
            "view_closed" => Self::ViewClosed,
            _ => Self::Unknown,
        })
    }

    /// The name in logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BlockActions { .. } => "block_actions",
            Self::ViewSubmission { .. } => "view_submission",
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

#[derive(Deserialize)]
struct Actions {
    #[serde(flatten)]
    by: Origin,
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct Submission {
    #[serde(flatten)]
    by: Origin,
    view: View,
}

#[derive(Deserialize)]
struct View {
    #[serde(default)]
    callback_id: String,
}

#[derive(Deserialize)]
struct Origin {
    user: Named,
    #[serde(default)]
    team: Option<Named>,
    #[serde(default)]
    api_app_id: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl From<Origin> for Actor {
    fn from(origin: Origin) -> Self {
        let Origin { user, team, api_app_id } = origin;
        Self { user: user.id, team: team.map(|team| team.id), app: api_app_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(payload: &str) -> Result<Interaction, InteractionError> {
        Interaction::parse(format!("payload={}", urlencoding::encode(payload)).as_bytes())
    }

    #[test]
    fn a_click_names_its_account_and_its_buttons() {
        let click = parse(
            r#"{"type":"block_actions","user":{"id":"U1","name":"ana"},"team":{"id":"T1"},"api_app_id":"A1",
                "actions":[{"action_id":"approve","value":"abc-1"},{"action_id":"link"}]}"#,
        );
        let by = Actor { user: "U1".into(), team: Some("T1".into()), app: Some("A1".into()) };
        let actions = vec![
            Action { action_id: "approve".into(), value: Some("abc-1".into()) },
            Action { action_id: "link".into(), value: None },
        ];
        assert_eq!(click.unwrap(), Interaction::BlockActions { by, actions });
    }

    #[test]
    fn an_organisation_wide_app_has_no_team() {
        let submitted = parse(
            r#"{"type":"view_submission","user":{"id":"U1"},"team":null,"view":{"callback_id":"reject"}}"#,
        );
        let by = Actor { user: "U1".into(), team: None, app: None };
        assert_eq!(submitted.unwrap(), Interaction::ViewSubmission { by, callback_id: "reject".into() });
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
