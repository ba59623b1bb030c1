//! Separation of duties: the requester, and one person at two levels.

use common::domain::Refusal;
use countersign_tests::{Release, Run};

use crate::stored::policy;

#[test]
fn the_requester_is_not_asked_to_approve_and_the_others_are() {
    for requester in ["mia@example.com", "Mia+ci@Example.com"] {
        let release = Release::asked_by(policy, "levels", requester);
        let record = release.asked(1);
        assert_eq!((release.mails_to("mia"), release.mails_to("max")), (0, 1), "{requester}");
        let mia = common::domain::EmailAddress::parse("mia@example.com").unwrap();
        assert_eq!(record.check_entitled(&mia), Err(Refusal::SelfApproval));
        release.workflow.stop();
    }
}

#[test]
fn a_dead_end_is_found_before_anyone_is_asked() {
    let release = Release::asked_by(policy, "alone", "olga@example.com");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "InvalidInput");
    for words in ["level 1", "owner", "may not approve their own request"] {
        assert!(cause.contains(words), "{words}: {cause}");
    }
    assert_eq!((release.mails_to("olga"), release.record(1)), (0, None));
}

#[test]
fn who_approved_one_level_is_not_asked_at_the_next() {
    let release = Release::by(policy, "served");
    release.approve("mia");
    let record = release.asked(2);
    assert_eq!((release.mails_to("mia"), release.mails_to("sam")), (1, 1));
    let mia = common::domain::EmailAddress::parse("mia@example.com").unwrap();
    assert_eq!(record.check_entitled(&mia), Err(Refusal::VotedAtEarlierLevel { level: 1 }));
    let page = release.ask("sam").approve().open();
    assert!(page.says("voted at level 1 and may not decide here"), "{}", page.text());
    release.approve("sam");
    release.end().success();
}

#[test]
fn who_is_needed_at_a_later_level_is_kept_for_it() {
    let release = Release::by(policy, "needed");
    release.asked(1);
    assert_eq!((release.mails_to("mia"), release.mails_to("max")), (0, 1));
    release.approve("max");
    release.approve("mia");
    release.end().success();
}

/// Nobody who can call the functions can write the policy's item; what the stack's own state machine prepares is the
/// rule's, whatever stands in the input.
#[test]
fn an_input_cannot_choose_its_approvers() {
    let release = Release::by(policy, "levels");
    let mut input = countersign_tests::Deployment::input(&release.service, "dev@example.com");
    input["approverEmail"] = "mallory@example.com".into();
    input["approval"] = serde_json::json!({ "needed": false });
    let run = Run::connect();
    let workflow = run.start(&input);
    let id = common::domain::RequestId::of_level(&common::domain::PlanKey::of_execution(workflow.arn()), 1);
    let record = countersign_tests::until("record of the smuggling request", || run.record(&id));
    assert_eq!(record.level.groups[0].role, "manager");
    assert!(run.mails().iter().all(|mail| mail.to != "mallory@example.com"));
    workflow.stop();
}
