//! Every recorded payload in `events/`, read by the contract that it is a sample of.

use std::collections::BTreeSet;

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use common::contract::prepare::Input;
use common::contract::send_approval::Payload;
use common::contract::{Cursor, FollowUp, TaskErrorName};
use common::domain::Facts;
use reconcile::trigger::{Changed, Trigger};
use serde_json::{Value, json};

use crate::code::{files_under, read};

/// A recorded payload.
pub(crate) struct Sample {
    /// Its file's name, without the extension.
    pub(crate) name: String,
    pub(crate) content: Value,
}

#[test]
fn what_people_start_workflows_with_is_good() {
    for sample in samples("workflow") {
        let input = Input::read(&sample.content).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        kept(&sample, &input);
    }
}

#[test]
fn every_input_of_prepare_is_read_or_refused_as_its_name_says() {
    for sample in samples("prepare") {
        let tolerated = ["hostile-approver-smuggled", "hostile-markup"].contains(&sample.name.as_str());
        match Input::read(&sample.content) {
            Ok(input) => {
                assert!(tolerated || sample.is_good(), "{} was read", sample.name);
                kept(&sample, &input);
            }
            Err(error) => {
                assert!(!tolerated && !sample.is_good(), "{}: {error}", sample.name);
                assert_eq!(error.name(), TaskErrorName::InvalidInput, "{}", sample.name);
            }
        }
    }
}

#[test]
fn an_invalid_input_has_every_mistake_named() {
    for (name, fields) in [
        ("invalid-empty", vec!["serviceName", "version", "environment", "requestedBy"]),
        ("invalid-null-values", vec!["serviceName", "version", "environment", "requestedBy"]),
        ("invalid-types", vec!["serviceName", "version", "environment", "requestedBy", "changeLog"]),
        (
            "invalid-everything-wrong",
            vec!["serviceName", "version", "environment", "requestedBy", "changeLog"],
        ),
        ("invalid-too-long", vec!["serviceName", "version"]),
        ("invalid-subject-beside-a-deployment", vec!["serviceName", "subject.title", "subject.link"]),
    ] {
        let error = Input::read(&sample("prepare", name).content).unwrap_err().to_string();
        let missing: Vec<_> = fields.into_iter().filter(|field| !error.contains(field)).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} not in {error}");
    }
    let all = samples("prepare").into_iter().filter(|sample| sample.name.starts_with("invalid-"));
    assert_eq!(all.count(), 6, "an invalid sample that this test does not know");
}

#[test]
fn an_input_cannot_smuggle_in_its_approvers() {
    let smuggled = Input::read(&sample("prepare", "hostile-approver-smuggled").content).unwrap();
    assert_eq!(smuggled, Input::read(&sample("prepare", "plain").content).unwrap());
}

#[test]
fn every_payload_of_send_approval_is_read_or_refused_as_its_name_says() {
    for sample in samples("send-approval") {
        let token = sample.content["taskToken"].as_str().unwrap_or_default();
        match Payload::read(&sample.content) {
            Ok(payload) => {
                assert!(sample.is_good(), "{} was read", sample.name);
                assert_eq!(payload.task_token.expose(), token);
                let cursor = payload.cursor.map(|cursor| serde_json::to_value(cursor).unwrap());
                assert_eq!(cursor.unwrap_or_default(), sample.content["deploymentDetails"]["approval"]);
                let approver = payload.named.map(|named| json!(named.email));
                assert_eq!(approver.unwrap_or_default(), sample.content["approverEmail"]);
                let workflow = serde_json::to_value(payload.workflow).unwrap();
                for field in ["execution", "stateMachine", "state"] {
                    assert_eq!(workflow[field], sample.content[field], "{}: {field}", sample.name);
                }
                assert_eq!(json!(payload.retry), sample.content["retry"], "{}", sample.name);
                assert_eq!(payload.entered_at.is_some(), sample.content["enteredAt"].is_string());
                assert_eq!(json!(payload.request_key), sample.content["requestKey"], "{}", sample.name);
            }
            Err(error) => {
                assert!(!sample.is_good(), "{}: {error}", sample.name);
                assert_eq!(error.name(), TaskErrorName::InvalidInput, "{}", sample.name);
                assert!(token.is_empty() || !error.to_string().contains(token), "{}: {error}", sample.name);
            }
        }
    }
}

#[test]
fn every_state_that_follows_an_approval_leads_to_its_request() {
    // It was never told a request's id: its approver was named, and nothing came back before its timeout.
    let leads_nowhere = ["notify-timeout/minimal-named-approver"];
    for function in ["notify-timeout", "notify-rejection", "execute-deployment"] {
        for sample in samples(function) {
            let read = FollowUp::read(&sample.content);
            let within = &sample.content["deploymentDetails"]["approval"];
            let cursor = if within.is_null() { &sample.content["approval"] } else { within };
            let expected: Option<Cursor> = serde_json::from_value(cursor.clone()).ok();
            assert_eq!(read.cursor, expected, "{function}/{}", sample.name);
            if let Some(read) = &read.cursor {
                assert_eq!(serde_json::to_value(read).unwrap(), *cursor);
            }
            let found =
                read.cursor.is_some() || read.approved_request.is_some() || read.failed_request.is_some();
            let path = format!("{function}/{}", sample.name);
            assert!(found || !sample.is_good() || leads_nowhere.contains(&&*path), "{path} leads nowhere");
        }
    }
}

#[test]
fn a_hostile_state_is_read_as_what_it_is() {
    let empty = FollowUp::default();
    for function in ["notify-timeout", "execute-deployment"] {
        assert_eq!(FollowUp::read(&sample(function, "hostile-empty").content), empty);
    }
    assert_eq!(FollowUp::read(&Value::Null), empty);
    let no_json = FollowUp::read(&sample("notify-rejection", "hostile-cause-is-not-json").content);
    assert_eq!((no_json.failed_request, no_json.cause.as_deref()), (None, Some("no")));
    let changed = FollowUp::read(&sample("execute-deployment", "hostile-changed-version").content);
    assert!(matches!(changed.facts, Some(Facts::Deployment(facts)) if facts.version == "6.6.6"));
    let foreign = FollowUp::read(&sample("notify-rejection", "hostile-foreign-request").content);
    assert_ne!(foreign.cursor_request(), foreign.failed_request, "the cursor names its own request");
}

#[test]
fn every_http_event_round_trips() {
    for function in ["approval-callback", "slack-interaction"] {
        for sample in samples(function) {
            let path = format!("{function}/{}", sample.name);
            let event: ApiGatewayProxyRequest = serde_json::from_value(sample.content.clone())
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            let written = serde_json::to_value(&event).unwrap();
            for field in ["path", "httpMethod", "body", "isBase64Encoded"] {
                let recorded = &sample.content[field];
                assert!(recorded.is_null() || written[field] == *recorded, "{path}: {field}");
            }
            assert_eq!(serde_json::from_value::<ApiGatewayProxyRequest>(written).unwrap(), event, "{path}");
        }
    }
}

#[test]
fn every_event_of_reconcile_is_read_or_dropped_as_its_name_says() {
    for sample in samples("reconcile") {
        let known = match Trigger::read(&sample.content) {
            Trigger::Unknown => false,
            Trigger::Stream { changes, nameless } => {
                nameless == 0
                    && changes
                        .iter()
                        .all(|change| !matches!(change.what, Changed::Other | Changed::Unreadable))
            }
            Trigger::Schedule | Trigger::Ended { .. } => true,
            Trigger::Withdraw { request, reason } => request.is_some() && !reason.is_empty(),
        };
        assert_eq!(known, sample.is_good(), "{}", sample.name);
    }
}

#[test]
fn every_sample_belongs_to_a_function_and_holds_no_real_secret() {
    let folders: BTreeSet<_> = files_under("events", "json")
        .into_iter()
        .map(|path| path.split('/').nth(1).unwrap().to_owned())
        .filter(|folder| folder != "workflow")
        .collect();
    assert_eq!(folders.into_iter().collect::<Vec<_>>(), crate::functions::names());
    for path in files_under("events", "json") {
        let content: Value = serde_json::from_str(&read(&path)).unwrap();
        let token = content["taskToken"].as_str().unwrap_or_default();
        assert!(token.is_empty() || token.starts_with("FAKE-TASK-TOKEN"), "{path}");
    }
}

/// What was read is what stands in the sample.
fn kept(sample: &Sample, input: &Input) {
    let given = sample.content.get("input").unwrap_or(&sample.content);
    match &input.facts {
        Facts::Deployment(facts) => {
            let facts = serde_json::to_value(facts).unwrap();
            for field in ["serviceName", "version", "environment", "changeLog"] {
                assert_eq!(facts[field], given[field], "{}: {field}", sample.name);
            }
        }
        Facts::General(facts) => {
            let (facts, given) = (json!(facts), &given["subject"]);
            for field in ["kind", "title", "facts", "details", "link"] {
                assert_eq!(facts[field], given[field], "{}: {field}", sample.name);
            }
            // One amount may be written in several ways.
            let currency = |amount: &Value| amount["currency"].clone();
            assert_eq!(currency(&facts["amount"]), currency(&given["amount"]), "{}", sample.name);
        }
    }
    let requester = given["requestedBy"].as_str().unwrap().to_ascii_lowercase();
    assert_eq!(input.requested_by.as_str(), requester, "{}", sample.name);
    assert_eq!(json!(input.execution), sample.content["execution"], "{}", sample.name);
    assert_eq!(input.can_wait, sample.content["canWait"] == true, "{}", sample.name);
}

impl Sample {
    fn is_good(&self) -> bool {
        !self.name.starts_with("hostile-") && !self.name.starts_with("invalid-")
    }
}

pub(crate) fn samples(function: &str) -> Vec<Sample> {
    let folder = format!("events/{function}");
    let files = files_under(&folder, "json");
    assert!(!files.is_empty(), "{folder} is empty");
    files
        .iter()
        .map(|path| {
            let name =
                path.trim_start_matches(&folder).trim_matches('/').trim_end_matches(".json").to_owned();
            let content = serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            Sample { name, content }
        })
        .collect()
}

fn sample(function: &str, name: &str) -> Sample {
    let found = samples(function).into_iter().find(|sample| sample.name == name);
    found.unwrap_or_else(|| panic!("no sample {function}/{name}"))
}
