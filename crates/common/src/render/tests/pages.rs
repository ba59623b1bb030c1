//! The pages, as people see them.

use crate::domain::{
    Called, Channel, Choice, Command, Confirmation, Failure, NamedBy, Outlook, Purpose, Refusal, Request,
    RequestId, Resume, Silence, Status, Strength, Wanted,
};
use crate::ports::Listed;
use crate::render::page::{Inbox, Problem, Visit, form, inbox, problem, recorded, refused};

use super::check;
use super::sample::{
    after, approved, asked, at, building, checkout, claimed, escalated, escalating, executed, expenses,
    failed, for_slack, foreseeing, foreseen, frozen, hostile, of_two_groups, person, reached, rejected,
    request, token, under_policy, voted,
};

/// Every page there is, by name: what these tests compare, and what the others search.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let waiting = asked(&request(checkout()), "ana", Purpose::Ask, 0);
    let one_of_three = voted(&of_two_groups(), "bo", Choice::Approve, Some("Looks good."), 20);
    let mut general = request(expenses());
    general.deadline = None;
    general.level.named_by = NamedBy::Caller;
    let mut unconfirmed = approved(Resume::Owed);
    unconfirmed.workflow.execution = None;
    let mut superseded = after(&waiting, Command::Expire, 60);
    superseded.status = Status::Superseded;
    superseded.decision.as_mut().unwrap().status = Status::Superseded;
    let withdrawn = after(&waiting, Command::Withdraw { reason: "nobody could be asked".into() }, 1);
    let decided = Refusal::AlreadyDecided { status: Status::Approved };
    let typed = "Freeze until <Monday>";

    let form_of = |request: &Request, choice, refusal, phrase, reason| {
        with(request, "ana", choice, 60, |visit| form(visit, refusal, phrase, reason))
    };
    let refused_to = |request: &Request, name, refusal| {
        with(request, name, Choice::Approve, 1500, |visit| refused(visit, refusal))
    };
    let recorded_for = |request: &Request, name| with(request, name, Choice::Approve, 500, recorded);
    let mut by_button = request(checkout());
    by_button.level.confirmation = Confirmation::Button;
    by_button.level.silence = Silence::Approve;
    let by_silence = after(&by_button, Command::Expire, 1440);
    let listed = |id: &str, opened: i64, deadline: Option<i64>| Listed {
        id: RequestId::parse(id).unwrap(),
        status: Status::Pending,
        title: "billing 7.0.0 to <b>production</b>".to_owned(),
        requested_by: Some(person("dev")),
        opened_at: at(opened),
        deadline: deadline.map(at),
    };
    let inbox_of = |wanted, listed: &[Listed]| {
        let (request, holder, token, now) = (&waiting, &person("ana"), &token(), at(60));
        inbox(&Inbox { request, holder, token, listed, wanted, now })
    };
    let mut pages = vec![
        ("form_button", form_of(&by_button, Choice::Approve, None, "", "")),
        ("form_before_escalation", form_of(&escalating(), Choice::Approve, None, "", "")),
        ("form_escalated", form_of(&escalated(), Choice::Approve, None, "", "")),
        ("refused_approved_by_silence", refused_to(&by_silence, "ana", decided)),
        ("refused_link_not_enough", refused_to(&for_slack(), "ana", Refusal::LinkNotEnough)),
        ("form", form_of(&waiting, Choice::Approve, None, "", "")),
        ("form_foreseen", form_of(&foreseen(), Choice::Approve, None, "", "")),
        ("form_impossible", form_of(&impossible(), Choice::Approve, None, "", "")),
        ("recorded_foreseen", recorded_for(&executed(&claimed(&approved_as_foreseen()), true), "ana")),
        ("form_under_policy", form_of(&under_policy(), Choice::Approve, None, "", "")),
        ("form_hostile", form_of(&hostile(), Choice::Approve, None, "", "")),
        ("form_general", form_of(&general, Choice::Reject, None, "", "")),
        ("form_two_groups", form_of(&one_of_three, Choice::Approve, None, "", "")),
        (
            "form_phrase_wrong",
            form_of(&waiting, Choice::Approve, Some(Refusal::PhraseWrong), "prodcution", typed),
        ),
        (
            "form_reason_missing",
            form_of(&waiting, Choice::Reject, Some(Refusal::ReasonMissing), "production", ""),
        ),
        (
            "inbox",
            inbox_of(Some(Wanted::Noted), &[listed("other", 40, Some(90)), listed("endless", 5, None)]),
        ),
        ("inbox_empty", inbox_of(None, &[])),
        ("recorded_more_needed", recorded_for(&one_of_three, "bo")),
        ("recorded_approved", recorded_for(&executed(&claimed(&approved(Resume::Done)), true), "ana")),
        ("recorded_deploying", recorded_for(&claimed(&approved(Resume::Done)), "ana")),
        ("recorded_frozen", recorded_for(&frozen(&approved(Resume::Done)), "ana")),
        ("recorded_building", recorded_for(&building(&approved(Resume::Done)), "ana")),
        ("recorded_deploying_a_part", recorded_for(&reached(&claimed(&approved(Resume::Done))), "ana")),
        ("recorded_failed", recorded_for(&failed(&approved(Resume::Done), Failure::Failed), "ana")),
        ("recorded_owed", recorded_for(&approved(Resume::Owed), "ana")),
        ("recorded_unconfirmed", recorded_for(&unconfirmed, "ana")),
        ("recorded_gone", recorded_for(&approved(Resume::Gone), "ana")),
        ("recorded_rejected", recorded_for(&rejected(), "ana")),
        ("refused_approved_by_others", refused_to(&approved(Resume::Done), "bo", decided)),
        ("refused_rejected_by_others", refused_to(&rejected(), "bo", Refusal::Expired)),
        ("refused_expired", refused_to(&after(&waiting, Command::Expire, 1440), "ana", Refusal::Expired)),
        ("refused_overdue", refused_to(&waiting, "ana", Refusal::Expired)),
        ("refused_withdrawn", refused_to(&withdrawn, "ana", Refusal::Withdrawn)),
        ("refused_superseded", refused_to(&superseded, "ana", Refusal::Superseded)),
        ("refused_gone", refused_to(&approved(Resume::Gone), "ana", Refusal::WorkflowGone)),
        ("refused_not_an_approver", refused_to(&waiting, "eve", Refusal::NotAnApprover)),
        ("refused_self_approval", refused_to(&of_two_groups(), "dev", Refusal::SelfApproval)),
        (
            "refused_voted_differently",
            refused_to(&rejected(), "ana", Refusal::AlreadyVoted { choice: Choice::Reject }),
        ),
    ];
    pages.extend(PROBLEMS.map(|kind| (kind.code(), problem(kind))));
    pages
}

fn impossible() -> Request {
    let why = "the function checkout has no published version 2.4.1, by number or by description";
    let waiting = request(checkout());
    foreseeing(&waiting, "alias live of the function checkout", Outlook::impossible(why))
}

fn approved_as_foreseen() -> Request {
    let preview = foreseen().preview;
    Request { preview, ..approved(Resume::Done) }
}

const PROBLEMS: [Problem; 6] = [
    Problem::BadLink,
    Problem::NotFound,
    Problem::CrossSite,
    Problem::MethodNotAllowed,
    Problem::TooLarge,
    Problem::Unavailable,
];

pub(super) fn with(
    request: &Request,
    name: &str,
    choice: Choice,
    minutes: i64,
    page: impl FnOnce(&Visit<'_>) -> String,
) -> String {
    let (holder, token) = (person(name), token());
    page(&Visit { request, holder: &holder, token: &token, choice, now: at(minutes) })
}

#[test]
fn each_page_is_as_it_was_looked_at() {
    for (name, page) in all() {
        check(&format!("page_{name}"), &page);
    }
}

#[test]
fn each_page_is_small_and_has_no_script() {
    for (name, page) in all() {
        assert!(page.len() < 20_000, "{name} has {} bytes", page.len());
        for unwanted in ["<script", "style=\"", "javascript:", " src=", "@import", "url("] {
            assert!(!page.contains(unwanted), "{name} has {unwanted}");
        }
        assert!(page.contains("<html lang=\"en\">") && page.contains("content=\"noindex\""), "{name}");
    }
}

#[test]
fn a_success_is_never_called_expired() {
    for resume in [Resume::Owed, Resume::Done, Resume::Gone] {
        for refusal in [Refusal::Expired, Refusal::AlreadyDecided { status: Status::Approved }] {
            let page = with(&approved(resume), "bo", Choice::Approve, 2000, |visit| refused(visit, refusal));
            let page = page.to_lowercase();
            assert!(page.contains("already approved") && !page.contains("expired"), "{page}");
        }
    }
}

#[test]
fn the_form_is_relative_preselects_the_choice_and_keeps_what_was_typed() {
    let request = request(checkout());
    let page = with(&request, "ana", Choice::Reject, 1, |visit| {
        form(visit, Some(Refusal::PhraseMissing), "\"><i>", "</textarea><b>")
    });
    assert!(page.contains("<form method=\"post\" action=\"approve\">"));
    assert!(page.contains("value=\"reject\" required checked"));
    assert!(page.contains("value=\"&#34;&#62;&#60;i&#62;\""));
    assert!(page.contains("&#60;/textarea&#62;&#60;b&#62;</textarea>"));
    assert!(page.contains("<a href=\"#phrase\">") && page.contains("id=\"phrase\""));
}

#[test]
fn case_35_a_vote_says_no_more_of_its_voter_than_it_proves() {
    let mut request = approved(Resume::Done);
    let refused_page = |request: &Request| {
        with(request, "bo", Choice::Approve, 600, |visit| refused(visit, Refusal::Expired))
    };
    assert!(
        refused_page(&request)
            .contains("Approved by the holder of the link sent to ana@example.com (by email) on")
    );
    request.votes[0].strength = Strength::Slack;
    request.votes[0].channel = Channel::Slack;
    assert!(refused_page(&request).contains("Approved by ana@example.com (signed in to Slack) on"));
}

/// Every outlook, as somebody reads it who is about to decide.
#[test]
fn what_would_change_is_said_at_first_sight() {
    let says = |place: &str, outlook| {
        let request = foreseeing(&request(checkout()), place, outlook);
        let page = with(&request, "ana", Choice::Approve, 60, |visit| form(visit, None, "", ""));
        let summary = page.split("<dl class=\"key\">").nth(1).unwrap();
        let row = summary.split("<dt>Effect</dt><dd").nth(1).unwrap().split("</dd>").next().unwrap();
        row.trim_start_matches('>')
            .replace("<span class=\"note\">", "/ ")
            .replace("</span>", "")
            .replace('\u{a0}', " ")
    };
    let (alias, was) = ("alias live of the function checkout", "as of Mon 23 November 2026, 14:04 UTC");
    let change = |before, after| Outlook::Change { before, after };
    let version = |number: &str, name: &str| Called::exactly(number).named(name);
    let image = |tag: &str| {
        let whole = format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:{tag}");
        Called::exactly(&whole).named(&format!("web:{tag}"))
    };
    assert_eq!(
        says(alias, change(Some(version("41", "2.4.0")), version("42", "2.4.1"))),
        format!("Now 2.4.0 (41), then 2.4.1 (42) / {alias}, {was}")
    );
    assert_eq!(
        says(alias, change(Some(Called::exactly("$LATEST")), version("42", ""))),
        format!("Now $LATEST, then 42 / {alias}, {was}")
    );
    assert_eq!(
        says(alias, change(Some(version("42", "2.4.1")), version("42", "2.4.1"))),
        format!("2.4.1 (42) is there already / {alias}, {was}")
    );
    let service = "service web of the cluster shop";
    assert_eq!(
        says(service, change(Some(image("2.4.0")), image("2.4.1"))),
        format!("Now web:2.4.0, then web:2.4.1 / {service}, {was}")
    );
    let build = "build of the project deploy";
    assert_eq!(says(build, change(None, Called::exactly("2.4.1"))), format!("Then 2.4.1 / {build}, {was}"));
    assert_eq!(says(build, Outlook::CarriedOut), format!("Carried out once approved / {build}, {was}"));
    assert_eq!(
        says(build, Outlook::impossible("there is no project deploy.")),
        format!(" class=\"bad\">Not possible as things stand: there is no project deploy / {build}, {was}")
    );
    assert_eq!(
        says(alias, Outlook::unknown("it did not answer in time")),
        format!(" class=\"calm\">Could not be looked at / {alias}: it did not answer in time")
    );
    assert_eq!(
        says(alias, Outlook::not_permitted("a service's own words", "lambda:GetAlias")),
        format!(
            " class=\"calm\">Could not be looked at / {alias}: the permission lambda:GetAlias is missing"
        )
    );
}

#[test]
fn a_closed_request_has_no_form() {
    let page = with(&rejected(), "ana", Choice::Approve, 60, |visit| form(visit, None, "", ""));
    assert!(!page.contains("<form"));
}

#[test]
fn statuses_are_those_of_the_contract() {
    assert_eq!(PROBLEMS.map(Problem::status), [400, 404, 403, 405, 413, 503]);
}
