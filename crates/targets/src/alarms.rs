//! Alarms, by the CloudWatch API.
//!
//! `DescribeAlarms` leaves out those that there are not. Unless it is asked for others, it names alarms of metrics only:
//! composite alarms need a permission for every alarm.

use aws_sdk_cloudwatch::types::StateValue;
use common::ports::{Alarm, TargetError, WatchAlarms};

use super::Targets;
use super::failed::failed;

impl WatchAlarms for Targets {
    async fn alarms(&self, names: &[String]) -> Result<Vec<Alarm>, TargetError> {
        let call = self.alarms.describe_alarms().set_alarm_names(Some(names.to_vec())).send();
        let found = Box::pin(call).await.map_err(|error| failed("cloudwatch:DescribeAlarms", &error))?;
        let alarm = |alarm: aws_sdk_cloudwatch::types::MetricAlarm| {
            Some(Alarm { is_off: alarm.state_value == Some(StateValue::Alarm), name: alarm.alarm_name? })
        };
        Ok(found.metric_alarms.unwrap_or_default().into_iter().filter_map(alarm).collect())
    }
}

#[cfg(test)]
mod tests;
