//! Reading and writing the data of an execution: paths, templates and the intrinsic functions that the state machines
//! use. Anything else is refused.

use serde_json::{Map, Value, json};

/// A path or template that cannot be followed. Step Functions ends the execution with `States.Runtime` then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct DataError(pub(super) String);

/// What a state looks at: its input, and the context object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight<'a> {
    pub(super) input: &'a Value,
    pub(super) context: &'a Value,
}

impl Sight<'_> {
    /// What stands at a path; `None` when nothing does.
    pub(super) fn find(self, path: &str) -> Result<Option<Value>, DataError> {
        let (root, rest) = match path.strip_prefix("$$") {
            Some(rest) => (self.context, rest),
            None => (self.input, path.strip_prefix('$').ok_or_else(|| unknown("path", path))?),
        };
        let mut found = Some(root);
        for name in names(rest).ok_or_else(|| unknown("path", path))? {
            found = found.and_then(|value| value.get(name));
        }
        Ok(found.cloned())
    }

    /// What stands at a path, where something has to.
    pub(super) fn get(self, path: &str) -> Result<Value, DataError> {
        self.find(path)?.ok_or_else(|| DataError(format!("nothing is at {path}")))
    }

    /// A template with its paths and functions filled in.
    pub(super) fn fill(self, template: &Value) -> Result<Value, DataError> {
        match template {
            Value::Object(fields) => {
                let filled = fields.iter().map(|(name, value)| match (name.strip_suffix(".$"), value) {
                    (Some(name), Value::String(text)) => Ok((name.to_owned(), self.evaluate(text)?)),
                    (Some(_), _) => Err(unknown("path", &value.to_string())),
                    (None, _) => Ok((name.clone(), self.fill(value)?)),
                });
                Ok(Value::Object(filled.collect::<Result<Map<_, _>, DataError>>()?))
            }
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            other => Ok(other.clone()),
        }
    }

    fn evaluate(self, text: &str) -> Result<Value, DataError> {
        let Some(call) = text.strip_prefix("States.") else { return self.get(text) };
        let parts = call.strip_suffix(')').and_then(|call| call.split_once('('));
        match parts {
            Some(("JsonToString", path)) => Ok(json!(self.get(path.trim())?.to_string())),
            Some(("Format", arguments)) => self.format(arguments),
            _ => Err(unknown("function", text)),
        }
    }

    /// `'a text with {}', $.path, …`; the text may have no comma and no escape.
    fn format(self, arguments: &str) -> Result<Value, DataError> {
        let mut arguments = arguments.split(',').map(str::trim);
        let quoted = |text: &'_ str| text.strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
        let text = arguments.next().and_then(quoted);
        let mut text = text.filter(|text| !text.contains('\\')).ok_or_else(|| unknown("format", "text"))?;
        for path in arguments {
            let value = match self.get(path)? {
                Value::String(text) => text,
                other => other.to_string(),
            };
            text = text.replacen("{}", &value, 1);
        }
        Ok(json!(text))
    }
}

/// Data with something put where a path says; without a path, that takes its place.
pub(super) fn put(mut data: Value, path: Option<&str>, what: Value) -> Result<Value, DataError> {
    let Some(path) = path else { return Ok(what) };
    let names = path.strip_prefix('$').and_then(names).ok_or_else(|| unknown("path", path))?;
    let mut place = &mut data;
    for name in names {
        if !place.is_object() {
            *place = json!({});
        }
        let Value::Object(fields) = place else { return Err(unknown("path", path)) };
        place = fields.entry(name).or_insert(Value::Null);
    }
    *place = what;
    Ok(data)
}

/// The names of `.a.b`; `None` for any other kind of path.
fn names(rest: &str) -> Option<Vec<&str>> {
    if rest.is_empty() {
        return Some(Vec::new());
    }
    let is_plain = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let names: Vec<_> = rest.strip_prefix('.')?.split('.').collect();
    names.iter().all(is_plain).then_some(names)
}

fn unknown(what: &str, text: &str) -> DataError {
    DataError(format!("the interpreter knows no {what} like {text}"))
}
