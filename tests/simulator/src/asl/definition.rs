//! A state machine as its file says it. A field or a type that is not listed here is refused when the file is read, so
//! that nothing in it is passed over in silence.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A state machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Definition {
    #[serde(default, rename = "Comment")]
    _comment: String,
    /// The first state.
    pub start_at: String,
    /// Every state, by its name.
    pub states: BTreeMap<String, State>,
}

/// A state.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "Type", deny_unknown_fields)]
pub(crate) enum State {
    /// Work, or a wait for people.
    Task(Task),
    /// A branch.
    Choice(Choice),
    /// A change of the data.
    Pass(Pass),
    /// A time to let pass.
    Wait(Wait),
    /// The good end.
    Succeed {
        #[serde(default, rename = "Comment")]
        _comment: String,
    },
    /// The bad end.
    Fail(Fail),
}

/// Work, or a wait for people.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Task {
    #[serde(default, rename = "Comment")]
    _comment: String,
    pub(super) resource: String,
    pub(super) parameters: Option<Value>,
    pub(super) timeout_seconds: Option<u32>,
    pub(super) timeout_seconds_path: Option<String>,
    pub(super) result_path: Option<String>,
    #[serde(default)]
    pub(super) retry: Vec<Retrier>,
    #[serde(default)]
    pub(super) catch: Vec<Catcher>,
    pub(super) next: Option<String>,
    #[serde(default)]
    pub(super) end: bool,
}

/// Which errors are tried again, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Retrier {
    pub(super) error_equals: Vec<String>,
    pub(super) interval_seconds: u32,
    pub(super) max_attempts: u32,
    pub(super) backoff_rate: u32,
    #[serde(default)]
    pub(super) jitter_strategy: Jitter,
}

/// Whether the pauses between attempts are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Jitter {
    /// Between none and the whole of it.
    Full,
    /// The whole of it.
    #[default]
    None,
}

/// Where an error leads to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Catcher {
    pub(super) error_equals: Vec<String>,
    pub(super) result_path: Option<String>,
    pub(super) next: String,
}

/// A branch.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Choice {
    #[serde(default, rename = "Comment")]
    _comment: String,
    pub(super) choices: Vec<Rule>,
    pub(super) default: String,
}

/// A way that is taken when a test holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Rule {
    pub(super) test: Test,
    pub(super) next: String,
}

impl TryFrom<Map<String, Value>> for Rule {
    type Error = serde_json::Error;
    fn try_from(mut fields: Map<String, Value>) -> Result<Self, Self::Error> {
        let next = serde_json::from_value(fields.remove("Next").unwrap_or_default())?;
        Ok(Self { test: serde_json::from_value(Value::Object(fields))?, next })
    }
}

/// What is looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(super) enum Test {
    /// All of these.
    And {
        #[serde(rename = "And")]
        and: Vec<Test>,
    },
    /// One of these.
    Or {
        #[serde(rename = "Or")]
        or: Vec<Test>,
    },
    /// A text.
    Text {
        #[serde(rename = "Variable")]
        variable: String,
        #[serde(rename = "StringEquals")]
        equals: String,
    },
    /// A yes or no.
    Flag {
        #[serde(rename = "Variable")]
        variable: String,
        #[serde(rename = "BooleanEquals")]
        equals: bool,
    },
    /// Whether it is there.
    Presence {
        #[serde(rename = "Variable")]
        variable: String,
        #[serde(rename = "IsPresent")]
        is_present: bool,
    },
}

/// A change of the data.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Pass {
    #[serde(default, rename = "Comment")]
    _comment: String,
    pub(super) input_path: Option<String>,
    pub(super) parameters: Option<Value>,
    pub(super) result_path: Option<String>,
    pub(super) next: Option<String>,
    #[serde(default)]
    pub(super) end: bool,
}

/// A time to let pass.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Wait {
    #[serde(default, rename = "Comment")]
    _comment: String,
    pub(super) seconds_path: String,
    pub(super) next: String,
}

/// The bad end.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Fail {
    #[serde(default, rename = "Comment")]
    _comment: String,
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
    pub(super) error_path: Option<String>,
    pub(super) cause_path: Option<String>,
}
