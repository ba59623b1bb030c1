//! The mails, as people get them.

use crate::domain::{Choice, Command, NamedBy, Notice, Purpose, Resume, Silence, Status};
use crate::ports::Mail;
use crate::render::email::{approval_request, outcome};

use super::check;
use super::sample::{
    after, approved, asked, at, checkout, escalated, escalating, executed, expenses, of_two_groups, person,
    rejected, request, token, voted,
};

fn check_mail(name: &str, mail: &Mail) {
    assert_eq!(mail.to.as_str().split('@').nth(1), Some("example.com"));
    check(&format!("mail_{name}.txt"), &format!("Subject: {}\n\n{}", mail.subject, mail.text));
    check(&format!("mail_{name}.html"), &mail.html);
}

#[test]
fn the_ask() {
    let mail = approval_request(&request(checkout()), &person("ana"), &token(), Purpose::Ask, at(0));
    assert_eq!(mail.subject, "Deployment approval required: checkout 2.4.1 to production");
    check_mail("ask", &mail);
}

#[test]
fn the_ask_of_something_else_without_a_deadline_by_approvers_whom_the_caller_named() {
    let mut request = request(expenses());
    request.deadline = None;
    request.level.named_by = NamedBy::Caller;
    let mail = approval_request(&request, &person("ana"), &token(), Purpose::Ask, at(0));
    assert_eq!(mail.subject, "Expense report approval required: Customer visit in Lisbon");
    check_mail("ask_general", &mail);
}

#[test]
fn the_reminder_says_how_long_is_left_and_who_has_voted() {
    let request = voted(&of_two_groups(), "ana", Choice::Approve, None, 20);
    let mail = approval_request(&request, &person("bo"), &token(), Purpose::Reminder(0), at(8 * 60));
    assert_eq!(mail.subject, "Reminder: Deployment approval required: checkout 2.4.1 to production");
    assert!(mail.text.contains("24 November 2026, 14:05 UTC (16 hours left)"), "{}", mail.text);
    check_mail("reminder", &mail);
}

#[test]
fn an_escalation_asks_the_further_group_and_tells_the_first() {
    let request = escalated();
    let to = |name, purpose| approval_request(&request, &person(name), &token(), purpose, at(4 * 60));
    let first = to("ana", Purpose::Escalation);
    assert!(first.subject.starts_with("Others are asked as well: "), "{}", first.subject);
    assert!(first.text.contains("You can still decide."));
    check_mail("escalation_told", &first);
    let further = to("hana", Purpose::Ask);
    assert!(further.text.contains("It can approve alone."));
    check_mail("escalation_ask", &further);
}

#[test]
fn a_mail_says_what_silence_will_mean() {
    let before = approval_request(&escalating(), &person("ana"), &token(), Purpose::Ask, at(0));
    assert!(before.text.contains("23 November 2026, 18:05 UTC (4 hours left)"), "{}", before.text);
    assert!(before.text.contains("the group “head of engineering” is asked as well"), "{}", before.text);
    let mut quiet = request(checkout());
    quiet.level.silence = Silence::Approve;
    let mail = approval_request(&quiet, &person("ana"), &token(), Purpose::Ask, at(0));
    assert!(mail.text.contains("If nobody decides by then, it counts as approved."), "{}", mail.text);
}

#[test]
fn links_stand_on_their_own_line_and_open_the_same_page() {
    let mail = approval_request(&request(checkout()), &person("ana"), &token(), Purpose::Ask, at(0));
    for action in ["approve", "reject"] {
        let url =
            format!("https://approvals.example.com/live/approve?token={}&action={action}", token().expose());
        assert!(mail.text.lines().any(|line| line == url), "{url}");
        assert!(mail.html.contains(&format!("href=\"{}\"", url.replace('&', "&#38;"))), "{url}");
    }
}

#[test]
fn the_outcomes() {
    let too_late = approved(Resume::Gone);
    let waiting = asked(&request(checkout()), "ana", Purpose::Ask, 0);
    let expired = after(&waiting, Command::Expire, 1440);
    let withdrawn = after(&waiting, Command::Withdraw { reason: "nobody could be asked".into() }, 1);
    let mut superseded = withdrawn.clone();
    superseded.status = Status::Superseded;
    superseded.decision.as_mut().unwrap().status = Status::Superseded;
    let half = voted(&of_two_groups(), "ana", Choice::Approve, None, 20);
    for (name, request, notice, reader, subject) in [
        ("rejected", rejected(), Notice::Rejected, "dev", "Rejected: checkout 2.4.1 to production"),
        ("expired", expired, Notice::Expired, "ana", "Expired: checkout 2.4.1 to production"),
        (
            "expired_with_a_vote",
            after(&half, Command::Expire, 1440),
            Notice::Expired,
            "dev",
            "Expired: checkout 2.4.1 to production",
        ),
        (
            "carried_out",
            executed(&approved(Resume::Done), true),
            Notice::CarriedOut,
            "dev",
            "Approved: checkout 2.4.1 to production",
        ),
        (
            "nothing_deployed",
            executed(&approved(Resume::Done), false),
            Notice::CarriedOut,
            "dev",
            "Approved: checkout 2.4.1 to production",
        ),
        ("too_late", too_late, Notice::TooLate, "ana", "Approved too late: checkout 2.4.1 to production"),
        ("withdrawn", withdrawn, Notice::Closed, "dev", "Withdrawn: checkout 2.4.1 to production"),
        ("superseded", superseded, Notice::Closed, "ana", "Superseded: checkout 2.4.1 to production"),
    ] {
        let mail = outcome(&request, notice, &person(reader));
        assert_eq!(mail.subject, subject);
        assert!(!mail.html.contains("href"), "an outcome mail has a link: {name}");
        assert!(!mail.text.contains("://"), "an outcome mail has a link: {name}");
        check_mail(name, &mail);
    }
}
