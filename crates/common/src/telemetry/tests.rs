//! What a line of log looks like, and what never stands in one.

use std::io;
use std::sync::{Arc, Mutex};

use super::*;

/// Keeps what is written, in place of standard output.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines(level: Level, act: impl FnOnce()) -> Vec<Value> {
    let captured = Captured::default();
    let writer = captured.clone();
    let layer = layer().with_writer(move || writer.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(filter(level)).with(layer), act);
    let bytes = captured.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_has_its_fields_at_the_top() {
    let lines = lines(Level::WARN, || {
        let span = tracing::info_span!(target: "lambda_runtime::layers::trace", "invoke", requestId = "r-1");
        span.in_scope(|| tracing::warn!(approval.id = "abc-1", refusal = "expired", "vote refused"));
    });
    let [line] = &lines[..] else { panic!("one line: {lines:?}") };
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "vote refused");
    assert_eq!(line["approval.id"], "abc-1");
    assert_eq!(line["refusal"], "expired");
    assert_eq!(line["span"]["requestId"], "r-1");
    assert!(line["timestamp"].is_string());
}

#[test]
fn a_metric_is_an_object_that_cloudwatch_reads() {
    let lines = lines(Level::ERROR, || count("RefusedAttempts", &[("refusal", "expired")]));
    let [line] = &lines[..] else { panic!("one line, at every level: {lines:?}") };
    assert_eq!(line["RefusedAttempts"], 1);
    assert_eq!(line["refusal"], "expired");
    let described = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(described["Namespace"], "Countersign");
    assert_eq!(described["Dimensions"], json!([["stack"], ["stack", "refusal"]]));
    assert_eq!(line["stack"], "unknown");
    assert_eq!(described["Metrics"], json!([{"Name": "RefusedAttempts", "Unit": "Count"}]));
    assert!(line["_aws"]["Timestamp"].as_u64().unwrap() > 1_700_000_000_000);
}

#[test]
fn what_is_measured_together_is_one_line_with_a_unit_each() {
    let measured = [("OldestOwedSeconds", Unit::Seconds, 75), ("OwedRequests", Unit::Count, 2)];
    let lines = lines(Level::INFO, || measure(&measured));
    let [line] = &lines[..] else { panic!("one line: {lines:?}") };
    assert_eq!((&line["OldestOwedSeconds"], &line["OwedRequests"]), (&json!(75), &json!(2)));
    let described = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(described["Dimensions"], json!([["stack"]]));
    assert_eq!(
        described["Metrics"],
        json!([{"Name": "OldestOwedSeconds", "Unit": "Seconds"}, {"Name": "OwedRequests", "Unit": "Count"}])
    );
}

#[test]
fn a_metric_names_its_stack() {
    let line = metric_line(&[("SlackTimeouts", Unit::Count, 1)], "approvals", &[], 0);
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["stack"], "approvals");
}

#[test]
fn libraries_stay_silent_below_warnings_whatever_is_asked() {
    let lines = lines(Level::TRACE, || {
        tracing::debug!(target: "aws_smithy_runtime::client", "a whole request");
        tracing::debug!(target: "lambda_runtime::requests", "a whole payload");
        tracing::info!(target: "hyper", "a header");
        tracing::warn!(target: "hyper", "kept");
        tracing::trace!(target: "approval_callback", "kept");
    });
    assert_eq!(lines.iter().map(|line| &line["message"]).collect::<Vec<_>>(), ["kept", "kept"]);
}

#[test]
fn a_level_above_warnings_holds_for_libraries_too() {
    let lines = lines(Level::ERROR, || tracing::warn!(target: "hyper", "dropped"));
    assert!(lines.is_empty());
}

#[test]
fn a_masked_person_is_the_same_in_every_spelling_and_not_readable() {
    let hash = masked("ana@example.com");
    assert_eq!(hash, masked(" Ana@Example.com "));
    assert_ne!(hash, masked("bob@example.com"));
    assert!(hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn an_error_is_told_with_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("storage failed")]
    struct Outer(#[source] io::Error);
    assert_eq!(causes(&Outer(io::Error::other("throttled"))), "storage failed: throttled");
}
