//! Newer requests for the same service and environment, at every moment of the older one; and withdrawing.

use std::thread;

use common::domain::{Resume, Status};
use serde_json::{Value, json};

use countersign_tests::Release;

use crate::stored::policy;

fn is_superseded(older: &Release, level: u32, by: &Release) {
    let (error, cause) = older.end().failure();
    assert_eq!(error, "RejectedError");
    assert!(cause.contains(by.id(1).as_str()), "the cause names the newer request: {cause}");
    let record = older.when(level, "delivery", |record| record.resume == Resume::Done);
    assert_eq!(record.status, Status::Superseded);
}

#[test]
fn a_newer_request_takes_the_place_of_a_pending_one() {
    let older = Release::by(policy, "levels");
    let link = older.ask("mia").approve();
    older.asked(1);
    let newer = older.newer("2.4.2");
    is_superseded(&older, 1, &newer);
    let page = link.open();
    assert_eq!(page.status, 410);
    assert!(page.says("A newer request took this one’s place") && !page.has_form(), "{}", page.text());
    assert_eq!(link.confirm("production").status, 410);
    older.mail("mia", "Superseded");
    assert_eq!(newer.approve("mia").status, 200);
    newer.approve("sam");
    newer.approve("sue");
    newer.end().success();
}

#[test]
fn approving_the_newer_one_first_or_the_older_one_first_ends_the_same() {
    for older_first in [true, false] {
        let older = Release::by(policy, "rest");
        let (old, _) = (older.ask("mia").approve(), older.asked(1));
        let newer = older.newer("2.4.2");
        let new = newer.ask("mia").approve();
        let clicks = if older_first { [&old, &new] } else { [&new, &old] };
        let answers = clicks.map(|link| link.confirm("production").status);
        let (of_old, of_new) = if older_first { (answers[0], answers[1]) } else { (answers[1], answers[0]) };
        assert_eq!((of_old, of_new), (410, 200));
        is_superseded(&older, 1, &newer);
        newer.end().success();
    }
}

#[test]
fn of_two_newer_ones_at_once_one_remains() {
    let older = Release::by(policy, "rest");
    older.asked(1);
    let (one, other) = thread::scope(|scope| {
        let start = |version: &'static str| scope.spawn(|| older.newer(version));
        let (one, other) = (start("2.4.2"), start("2.4.3"));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_eq!(older.end().failure().0, "RejectedError");
    // The later of the two by the time at which they were prepared, whichever that is.
    let is_closed = |release: &Release| release.status(1) == Some(Status::Superseded);
    let remaining =
        countersign_tests::until("end of one of the two", || match (is_closed(&one), is_closed(&other)) {
            (true, false) => Some(&other),
            (false, true) => Some(&one),
            _ => None,
        });
    assert_eq!(remaining.approve("mia").status, 200);
    remaining.end().success();
}

#[test]
fn between_two_levels_an_older_one_does_not_go_on() {
    let older = Release::by(policy, "levels");
    older.approve("mia");
    // It may just be asking its second level; a newer one ends it there or before.
    let newer = older.newer("2.4.2");
    let (error, cause) = older.end().failure();
    assert_eq!(error, "RejectedError");
    assert!(cause.contains(newer.id(1).as_str()), "{cause}");
    let second = older.when(2, "end", |record| record.status != Status::Pending);
    assert_eq!(second.status, Status::Superseded);
    assert_eq!(older.status(1), Some(Status::Approved), "a decision never changes");
}

#[test]
fn a_request_is_withdrawn_through_reconcile_and_its_workflow_ends() {
    let release = Release::by(policy, "levels");
    let link = release.ask("mia").approve();
    release.asked(1);
    let event = json!({ "withdraw": { "requestId": release.id(1), "reason": "the release is cancelled" } });
    let answer = release.run.call("ReconcileFunctionArn", &event).success();
    assert_eq!((&answer["status"], &answer["refusal"]), (&json!("withdrawn"), &Value::Null));
    let (error, cause) = release.end().failure();
    assert_eq!(error, "RejectedError");
    assert!(cause.contains("the release is cancelled"), "{cause}");
    let page = link.confirm("production");
    assert_eq!(page.status, 410);
    assert!(
        page.says("This request was withdrawn") && page.says("the release is cancelled"),
        "{}",
        page.text()
    );
}

#[test]
fn withdrawing_and_approving_at_the_same_moment_have_one_winner() {
    for _ in 0..10 {
        let release = Release::by(policy, "rest");
        let link = release.ask("mia").approve();
        release.asked(1);
        let event = json!({ "withdraw": { "requestId": release.id(1), "reason": "cancelled" } });
        let (told, answer) = thread::scope(|scope| {
            let approve = scope.spawn(|| link.confirm("production").status);
            let withdraw = scope.spawn(|| release.run.call("ReconcileFunctionArn", &event).success());
            (approve.join().unwrap(), withdraw.join().unwrap())
        });
        let record = release.when(1, "delivery", |record| record.resume == Resume::Done);
        let ended = release.end();
        match record.status {
            Status::Approved => {
                assert_eq!(
                    (told, &answer["refusal"], ended.status.as_str()),
                    (200, &json!("already_decided"), "SUCCEEDED")
                );
            }
            Status::Withdrawn => {
                assert_eq!(
                    (told, &answer["status"], ended.status.as_str()),
                    (410, &json!("withdrawn"), "FAILED")
                );
            }
            other => panic!("{other}"),
        }
    }
}
