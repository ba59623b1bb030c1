//! What `notify-timeout`, `notify-rejection` and `execute-deployment` take: a state machine's whole state,
//! or the bare output of an approval.

use serde_json::{Map, Value};

use super::deployment::read_deployment;
use super::subject::read_subject;
use super::{Cursor, Mistakes};
use crate::domain::{Facts, RequestId};

/// Whatever the caller's state says about its approval. It is only ever used to find the record; what
/// counts is what stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// The facts that the caller is about to act on.
    pub facts: Option<Facts>,
    /// The cursor inside `deploymentDetails`.
    pub cursor: Option<Cursor>,
    /// The request named by the approval's output.
    pub approved_request: Option<RequestId>,
    /// The request named by the cause of the caught error.
    pub failed_request: Option<RequestId>,
    /// The caught error's name.
    pub error: Option<String>,
    /// The caught error's cause.
    pub cause: Option<String>,
}

impl FollowUp {
    /// Whether it leads to a record.
    pub fn names_an_approval(&self) -> bool {
        self.cursor.is_some() || self.approved_request.is_some()
    }

    /// Reads a state. Unknown or odd fields are ignored: callers hand over whatever they have.
    pub fn read(payload: &Value) -> Self {
        let Some(state) = payload.as_object() else {
            return Self::default();
        };
        let details = state.get("deploymentDetails").and_then(Value::as_object);
        let error = state.get("error").and_then(Value::as_object);
        let cause = error.and_then(|error| error.get("Cause")).and_then(Value::as_str);
        Self {
            facts: read_facts(details.unwrap_or(state)),
            cursor: details
                .and_then(|details| details.get("approval"))
                .or_else(|| state.get("approval"))
                .and_then(|cursor| serde_json::from_value(cursor.clone()).ok()),
            approved_request: state
                .get("approvalResult")
                .and_then(|result| request_id(result.as_object()?))
                .or_else(|| request_id(state)),
            failed_request: cause
                .and_then(|cause| serde_json::from_str::<Value>(cause).ok())
                .and_then(|cause| request_id(cause.as_object()?)),
            error: error.and_then(|error| error.get("Error")).and_then(Value::as_str).map(str::to_owned),
            cause: cause.map(str::to_owned),
        }
    }

    /// The request that the cursor points at.
    pub fn cursor_request(&self) -> Option<RequestId> {
        let cursor = self.cursor.as_ref()?;
        Some(RequestId::of_level(&cursor.key, cursor.level?))
    }
}

fn request_id(object: &Map<String, Value>) -> Option<RequestId> {
    RequestId::parse(object.get("requestId")?.as_str()?).ok()
}

/// Facts that would not pass `prepare` are read without their mistakes. They equal nothing that was
/// frozen, so nothing is carried out on them.
fn read_facts(object: &Map<String, Value>) -> Option<Facts> {
    let mut mistakes = Mistakes::default();
    let named = ["serviceName", "version", "environment", "changeLog"];
    if named.iter().any(|name| object.contains_key(*name)) {
        return Some(Facts::Deployment(read_deployment(object, &mut mistakes)));
    }
    let subject = object.get("subject").and_then(Value::as_object)?;
    Some(Facts::General(read_subject(subject, &mut mistakes)))
}
