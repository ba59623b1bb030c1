//! Step Functions takes no answer for a while: a decision is recorded, waits in its record, and reaches its workflow once.

use aws_sdk_sfn::types::HistoryEventType;
use common::domain::event::first_break;
use common::domain::{Choice, Request, Resume, Status};
use countersign_tests::{Caller, Deployment, Link, Page, Run, until};

use crate::reconcile::{deliveries, sweep, swept};

fn decide(link: &Link, choice: Choice) -> Page {
    match choice {
        Choice::Approve => link.confirm("production"),
        Choice::Reject => link.refuse("production", "not like this"),
    }
}

/// The person reads that it is recorded, and that the workflow does not follow yet.
fn assert_recorded(page: &Page) {
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.says("is recorded") && page.says("has not confirmed it yet"), "{}", page.text());
}

/// Decides while the workflow cannot be told, and lets it be told afterwards.
fn decided_while_throttled(choice: Choice) -> (Deployment, Request) {
    let run = Run::connect();
    let machine = Caller::with_a_plan_of_its_own().machine(&run);
    let checkout = run.ask_to_deploy_through("checkout", &machine);
    let link = match choice {
        Choice::Approve => checkout.mail().approve(),
        Choice::Reject => checkout.mail().reject(),
    };
    checkout.asked();

    machine.throttle_answers();
    assert_recorded(&decide(&link, choice));
    let decided = checkout.record();
    assert_eq!(decided.resume, Resume::Owed);
    until("a run of reconcile that cannot tell it either", || {
        sweep(&run)["failed"].as_u64().filter(|failed| *failed > 0)
    });
    assert_recorded(&link.open());
    assert_recorded(&decide(&link, choice));
    assert!(checkout.workflow.is_running());
    assert_eq!(checkout.record(), decided, "nothing is lost, and nothing is decided again");

    machine.take_answers();
    let id = checkout.request_id();
    let record = swept(&run, &id, "delivery", |record| record.resume == Resume::Done);
    assert_eq!((deliveries(&record), &record.decision), (1, &decided.decision));
    assert_eq!((record.votes.len(), first_break(&record.events)), (1, None));
    let page = link.open();
    assert!(page.says("is recorded") && !page.says("has not confirmed"), "{}", page.text());
    (checkout, record)
}

/// How often the waiting task was answered, and how.
fn answers(checkout: &Deployment, kind: &HistoryEventType) -> usize {
    let events = checkout.workflow.events(kind);
    let resources = events.iter().filter_map(|event| match kind {
        HistoryEventType::TaskSucceeded => Some(&event.task_succeeded_event_details.as_ref()?.resource),
        _ => Some(&event.task_failed_event_details.as_ref()?.resource),
    });
    resources.filter(|resource| resource.ends_with(".waitForTaskToken")).count()
}

#[test]
fn an_approval_reaches_its_workflow_once_when_throttling_ends() {
    let (checkout, record) = decided_while_throttled(Choice::Approve);
    assert_eq!(record.status, Status::Approved);
    let output = checkout.end().success();
    assert_eq!(output["approvalResult"]["requestId"], record.id.as_str());
    assert!(output["deployment"].is_object(), "{output}");
    assert_eq!(answers(&checkout, &HistoryEventType::TaskSucceeded), 1);
}

#[test]
fn a_rejection_reaches_its_workflow_once_when_throttling_ends() {
    let (checkout, record) = decided_while_throttled(Choice::Reject);
    assert_eq!(record.status, Status::Rejected);
    assert_eq!(checkout.end().success()["error"]["Error"], "RejectedError");
    assert_eq!(answers(&checkout, &HistoryEventType::TaskFailed), 1);
}
