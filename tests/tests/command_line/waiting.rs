//! `request --wait`: every exit code, by what happens while it waits.

use common::domain::Status;
use countersign::exit::Exit;

use crate::terminal::{Asked, countersign};

#[test]
fn two_levels_that_approve_end_with_0_and_are_told_on_the_way() {
    let asked = Asked::by("levels");
    let waiting = asked.wait(&[]);
    waiting.shows("level 1 of 2, manager: waits for max@example.com; 0 of 1 for manager; ");
    asked.approve("max");
    asked.approve("sam");
    waiting
        .shows("level 2 of 2, security: waits for sue@example.com, sol@example.com; 1 of 2 for security; ");
    asked.approve("sol");
    let said = waiting.said();
    let out = said.fine();
    for line in [
        &format!("started {}", asked.name),
        &asked.execution(),
        asked.key().as_str(),
        "level 1 of 2, manager: approved by max@example.com (email)",
        "level 2 of 2, security: approved by sol@example.com (email)",
        "approved, and the workflow succeeded; nothing was deployed: no deployment target",
    ] {
        assert!(out.contains(line), "{line:?} is not in\n{out}");
    }
}

#[test]
fn programs_get_one_document_and_the_progress_apart_from_it() {
    let asked = Asked::by("one");
    let waiting = asked.wait(&["--json"]);
    waiting.shows("level 1 of 1, manager: waits for max@example.com");
    asked.approve("max");
    let said = waiting.said();
    let json = said.json();
    assert_eq!((said.exit, &json["outcome"], &json["exitCode"]), (Exit::Ok, &"approved".into(), &0.into()));
    assert_eq!((&json["deployed"], &json["ok"]), (&false.into(), &true.into()));
    assert_eq!(json["requests"][0]["id"], asked.id(1).as_str());
    assert_eq!(json["workflow"]["status"], "succeeded");
    assert!(said.err.contains("level 1 of 1, manager: waits for max@example.com"), "{}", said.err);
}

#[test]
fn what_needs_no_approval_ends_with_0() {
    let said = Asked::by("free").wait(&[]).said();
    assert!(said.fine().contains("no approval was needed"), "{}", said.out);
}

#[test]
fn a_rejection_ends_with_3() {
    let asked = Asked::by("one");
    let waiting = asked.wait(&[]);
    asked.mail_to("max").reject().refuse("production", "not today");
    let said = waiting.said();
    assert_eq!(said.exit, Exit::Rejected, "{}{}", said.out, said.err);
    assert!(said.out.contains("rejected by max@example.com (email) at "), "{}", said.out);
    assert!(said.out.contains(": not today\n"), "{}", said.out);
    assert!(said.out.contains("the workflow says: RejectedError: "), "{}", said.out);
}

#[test]
fn silence_ends_with_4() {
    let said = Asked::by("short").wait(&[]).said();
    assert_eq!(said.exit, Exit::Expired, "{}{}", said.out, said.err);
}

#[test]
fn taking_it_back_ends_with_5() {
    let asked = Asked::by("levels");
    let waiting = asked.wait(&[]);
    asked.approve("max");
    asked.asked(2);
    let withdrawn = countersign(&asked.run, &["withdraw", &asked.name, "--reason", "it is postponed"]);
    assert!(withdrawn.fine().contains(asked.id(2).as_str()), "{}", withdrawn.out);
    let said = waiting.said();
    assert_eq!(said.exit, Exit::Withdrawn, "{}{}", said.out, said.err);
    assert!(said.out.contains("it is postponed"), "{}", said.out);
}

#[test]
fn stopping_the_workflow_ends_with_5() {
    let asked = Asked::by("one");
    let waiting = asked.wait(&[]);
    asked.asked(1);
    asked.run.stop(&asked.execution()).unwrap_or_else(|error| panic!("{error}"));
    let said = waiting.said();
    assert_eq!(said.exit, Exit::Withdrawn, "{}{}", said.out, said.err);
}

#[test]
fn a_newer_request_for_the_same_ends_with_6() {
    let older = Asked::by("one");
    let waiting = older.wait(&[]);
    older.asked(1);
    let newer = Asked::of(&older.service);
    newer.start();
    let said = waiting.said();
    assert_eq!(said.exit, Exit::Superseded, "{}{}", said.out, said.err);
    assert!(said.out.contains(newer.key().as_str()), "{}", said.out);
    assert_eq!(newer.asked(1).status, Status::Pending);
    // A request that has ended is not withdrawn, and the exit code says how it did.
    let refused = countersign(&older.run, &["withdraw", older.id(1).as_str(), "--reason", "x"]);
    assert_eq!(refused.exit, Exit::Superseded, "{}", refused.out);
    countersign(&newer.run, &["withdraw", &newer.name, "--reason", "the test is over"]).fine();
}

#[test]
fn a_workflow_that_can_ask_nobody_ends_with_7() {
    let asked = Asked::by("one");
    let said = asked.wait_for_requester("max@example.com", &[]).said();
    assert_eq!(said.exit, Exit::WorkflowFailed, "{}{}", said.out, said.err);
    assert!(said.out.contains("failed before anybody was asked"), "{}", said.out);
    assert!(said.out.contains("requesters may not approve their own request"), "{}", said.out);
    let shown = countersign(&asked.run, &["show", &asked.name]);
    assert!(shown.fine().contains("nobody has been asked"), "{}", shown.out);
}

#[test]
fn an_input_with_mistakes_starts_nothing() {
    let asked = Asked::by("one");
    let input = asked.input("no address");
    let said = countersign(&asked.run, &["request", input.path(), "--name", &asked.name]);
    assert_eq!(said.exit, Exit::Usage, "{}{}", said.out, said.err);
    assert!(said.err.contains("requestedBy is not of the form"), "{}", said.err);
    let shown = countersign(&asked.run, &["show", &asked.name]);
    assert_eq!(shown.exit, Exit::Failed, "{}", shown.out);
    assert!(shown.err.contains("nothing is called"), "{}", shown.err);
}

/// What is not meant for these tests is as without a policy; and somebody who says nothing is reminded.
#[test]
fn reminders_are_told_while_it_waits() {
    let asked = Asked::by("checkout");
    let waiting = asked.wait(&[]);
    waiting.shows("level 1 of 1, approval: waits for ana@example.com; 0 of 1 for approver; reminded at ");
    asked.approve("ana");
    waiting.said().fine();
}
