//! Canonical JSON: the one byte sequence that a value is hashed as.
//!
//! Object keys are sorted by their bytes, nothing is indented, and strings are escaped as `serde_json`
//! escapes them. Facts hold no floating-point numbers, so nothing else can vary.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical JSON of a value.
///
/// A value that JSON cannot express (a map with keys that are not strings) becomes `null`; the domain
/// has no such type.
pub fn canonical_json(value: &impl Serialize) -> String {
    let mut out = String::new();
    write(&serde_json::to_value(value).unwrap_or(Value::Null), &mut out);
    out
}

/// SHA-256 over the canonical JSON of a value.
pub fn canonical_sha256(value: &impl Serialize) -> [u8; 32] {
    Sha256::digest(canonical_json(value).as_bytes()).into()
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_bytes());
            out.push('{');
            for (position, (key, item)) in entries.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [{"z": 1, "a": "x\"y"}, 2, [3]], "a": null});
        assert_eq!(canonical_json(&value), r#"{"a":null,"b":[{"a":"x\"y","z":1},2,[3]]}"#);
    }
}
