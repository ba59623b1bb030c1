//! What Countersign relies on in Step Functions and DynamoDB, written against what AWS documents; each test names the page.
//!
//! The tests make state machines of their own, which call functions of the stack. They read no mail and use no address of the emulator's,
//! so `cargo xtask test --aws STACK` runs the same ones on a real account.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]

mod answers;
mod errors;
mod limits;
mod scopes;
mod starts;
mod table;

use countersign_tests::{Machine, Question, Run, Workflow};
use serde_json::{Value, json};

/// The error of a token whose task is over.
const OVER: &str = "TaskTimedOut";

/// A state machine with one question, and one workflow of it.
struct Asking {
    run: Run,
    question: Question,
    workflow: Workflow,
    /// It has to stay for as long as the workflow.
    _machine: Machine,
}

impl Asking {
    /// Starts one that has these fields in its only task.
    fn with(fields: Value) -> Self {
        Self::through(&json!({}), |question| {
            let mut state = question.state(json!({ "ResultPath": "$.answer", "End": true }));
            if let (Some(state), Value::Object(fields)) = (state.as_object_mut(), fields) {
                if fields.contains_key("Next") {
                    state.remove("End");
                }
                state.extend(fields);
            }
            json!({ "StartAt": "Ask", "States": { "Ask": state } })
        })
    }

    /// Starts any state machine that asks in its state `Ask`.
    fn through(input: &Value, definition: impl FnOnce(&Question) -> Value) -> Self {
        let (run, question) = (Run::connect(), Question::about("platform"));
        let machine = run.machine(&definition(&question));
        let workflow = machine.start(input);
        Self { run, question, workflow, _machine: machine }
    }

    /// Waits until the task waits with a token that is not one of these, and gives that.
    fn token_besides(&self, known: &[&str]) -> String {
        let id = self.question.id(&self.workflow, "Ask", None);
        let is_new = |token: &str| !known.contains(&token);
        let record =
            self.run.record_when(&id, "with a new task token", |record| is_new(record.task_token.expose()));
        record.task_token.expose().to_owned()
    }

    /// Waits until the task waits, and gives its token.
    fn token(&self) -> String {
        self.token_besides(&[])
    }

    /// Every kind of answer to this token is refused because its task is over.
    fn assert_over(&self, token: &str) {
        assert_over(&self.run, token);
    }
}

fn assert_over(run: &Run, token: &str) {
    let over = Err(OVER.to_owned());
    assert_eq!(run.send_success(token, &json!({})), over, "success");
    assert_eq!(run.send_failure(token, "E", "c"), over, "failure");
    assert_eq!(run.send_heartbeat(token), over, "heartbeat");
}

/// A final state that keeps the name of the error that was caught.
fn kept_error() -> Value {
    json!({ "Type": "Pass", "OutputPath": "$.error.Error", "End": true })
}
