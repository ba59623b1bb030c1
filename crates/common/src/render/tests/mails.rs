//! The mails, as people get them.

use std::collections::BTreeMap;

use crate::domain::{Choice, Command, Failure, NamedBy, Notice, Purpose, Request, Resume, Silence, Status};
use crate::ports::Mail;
use crate::render::email::{approval_request, outcome};

use super::check;
use super::sample::{
    after, approved, asked, at, checkout, claimed, escalated, escalating, executed, expenses, failed,
    for_slack, foreseen, frozen, hostile, of_two_groups, person, rejected, request, token, under_policy,
    voted,
};

fn check_mail(name: &str, mail: &Mail) {
    assert_eq!(mail.to.as_str().split('@').nth(1), Some("example.com"));
    check(&format!("mail_{name}.txt"), &format!("Subject: {}\n\n{}", mail.subject, mail.text));
    check(&format!("mail_{name}.html"), &mail.html);
}

/// Every mail there is, by name: what these tests compare, and what the others search.
pub(super) fn all() -> Vec<(&'static str, Mail)> {
    let to = |request: &Request, name, purpose, minutes| {
        approval_request(request, &person(name), &token(), purpose, at(minutes))
    };
    let mut general = request(expenses());
    general.deadline = None;
    general.level.named_by = NamedBy::Caller;
    let half = voted(&of_two_groups(), "ana", Choice::Approve, None, 20);
    let asking = [
        ("ask", to(&request(checkout()), "ana", Purpose::Ask, 0)),
        ("ask_foreseen", to(&foreseen(), "ana", Purpose::Ask, 0)),
        ("ask_general", to(&general, "ana", Purpose::Ask, 0)),
        ("ask_under_policy", to(&under_policy(), "ana", Purpose::Ask, 0)),
        ("ask_for_slack", to(&for_slack(), "ana", Purpose::Ask, 0)),
        ("ask_hostile", to(&hostile(), "ana", Purpose::Ask, 0)),
        ("reminder", to(&half, "bo", Purpose::Reminder(0), 8 * 60)),
        ("escalation_told", to(&escalated(), "ana", Purpose::Escalation, 4 * 60)),
        ("escalation_ask", to(&escalated(), "hana", Purpose::Ask, 4 * 60)),
    ];
    asking.into_iter().chain(outcomes()).collect()
}

fn outcomes() -> Vec<(&'static str, Mail)> {
    let waiting = asked(&request(checkout()), "ana", Purpose::Ask, 0);
    let expired = after(&waiting, Command::Expire, 1440);
    let withdrawn = after(&waiting, Command::Withdraw { reason: "nobody could be asked".into() }, 1);
    let mut superseded = withdrawn.clone();
    superseded.status = Status::Superseded;
    superseded.decision.as_mut().unwrap().status = Status::Superseded;
    let half = voted(&of_two_groups(), "ana", Choice::Approve, None, 20);
    let deployed = executed(&claimed(&approved(Resume::Done)), true);
    let failed = |failure| failed(&approved(Resume::Done), failure);
    let not_deployed = executed(&approved(Resume::Done), false);
    vec![
        ("rejected", rejected(), Notice::Rejected, "dev"),
        ("expired", expired, Notice::Expired, "ana"),
        ("expired_with_a_vote", after(&half, Command::Expire, 1440), Notice::Expired, "dev"),
        ("frozen", frozen(&approved(Resume::Done)), Notice::Frozen, "dev"),
        ("carried_out", deployed, Notice::CarriedOut, "dev"),
        ("nothing_deployed", not_deployed, Notice::CarriedOut, "dev"),
        ("changed_nothing", failed(Failure::NothingChanged), Notice::DeploymentFailed, "dev"),
        ("left_alone", failed(Failure::LeftAlone), Notice::DeploymentFailed, "dev"),
        ("deployment_failed", failed(Failure::Failed), Notice::DeploymentFailed, "ana"),
        ("rolled_back", failed(Failure::RolledBack), Notice::DeploymentFailed, "dev"),
        ("too_late", approved(Resume::Gone), Notice::TooLate, "ana"),
        ("overtaken", approved(Resume::Done), Notice::Overtaken, "dev"),
        ("withdrawn", withdrawn, Notice::Closed, "dev"),
        ("superseded", superseded, Notice::Closed, "ana"),
    ]
    .into_iter()
    .map(|(name, request, notice, reader)| (name, outcome(&request, notice, &person(reader))))
    .collect()
}

#[test]
fn each_mail_is_as_it_was_looked_at() {
    for (name, mail) in all() {
        check_mail(name, &mail);
    }
}

#[test]
fn a_subject_says_what_is_wanted_and_of_what() {
    let subjects: BTreeMap<_, _> = all().into_iter().map(|(name, mail)| (name, mail.subject)).collect();
    for (name, subject) in [
        ("ask", "Deployment approval required: checkout 2.4.1 to production"),
        ("ask_general", "Expense report approval required: Customer visit in Lisbon"),
        ("reminder", "Reminder: Deployment approval required: checkout 2.4.1 to production"),
        (
            "escalation_told",
            "Others are asked as well: Deployment approval required: checkout 2.4.1 to production",
        ),
        ("rejected", "Rejected: checkout 2.4.1 to production"),
        ("expired", "Expired: checkout 2.4.1 to production"),
        ("frozen", "Approved, and frozen: checkout 2.4.1 to production"),
        ("carried_out", "Approved: checkout 2.4.1 to production"),
        ("too_late", "Approved too late: checkout 2.4.1 to production"),
        ("overtaken", "Approved, but replaced: checkout 2.4.1 to production"),
        ("withdrawn", "Withdrawn: checkout 2.4.1 to production"),
        ("superseded", "Superseded: checkout 2.4.1 to production"),
    ] {
        assert_eq!(subjects[name], subject);
    }
}

/// What is written for people: the text without what only one of the two forms has.
#[test]
fn text_and_html_say_the_same() {
    for (name, mail) in all() {
        let document = scraper::Html::parse_document(&mail.html);
        let body = document.select(&scraper::Selector::parse("body").unwrap()).next().unwrap();
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        let html = words(&body.text().collect::<Vec<_>>().join(" "));
        for line in mail.text.lines().map(|line| line.trim_start_matches(['|', '-', ' ']).trim()) {
            for part in line.split(": ").flat_map(|part| part.split(" (")) {
                let part = words(part.trim_end_matches([':', ')']));
                let ours = part.starts_with("https://approvals.example.com/")
                    || part == "Approve"
                    || part == "Reject";
                assert!(ours || html.contains(&part), "{name}: {part:?} is not in the HTML\n{html}");
            }
        }
    }
}

#[test]
fn the_reminder_says_how_long_is_left_and_who_has_voted() {
    let request = voted(&of_two_groups(), "ana", Choice::Approve, None, 20);
    let mail = approval_request(&request, &person("bo"), &token(), Purpose::Reminder(0), at(8 * 60));
    let deadline = "Tue 24 November 2026, 14:05\u{a0}UTC (16 h after this mail was sent)";
    assert!(mail.text.contains(deadline), "{}", mail.text);
    assert!(mail.text.contains("ana@example.com: approved on Mon 23 November 2026"), "{}", mail.text);
}

#[test]
fn an_escalation_asks_the_further_group_and_tells_the_first() {
    let request = escalated();
    let to = |name, purpose| approval_request(&request, &person(name), &token(), purpose, at(4 * 60));
    let first = to("ana", Purpose::Escalation);
    assert!(first.text.contains("You can still decide."));
    let further = to("hana", Purpose::Ask);
    assert!(further.text.contains("It can approve alone."));
}

#[test]
fn a_mail_says_what_silence_will_mean() {
    let before = approval_request(&escalating(), &person("ana"), &token(), Purpose::Ask, at(0));
    assert!(
        before.text.contains("Mon 23 November 2026, 18:05\u{a0}UTC (4 h after this mail was sent)"),
        "{}",
        before.text
    );
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
fn a_mail_that_tells_how_it_ended_has_no_link() {
    for (name, mail) in outcomes() {
        assert!(!mail.html.contains("href"), "an outcome mail has a link: {name}");
        assert!(!mail.text.contains("://"), "an outcome mail has a link: {name}");
    }
}
