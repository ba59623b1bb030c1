//! A JSON object that is being checked: where it is, and what may be in it.

use serde_json::{Map, Value};

use super::Problems;

pub(super) struct Object<'a> {
    fields: &'a Map<String, Value>,
    pub(super) at: String,
}

impl<'a> Object<'a> {
    /// Takes a value for an object; anything else is a problem.
    pub(super) fn at(value: &'a Value, at: &str, problems: &mut Problems) -> Option<Self> {
        let fields = value.as_object();
        if fields.is_none() {
            problems.add("must be an object", at);
        }
        fields.map(|fields| Self { fields, at: at.to_owned() })
    }

    /// What kind of block, element or text it says it is.
    pub(super) fn kind(&self) -> &'a str {
        self.fields.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Slack refuses what it does not know.
    pub(super) fn only(&self, allowed: &[&str], problems: &mut Problems) {
        for name in self.fields.keys().filter(|name| !allowed.contains(&name.as_str())) {
            problems.add(&format!("invalid additional property: {name}"), &self.at);
        }
    }

    pub(super) fn required(&self, name: &str, problems: &mut Problems) -> Option<&'a Value> {
        let found = self.get(name);
        if found.is_none() {
            problems.add(&format!("missing required field: {name}"), &self.at);
        }
        found
    }

    /// A field with a text, not empty and no longer than this.
    pub(super) fn string(&self, name: &str, longest: usize, problems: &mut Problems) -> Option<&'a str> {
        let value = self.get(name)?;
        let at = self.pointer(name);
        match value.as_str() {
            Some(text) => fits(text, 1, longest, &at, problems),
            None => problems.add("must be a string", &at),
        }
        value.as_str()
    }

    pub(super) fn one_of(&self, name: &str, choices: &[&str], problems: &mut Problems) {
        if let Some(value) = self.get(name)
            && !value.as_str().is_some_and(|value| choices.contains(&value))
        {
            problems.add(&format!("must be one of: {}", choices.join(", ")), &self.pointer(name));
        }
    }

    pub(super) fn booleans(&self, names: &[&str], problems: &mut Problems) {
        for name in names {
            if self.get(name).is_some_and(|value| !value.is_boolean()) {
                problems.add("must be a boolean", &self.pointer(name));
            }
        }
    }

    /// A list of at least one and at most this many.
    pub(super) fn items(&self, name: &str, most: usize, problems: &mut Problems) -> &'a [Value] {
        let Some(value) = self.get(name) else { return &[] };
        let at = self.pointer(name);
        let Some(items) = value.as_array() else {
            problems.add("must be an array", &at);
            return &[];
        };
        if items.is_empty() {
            problems.add("no less than 1 items allowed", &at);
        }
        at_most(items.len(), most, &at, problems);
        items
    }

    /// A text object, of either kind or `plain_text` only.
    pub(super) fn text(&self, name: &str, kinds: Kinds, longest: usize, problems: &mut Problems) {
        if let Some(value) = self.get(name) {
            text(value, kinds, longest, &self.pointer(name), problems);
        }
    }
}

/// Which text objects a place takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinds {
    Plain,
    Any,
}

pub(super) fn text(value: &Value, kinds: Kinds, longest: usize, at: &str, problems: &mut Problems) {
    let Some(object) = Object::at(value, at, problems) else { return };
    match object.kind() {
        "plain_text" => object.only(&["type", "text", "emoji"], problems),
        "mrkdwn" if kinds == Kinds::Any => object.only(&["type", "text", "verbatim"], problems),
        kind => return problems.add(&format!("unsupported type: {kind}"), &object.pointer("type")),
    }
    object.booleans(&["emoji", "verbatim"], problems);
    object.required("text", problems);
    object.string("text", longest, problems);
}

pub(super) fn fits(text: &str, shortest: usize, longest: usize, at: &str, problems: &mut Problems) {
    let length = text.chars().count();
    if length < shortest {
        problems.add(&format!("must be more than {} characters", shortest - 1), at);
    }
    if length > longest {
        problems.add(&format!("must be less than {} characters", longest + 1), at);
    }
}

pub(super) fn at_most(count: usize, most: usize, at: &str, problems: &mut Problems) {
    if count > most {
        problems.add(&format!("no more than {most} items allowed"), at);
    }
}
