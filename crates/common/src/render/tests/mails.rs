//! The mails, as people get them.

use crate::domain::{Choice, Command, NamedBy, Notice, Purpose, Resume, Status};
use crate::ports::Mail;
use crate::render::email::{approval_request, outcome};

use super::check;
use super::sample::{
    after, approved, asked, at, checkout, executed, expenses, of_two_groups, person, rejected, request,
    token, voted,
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
