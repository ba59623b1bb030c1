//! What is refused before anyone is asked.

use countersign_tests::{Run, unique};
use serde_json::json;

#[test]
fn a_bad_input_ends_the_workflow_with_every_mistake_named() {
    let run = Run::connect();
    let input = json!({
        "version": 2.4, "environment": "pro duction", "requestedBy": "dev", "changeLog": "x".repeat(20_001)
    });
    let (error, cause) = run.start(&input).end().failure();
    assert_eq!(error, "InvalidInput");
    for mistake in ["serviceName", "version", "environment", "requestedBy", "changeLog"] {
        assert!(cause.contains(mistake), "{mistake} is not in: {cause}");
    }
    assert!(cause.contains("5 mistakes"), "{cause}");
}

#[test]
fn an_input_that_is_no_object_is_refused_with_an_example() {
    let run = Run::connect();
    for input in [json!([]), json!("checkout"), json!({ "input": 1 })] {
        let (error, cause) = run.call("PrepareFunctionArn", &input).failure();
        assert_eq!(error, "InvalidInput");
        assert!(cause.contains("serviceName"), "{cause}");
    }
}

#[test]
fn nobody_is_asked_to_approve_their_own_request() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let approver = checkout.mail().to;
    checkout.workflow.stop();

    let service = unique("own");
    let own = countersign_tests::Deployment::input(&service, &approver.to_uppercase());
    let (error, cause) = run.start(&own).end().failure();
    assert_eq!(error, "InvalidInput");
    assert!(cause.contains("may not approve their own request"), "{cause}");
    assert!(run.mails().iter().all(|mail| !mail.subject.contains(&service)));
}
