//! A vote while the workflow is between two waits, when nothing waits for the task token that the record has.

use aws_sdk_sfn::types::HistoryEventType;
use common::domain::{Choice, Happening, Request, Status};
use countersign_tests::crowd::vote;
use countersign_tests::invariants::{all_were_told, workflow_follows};
use countersign_tests::{Deployment, Run, until};
use serde_json::{Value, json};

use crate::own_workflow;

/// Where the workflow lingers.
enum Gap {
    /// After the timeout, before the record is asked what it means.
    BeforeTheTimeoutTask,
    /// After the record was asked and said to wait again.
    BeforeTheNextWait,
}

impl Gap {
    fn workflow(&self) -> Value {
        let mut definition = own_workflow(4);
        let linger = |next: &str| json!({ "Type": "Wait", "Seconds": 6, "Next": next });
        match self {
            Self::BeforeTheTimeoutTask => {
                definition["States"]["RequestApproval"]["Catch"][0]["Next"] = json!("Linger");
                definition["States"]["Linger"] = linger("ApprovalTimedOut");
            }
            Self::BeforeTheNextWait => {
                definition["States"]["WaitAgain"]["Next"] = json!("Linger");
                definition["States"]["Linger"] = linger("RequestApproval");
            }
        }
        definition
    }
}

/// Votes in the gap, and gives the record at the workflow's end.
fn voted_in(gap: &Gap, choice: Choice) -> Request {
    let run = Run::connect();
    let deployment = run.ask_to_deploy_through("gap", &run.machine(&gap.workflow()));
    let link = deployment.mail().approve();
    until("gap between two waits", || is_in_the_gap(&deployment).then_some(()));
    let told = vote(&link, choice, "production");
    assert_eq!(told.http, 200, "{told:?}");
    let page = link.confirm("production");
    assert!(page.status != 200 || page.says("Your approval is recorded"), "{}", page.text());
    let end = deployment.end();
    let record = deployment.record();
    workflow_follows(&record, &end);
    all_were_told(&record, &[told]);
    record
}

fn is_in_the_gap(deployment: &Deployment) -> bool {
    !deployment.workflow.events(&HistoryEventType::WaitStateEntered).is_empty()
}

/// How often the request got a task token after its decision.
fn waits_after_the_decision(record: &Request) -> usize {
    let decided = |happening: &Happening| matches!(happening, Happening::Decided { .. });
    let after = record.events.iter().skip_while(|event| !decided(&event.what));
    after.filter(|event| matches!(event.what, Happening::WaitRenewed { .. })).count()
}

#[test]
fn the_timeout_task_continues_with_an_approval() {
    let record = voted_in(&Gap::BeforeTheTimeoutTask, Choice::Approve);
    assert_eq!((record.status, waits_after_the_decision(&record)), (Status::Approved, 0));
}

#[test]
fn the_timeout_task_continues_with_a_rejection() {
    let record = voted_in(&Gap::BeforeTheTimeoutTask, Choice::Reject);
    assert_eq!((record.status, waits_after_the_decision(&record)), (Status::Rejected, 0));
}

#[test]
fn the_next_wait_continues_with_an_approval() {
    let record = voted_in(&Gap::BeforeTheNextWait, Choice::Approve);
    assert_eq!((record.status, waits_after_the_decision(&record)), (Status::Approved, 1));
}

#[test]
fn the_next_wait_continues_with_a_rejection() {
    let record = voted_in(&Gap::BeforeTheNextWait, Choice::Reject);
    assert_eq!((record.status, waits_after_the_decision(&record)), (Status::Rejected, 1));
}
