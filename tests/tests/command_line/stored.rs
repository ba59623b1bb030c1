//! The policy of these tests: pushed with the first test that needs it, and taken away with the last.

use std::sync::{Mutex, PoisonError};

use countersign_tests::Run;

use crate::terminal::{File, countersign};

static USERS: Mutex<usize> = Mutex::new(0);

/// While there is one, the policy holds.
pub(crate) struct Stored(Run);

impl Stored {
    pub(crate) fn on(run: &Run) -> Self {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        if *users == 0 {
            run.drop_policy();
            countersign(run, &["policy", "push", file("first").path()]).fine();
        }
        *users += 1;
        Self(run.clone())
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        *users -= 1;
        if *users == 0 {
            self.0.drop_policy();
        }
    }
}

/// The file, with a comment that makes it another version.
pub(crate) fn file(comment: &str) -> File {
    File::with(&source(comment))
}

/// What is not meant for these tests is decided as without a policy: by the stack's default approver.
pub(crate) fn source(comment: &str) -> String {
    let people = ["ana", "max", "sam", "sue", "sol"]
        .map(|name| format!("[people.{name}]\nemail = \"{name}@example.com\"\n"))
        .concat();
    format!("# {comment}\nschema = 1\n{people}{RULES}")
}

const RULES: &str = r#"
[[rule]]
name = "levels"
service = "levels-*"
deadline = "10m"
[[rule.level]]
name = "manager"
[[rule.level.group]]
role = "manager"
approvers = ["max"]
[[rule.level]]
name = "security"
[[rule.level.group]]
role = "security"
approvers = ["sam", "sue", "sol"]
quorum = 2

[[rule]]
name = "short"
service = "short-*"
deadline = "4s"
[[rule.level]]
name = "manager"
[[rule.level.group]]
approvers = ["max"]

[[rule]]
name = "free"
service = "free-*"

[[rule]]
name = "one"
service = "one-*"
deadline = "10m"
[[rule.level]]
name = "manager"
[[rule.level.group]]
approvers = ["max"]

[[rule]]
name = "foreseen"
service = "foreseen-*"
deadline = "10m"
[[rule.level]]
name = "manager"
[[rule.level.group]]
approvers = ["max"]

[[rule]]
name = "everything else"
deadline = "30s"
remind = ["8s"]
[[rule.level]]
name = "approval"
[[rule.level.group]]
role = "approver"
approvers = ["ana"]

[[target]]
service = "foreseen-*"
environment = "production"
kind = "lambda"
function = "checkout"
alias = "live"
"#;
