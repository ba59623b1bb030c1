//! What is paid and closed when the handler of a vote dies, or an operator stops the workflow.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use common::domain::event::first_break;
use common::domain::{Choice, Happening, Notice, Request, RequestId, Resume, Status};
use countersign_tests::{Deployment, Run, until, until_within};
use serde_json::{Value, json};

/// The margin that is left to whoever decided, twice, and the runs between.
const SETTLED: Duration = Duration::from_mins(1);

fn recorded(name: &str) -> String {
    let file = format!("../events/reconcile/{name}.json");
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// A recorded event, about this deployment.
fn event(name: &str, checkout: &Deployment) -> Value {
    let text = recorded(name).replace("7d1f0c2e4b6a48959aa3c1e05f2b8d76-1", checkout.request_id().as_str());
    let mut event: Value = serde_json::from_str(&text).unwrap();
    if event["source"] == "aws.states" {
        event["detail"]["executionArn"] = checkout.workflow.arn().into();
    }
    event
}

fn reconcile(run: &Run, name: &str, checkout: &Deployment) -> Value {
    run.call("ReconcileFunctionArn", &event(name, checkout)).success()
}

/// Lets one minute's run come by, and gives what it counted.
pub(crate) fn sweep(run: &Run) -> Value {
    let swept =
        run.call("ReconcileFunctionArn", &serde_json::from_str(&recorded("schedule")).unwrap()).success();
    assert!(swept["owing"].is_u64(), "{swept}");
    swept
}

/// Lets minutes' runs come by, one after the other, until the record is as it should be in the end.
pub(crate) fn swept(run: &Run, id: &RequestId, what: &str, wanted: impl Fn(&Request) -> bool) -> Request {
    until_within(SETTLED, what, || {
        sweep(run);
        run.record(id).filter(&wanted)
    })
}

pub(crate) fn deliveries(record: &Request) -> usize {
    let told = |what: &Happening| matches!(what, Happening::Resumed { resume: Resume::Done });
    record.events.iter().filter(|event| told(&event.what)).count()
}

#[test]
fn a_vote_whose_process_died_reaches_its_workflow_by_the_stream() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let link = checkout.mail().approve();
    let decided = run.vote_and_die(&checkout.asked(), Choice::Approve);
    assert_eq!(decided.resume, Resume::Owed);

    let output = checkout.end().success();
    assert_eq!(output["approvalResult"]["approved"], true);
    assert_eq!(output["approvalResult"]["requestId"], checkout.request_id().as_str());
    let record = checkout.record();
    assert_eq!((record.status, record.resume, deliveries(&record)), (Status::Approved, Resume::Done, 1));
    assert_eq!(record.decision, decided.decision);
    assert_eq!(first_break(&record.events), None);
    assert_eq!(link.confirm("production").status, 200, "the approver tries again and sees it recorded");
}

#[test]
fn a_rejection_whose_process_died_reaches_its_workflow_too() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    run.vote_and_die(&checkout.asked(), Choice::Reject);
    assert_eq!(checkout.end().failure().0, "RejectedError");
    let told = checkout.outcome_mail_to(&checkout.requester);
    assert!(told.subject.starts_with("Rejected: "), "{}", told.subject);
}

#[test]
fn an_event_that_is_delivered_twice_delivers_once() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    run.vote_and_die(&checkout.asked(), Choice::Approve);
    let twice: Vec<_> = (0..2).map(|_| reconcile(&run, "stream-owed", &checkout)).collect();
    assert_eq!(twice, [json!({ "batchItemFailures": [] }), json!({ "batchItemFailures": [] })]);
    checkout.end().success();
    checkout.outcome_mail_to(&checkout.requester);
    let record = until("note of the mail", || {
        Some(checkout.record()).filter(|record| record.notices == [Notice::CarriedOut])
    });
    assert_eq!((record.resume, deliveries(&record)), (Resume::Done, 1));
    for name in ["stream-owed", "execution-succeeded", "schedule"] {
        reconcile(&run, name, &checkout);
        assert_eq!(checkout.record(), record, "{name}: a delivered decision is untouched");
    }
}

#[test]
fn a_workflow_that_is_stopped_before_the_vote_takes_its_request_back() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();
    checkout.asked();
    checkout.workflow.stop();

    let link = mail.approve();
    until("page that says it was withdrawn", || (link.open().status == 410).then_some(()));
    assert_eq!(link.confirm("production").status, 410);
    let answer = link.open_as_json();
    assert_eq!((answer.status, &answer.json()["refusal"]), (410, &json!("withdrawn")));
    let record = checkout.record();
    assert_eq!((record.status, record.resume), (Status::Withdrawn, Resume::None));
    assert_eq!(record.decision.as_ref().unwrap().reason.as_deref(), Some("the workflow was stopped"));

    let record =
        swept(&run, &checkout.request_id(), "note of the mails", |record| record.notices == [Notice::Closed]);
    assert_eq!(first_break(&record.events), None);
    for person in [&checkout.requester, &mail.to] {
        let told = checkout.outcome_mail_to(person);
        assert!(told.subject.starts_with("Withdrawn: "), "{}", told.subject);
        assert!(told.text.contains("the workflow was stopped"), "{}", told.text);
    }
}

/// Nobody tells us of the end of this caller's workflows: the voter learns it first, the others by the schedule.
#[test]
fn an_approval_of_a_stopped_workflow_is_gone_and_people_are_told() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let mail = checkout.mail();
    checkout.asked();
    checkout.workflow.stop();

    let link = mail.approve();
    let page = link.confirm("production");
    assert_eq!(page.status, 410, "{}", page.text());
    assert_eq!(checkout.record().resume, Resume::Gone);
    assert_eq!((link.open().status, link.confirm("production").status), (410, 410));
    assert_eq!(link.open_as_json().json()["refusal"], "workflow_gone");
    let record = swept(&run, &checkout.request_id(), "note of the mails", |record| {
        record.notices == [Notice::TooLate]
    });
    assert_eq!((record.status, first_break(&record.events)), (Status::Approved, None));
    for person in [&checkout.requester, &mail.to] {
        let told = checkout.outcome_mail_to(person);
        assert!(told.subject.starts_with("Approved too late: "), "{}", told.subject);
    }
}

#[test]
fn stopping_and_approving_at_the_same_time_ends_in_one_truth() {
    let run = Run::connect();
    let all: Vec<_> = (0..6).map(|_| run.ask_to_deploy_in_no_hurry("checkout")).collect();
    let links: Vec<_> = all.iter().map(|checkout| checkout.mail().approve()).collect();
    thread::scope(|scope| {
        for (number, (checkout, link)) in all.iter().zip(&links).enumerate() {
            // Each on a connection of its own, so that they do not wait for each other.
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(3 * number as u64));
                // It may have gone all the way to its end by now.
                Run::connect().stop(checkout.workflow.arn()).ok();
            });
            scope.spawn(move || link.confirm("production"));
        }
    });
    for (checkout, link) in all.iter().zip(&links) {
        let end = checkout.workflow.end();
        let record =
            swept(&run, &checkout.request_id(), "end of the debt", |record| record.resume != Resume::Owed);
        assert_eq!(record.status, Status::Approved);
        let page = link.open();
        match record.resume {
            Resume::Gone => assert_eq!((end.status.as_str(), page.status), ("ABORTED", 410)),
            Resume::Done => assert!(page.says("Your approval is recorded"), "{}", page.text()),
            other => panic!("{other:?}"),
        }
    }
}
