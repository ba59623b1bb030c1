//! What `prepare` takes and answers.

use serde::Serialize;
use serde_json::{Map, Value};

use super::deployment::read_deployment;
use super::{Cursor, Mistakes, TaskError, TaskErrorName};
use crate::domain::{DeploymentFacts, EmailAddress, Fingerprint, SCHEMA};

/// What `prepare` is asked, once it has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What is to be deployed.
    pub facts: DeploymentFacts,
    /// Who asks, by their own statement.
    pub requested_by: EmailAddress,
    /// The workflow, where the caller says so.
    pub execution: Option<String>,
    /// Whether the caller loops on `waiting` and on further levels.
    pub can_wait: bool,
}

impl Input {
    /// Reads the plain input of a workflow, or `{input, execution, canWait}`.
    ///
    /// # Errors
    /// `InvalidInput`, naming every mistake.
    pub fn read(payload: &Value) -> Result<Self, TaskError> {
        let outer = as_object(payload)?;
        let wrapped = outer.get("input");
        let object = wrapped.map_or(Ok(outer), as_object)?;
        let mut mistakes = Mistakes::default();
        let facts = read_deployment(object, &mut mistakes);
        let requested_by = mistakes.required_email(object, "requestedBy");
        mistakes.check()?;
        let (execution, can_wait) = match wrapped {
            None => (None, false),
            Some(_) => (
                outer
                    .get("execution")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
                    .filter(|arn| !arn.trim().is_empty()),
                outer.get("canWait").and_then(Value::as_bool).unwrap_or(false),
            ),
        };
        let requested_by = requested_by
            .ok_or_else(|| TaskError::new(TaskErrorName::InvalidInput, "requestedBy is not an address"))?;
        Ok(Self { facts, requested_by, execution, can_wait })
    }
}

fn as_object(value: &Value) -> Result<&Map<String, Value>, TaskError> {
    value.as_object().ok_or_else(|| {
        let sample = r#"{"serviceName": "checkout", "version": "2.4.1", "environment": "production", "requestedBy": "name@example.com"}"#;
        TaskError::new(TaskErrorName::InvalidInput, format!("the input must be a JSON object such as {sample}"))
    })
}

/// What `prepare` answers, flat: the facts, their fingerprint, and the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    /// The number of this shape.
    pub schema: u32,
    /// The facts as they were frozen.
    #[serde(flatten)]
    pub facts: DeploymentFacts,
    /// Over the facts and the requester.
    pub fingerprint: Fingerprint,
    /// Where the workflow stands in its plan.
    pub approval: Cursor,
}

impl Prepared {
    /// The answer for frozen facts.
    pub fn new(facts: DeploymentFacts, fingerprint: Fingerprint, approval: Cursor) -> Self {
        Self { schema: SCHEMA, facts, fingerprint, approval }
    }

    /// The answer as JSON; its keys are texts, so that cannot fail.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_mistake_is_named_in_one_answer() {
        let error = Input::read(&json!({
            "version": 2.4, "environment": "pro duction", "requestedBy": "dev", "changeLog": "x".repeat(20_001)
        }))
        .unwrap_err();
        assert_eq!(error.name(), TaskErrorName::InvalidInput);
        for mistake in [
            "5 mistakes",
            "serviceName is missing",
            "version must be a text",
            "environment may only have",
            "requestedBy is not of the form",
            "changeLog is longer than 20000 characters",
        ] {
            assert!(error.to_string().contains(mistake), "{mistake} in: {error}");
        }
    }

    #[test]
    fn null_and_blank_are_absent() {
        let error =
            Input::read(&json!({"serviceName": null, "version": " ", "environment": ""})).unwrap_err();
        assert!(error.to_string().contains("4 mistakes"), "{error}");
    }

    #[test]
    fn a_wrapped_input_says_which_workflow_it_is() {
        let plain = json!({"serviceName": "checkout", "version": "2.4.1", "environment": "production",
            "requestedBy": "Dev@example.com", "changeLog": null});
        let read = Input::read(&json!({"input": plain, "execution": "arn:x", "canWait": true})).unwrap();
        assert_eq!(read.execution.as_deref(), Some("arn:x"));
        assert!(read.can_wait);
        assert_eq!(read.requested_by.as_str(), "dev@example.com");
        assert!(!Input::read(&plain).unwrap().can_wait);
    }
}
