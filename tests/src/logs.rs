//! What a run has logged: the files beside `outputs.json`, and the log groups.

use std::fs;

use serde_json::{Value, json};

use crate::{Call, Run};

/// One log.
pub struct Log {
    /// The file, or the log group.
    pub name: String,
    /// All of it.
    pub text: String,
}

impl Run {
    /// Everything that the functions printed, as the emulator's launcher caught it. It must be there.
    pub fn function_log(&self) -> Log {
        self.file("functions.log")
    }

    /// Everything that the emulator printed itself. It must be there.
    pub fn emulator_log(&self) -> Log {
        self.file("emulator.log")
    }

    /// What the functions have printed so far: nothing, before the first of them is called.
    pub(crate) fn printed(&self) -> String {
        self.read("functions.log")
    }

    fn file(&self, name: &str) -> Log {
        let text = self.read(name);
        assert!(!text.trim().is_empty(), "{name} is empty");
        Log { name: name.to_owned(), text }
    }

    fn read(&self, name: &str) -> String {
        let path = self.directory().join(name);
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Every log group, as `CloudWatch` has it.
    pub fn log_groups(&self) -> Vec<Log> {
        let groups = self.logs("DescribeLogGroups", json!({}), "logGroups");
        let names = groups.iter().filter_map(|group| group.get("logGroupName")?.as_str());
        let log = |name: &str| {
            let events = self.logs("FilterLogEvents", json!({ "logGroupName": name }), "events");
            let lines = events.iter().filter_map(|event| event.get("message")?.as_str());
            Log { name: name.to_owned(), text: lines.collect::<Vec<_>>().join("\n") }
        };
        names.map(log).collect()
    }

    /// All pages of a list.
    fn logs(&self, operation: &str, mut input: Value, list: &str) -> Vec<Value> {
        let target = format!("Logs_20140328.{operation}");
        let mut all = Vec::new();
        loop {
            let mut page = self.send(&Call::to("logs", &target, &input)).json();
            if let Some(Value::Array(items)) = page.get_mut(list).map(Value::take) {
                all.extend(items);
            }
            match (page.get_mut("nextToken").map(Value::take), input.as_object_mut()) {
                (Some(next @ Value::String(_)), Some(input)) => input.insert("nextToken".to_owned(), next),
                _ => return all,
            };
        }
    }
}
