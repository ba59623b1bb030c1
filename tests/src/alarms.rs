//! Alarms as they are deployed, and whether what a run measures sets one off.
//!
//! The emulator reads no metrics out of logs, and its own alarms mind neither dimensions nor missing data. So the lines
//! are read here, and held against the alarm as it is deployed: its namespace, its metric, exactly its dimensions, its
//! statistic and its threshold. How many periods it waits for is not played.

use serde_json::{Value, json};

use crate::Run;
use crate::signed::Call;

/// An alarm, as the emulator has it.
pub struct Alarm(Value);

/// What the functions print from a moment on.
pub struct Listening {
    run: Run,
    from: usize,
}

impl Run {
    /// The alarm with this name in the template.
    pub fn alarm(&self, name: &str) -> Alarm {
        let describe = Call::to("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", &json!({}));
        let all = self.send(&describe).json();
        let is_it = |alarm: &&Value| {
            alarm
                .get("AlarmName")
                .and_then(Value::as_str)
                .is_some_and(|found| found.contains(&format!("-{name}-")))
        };
        let found = all.get("MetricAlarms").and_then(Value::as_array).into_iter().flatten().find(is_it);
        Alarm(found.unwrap_or_else(|| panic!("no alarm {name}: {all}")).clone())
    }

    /// Begins to listen.
    pub fn listen(&self) -> Listening {
        Listening { run: self.clone(), from: self.printed().len() }
    }
}

impl Alarm {
    fn text(&self, field: &str) -> &str {
        self.0.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its dimensions.
    pub fn dimensions(&self) -> Vec<(String, String)> {
        let text = |dimension: &Value, key: &str| dimension.get(key)?.as_str().map(str::to_owned);
        let all = self.0.get("Dimensions").and_then(Value::as_array).into_iter().flatten();
        all.filter_map(|dimension| Some((text(dimension, "Name")?, text(dimension, "Value")?))).collect()
    }

    /// Whether this value is on its wrong side.
    pub fn minds(&self, value: f64) -> bool {
        let threshold = self.0.get("Threshold").and_then(Value::as_f64);
        let threshold = threshold.unwrap_or_else(|| panic!("no threshold: {}", self.0));
        match self.text("ComparisonOperator") {
            "GreaterThanThreshold" => value > threshold,
            "GreaterThanOrEqualToThreshold" => value >= threshold,
            "LessThanThreshold" => value < threshold,
            other => panic!("{other} is not played"),
        }
    }

    /// The values of its metric in one line, if that is written with exactly its dimensions.
    fn value_in(&self, line: &Value) -> Option<f64> {
        let described = line.pointer("/_aws/CloudWatchMetrics/0")?;
        let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let metric = self.text("MetricName");
        let is_named = |value: &Value| value.get("Name").is_some_and(|name| name == metric);
        let dimensions = self.dimensions();
        let names: Vec<_> = dimensions.iter().map(|(name, _)| json!(name)).collect();
        let has_value = |(name, value): &(String, String)| line.get(name).is_some_and(|found| found == value);
        let is_its = described.get("Namespace").is_some_and(|space| space == self.text("Namespace"))
            && listed(described.get("Metrics")?).iter().any(is_named)
            && listed(described.get("Dimensions")?).contains(&Value::from(names))
            && dimensions.iter().all(has_value);
        line.get(metric).filter(|_| is_its)?.as_f64()
    }
}

impl Listening {
    /// Every line of JSON so far.
    pub fn lines(&self) -> Vec<Value> {
        let text = self.run.printed();
        let printed = text.get(self.from..).unwrap_or_default().lines();
        printed.filter_map(|line| serde_json::from_str(line.split_once('\t')?.1).ok()).collect()
    }

    /// Whether what was measured so far is on the wrong side of an alarm, taken together as one period.
    pub fn sets_off(&self, alarm: &Alarm) -> bool {
        let values: Vec<_> = self.lines().iter().filter_map(|line| alarm.value_in(line)).collect();
        let value = match alarm.text("Statistic") {
            "Sum" => values.iter().sum(),
            "Maximum" => values.iter().copied().fold(0.0, f64::max),
            "SampleCount" => values.iter().map(|_| 1.0).sum(),
            other => panic!("{other} is not played"),
        };
        alarm.minds(value)
    }
}
