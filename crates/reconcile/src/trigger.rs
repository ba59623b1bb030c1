//! What wakes this function up: foreign events, read as far as they are needed. They only say where to look.

use common::adapters::dynamo::keys;
use common::domain::RequestId;
use serde_json::Value;

/// An event, by what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Records changed in the table.
    Stream(Vec<Change>),
    /// A minute has passed.
    Schedule,
    /// A workflow has ended.
    Ended {
        /// Its ARN.
        execution: String,
    },
    /// Something else.
    Unknown,
}

/// One change of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in the stream, by which a failure is reported.
    pub sequence_number: String,
    /// Which request changed; `None` for other items.
    pub request: Option<RequestId>,
}

impl Trigger {
    /// Reads an event.
    pub fn read(event: &Value) -> Self {
        let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
        if let Some(records) = event.pointer("/Records").and_then(Value::as_array) {
            return Self::Stream(records.iter().filter_map(Change::read).collect());
        }
        match (text("/source"), text("/detail-type")) {
            (Some("aws.events"), Some("Scheduled Event")) => Self::Schedule,
            (Some("aws.states"), Some("Step Functions Execution Status Change")) => {
                match (text("/detail/status"), text("/detail/executionArn")) {
                    (Some("ABORTED" | "FAILED" | "SUCCEEDED" | "TIMED_OUT"), Some(execution)) => {
                        Self::Ended { execution: execution.to_owned() }
                    }
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }
}

impl Change {
    /// Without a number it could not even be reported, so it is none.
    fn read(record: &Value) -> Option<Self> {
        let text = |pointer| record.pointer(pointer).and_then(Value::as_str);
        (text("/eventSource") == Some("aws:dynamodb")).then_some(())?;
        Some(Self {
            sequence_number: text("/dynamodb/SequenceNumber")?.to_owned(),
            request: text("/dynamodb/Keys/pk/S").and_then(keys::request_of),
        })
    }
}
