//! What wakes this function up: foreign events, read as far as they are needed. They only say where to look.

use common::adapters::dynamo::keys;
use common::domain::{PlanKey, RequestId};
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
    /// Somebody takes a request back, by the command line.
    Withdraw {
        /// Which one; `None` when that is no request's id.
        request: Option<RequestId>,
        /// Why; empty when they did not say.
        reason: String,
    },
    /// Something else.
    Unknown,
}

/// One change of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in the stream, by which a failure is reported.
    pub sequence_number: String,
    /// What changed.
    pub what: Changed,
}

/// What changed in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A request.
    Request(RequestId),
    /// The newest plan of a subject; this one was it before.
    Replaced(PlanKey),
    /// Something that nothing follows from.
    Other,
}

impl Trigger {
    /// Reads an event.
    pub fn read(event: &Value) -> Self {
        let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
        if let Some(records) = event.pointer("/Records").and_then(Value::as_array) {
            return Self::Stream(records.iter().filter_map(Change::read).collect());
        }
        if let Some(withdraw) = event.get("withdraw") {
            let text = |name| withdraw.get(name).and_then(Value::as_str).unwrap_or_default().trim();
            return Self::Withdraw {
                request: RequestId::parse(text("requestId")).ok(),
                reason: text("reason").to_owned(),
            };
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

/// The plan that a pointer pointed at before.
const REPLACED: &str = "/dynamodb/OldImage/plan/S";

impl Changed {
    fn read(sk: Option<&str>, pk: Option<&str>, replaced: Option<&str>) -> Self {
        if sk == Some(keys::POINTER) {
            let plan = replaced.and_then(|key| PlanKey::parse(key).ok());
            return plan.map_or(Self::Other, Self::Replaced);
        }
        pk.and_then(keys::request_of).map_or(Self::Other, Self::Request)
    }
}

impl Change {
    /// Without a number it could not even be reported, so it is none.
    fn read(record: &Value) -> Option<Self> {
        let text = |pointer| record.pointer(pointer).and_then(Value::as_str);
        (text("/eventSource") == Some("aws:dynamodb")).then_some(())?;
        Some(Self {
            sequence_number: text("/dynamodb/SequenceNumber")?.to_owned(),
            what: Changed::read(text("/dynamodb/Keys/sk/S"), text("/dynamodb/Keys/pk/S"), text(REPLACED)),
        })
    }
}
