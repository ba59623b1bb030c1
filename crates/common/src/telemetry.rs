//! Logs and metrics: one JSON line each on standard output, where Lambda collects them.
//!
//! `docs/LOGGING.md` says what may stand in them. Nothing here knows the domain.

mod format;
#[cfg(test)]
pub(crate) mod heard;

use std::error::Error;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::Layer;
use tracing_subscriber::fmt::format::{Format, Json, JsonFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::format::Lines;

/// The namespace of every metric.
const NAMESPACE: &str = "Countersign";
/// The target of the log events that are metrics.
const METRICS: &str = "countersign::metrics";
/// Where the Lambda runtime reports every failed invocation as an error. Ours are answers to a caller, and are
/// reported by name where they are made; a panic is also printed by the standard library.
const FAILED_INVOCATIONS: &str = "lambda_runtime::layers::panic";
/// The target of the span that the Lambda runtime opens around each invocation.
const INVOCATION: &str = "lambda_runtime::layers";

/// Whose lines are ours, by the crate that writes them.
const OURS: [&str; 9] = [
    "approval_callback",
    "common",
    "execute_deployment",
    "notify_rejection",
    "notify_timeout",
    "prepare",
    "reconcile",
    "send_approval",
    "slack_interaction",
];

/// The dimension that every metric has: the stack that it is about. Several may share an account and a Region.
const STACK: &str = "stack";
/// What stands there in a process that was not told.
const NO_STACK: &str = "unknown";
static STACK_NAME: OnceLock<String> = OnceLock::new();

/// What a metric's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Occurrences.
    Count,
    /// Seconds.
    Seconds,
}

/// Sends logs and metrics to standard output from here on, the metrics as those of this stack. Called first in
/// `main`; a further call changes nothing.
pub fn init(level: Level, stack: Option<String>) {
    STACK_NAME.get_or_init(|| stack.unwrap_or_else(|| NO_STACK.to_owned()));
    tracing_subscriber::registry().with(filter(level)).with(layer()).try_init().ok();
}

/// One flat JSON object per line, with the current span's fields.
fn layer<S>() -> Layer<S, JsonFields, Lines<Format<Json>>>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false).map_event_format(Lines)
}

/// The level asked for holds for our own lines. Libraries print requests, payloads and answers from
/// `DEBUG` on, secrets included, so theirs stop at `WARN` whatever is asked. Two things always pass:
/// metrics, and the runtime's one span, which gives every line its invocation's id.
fn filter(level: Level) -> Targets {
    Targets::new()
        .with_default(level.min(Level::WARN))
        .with_target(INVOCATION, Level::INFO)
        .with_target(FAILED_INVOCATIONS, LevelFilter::OFF)
        .with_targets(OURS.map(|name| (name, level)))
        .with_target(METRICS, Level::INFO)
}

/// Counts one occurrence, in the stack and by these dimensions. Their values come from small fixed sets: every
/// combination is a metric of its own, and is paid for.
pub fn count(name: &'static str, dimensions: &[(&'static str, &str)]) {
    write(&[(name, Unit::Count, 1)], dimensions);
}

/// Says how large these are now.
pub fn measure(measures: &[(&'static str, Unit, u64)]) {
    write(measures, &[]);
}

fn write(measures: &[(&'static str, Unit, u64)], dimensions: &[(&'static str, &str)]) {
    let Some((name, ..)) = measures.first() else { return };
    if tracing::enabled!(target: METRICS, Level::INFO) {
        let stack = STACK_NAME.get().map_or(NO_STACK, String::as_str);
        let line = metric_line(measures, stack, dimensions, milliseconds());
        tracing::info!(target: METRICS, emf = line.as_str(), "{name}");
    }
}

/// The embedded metric format of `CloudWatch`. An alarm names every dimension of what it watches, so each metric is
/// written for the whole stack, and once more by its dimensions where it has some.
fn metric_line(
    measures: &[(&'static str, Unit, u64)],
    stack: &str,
    dimensions: &[(&'static str, &str)],
    milliseconds: u64,
) -> String {
    let mut sets = vec![vec![STACK]];
    if !dimensions.is_empty() {
        sets.push([STACK].into_iter().chain(dimensions.iter().map(|(name, _)| *name)).collect());
    }
    let described: Vec<_> =
        measures.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit.as_str()})).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": milliseconds,
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": sets, "Metrics": described }],
        }),
    );
    line.insert(STACK.to_owned(), Value::from(stack));
    line.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
    line.extend(measures.iter().map(|(name, _, value)| ((*name).to_owned(), Value::from(*value))));
    Value::Object(line).to_string()
}

impl Unit {
    /// `CloudWatch`'s word.
    fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a line says when it was written; nothing is decided by it")]
fn milliseconds() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Stands for a person in a line: the same person gives the same digits, and the line does not say who.
/// It hides addresses from readers of logs, not from someone who guesses one and compares.
pub fn masked(address: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(address.trim().to_ascii_lowercase()));
    digits.truncate(12);
    digits
}

/// An error with its causes, by their `Display` texts: the `Debug` texts of SDK errors hold whole answers,
/// stored task tokens included.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
