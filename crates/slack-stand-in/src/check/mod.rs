//! Whether Slack would take what an app sends: the documented limits of Block Kit, refused in Slack's words
//! (<https://docs.slack.dev/reference/block-kit/blocks>).
//!
//! Kinds of blocks and elements that Countersign has no use for are refused too, although Slack knows them.

mod blocks;
mod elements;
mod ids;
pub(crate) mod limits;
mod object;
mod view;

use serde_json::{Value, json};

pub(crate) use ids::complete;
pub(crate) use view::view;

use ids::Ids;
use object::Object;

/// What is wrong, each with a pointer to where.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, what: &str, at: &str) {
        self.0.push(format!("{what} [json-pointer:{at}]"));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn of(what: &str, at: &str) -> Self {
        Self(vec![format!("{what} [json-pointer:{at}]")])
    }

    /// As Slack adds them to an answer.
    pub(crate) fn to_json(&self) -> Value {
        let messages: Vec<_> = self.0.iter().map(|problem| format!("[ERROR] {problem}")).collect();
        json!({ "errors": self.0, "response_metadata": { "messages": messages } })
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.join("; "))
    }
}

/// Checks the blocks of a message.
pub(crate) fn message(blocks: &[Value]) -> Problems {
    let mut problems = Problems::default();
    blocks::all(blocks, limits::MESSAGE_BLOCKS, "/blocks", &mut Ids::default(), &mut problems);
    problems
}

/// How much of a message counts against `limits::MESSAGE_CHARACTERS`.
pub(crate) fn characters(blocks: &[Value]) -> usize {
    blocks.iter().map(|block| block.to_string().chars().count()).sum()
}

#[cfg(test)]
mod tests;
