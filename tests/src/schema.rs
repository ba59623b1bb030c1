//! The JSON Schemas in `docs/schemas`, which tell other people's tools what our contracts are.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// What a value breaks of a schema, in words; nothing when it fits.
pub fn broken(schema: &str, value: &Value) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/schemas/{schema}.schema.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let schema = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
