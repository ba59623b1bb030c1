//! The schedule: an event that says nothing but that a minute has passed.

use serde_json::Value;

/// Whether a schedule sent this event.
pub fn is_schedule(event: &Value) -> bool {
    let text = |name| event.get(name).and_then(Value::as_str);
    (text("source"), text("detail-type")) == (Some("aws.events"), Some("Scheduled Event"))
}
