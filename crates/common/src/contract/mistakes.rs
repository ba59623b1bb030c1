//! Reading payloads so that every mistake is named in one answer.

use serde_json::{Map, Value};

use super::{TaskError, TaskErrorName};
use crate::domain::EmailAddress;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<String>);

/// What a short text may hold.
#[derive(Clone, Copy, Debug)]
pub struct TextRule {
    /// How long it may be, in characters.
    pub max: usize,
    /// The characters beside ASCII letters and digits; `None` allows everything but control characters.
    pub extra: Option<&'static str>,
}

impl Mistakes {
    /// Notes a mistake; the text names the field.
    pub fn add(&mut self, mistake: impl Into<String>) {
        self.0.push(mistake.into());
    }

    /// Notes all mistakes of a nested object.
    pub fn add_within(&mut self, parent: &str, inner: Self) {
        self.0.extend(inner.0.into_iter().map(|mistake| format!("{parent}.{mistake}")));
    }

    /// An object that may be absent or null.
    pub fn optional_object<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        key: &str,
    ) -> Option<&'a Map<String, Value>> {
        let value = object.get(key).filter(|value| !value.is_null())?;
        if !value.is_object() {
            self.add(format!("{key} must be a JSON object"));
        }
        value.as_object()
    }

    /// A text that must be there.
    pub fn required_text(&mut self, object: &Map<String, Value>, key: &str, rule: TextRule) -> String {
        self.optional_text(object, key, rule).unwrap_or_else(|| {
            if object.get(key).is_none_or(is_absent) {
                self.add(format!("{key} is missing"));
            }
            String::new()
        })
    }

    /// A text that may be absent, null or empty.
    pub fn optional_text(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        rule: TextRule,
    ) -> Option<String> {
        let value = object.get(key).filter(|value| !is_absent(value))?;
        let Some(text) = value.as_str() else {
            self.add(format!("{key} must be a text in quotation marks"));
            return None;
        };
        let text = text.trim();
        if let Some(mistake) = rule.broken_by(text) {
            self.add(format!("{key} {mistake}"));
            return None;
        }
        Some(text.to_owned())
    }

    /// An email address that may be absent.
    pub fn optional_email(&mut self, object: &Map<String, Value>, key: &str) -> Option<EmailAddress> {
        let text = self.optional_text(object, key, TextRule { max: 1_000, extra: None })?;
        EmailAddress::parse(&text).map_err(|mistake| self.add(format!("{key} {mistake}"))).ok()
    }

    /// An email address that must be there.
    pub fn required_email(&mut self, object: &Map<String, Value>, key: &str) -> Option<EmailAddress> {
        if object.get(key).is_none_or(is_absent) {
            self.add(format!("{key} is missing"));
        }
        self.optional_email(object, key)
    }

    /// Fails with all that was found.
    ///
    /// # Errors
    /// `InvalidInput`, naming every mistake.
    pub fn check(self) -> Result<(), TaskError> {
        match self.0.as_slice() {
            [] => Ok(()),
            [only] => {
                Err(TaskError::new(TaskErrorName::InvalidInput, format!("the input has a mistake: {only}")))
            }
            all => Err(TaskError::new(
                TaskErrorName::InvalidInput,
                format!("the input has {} mistakes: {}", all.len(), all.join("; ")),
            )),
        }
    }
}

impl TextRule {
    fn broken_by(self, text: &str) -> Option<String> {
        if text.chars().count() > self.max {
            return Some(format!("is longer than {} characters", self.max));
        }
        match self.extra {
            None => text
                .chars()
                .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
                .then(|| "has control characters".to_owned()),
            Some(extra) => {
                let allowed = |letter: char| letter.is_ascii_alphanumeric() || extra.contains(letter);
                let starts_well = text.starts_with(|first: char| first.is_ascii_alphanumeric());
                (!starts_well || !text.chars().all(allowed)).then(|| {
                    format!(
                        "may only have the letters a to z, digits and {extra:?}, and starts with a letter or digit"
                    )
                })
            }
        }
    }
}

/// Null and blank are as good as absent.
pub(super) fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}
