//! The end of a workflow that nobody reports: no event comes, and the list of what waits for the workflow does not have the request.

use common::domain::event::first_break;
use common::domain::{Notice, Resume, Status};
use countersign_tests::Run;
use jiff::SignedDuration;
use serde_json::json;

use crate::reconcile::{sweep, swept};

/// Older than what the schedule leaves alone.
const AGE: SignedDuration = SignedDuration::from_mins(2);

#[test]
fn the_schedule_withdraws_what_an_ended_workflow_left_open() {
    let run = Run::connect();
    // A caller of which the stack hears no events.
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let mail = checkout.mail();
    let link = mail.approve();
    run.let_it_age_unseen(&checkout.asked(), AGE);
    sweep(&run);
    assert!(link.open().has_form(), "its workflow runs");

    checkout.workflow.stop();
    let id = checkout.request_id();
    let record = swept(&run, &id, "end of the request", |record| record.status != Status::Pending);
    assert_eq!((record.status, record.resume), (Status::Withdrawn, Resume::None));
    assert_eq!(record.decision.unwrap().reason.as_deref(), Some("the workflow was stopped"));

    let page = link.open();
    assert_eq!((page.status, page.has_form()), (410, false), "{}", page.text());
    assert!(page.says("withdrawn") && page.says("the workflow was stopped"), "{}", page.text());
    assert_eq!(link.confirm("production").status, 410);
    let answer = link.open_as_json();
    assert_eq!((answer.status, &answer.json()["refusal"]), (410, &json!("withdrawn")));

    let record = swept(&run, &id, "note of the mails", |record| record.notices == [Notice::Closed]);
    assert_eq!(first_break(&record.events), None);
    for person in [&checkout.requester, &mail.to] {
        assert!(checkout.outcome_mail_to(person).text.contains("the workflow was stopped"));
    }
}
