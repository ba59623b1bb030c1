//! The outputs of a stack, in the forms in which people have them in a file.

use std::collections::BTreeMap;

use serde_json::Value;

use super::place::Place;

/// Why a text is not the outputs of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutputsError {
    /// It has another form.
    #[error(
        "it is none of: what the local run writes to outputs.json, one object of names and values, what \
         `aws cloudformation describe-stacks` prints"
    )]
    Form,
    /// An output is missing.
    #[error("the stack has no output {0}; is it Countersign, in this version?")]
    Missing(&'static str),
}

/// What belongs to a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stack {
    pub(super) state_machine: String,
    pub(super) table: String,
    pub(super) reconcile: String,
}

impl Stack {
    /// Picks what the commands need out of a stack's outputs.
    pub(super) fn of(outputs: &BTreeMap<String, String>) -> Result<Self, OutputsError> {
        let output = |name| outputs.get(name).cloned().ok_or(OutputsError::Missing(name));
        Ok(Self {
            state_machine: output("StateMachineArn")?,
            table: output("ApprovalTableName")?,
            reconcile: output("ReconcileFunctionArn")?,
        })
    }

    /// The Region that its ARNs name.
    fn region(&self) -> Option<String> {
        self.state_machine.split(':').nth(3).filter(|region| !region.is_empty()).map(str::to_owned)
    }
}

/// Reads a file's content: the stack, and where it is as far as the file says so.
pub(super) fn read(content: &Value) -> Result<(Stack, Place), OutputsError> {
    let text = |name: &str| content.get(name).and_then(Value::as_str).map(str::to_owned);
    let outputs = content.get("outputs").filter(|outputs| outputs.is_object());
    let stack = Stack::of(&named(outputs.unwrap_or(content)).ok_or(OutputsError::Form)?)?;
    let place = match outputs {
        Some(_) => Place {
            endpoint: text("endpoint"),
            region: text("region"),
            access_key: text("accessKeyId").zip(text("secretAccessKey")),
        },
        None => Place::default(),
    };
    let region = place.region.clone().or_else(|| stack.region());
    Ok((stack, Place { region, ..place }))
}

fn named(outputs: &Value) -> Option<BTreeMap<String, String>> {
    let listed = outputs.pointer("/Stacks/0/Outputs").unwrap_or(outputs);
    match listed {
        Value::Array(list) => list
            .iter()
            .map(|output| Some((output.get("OutputKey")?.as_str()?, output.get("OutputValue")?.as_str()?)))
            .map(|output| output.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect(),
        Value::Object(object) => {
            let texts = object.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?)));
            Some(texts.map(|(name, value)| (name, value.to_owned())).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MACHINE: &str =
        "arn:aws:states:eu-west-1:123456789012:stateMachine:countersign-deployment-approval";

    fn plain() -> Value {
        json!({"StateMachineArn": MACHINE, "ApprovalTableName": "t", "ReconcileFunctionArn": "f"})
    }

    #[test]
    fn every_form_is_read() {
        let plain = plain();
        let list: Vec<_> = plain
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| json!({"OutputKey": name, "OutputValue": value, "Description": "x"}))
            .collect();
        for form in
            [plain.clone(), json!(list), json!({"Stacks": [{"Outputs": list}]}), json!({"outputs": plain})]
        {
            let (stack, place) = read(&form).unwrap();
            let read = (stack.state_machine.as_str(), stack.table.as_str(), stack.reconcile.as_str());
            assert_eq!(read, (MACHINE, "t", "f"), "{form}");
            assert_eq!(place.region.as_deref(), Some("eu-west-1"), "the ARN names it");
            assert!(place.endpoint.is_none() && place.access_key.is_none());
        }
    }

    #[test]
    fn a_local_run_says_where_it_is() {
        let local = json!({"endpoint": "http://127.0.0.1:8481", "region": "us-east-1", "accessKeyId": "a",
                           "secretAccessKey": "s", "outputs": plain()});
        let (_, place) = read(&local).unwrap();
        assert_eq!(place.endpoint.as_deref(), Some("http://127.0.0.1:8481"));
        assert_eq!(place.region.as_deref(), Some("us-east-1"));
        assert_eq!(place.access_key, Some(("a".to_owned(), "s".to_owned())));
        assert!(!format!("{place:?}").contains("\"s\""));
    }

    #[test]
    fn anything_else_is_refused_with_what_is_missing() {
        assert_eq!(read(&json!("x")), Err(OutputsError::Form));
        assert_eq!(read(&json!([{"OutputKey": "StateMachineArn"}])), Err(OutputsError::Form));
        assert_eq!(read(&json!({})), Err(OutputsError::Missing("StateMachineArn")));
        let older = json!({"StateMachineArn": MACHINE, "ApprovalTableName": "t"});
        assert_eq!(read(&older), Err(OutputsError::Missing("ReconcileFunctionArn")));
    }
}
