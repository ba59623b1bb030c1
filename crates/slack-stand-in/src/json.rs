//! Reading JSON whose shape others chose: what is missing or of another type is `None`.

use serde_json::Value;

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// A text that has to say something.
pub(crate) fn said<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    text(value, name).filter(|text| !text.is_empty())
}

pub(crate) fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or_default()
}

pub(crate) fn number(value: &Value, name: &str) -> Option<u64> {
    value.get(name).and_then(Value::as_u64)
}

pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Changes a value as RFC 7396 says: objects are merged, null removes, anything else replaces.
pub(crate) fn patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(name);
        } else {
            self::patch(fields.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_merges_removes_and_replaces() {
        let mut value = json!({"team": {"id": "T1", "domain": "one"}, "user": {"id": "U1"}, "actions": [1]});
        patch(
            &mut value,
            &json!({"team": {"id": "T2"}, "user": null, "actions": [2], "new": {"a": {"b": 1}}}),
        );
        let expected = json!({"team": {"id": "T2", "domain": "one"}, "actions": [2], "new": {"a": {"b": 1}}});
        assert_eq!(value, expected);
    }
}
