//! Levels in order, groups at the same time, and how many of them must approve.

use common::domain::Status;
use serde_json::json;

use countersign_tests::Release;

use crate::stored::policy;

#[test]
fn a_manager_and_then_two_of_security() {
    let release = Release::by(policy, "levels");
    assert_eq!(release.approve("max").status, 200);
    let page = release.approve("sam");
    assert!(page.says("1 more approval from the group “security”"), "{}", page.text());
    assert_eq!(release.approve("sue").status, 200);
    let output = release.end().success();
    assert_eq!(output["approvalResult"]["approvals"].as_array().map(Vec::len), Some(2));
    assert_eq!(output["deployment"]["status"], "not_deployed");
    for level in [1, 2] {
        let record = release.record(level).unwrap();
        let policy = record.policy.unwrap();
        assert_eq!((record.status, policy.rule.as_str()), (Status::Approved, "levels"));
        assert_eq!(record.decision.unwrap().policy, Some(policy));
        assert!(record.deployment.is_some(), "used up together");
    }
}

#[test]
fn a_later_level_is_not_asked_before_the_one_in_front_of_it() {
    let release = Release::by(policy, "levels");
    release.asked(1);
    assert_eq!((release.mails_to("mia"), release.mails_to("max")), (1, 1));
    assert_eq!(release.mails_to("sam"), 0);
    release.reject("mia", "not today");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "RejectedError");
    assert!(cause.contains("not today"), "{cause}");
    assert_eq!((release.mails_to("sam"), release.record(2)), (0, None));
}

#[test]
fn two_of_three_and_one_rejection() {
    let release = Release::by(policy, "quorum");
    let page = release.reject("sol", "I would wait");
    assert!(page.says("Your rejection is recorded"), "{}", page.text());
    assert_eq!(release.status(1), Some(Status::Pending));
    assert_eq!(release.approve("sam").status, 200);
    assert_eq!(release.approve("sue").status, 200);
    release.end().success();
    let record = release.record(1).unwrap();
    assert_eq!((record.status, record.votes.len()), (Status::Approved, 3));
}

#[test]
fn as_soon_as_too_few_are_left_it_is_rejected() {
    let release = Release::by(policy, "quorum");
    release.reject("sol", "I would wait");
    release.reject("sue", "so would I");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("so would I"), "{cause}");
    let late = release.approve("sam");
    assert_eq!(late.status, 409);
    assert!(late.says("Already rejected"), "{}", late.text());
}

#[test]
fn groups_of_one_level_are_asked_at_the_same_time_and_all_must_approve() {
    let release = Release::by(policy, "parallel");
    release.asked(1);
    for name in ["mia", "max", "sam", "sue"] {
        assert_eq!(release.mails_to(name), 1, "{name}");
    }
    let page = release.approve("mia");
    assert!(page.says("1 more approval from the group “security”"), "{}", page.text());
    assert!(!page.says("from the group “manager”. One rejection"), "{}", page.text());
    release.approve("max");
    assert_eq!(release.status(1), Some(Status::Pending), "a second manager is not security");
    release.approve("sue");
    release.end().success();
}

#[test]
fn without_levels_the_workflow_skips_the_wait() {
    let release = Release::by(policy, "open");
    let output = release.end().success();
    assert_eq!(output["deploymentDetails"]["approval"]["needed"], json!(false));
    assert_eq!((output["deployment"]["status"].as_str(), release.record(1)), (Some("not_deployed"), None));
}

#[test]
fn where_a_button_is_enough_no_phrase_is_asked_for() {
    let release = Release::by(policy, "button");
    let link = release.ask("mia").approve();
    let page = link.open();
    assert!(page.has_form() && !page.body.contains("name=\"phrase\""), "{}", page.text());
    let comment = [("action", "approve"), ("reason", "looked at the graphs")];
    assert_eq!(link.post(&comment).status, 200);
    let output = release.end().success();
    assert_eq!(output["approvalResult"]["approvals"][0]["comment"], "looked at the graphs");
}
