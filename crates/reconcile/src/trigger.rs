//! What wakes this function up: foreign events, read as far as they are needed. They only say where to look.

use common::adapters::dynamo::keys;
use common::contract::is_schedule;
use common::domain::{PlanKey, RequestId};
use serde_json::Value;

/// An event, by what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Records changed in the table.
    Stream {
        /// Which.
        changes: Vec<Change>,
        /// How many more there are that have no number, and so cannot be reported one by one.
        nameless: usize,
    },
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
    /// A record or a pointer that this program cannot have written.
    Unreadable,
}

impl Trigger {
    /// Reads an event.
    pub fn read(event: &Value) -> Self {
        let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
        if let Some(records) = event.pointer("/Records").and_then(Value::as_array) {
            let changes: Vec<_> = records.iter().filter_map(Change::read).collect();
            let nameless = records.len() - changes.len();
            return Self::Stream { changes, nameless };
        }
        if let Some(withdraw) = event.get("withdraw") {
            let text = |name| withdraw.get(name).and_then(Value::as_str).unwrap_or_default().trim();
            return Self::Withdraw {
                request: RequestId::parse(text("requestId")).ok(),
                reason: text("reason").to_owned(),
            };
        }
        if is_schedule(event) {
            return Self::Schedule;
        }
        match (text("/source"), text("/detail-type")) {
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

/// The image of what stood there before; a new item has none.
const BEFORE: &str = "/dynamodb/OldImage";

impl Changed {
    fn read(record: &Value) -> Self {
        let text = |pointer| record.pointer(pointer).and_then(Value::as_str);
        match text("/dynamodb/Keys/sk/S") {
            Some(keys::POINTER) if record.pointer(BEFORE).is_none() => Self::Other,
            Some(keys::POINTER) => {
                let replaced = record.pointer(&format!("{BEFORE}/{}/S", keys::PLAN)).and_then(Value::as_str);
                replaced.and_then(|key| PlanKey::parse(key).ok()).map_or(Self::Unreadable, Self::Replaced)
            }
            Some(keys::RECORD) => {
                let id = text("/dynamodb/Keys/pk/S").and_then(keys::request_of);
                id.map_or(Self::Unreadable, Self::Request)
            }
            Some(_) => Self::Other,
            None => Self::Unreadable,
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
            what: Changed::read(record),
        })
    }
}
