//! What `send-approval` takes. This is a public contract: any state machine may call it.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::deployment::read_deployment;
use super::mistakes::{Mistakes, TextRule, is_absent};
use super::subject::read_subject;
use super::{Cursor, TaskError, TaskErrorName};
use crate::domain::{EmailAddress, Facts, TaskToken, Workflow};

/// What `send-approval` is asked, once it has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// What resumes the waiting task.
    pub task_token: TaskToken,
    /// Who asked, by their own statement.
    pub requested_by: Option<EmailAddress>,
    /// What to show, when the caller said so.
    pub facts: Option<Facts>,
    /// Where the workflow stands in its plan.
    pub cursor: Option<Cursor>,
    /// The approver that the caller names.
    pub named: Option<NamedApprover>,
    /// Where the request comes from.
    pub workflow: Workflow,
    /// When the state was entered.
    pub entered_at: Option<Timestamp>,
    /// Which retry of the state this is.
    pub retry: Option<u32>,
    /// The caller's own key, for a state that asks several times at once.
    pub request_key: Option<String>,
}

/// An approver named by the calling state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedApprover {
    /// What they are there.
    pub role: String,
    /// Who they are.
    pub email: EmailAddress,
}

const LINE: TextRule = TextRule { max: 200, extra: None };

impl Payload {
    /// Reads a payload.
    ///
    /// # Errors
    /// `InvalidInput`, naming every mistake; never with the task token in it.
    pub fn read(payload: &Value) -> Result<Self, TaskError> {
        let object = payload.as_object().ok_or_else(|| {
            TaskError::new(TaskErrorName::InvalidInput, "the payload must be a JSON object with a taskToken")
        })?;
        let mut mistakes = Mistakes::default();
        let task_token = object.get("taskToken").and_then(Value::as_str).and_then(TaskToken::parse);
        if task_token.is_none() {
            mistakes.add("taskToken is missing (pass \"taskToken.$\": \"$$.Task.Token\")");
        }
        let details = mistakes.optional_object(object, "deploymentDetails");
        let facts = match (details, mistakes.optional_object(object, "subject")) {
            (Some(details), _) => Some(read_details(details, &mut mistakes)),
            (None, Some(subject)) => Some(Facts::General(read_subject(subject, &mut mistakes))),
            (None, None) => None,
        };
        let cursor = read_cursor(object, details, &mut mistakes);
        let read = Self {
            requested_by: mistakes.optional_email(object, "requestedBy"),
            named: read_named(object, &mut mistakes),
            workflow: Workflow {
                execution: mistakes.optional_text(object, "execution", LINE_OF_ARN),
                state_machine: mistakes.optional_text(object, "stateMachine", LINE_OF_ARN),
                state: mistakes.optional_text(object, "state", LINE),
            },
            entered_at: read_time(object, &mut mistakes),
            retry: read_retry(object, &mut mistakes),
            request_key: read_key(object),
            task_token: task_token.unwrap_or_else(placeholder),
            facts,
            cursor,
        };
        mistakes.check()?;
        Ok(read)
    }
}

const LINE_OF_ARN: TextRule = TextRule { max: 2_048, extra: None };

/// Stands in for a token that was not there until the mistakes are reported.
#[expect(clippy::expect_used, reason = "a text of one character always has the length of a token")]
fn placeholder() -> TaskToken {
    TaskToken::parse("-").expect("one character is long enough")
}

/// All that `prepare` answered, about a deployment or a subject.
fn read_details(details: &Map<String, Value>, mistakes: &mut Mistakes) -> Facts {
    match mistakes.optional_object(details, "subject") {
        Some(subject) => Facts::General(read_subject(subject, mistakes)),
        None => Facts::Deployment(read_deployment(details, mistakes)),
    }
}

fn read_cursor(
    object: &Map<String, Value>,
    details: Option<&Map<String, Value>>,
    mistakes: &mut Mistakes,
) -> Option<Cursor> {
    let places = [Some(object), details].into_iter().flatten();
    let value = places.filter_map(|place| place.get("approval")).find(|value| !value.is_null())?;
    serde_json::from_value(value.clone())
        .map_err(|_| mistakes.add("approval must be the cursor that prepare answered, unchanged"))
        .ok()
}

fn read_named(object: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<NamedApprover> {
    let role = mistakes.optional_text(object, "approverRole", LINE);
    let email = mistakes.optional_email(object, "approverEmail");
    let blank = object.get("approverEmail").is_some_and(|email| email.is_string() && is_absent(email));
    match (role, email) {
        (role, Some(email)) => Some(NamedApprover { role: role.unwrap_or_else(|| "approver".into()), email }),
        // An address that came out empty must not change who decides.
        (_, None) if blank => {
            mistakes.add("approverEmail is empty");
            None
        }
        (Some(_), None) if object.get("approverEmail").is_none_or(Value::is_null) => {
            mistakes.add("approverRole needs approverEmail beside it");
            None
        }
        _ => None,
    }
}

fn read_time(object: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Timestamp> {
    let value = object.get("enteredAt").filter(|value| !value.is_null())?;
    let time = value.as_str().and_then(|text| text.parse().ok());
    if time.is_none() {
        mistakes.add("enteredAt must be a time such as 2026-01-31T09:30:00Z (pass $$.State.EnteredTime)");
    }
    time
}

fn read_retry(object: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<u32> {
    let value = object.get("retry").filter(|value| !value.is_null())?;
    let retry = value.as_u64().and_then(|retry| u32::try_from(retry).ok());
    if retry.is_none() {
        mistakes.add("retry must be a whole number (pass $$.State.RetryCount)");
    }
    retry
}

fn read_key(object: &Map<String, Value>) -> Option<String> {
    match object.get("requestKey")? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
