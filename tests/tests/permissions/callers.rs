//! Which workflows can be resumed, and what AWS's own services may call.

use common::domain::{Resume, Status};
use countersign_tests::{Call, Machine, Question, Run, Workflow};
use serde_json::json;

use crate::evaluated;
use crate::functions::keys_of;

/// Those that answer task tokens.
const RESUMING: [&str; 4] = [
    "SendApprovalFunctionArn",
    "ApprovalCallbackFunctionArn",
    "SlackInteractionFunctionArn",
    "ReconcileFunctionArn",
];

/// A question that nobody has answered yet.
struct Asked {
    question: Question,
    workflow: Workflow,
    _machine: Machine,
}

impl Asked {
    /// By a state machine whose name starts like this.
    fn by(run: &Run, name: &str) -> Self {
        let question = Question::about("permissions");
        let state = question.state(json!({ "TimeoutSeconds": 600, "End": true }));
        let machine = run.machine_named(name, &json!({ "StartAt": "Ask", "States": { "Ask": state } }));
        let workflow = machine.start(&json!({}));
        Self { question, workflow, _machine: machine }
    }

    fn token(&self, run: &Run) -> String {
        let id = self.question.id(&self.workflow, "Ask", None);
        run.record_when(&id, "that somebody was asked", |record| !record.contacts.is_empty())
            .task_token
            .expose()
            .to_owned()
    }
}

fn fail(token: &str) -> Call {
    Call::to("states", "AWSStepFunctions.SendTaskFailure", &json!({ "taskToken": token, "error": "E" }))
}

fn succeed(token: &str) -> Call {
    Call::to("states", "AWSStepFunctions.SendTaskSuccess", &json!({ "taskToken": token, "output": "{}" }))
}

#[test]
fn only_four_functions_resume_workflows_and_only_of_state_machines_that_are_named() {
    let Some(run) = evaluated() else { return };
    assert!(!"stranger-1".starts_with(run.callers().trim_end_matches('*')), "callers is {:?}", run.callers());
    let stranger = Asked::by(&run, "stranger");
    let token = stranger.token(&run);
    let mut resuming = Vec::new();
    for function in crate::functions::FUNCTIONS {
        let keys = keys_of(&run, function);
        for (call, action) in
            [(succeed(&token), "states:SendTaskSuccess"), (fail(&token), "states:SendTaskFailure")]
        {
            let reply = run.send_as(&keys, &call);
            assert!(reply.denies(action), "{function}: {} {}", reply.status, reply.body);
        }
        let own = Asked::by(&run, "test");
        let reply = run.send_as(&keys, &succeed(&own.token(&run)));
        if reply.status == 200 {
            own.workflow.end().success();
            resuming.push(function);
        } else {
            assert!(reply.denies("states:SendTaskSuccess"), "{function}: {} {}", reply.status, reply.body);
            own.workflow.stop();
        }
    }
    assert_eq!(resuming, RESUMING);
    assert!(stranger.workflow.is_running());
    stranger.workflow.stop();
}

/// `statemachine/README.md`: without its ARN in the parameter, a decision is recorded but cannot be delivered.
#[test]
fn a_decision_for_a_state_machine_that_is_not_named_is_recorded_and_stays_owed() {
    let Some(run) = evaluated() else { return };
    let stranger = Asked::by(&run, "stranger");
    let id = stranger.question.id(&stranger.workflow, "Ask", None);
    let record = run.record_when(&id, "that somebody was asked", |record| !record.contacts.is_empty());
    let page = stranger.question.mail(&run).approve().confirm(record.phrase());
    assert_eq!(page.status, 200, "{}", page.text());
    let record = run.record(&id).unwrap();
    assert_eq!((record.status, record.resume), (Status::Approved, Resume::Owed));
    assert!(stranger.workflow.is_running());
    stranger.workflow.stop();
    run.delete_record(&id);
}

/// The role of the stack's own state machine, which the tests' state machines have as well.
#[test]
fn a_workflow_calls_no_function_behind_the_api() {
    let Some(run) = evaluated() else { return };
    for function in ["ApprovalCallbackFunctionArn", "SlackInteractionFunctionArn", "ReconcileFunctionArn"] {
        let call = json!({ "Type": "Task", "Resource": run.output(function), "End": true });
        let machine = run.machine(&json!({ "StartAt": "Call", "States": { "Call": call } }));
        let (error, cause) = machine.start(&json!({})).end().failure();
        assert_eq!(error, "Lambda.AWSLambdaException", "{cause}");
        assert!(cause.contains("is not authorized to perform: lambda:InvokeFunction"), "{cause}");
    }
}
