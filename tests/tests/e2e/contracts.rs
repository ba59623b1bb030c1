//! What workflows are given is what the published schemas say.

use countersign_tests::Run;
use countersign_tests::schema::broken;
use serde_json::Value;

fn fits(schema: &str, value: &Value) {
    let mistakes = broken(schema, value);
    assert!(mistakes.is_empty(), "{schema}: {mistakes:?} in {value}");
}

#[test]
fn the_output_of_an_approved_workflow_fits_its_schemas() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    checkout.mail().approve().confirm("production");
    let output = checkout.end().success();
    fits("prepare-answer", &output["deploymentDetails"]);
    fits("approval-output", &output["approvalResult"]);
    fits("execute-deployment-answer", &output["deployment"]);
}

#[test]
fn the_cause_of_a_rejected_workflow_fits_its_schema() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    checkout.mail().reject().refuse("production", "not today");
    let (_, cause) = checkout.end().failure();
    fits("rejection-cause", &serde_json::from_str(&cause).unwrap());
}
