//! The recorded payloads of `events/`, as bytes to begin with.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The contents of the files in a directory; none when there is no such directory.
pub(crate) fn files(directory: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// The events that a function was recorded with.
pub(crate) fn events(root: &Path, function: &str) -> Vec<Value> {
    let files = files(&root.join("events").join(function));
    files.iter().filter_map(|file| serde_json::from_slice(file).ok()).collect()
}

/// The bodies of the requests that a function was recorded with.
pub(crate) fn bodies(root: &Path, function: &str) -> Vec<Vec<u8>> {
    let body = |event: Value| {
        let text = event.get("body")?.as_str()?;
        match event.get("isBase64Encoded").and_then(Value::as_bool) {
            Some(true) => STANDARD.decode(text).ok(),
            _ => Some(text.as_bytes().to_vec()),
        }
    };
    events(root, function).into_iter().filter_map(body).collect()
}
