//! What an approval can be used for: once, and for what was approved.

use common::domain::Status;
use countersign_tests::{Caller, Deployment, Run, unique};
use serde_json::{Value, json};

#[test]
fn executing_twice_answers_the_same() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    checkout.mail().approve().confirm("production");
    let state = checkout.end().success();
    let before = checkout.record();

    let again = run.call("ExecuteDeploymentFunctionArn", &state).success();
    assert_eq!(again, state["deployment"]);
    // The bare output of the approval leads to the same.
    assert_eq!(run.call("ExecuteDeploymentFunctionArn", &state["approvalResult"]).success(), again);
    assert_eq!(checkout.record().version, before.version);
    let told = checkout.mails().into_iter().filter(|mail| mail.to == checkout.requester);
    assert_eq!(told.count(), 1);
}

#[test]
fn what_was_not_approved_is_not_deployed() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    checkout.mail().approve().confirm("production");
    let state = checkout.end().success();
    for (field, value) in [("version", "6.6.6"), ("environment", "staging"), ("changeLog", "nothing")] {
        let mut changed = state.clone();
        changed["deploymentDetails"][field] = Value::from(value);
        let (error, cause) = run.call("ExecuteDeploymentFunctionArn", &changed).failure();
        assert_eq!(error, "FingerprintMismatch", "{field}: {cause}");
    }
}

#[test]
fn nothing_is_deployed_without_an_approval() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();
    let id = checkout.request_id();
    let claimed = |needed: bool| {
        json!({
            "deploymentDetails": {
                "serviceName": checkout.service, "version": "2.4.1", "environment": "production",
                "changeLog": "- faster carts\n- fixes #812",
                "approval": { "needed": needed, "key": id.as_str().trim_end_matches("-1"), "level": 1 }
            },
            "approvalResult": { "approved": true, "requestId": id.as_str() }
        })
    };
    // Neither a claim to be approved nor one that nobody needs to approve counts.
    for claim in [claimed(true), claimed(false), json!({ "approved": true, "requestId": id.as_str() })] {
        let (error, cause) = run.call("ExecuteDeploymentFunctionArn", &claim).failure();
        assert_eq!(error, "NotApproved", "{cause}");
    }
    let (error, _) = run.call("ExecuteDeploymentFunctionArn", &json!({})).failure();
    assert_eq!(error, "InvalidInput");
    assert_eq!(mail.reject().refuse("production", "no").status, 200);
    checkout.end().failure();
    assert_eq!(run.call("ExecuteDeploymentFunctionArn", &claimed(true)).failure().0, "NotApproved");
    assert_eq!(checkout.record().status, Status::Rejected);
}

#[test]
fn asking_for_something_else_than_was_prepared_fails() {
    let run = Run::connect();
    let service = unique("checkout");
    let plan = run.call("PrepareFunctionArn", &Deployment::input(&service, "dev@example.com")).success();
    let mut changed = plan;
    changed["version"] = Value::from("6.6.6");
    let caller = Caller::passing(json!({
        "taskToken.$": "$$.Task.Token", "deploymentDetails.$": "$", "requestedBy": "dev@example.com"
    }));
    let (error, _) = caller.start(&run, &changed).end().failure();
    assert_eq!(error, "FingerprintMismatch");
    assert!(run.mails().iter().all(|mail| !mail.subject.contains(&service)));
}
