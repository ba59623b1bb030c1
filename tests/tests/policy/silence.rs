//! Reminder, escalation, and what silence means in the end.

use common::domain::{Purpose, Status};

use countersign_tests::Release;

use crate::stored::policy;

#[test]
fn a_reminder_then_an_escalation_then_the_approval_of_the_escalated() {
    let release = Release::by(policy, "escalate");
    let ask = release.ask("mia");
    assert!(ask.text.contains("If nobody decides by then, the group “head of engineering” is asked as well"));
    let reminder = release.mail("mia", "Reminder: ");
    assert!(reminder.text.contains(" after this mail was sent)"), "{}", reminder.text);
    let told = release.mail("max", "Others are asked as well: ");
    assert!(told.text.contains("You can still decide."), "{}", told.text);
    let page = release.approve("hana");
    assert_eq!(page.status, 200, "{}", page.text());
    release.end().success();
    let record = release.record(1).unwrap();
    assert_eq!((record.status, record.votes.len()), (Status::Approved, 1));
    let asked = |purpose| record.contacts.iter().filter(|contact| contact.purpose == purpose).count();
    assert_eq!((asked(Purpose::Ask), asked(Purpose::Reminder(0)), asked(Purpose::Escalation)), (3, 2, 2));
    let late = ask.approve().confirm("production");
    assert_eq!(late.status, 409);
    assert!(late.says("hana@example.com"), "{}", late.text());
}

#[test]
fn after_an_escalation_the_first_ones_can_still_decide() {
    let release = Release::by(policy, "escalate");
    release.mail("mia", "Others are asked as well: ");
    assert_eq!(release.approve("mia").status, 200);
    release.end().success();
}

#[test]
fn silence_expires_and_everyone_hears_of_it() {
    let release = Release::by(policy, "expire");
    let link = release.ask("mia").approve();
    let (error, _) = release.end().failure();
    assert_eq!(error, "ApprovalExpired");
    for name in ["mia", "max"] {
        release.mail(name, "Expired");
    }
    assert_eq!(link.confirm("production").status, 410);
}

#[test]
fn silence_approves_where_the_policy_says_so() {
    let release = Release::by(policy, "quiet");
    let mail = release.ask("mia");
    assert!(mail.text.contains("If nobody decides by then, it counts as approved."), "{}", mail.text);
    let output = release.end().success();
    assert_eq!(output["approvalResult"]["approved"], true);
    assert!(output["approvalResult"]["approvedBy"].is_null());
    let page = mail.reject().refuse("production", "too late");
    assert_eq!(page.status, 409);
    assert!(page.says("without a vote"), "{}", page.text());
}
