//! The adapter against rules: what it asks for, and what each answer means.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::describe_alarms::{DescribeAlarmsError, DescribeAlarmsOutput};
use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_lambda::error::ErrorMetadata;
use aws_smithy_mocks::mock;

use super::super::mocked::targets;
use super::*;

fn names() -> Vec<String> {
    ["quiet", "loud", "new", "gone"].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn only_an_alarm_in_its_alarm_state_has_gone_off() {
    let alarm =
        |name: &str, state: StateValue| MetricAlarm::builder().alarm_name(name).state_value(state).build();
    let found = DescribeAlarmsOutput::builder()
        .metric_alarms(alarm("quiet", StateValue::Ok))
        .metric_alarms(alarm("loud", StateValue::Alarm))
        .metric_alarms(alarm("new", StateValue::InsufficientData))
        .build();
    let rule = mock!(Client::describe_alarms)
        .match_requests(|call| call.alarm_names() == names() && call.alarm_types().is_empty())
        .then_output(move || found.clone());
    let found = targets(&[rule]).alarms(&names()).await.unwrap();
    let found: Vec<_> = found.iter().map(|alarm| (alarm.name.as_str(), alarm.is_off)).collect();
    assert_eq!(found, [("quiet", false), ("loud", true), ("new", false)]);
}

#[tokio::test]
async fn a_refusal_is_in_the_service_s_words() {
    let rule = mock!(Client::describe_alarms).then_error(|| {
        let said = ErrorMetadata::builder().code("AccessDenied").message("not authorized").build();
        DescribeAlarmsError::generic(said)
    });
    let refused = TargetError::Refused {
        operation: "cloudwatch:DescribeAlarms",
        reason: "AccessDenied, not authorized".to_owned(),
    };
    assert_eq!(targets(&[rule]).alarms(&names()).await, Err(refused));
}
