//! State machines of others that ask for approvals in the same way, as small as the contract allows.
//!
//! They wait for a fixed time, and hand a timeout, a rejection and an approval to the stack's functions by plain
//! ARN and with their whole state. They end there, so that `$.outcome` and `$.deployment` say what those answered.

use serde_json::{Value, json};

use crate::{Machine, Run, Workflow};

/// Longer than any test.
const LONG: u32 = 600;

/// A state machine that is not the stack's own.
pub struct Caller {
    payload: Value,
    /// What `prepare` is given, when it is asked for a plan.
    prepare: Option<Value>,
    timeout_seconds: u32,
}

impl Caller {
    /// It lets `prepare` make a plan, and passes on what that answered.
    pub fn with_a_plan() -> Self {
        let payload = json!({
            "taskToken.$": "$$.Task.Token",
            "deploymentDetails.$": "$.deploymentDetails",
            "requestedBy.$": "$.requestedBy"
        });
        Self { payload, prepare: Some(json!({ "InputPath": "$" })), timeout_seconds: LONG }
    }

    /// The same, but plan and request know the workflow, so that a test can find the record from it.
    pub fn with_a_plan_of_its_own() -> Self {
        let prepare = json!({ "Parameters": { "input.$": "$", "execution.$": "$$.Execution.Id" } });
        let mut caller = Self { prepare: Some(prepare), ..Self::with_a_plan() };
        if let Some(payload) = caller.payload.as_object_mut() {
            payload.insert("execution.$".to_owned(), "$$.Execution.Id".into());
        }
        caller
    }

    /// It says who approves, and nothing else. The address is in its input.
    pub fn naming_its_approver() -> Self {
        Self::passing(json!({
            "taskToken.$": "$$.Task.Token",
            "approverRole": "manager",
            "approverEmail.$": "$.approverEmail"
        }))
    }

    /// The same, with a plan in its state that it does not pass on.
    pub fn naming_its_approver_beside_a_plan() -> Self {
        Self { prepare: Some(json!({ "InputPath": "$" })), ..Self::naming_its_approver() }
    }

    /// It passes this.
    pub fn passing(payload: Value) -> Self {
        Self { payload, prepare: None, timeout_seconds: LONG }
    }

    /// How long it waits.
    #[must_use]
    pub fn waiting(self, timeout_seconds: u32) -> Self {
        Self { timeout_seconds, ..self }
    }

    /// Makes the state machine and starts it.
    pub fn start(&self, run: &Run, input: &Value) -> Workflow {
        self.machine(run).start(input)
    }

    /// Makes the state machine.
    pub fn machine(&self, run: &Run) -> Machine {
        run.machine(&self.definition())
    }

    fn definition(&self) -> Value {
        let task = |function: &str, result: &str| {
            let function = format!("${{{function}}}");
            json!({ "Type": "Task", "Resource": function, "ResultPath": result, "End": true })
        };
        let mut prepare = task("PrepareFunctionArn", "$.deploymentDetails");
        if let (Some(state), Some(Value::Object(input))) = (prepare.as_object_mut(), &self.prepare) {
            state.remove("End");
            state.insert("Next".to_owned(), "Ask".into());
            state.extend(input.clone());
        }
        json!({
            "StartAt": if self.prepare.is_some() { "Prepare" } else { "Ask" },
            "States": {
                "Prepare": prepare,
                "Ask": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                    "Parameters": { "FunctionName": "${SendApprovalFunctionArn}", "Payload": self.payload },
                    "TimeoutSeconds": self.timeout_seconds,
                    "ResultPath": "$.approvalResult",
                    "Catch": [
                        { "ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "TimedOut" },
                        { "ErrorEquals": ["RejectedError"], "ResultPath": "$.error", "Next": "Rejected" }
                    ],
                    "Next": "Execute"
                },
                "Execute": task("ExecuteDeploymentFunctionArn", "$.deployment"),
                "TimedOut": task("NotifyTimeoutFunctionArn", "$.outcome"),
                "Rejected": task("NotifyRejectionFunctionArn", "$.outcome")
            }
        })
    }
}
