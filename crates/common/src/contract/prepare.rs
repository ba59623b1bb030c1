//! What `prepare` takes and answers.

use serde::Serialize;
use serde_json::{Map, Value};

use super::deployment::read_deployment;
use super::mistakes::is_absent;
use super::subject::read_subject;
use super::{Cursor, Mistakes, TaskError, TaskErrorName};
use crate::domain::{DeploymentFacts, EmailAddress, Facts, Fingerprint, GeneralFacts, SCHEMA};

/// What `prepare` is asked, once it has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What is to be deployed, or what else is asked for.
    pub facts: Facts,
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
        let facts = read_facts(object, &mut mistakes);
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

/// A subject, or else a deployment.
fn read_facts(object: &Map<String, Value>, mistakes: &mut Mistakes) -> Facts {
    if object.get("subject").is_none_or(Value::is_null) {
        return Facts::Deployment(read_deployment(object, mistakes));
    }
    let of_deployments = ["serviceName", "version", "environment", "changeLog"];
    let beside: Vec<_> =
        of_deployments.into_iter().filter(|key| !object.get(*key).is_none_or(is_absent)).collect();
    if !beside.is_empty() {
        mistakes.add(format!("{} cannot stand beside a subject: ask for one of the two", beside.join(", ")));
    }
    let nothing = Map::new();
    let subject = mistakes.optional_object(object, "subject");
    Facts::General(subject.map_or_else(
        || read_subject(&nothing, &mut Mistakes::default()),
        |subject| read_subject(subject, mistakes),
    ))
}

fn as_object(value: &Value) -> Result<&Map<String, Value>, TaskError> {
    value.as_object().ok_or_else(|| {
        let sample = r#"{"serviceName": "checkout", "version": "2.4.1", "environment": "production", "requestedBy": "name@example.com"}"#;
        TaskError::new(TaskErrorName::InvalidInput, format!("the input must be a JSON object such as {sample}"))
    })
}

/// What `prepare` answers: the facts, those of a deployment flat, their fingerprint, and the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    /// The number of this shape.
    pub schema: u32,
    /// The facts as they were frozen.
    #[serde(flatten)]
    pub facts: Frozen,
    /// Over the facts and the requester.
    pub fingerprint: Fingerprint,
    /// Where the workflow stands in its plan.
    pub approval: Cursor,
}

/// Frozen facts as they stand in the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Frozen {
    /// A deployment's stand beside the fingerprint.
    Deployment(DeploymentFacts),
    /// Any other's stand in an object of their own.
    General {
        /// As it was passed.
        subject: GeneralFacts,
    },
}

impl From<Facts> for Frozen {
    fn from(facts: Facts) -> Self {
        match facts {
            Facts::Deployment(facts) => Self::Deployment(facts),
            Facts::General(subject) => Self::General { subject },
        }
    }
}

impl Prepared {
    /// The answer for frozen facts.
    pub fn new(facts: Facts, fingerprint: Fingerprint, approval: Cursor) -> Self {
        Self { schema: SCHEMA, facts: facts.into(), fingerprint, approval }
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
    fn a_subject_stands_instead_of_a_deployment() {
        let subject = json!({"kind": "data release", "title": "Orders of May", "facts": [{"label": "Rows", "value": 12}]});
        let input =
            Input::read(&json!({"subject": subject, "requestedBy": "dev@example.com", "version": null}))
                .unwrap();
        let Facts::General(facts) = &input.facts else { panic!("not a subject: {:?}", input.facts) };
        assert_eq!((facts.kind.as_deref(), facts.title.as_str()), (Some("data release"), "Orders of May"));
        assert_eq!(facts.facts[0].value, "12");
        let error = Input::read(&json!({
            "subject": {"kind": " Deployment", "link": "http://example.com"}, "version": "2.4.1", "changeLog": "-"
        }))
        .unwrap_err()
        .to_string();
        for mistake in [
            "5 mistakes",
            "version, changeLog cannot stand beside a subject",
            "subject.title is missing",
            "subject.kind may not be \"deployment\"",
            "subject.link must start with https://",
            "requestedBy is missing",
        ] {
            assert!(error.contains(mistake), "{mistake} in: {error}");
        }
        let error = Input::read(&json!({"subject": "Orders", "requestedBy": "dev@example.com"})).unwrap_err();
        assert!(error.to_string().ends_with("subject must be a JSON object"), "{error}");
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
