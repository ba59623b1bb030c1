//! What was approved really gets to its place: by an execution of another state machine, which really runs.

use common::domain::{Progress, Stage};
use countersign_tests::schema::broken;
use countersign_tests::{Call, Release, Run};
use serde_json::{Value, json};

use crate::stored::policy;

/// The execution that a release has started, as Step Functions shows it.
fn execution(run: &Run, release: &Release) -> Value {
    let stage = release.record(1).and_then(|record| record.stage);
    let arn = stage.as_ref().and_then(Stage::made).map(|made| &made.name);
    let call = Call::to("states", "AWSStepFunctions.DescribeExecution", &json!({ "executionArn": arn }));
    let shown = run.send(&call);
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.json()
}

fn input(execution: &Value) -> Value {
    let text = execution.get("input").and_then(Value::as_str).unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

#[test]
fn after_the_click_an_execution_runs_once_and_its_end_is_the_deployment_s() {
    let run = Run::connect();
    let release = Release::by(policy, "run-release-shop");
    assert_eq!(release.approve("mia").status, 200);
    let output = release.end().success();
    let deployment = &output["deployment"];
    assert_eq!(deployment["status"], "deployed", "{deployment}");
    assert_eq!(broken("execute-deployment-answer", deployment), [""; 0]);
    assert_eq!(deployment["place"], "execution of the state machine release-shop");
    let ran = execution(&run, &release);
    assert_eq!((&ran["status"], &ran["name"]), (&json!("SUCCEEDED"), &json!(release.id(1))));
    let told = input(&ran);
    assert_eq!((&told["version"], &told["fingerprint"]), (&json!("2.4.1"), &deployment["fingerprint"]));
    let again = run.call("ExecuteDeploymentFunctionArn", &output).success();
    assert_eq!((&again, execution(&run, &release)), (deployment, ran));
}

#[test]
fn an_execution_that_fails_fails_the_workflow_in_its_own_words() {
    let release = Release::of(policy, "run-release-shop", "9.9.9");
    release.approve("mia");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "failed");
    assert!(cause.contains("ended as FAILED: NoSpace: the disk is full"), "{cause}");
    let mail = release.mail("mia", "Deployment failed");
    assert!(mail.text.replace('\n', " ").contains("the disk is full"), "{}", mail.text);
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
}

/// The policy names it, the stack's parameter does not.
#[test]
fn a_state_machine_that_the_stack_may_not_start_is_left_alone() {
    let release = Release::by(policy, "run-somebody-s");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("states:DescribeStateMachine was refused: AccessDenied"), "{cause}");
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
}
