//! Answers to links: pages for people, JSON for programs.

use serde_json::Value;
use ureq::http::{HeaderMap, Response};

use crate::text;

/// An answer.
#[derive(Debug)]
pub struct Page {
    /// Its status.
    pub status: u16,
    /// Its body, as it came.
    pub body: String,
    headers: HeaderMap,
}

impl Page {
    pub(crate) fn read(method: &str, answer: Result<Response<ureq::Body>, ureq::Error>) -> Self {
        // Not with its address, which is a secret.
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} of a link: {error}"));
        let body = answer.body_mut().read_to_string();
        let body = body.unwrap_or_else(|error| panic!("{method} of a link: {error}"));
        Self { status: answer.status().as_u16(), body, headers: answer.headers().clone() }
    }

    /// What a person reads.
    pub fn text(&self) -> String {
        text::readable(&self.body)
    }

    /// Whether a person can read this.
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Its content, where that is JSON.
    pub fn json(&self) -> Value {
        assert!(
            self.header("content-type").starts_with("application/json"),
            "{}",
            self.header("content-type")
        );
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// What stands in a field of its form.
    pub fn typed(&self, field: &str) -> String {
        let tags = self.body.split('<').filter(|tag| tag.contains(&format!(" name=\"{field}\"")));
        let [tag] = tags.collect::<Vec<_>>()[..] else { panic!("not one field {field}: {}", self.body) };
        if tag.starts_with("textarea") {
            let (_, content) = tag.split_once('>').unwrap_or_default();
            return text::unescaped(content.strip_prefix('\n').unwrap_or(content));
        }
        text::attributes(tag, "value").pop().unwrap_or_default()
    }

    /// The choice that its form has preselected.
    pub fn preselected(&self) -> Option<String> {
        let tags = self.body.split('<').filter(|tag| tag.contains(" name=\"action\""));
        let checked = tags.filter(|tag| tag.contains(" checked")).collect::<Vec<_>>();
        assert!(checked.len() <= 1, "{checked:?}");
        checked.first().and_then(|tag| text::attributes(tag, "value").pop())
    }

    /// Whether it has the form to decide.
    pub fn has_form(&self) -> bool {
        self.body.contains("<form ")
    }
}
