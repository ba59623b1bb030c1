//! What the simulator says of the deployed functions is what the template says.

use jiff::SignedDuration;
use yaml_rust2::{Yaml, YamlLoader};

use crate::delivery::{BATCH, TRIES};
use crate::functions::Role;

const FUNCTIONS: [(&str, Role); 8] = [
    ("PrepareFunction", Role::Prepare),
    ("SendApprovalFunction", Role::SendApproval),
    ("ApprovalCallbackFunction", Role::ApprovalCallback),
    ("SlackInteractionFunction", Role::SlackInteraction),
    ("NotifyTimeoutFunction", Role::NotifyTimeout),
    ("NotifyRejectionFunction", Role::NotifyRejection),
    ("ExecuteDeploymentFunction", Role::ExecuteDeployment),
    ("ReconcileFunction", Role::Reconcile),
];

/// What `World::take_in_changes` lets through, in the words of an event source's filter.
const PATTERNS: [&str; 4] = [
    r#"{"dynamodb":{"Keys":{"sk":{"S":["record"]}},"NewImage":{"resume":{"S":["owed"]}}}}"#,
    r#"{"dynamodb":{"Keys":{"sk":{"S":["record"]}},"NewImage":{"slackStale":{"S":["yes"]}}}}"#,
    r#"{"dynamodb":{"Keys":{"sk":{"S":["record"]}},"NewImage":{"linkWanted":{"S":["yes"]}}}}"#,
    r#"{"eventName":["MODIFY"],"dynamodb":{"Keys":{"sk":{"S":["pointer"]}}}}"#,
];

fn template() -> Yaml {
    let text = include_str!("../../../template.yaml");
    YamlLoader::load_from_str(text).unwrap().remove(0)
}

#[test]
fn each_function_has_the_time_that_the_template_gives_it() {
    let template = template();
    let usual = template["Globals"]["Function"]["Timeout"].as_i64();
    for (name, role) in FUNCTIONS {
        let function = &template["Resources"][name];
        assert!(!function.is_badvalue(), "{name} is not in the template");
        let seconds = function["Properties"]["Timeout"].as_i64().or(usual);
        assert_eq!(seconds.map(SignedDuration::from_secs), Some(role.limit()), "{name}");
    }
}

#[test]
fn the_stream_is_delivered_as_the_template_says() {
    let template = template();
    let events = template["Resources"]["ReconcileFunction"]["Properties"]["Events"].as_hash().unwrap();
    let stream = events.values().find(|event| event["Type"].as_str() == Some("DynamoDB")).unwrap();
    let properties = &stream["Properties"];
    assert_eq!(properties["BatchSize"].as_i64(), i64::try_from(BATCH).ok());
    assert_eq!(properties["MaximumRetryAttempts"].as_i64(), Some(i64::from(TRIES)));
    let filters = properties["FilterCriteria"]["Filters"].as_vec().unwrap();
    let patterns: Vec<_> = filters.iter().filter_map(|filter| filter["Pattern"].as_str()).collect();
    assert_eq!(patterns, PATTERNS);
}
