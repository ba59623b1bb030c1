//! Secrets that pass through the domain without ever being printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Step Functions' secret for the waiting task. It never leaves AWS, so nothing but the record and the
/// call that resumes the workflow may read it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskToken(String);

impl TaskToken {
    /// The longest token that the Step Functions API accepts.
    pub const MAX_LEN: usize = 2048;

    /// Takes a token as Step Functions made it; `None` when its length cannot be right.
    pub fn parse(text: &str) -> Option<Self> {
        (1..=Self::MAX_LEN).contains(&text.len()).then(|| Self(text.to_owned()))
    }

    /// Stands where no task waits.
    pub fn none() -> Self {
        Self("none".to_owned())
    }

    /// The token itself, for the call that resumes the workflow.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted task token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_token_is_never_printed() {
        let token = TaskToken::parse("AAAA-secret").unwrap();
        assert_eq!(format!("{token:?}"), "[redacted task token]");
    }
}
