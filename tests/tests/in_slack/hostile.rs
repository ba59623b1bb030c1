//! What people wrote arrives as they wrote it: nothing in it calls anybody, links, or formats.

use countersign_tests::{Caller, Message, Run, unique};
use serde_json::{Value, json};

use crate::post::{asking, workspace};
use crate::rules::policy;

pub(crate) const CALLS: &str =
    "<!channel> <@U0ANA> `code` *bold* <https://evil.example|safe> &lt;!here&gt; <!date^1^{time}|x>";

/// Every text that Slack formats, as opposed to `plain_text`.
fn formatted(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| formatted(item, found)),
        Value::Object(keys) => {
            if keys.get("type").is_some_and(|kind| kind == "mrkdwn") {
                found.extend(keys.get("text").and_then(Value::as_str).map(str::to_owned));
            }
            keys.values().for_each(|item| formatted(item, found));
        }
        _ => {}
    }
}

fn harmless(message: &Message) {
    let mut texts = vec![message.text.clone()];
    formatted(&message.blocks, &mut texts);
    let ours = |text: &str| text.starts_with("Decide by <!date^") || text.starts_with("Ended <!date^");
    for text in texts.iter().filter(|text| !ours(text)) {
        assert!(!text.contains('<') && !text.contains('>'), "{text}");
    }
}

#[test]
fn markup_in_every_field_arrives_as_plain_text() {
    let slack = workspace();
    let run = Run::connect();
    let _held = run.hold_policy(policy);
    let title = format!("{} {CALLS}", unique("hostile"));
    let payload = json!({
        "taskToken.$": "$$.Task.Token",
        "execution.$": "$$.Execution.Id",
        "subject": {
            "kind": "hostile", "title": title, "facts": [{ "label": CALLS, "value": CALLS }], "details": format!("{CALLS}\n> {CALLS}")
        }
    });
    let workflow = Caller::passing(payload).start(&run, &json!({}));
    let message = asking(&slack, &title[..20]);
    harmless(&message);
    for words in ["<!channel> <@U0ANA> `code` *bold*", "&lt;!here&gt;"] {
        assert!(message.words().matches(words).count() >= 4, "{}", message.words());
    }
    assert!(workflow.is_running());
}
