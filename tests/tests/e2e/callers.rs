//! Other state machines that ask in the same way, with a fixed time of their own.

use std::fs;
use std::path::Path;

use common::domain::event::first_break;
use common::domain::{NamedBy, Request, RequestId, Resume, Status};
use countersign_tests::{Caller, Deployment, Mail, Run, Workflow, unique, until};
use serde_json::{Value, json};

#[test]
fn a_caller_with_a_plan_gets_its_approval() {
    let (run, service, workflow) = with_a_plan(&Caller::with_a_plan());
    assert_eq!(mail_about(&run, &service).approve().confirm("production").status, 200);
    let output = workflow.end().success();
    assert_eq!(output["approvalResult"]["approved"], true);
    assert_eq!(output["deployment"]["deployed"], false);
    let reason = format!("no deployment target is configured for {service} in production");
    assert_eq!(output["deployment"]["reason"], reason);
    let record = record_of(&run, &output["approvalResult"]);
    assert_eq!((record.status, record.resume), (Status::Approved, Resume::Done));
}

#[test]
fn a_caller_with_a_plan_gets_its_rejection() {
    let (run, service, workflow) = with_a_plan(&Caller::with_a_plan());
    let mail = mail_about(&run, &service);
    assert_eq!(mail.reject().refuse("production", "not on a Friday").status, 200);
    let output = workflow.end().success();
    assert_eq!(output["error"]["Error"], "RejectedError");
    let cause: Value = serde_json::from_str(output["error"]["Cause"].as_str().unwrap()).unwrap();
    assert_eq!(cause["reason"], "not on a Friday");
    assert_eq!(output["outcome"]["status"], "rejected");
    assert_eq!(output["outcome"]["error"], "RejectedError");
    told(&run, output["requestedBy"].as_str().unwrap(), "Rejected: ", &service);
    told(&run, &mail.to, "Rejected: ", &service);
}

#[test]
fn a_caller_with_a_plan_gets_its_timeout() {
    let (run, service, workflow) = with_a_plan(&Caller::with_a_plan().waiting(4));
    let mail = mail_about(&run, &service);
    let output = workflow.end().success();
    assert_eq!(output["error"]["Error"], "States.Timeout");
    assert_eq!(output["outcome"]["status"], "expired");
    assert_eq!(output["outcome"]["error"], "ApprovalExpired");
    let record = record_of(&run, &output["outcome"]);
    assert_eq!((record.status, record.resume), (Status::Expired, Resume::None));
    assert_eq!(first_break(&record.events), None);
    told(&run, output["requestedBy"].as_str().unwrap(), "Expired: ", &service);
    told(&run, &mail.to, "Expired: ", &service);
    assert_eq!(mail.approve().open().status, 410);
    assert_eq!(mail.approve().confirm("production").status, 410);
}

#[test]
fn a_caller_that_names_its_approver_gets_its_approval() {
    let (run, approver, workflow) = naming(&Caller::naming_its_approver());
    let mail = mail_to(&run, &approver);
    let record = record_for(&run, &approver);
    assert_eq!(mail.approve().confirm(record.phrase()).status, 200);
    let output = workflow.end().success();
    assert_eq!(output["approvalResult"]["approvedBy"], approver);
    assert_eq!(output["approvalResult"]["approvals"][0]["role"], "manager");
    assert_eq!(output["deployment"]["deployed"], false);
    let record = record_for(&run, &approver);
    assert_eq!((record.status, record.resume), (Status::Approved, Resume::Done));
    assert_eq!(record.level.named_by, NamedBy::Caller);
}

/// Deployment facts beside an approval that did not show them are neither deployed nor a reason to fail.
#[test]
fn a_caller_that_names_its_approver_may_have_facts_in_its_state() {
    for caller in [Caller::naming_its_approver(), Caller::naming_its_approver_beside_a_plan()] {
        let run = Run::connect();
        let approver = unique("manager") + "@example.com";
        let mut input = Deployment::input(&unique("ledger"), "dev@example.com");
        input["approverEmail"] = approver.as_str().into();
        let workflow = caller.start(&run, &input);
        let mail = mail_to(&run, &approver);
        assert_eq!(mail.approve().confirm(record_for(&run, &approver).phrase()).status, 200);
        let output = workflow.end().success();
        assert_eq!(output["deployment"]["deployed"], false, "{output}");
        assert_eq!(output["deployment"]["reason"], "the request has no deployment facts");
    }
}

#[test]
fn a_caller_that_names_its_approver_gets_its_rejection() {
    let (run, approver, workflow) = naming(&Caller::naming_its_approver());
    let mail = mail_to(&run, &approver);
    let record = record_for(&run, &approver);
    assert_eq!(mail.reject().refuse(record.phrase(), "too expensive").status, 200);
    let output = workflow.end().success();
    assert_eq!(output["error"]["Error"], "RejectedError");
    assert_eq!(output["outcome"]["rejectedBy"], approver);
    assert_eq!(output["outcome"]["reason"], "too expensive");
    run.mail("about the rejection", |mail| mail.to == approver && mail.subject.starts_with("Rejected: "));
}

/// Such a caller's state names no request, so the record stays as it is, and the approver is told what holds.
#[test]
fn a_caller_that_names_its_approver_gets_its_timeout() {
    let (run, approver, workflow) = naming(&Caller::naming_its_approver().waiting(4));
    let mail = mail_to(&run, &approver);
    let output = workflow.end().success();
    assert_eq!(output["error"]["Error"], "States.Timeout");
    assert_eq!(output["outcome"]["status"], "expired");
    assert_eq!(output["outcome"]["approved"], false);
    assert_eq!(output["outcome"]["error"], "ApprovalExpired");

    let phrase = record_for(&run, &approver).phrase().to_owned();
    let late = mail.approve().confirm(&phrase);
    assert!(late.says("recorded, not confirmed"), "{} {}", late.status, late.text());
}

#[test]
fn a_task_token_alone_asks_the_default_approver() {
    let run = Run::connect();
    let known: Vec<_> = run.records().into_iter().map(|record| record.id).collect();
    let caller = Caller::passing(json!({ "taskToken.$": "$$.Task.Token" }));
    let workflow = caller.start(&run, &json!({}));
    let record = until("record of a caller that says nothing", || {
        run.records().into_iter().find(|record| {
            !known.contains(&record.id)
                && record.workflow.execution.is_none()
                && record.level.named_by == NamedBy::Stack
                && record.plan.is_none()
                && !record.contacts.is_empty()
        })
    });
    let approver = record.level.approvers().next().unwrap().email.as_str();
    let mail = run.mail("about the request", |mail| {
        mail.to == approver
            && mail.text.contains(record.fingerprint.short())
            && mail.text.contains("a workflow")
            && RequestId::parse(record.id.as_str()).is_ok()
            && opens(mail, &record)
    });
    assert_eq!(mail.approve().confirm(record.phrase()).status, 200);
    assert_eq!(workflow.end().success()["approvalResult"]["requestId"], record.id.as_str());
}

#[test]
fn a_general_subject_is_confirmed_by_its_fingerprint() {
    let run = Run::connect();
    let title = unique("Customer visit in Lisbon");
    let caller = Caller::passing(json!({
        "taskToken.$": "$$.Task.Token",
        "requestedBy.$": "$.requestedBy",
        "subject": {
            "kind": "expense report", "title.$": "$.title", "facts": [{ "label": "Amount", "value": "EUR 412.60" }],
            "details": "Two nights, one flight.", "link": "https://expenses.example.com/reports/4711"
        },
        "execution.$": "$$.Execution.Id",
        "stateMachine.$": "$$.StateMachine.Id",
        "state.$": "$$.State.Name",
        "enteredAt.$": "$$.State.EnteredTime",
        "retry.$": "$$.State.RetryCount"
    }));
    let sam = unique("sam") + "@example.com";
    let workflow = caller.start(&run, &json!({ "title": title, "requestedBy": sam }));
    let subject = format!("Expense report approval required: {title}");
    let mail = run.mail(&format!("{subject:?}"), |mail| mail.subject == subject);
    let link = mail.approve();
    let request = link.open_as_json().json()["request"].clone();
    let phrase = &request["fingerprint"].as_str().unwrap()[..4];
    for part in ["EUR 412.60", "Two nights, one flight.", "https://expenses.example.com/reports/4711", &sam] {
        assert!(mail.text.contains(part), "mail: {part}");
        assert!(link.open().says(part), "page: {part}");
    }
    assert_eq!(link.confirm("production").status, 422);
    assert_eq!(link.confirm(phrase).status, 200);
    let output = workflow.end().success();
    assert_eq!(output["approvalResult"]["approved"], true);
    assert_eq!(output["deployment"]["deployed"], false);
}

#[test]
fn a_caller_may_not_name_the_requester_as_the_approver() {
    let run = Run::connect();
    let sam = unique("sam") + "@example.com";
    let caller = Caller::passing(json!({
        "taskToken.$": "$$.Task.Token", "requestedBy.$": "$.sam", "approverRole": "manager", "approverEmail.$": "$.sam"
    }));
    let (error, cause) = caller.start(&run, &json!({ "sam": sam })).end().failure();
    assert_eq!(error, "NobodyAsked");
    assert!(cause.contains("may not approve their own request"), "{cause}");
    assert!(run.mails().iter().all(|mail| mail.to != sam));
}

#[test]
fn what_a_caller_passes_wrong_is_named_without_its_token() {
    let run = Run::connect();
    let caller = Caller::passing(json!({
        "taskToken.$": "$$.Task.Token", "approverRole": "manager", "approverEmail": "not an address",
        "subject": { "link": "javascript:alert(1)" }, "enteredAt": "yesterday"
    }));
    let (error, cause) = caller.start(&run, &json!({})).end().failure();
    assert_eq!(error, "InvalidInput");
    for mistake in ["approverEmail", "subject.title", "subject.link", "enteredAt"] {
        assert!(cause.contains(mistake), "{mistake} is not in: {cause}");
    }
}

#[test]
fn the_caller_of_the_examples_that_waits_once_runs() {
    let run = Run::connect();
    let purpose = unique("a desk lamp");
    let sam = unique("sam") + "@example.com";
    let input = json!({ "requestedBy": sam, "purpose": purpose, "amount": "EUR 39.00" });
    let approved = run.machine(&example("one-wait")).start(&input);
    let mail = mail_about(&run, &purpose);
    assert_eq!(mail.approve().confirm(&phrase_on(&mail)).status, 200);
    assert_eq!(approved.end().success()["approvalResult"]["approved"], true);

    let purpose = unique("a yacht");
    let input = json!({ "requestedBy": sam, "purpose": purpose, "amount": 4_100_000 });
    let rejected = run.machine(&example("one-wait")).start(&input);
    let mail = mail_about(&run, &purpose);
    assert_eq!(mail.reject().refuse(&phrase_on(&mail), "no").status, 200);
    assert_eq!(rejected.end().failure().0, "RejectedError");
    told(&run, &sam, "Rejected: ", &purpose);
}

#[test]
fn the_smallest_caller_of_the_examples_asks_two_people_in_a_row() {
    let run = Run::connect();
    let sam = unique("sam") + "@example.com";
    let workflow = run.machine(&example("minimal")).start(&json!({ "requestedBy": sam }));
    for approver in ["manager@example.com", "security@example.com"] {
        let mail = run.mail(&format!("to {approver}"), |mail| {
            mail.to == approver && mail.asks() && mail.text.contains(&sam)
        });
        assert_eq!(mail.approve().confirm(&phrase_on(&mail)).status, 200);
    }
    let output = workflow.end().success();
    assert_eq!(output["manager"]["approvedBy"], "manager@example.com");
    assert_eq!(output["security"]["approvedBy"], "security@example.com");
}

fn with_a_plan(caller: &Caller) -> (Run, String, Workflow) {
    let run = Run::connect();
    let service = unique("ledger");
    let requester = unique("dev") + "@example.com";
    let workflow = caller.start(&run, &Deployment::input(&service, &requester));
    (run, service, workflow)
}

fn naming(caller: &Caller) -> (Run, String, Workflow) {
    let run = Run::connect();
    let approver = unique("manager") + "@example.com";
    let workflow = caller.start(&run, &json!({ "approverEmail": approver }));
    (run, approver, workflow)
}

fn mail_about(run: &Run, what: &str) -> Mail {
    run.mail(&format!("about {what}"), |mail| mail.asks() && mail.subject.contains(what))
}

fn mail_to(run: &Run, person: &str) -> Mail {
    run.mail(&format!("to {person}"), |mail| mail.asks() && mail.to == person)
}

fn told(run: &Run, person: &str, how: &str, about: &str) {
    run.mail(&format!("that tells {person} {how:?} about {about}"), |mail| {
        mail.to == person && mail.subject.starts_with(how) && mail.subject.contains(about)
    });
}

/// The record of the request that an answer names.
fn record_of(run: &Run, answer: &Value) -> Request {
    let id = answer["requestId"].as_str().unwrap_or_else(|| panic!("no requestId in {answer}"));
    run.record(&RequestId::parse(id).unwrap()).unwrap_or_else(|| panic!("no record {id}"))
}

fn record_for(run: &Run, approver: &str) -> Request {
    until(&format!("record for {approver}"), || {
        let mut all = run.records().into_iter();
        all.find(|record| record.level.approvers().any(|person| person.email.as_str() == approver))
    })
}

/// Whether the links of a mail open this request.
fn opens(mail: &Mail, record: &Request) -> bool {
    mail.asks() && mail.approve().open_as_json().json()["request"]["id"] == record.id.as_str()
}

/// What the page asks to type.
fn phrase_on(mail: &Mail) -> String {
    let request = mail.approve().open_as_json().json()["request"].clone();
    request["fingerprint"].as_str().unwrap_or_default().chars().take(4).collect()
}

fn example(name: &str) -> Value {
    let file = format!("../statemachine/examples/{name}.asl.json");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}
