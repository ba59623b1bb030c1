//! Messages, modals and notices in Slack, as they go out.

use serde_json::Value;

use crate::domain::{
    Ballot, Channel, Choice, Command, Confirmation, Failure, NamedBy, Purpose, Refusal, Request, Resume,
    Silence, Status, Strength,
};
use crate::ports::{SlackCard, SlackModal};
use crate::render::slack::{
    closing, everything, field_error, message, not_confirmed, not_recorded, not_set_up, question, recorded,
    refused, reply, slack_did_not_help, wrong_place,
};

use super::check;
use super::sample::{
    after, approved, asked, at, building, checkout, claimed, escalated, escalating, executed, expenses,
    failed, foreseen, frozen, of_two_groups, person, reached, rejected, request, rolling_back, voted,
};

fn shown(card: &SlackCard) -> String {
    format!("{}\n\n{}\n", card.text, serde_json::to_string_pretty(&card.blocks).unwrap())
}

fn by_button() -> Request {
    let mut request = request(checkout());
    request.level.confirmation = Confirmation::Button;
    request.level.silence = Silence::Approve;
    request
}

/// Approved by ana@ with a click in Slack.
pub(super) fn clicked() -> Request {
    let ballot = Ballot {
        approver: person("ana"),
        choice: Choice::Approve,
        reason: None,
        channel: Channel::Slack,
        strength: Strength::Slack,
    };
    after(&by_button(), Command::Vote(ballot), 12)
}

/// Every message there is, by name.
pub(super) fn all() -> Vec<(&'static str, Request)> {
    let waiting = asked(&request(checkout()), "ana", Purpose::Ask, 0);
    let mut general = request(expenses());
    general.deadline = None;
    general.level.named_by = NamedBy::Caller;
    let mut superseded = after(&waiting, Command::Expire, 60);
    superseded.status = Status::Superseded;
    superseded.decision.as_mut().unwrap().status = Status::Superseded;
    vec![
        ("ask", request(checkout())),
        ("ask_foreseen", foreseen()),
        ("ask_button", by_button()),
        ("ask_general", general),
        ("ask_before_escalation", escalating()),
        ("ask_escalated", escalated()),
        ("progress", voted(&of_two_groups(), "ana", Choice::Approve, None, 20)),
        ("approved_by_click", clicked()),
        ("approved_by_mail", approved(Resume::Done)),
        ("approved_and_frozen", frozen(&approved(Resume::Done))),
        ("deploying", claimed(&approved(Resume::Done))),
        ("approved_and_deployed", executed(&claimed(&approved(Resume::Done)), true)),
        ("building", building(&approved(Resume::Done))),
        ("deploying_a_part", reached(&claimed(&approved(Resume::Done)))),
        ("rolling_back", rolling_back(&reached(&claimed(&approved(Resume::Done))))),
        ("deployment_failed", failed(&approved(Resume::Done), Failure::Failed)),
        ("rolled_back", failed(&approved(Resume::Done), Failure::RolledBack)),
        ("approved_too_late", approved(Resume::Gone)),
        ("rejected", rejected()),
        ("expired", after(&waiting, Command::Expire, 1440)),
        ("withdrawn", after(&waiting, Command::TakeBack { reason: "wrong version".into() }, 30)),
        ("superseded", superseded),
        ("approved_by_silence", after(&by_button(), Command::Expire, 1440)),
    ]
}

#[test]
fn each_message_is_as_it_was_looked_at() {
    for (name, request) in all() {
        check(&format!("slack_{name}"), &shown(&message(&request)));
    }
}

#[test]
fn an_open_request_has_buttons_with_its_id_and_a_closed_one_has_none() {
    for (name, request) in all() {
        let blocks = message(&request).blocks;
        let actions = blocks.as_array().unwrap().iter().find(|block| block["type"] == "actions");
        let Some(actions) = actions else {
            assert_ne!(request.status, Status::Pending, "{name}");
            continue;
        };
        assert_eq!(request.status, Status::Pending, "{name}");
        let buttons: Vec<_> = actions["elements"].as_array().unwrap().iter().collect();
        let ids: Vec<_> = buttons.iter().map(|button| button["action_id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["approve_deployment", "reject_deployment", "show_everything"], "{name}");
        assert!(buttons.iter().all(|button| button["value"] == request.id.as_str()), "{name}");
        let asks = buttons[0].get("confirm").is_some();
        assert_eq!(asks, request.level.confirmation == Confirmation::Button, "{name}");
    }
}

#[test]
fn a_message_tells_who_decided_how_surely_and_whether_the_workflow_followed() {
    let text = |request: &Request| message(request).blocks.to_string();
    assert!(text(&clicked()).contains("ana@example.com (signed in to Slack)"));
    assert!(
        text(&approved(Resume::Done)).contains("the holder of the link sent to ana@example.com (by email)")
    );
    assert!(text(&approved(Resume::Done)).contains("The workflow has been told and continues."));
    assert!(text(&approved(Resume::Gone)).contains("the workflow had already ended"));
    assert!(text(&rejected()).contains("Freeze until Monday:"));
    assert!(text(&voted(&of_two_groups(), "ana", Choice::Approve, None, 20)).contains("1 of 2 approvals"));
}

#[test]
fn whatever_the_face_tells_apart_looks_different() {
    let mut faces: Vec<_> =
        all().into_iter().map(|(_, request)| (request.slack_face(), shown(&message(&request)))).collect();
    faces.push((request(checkout()).slack_face(), shown(&message(&request(checkout())))));
    for (face, look) in &faces {
        let alike = faces.iter().filter(|(_, other)| other == look);
        assert!(alike.clone().all(|(other, _)| other == face), "{face}: {look}");
    }
}

#[test]
fn modals_ask_for_what_a_choice_needs() {
    for (name, choice, field) in
        [("approve", Choice::Approve, "phrase"), ("reject", Choice::Reject, "reason")]
    {
        let SlackModal(view) = question(&request(checkout()), choice);
        let metadata: Value = serde_json::from_str(view["private_metadata"].as_str().unwrap()).unwrap();
        assert_eq!(metadata["request"], request(checkout()).id.as_str());
        assert_eq!(metadata["choice"], name);
        let inputs = view["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "input");
        let ids: Vec<_> = inputs.map(|input| (&input["block_id"], &input["element"]["action_id"])).collect();
        assert_eq!(ids, [(&Value::from(field), &Value::from(field))]);
        check(&format!("slack_modal_{name}"), &serde_json::to_string_pretty(&view).unwrap());
    }
    let refusal = |refusal| field_error(&request(checkout()), refusal).map(|(field, _)| field);
    assert_eq!(refusal(Refusal::PhraseWrong), Some("phrase"));
    assert_eq!(refusal(Refusal::ReasonMissing), Some("reason"));
    assert_eq!(refusal(Refusal::Expired), None);
}

#[test]
fn everything_is_everything() {
    check(
        "slack_modal_everything",
        &serde_json::to_string_pretty(&everything(&request(expenses())).0).unwrap(),
    );
    let SlackModal(view) = closing(&not_recorded());
    check("slack_modal_closing", &serde_json::to_string_pretty(&view).unwrap());
}

#[test]
fn the_notices() {
    let decided = approved(Resume::Done);
    let already = Refusal::AlreadyDecided { status: Status::Approved };
    for (name, card) in [
        ("stranger", refused(&request(checkout()), None, Refusal::NotAnApprover, at(5))),
        ("requester", refused(&request(checkout()), Some(&person("dev")), Refusal::SelfApproval, at(5))),
        ("too_late", refused(&decided, Some(&person("bo")), already, at(500))),
        ("expired", refused(&request(checkout()), Some(&person("ana")), Refusal::Expired, at(1500))),
        ("twice", recorded(&clicked(), &person("ana"), Choice::Approve, at(13))),
        ("wrong_place", wrong_place()),
        ("not_recorded", not_recorded()),
        ("slack_did_not_help", slack_did_not_help()),
        ("not_set_up", not_set_up()),
        ("not_confirmed", not_confirmed()),
    ] {
        check(&format!("slack_notice_{name}"), &shown(&card));
    }
}

#[test]
fn the_replies_in_the_thread() {
    let half = voted(&of_two_groups(), "ana", Choice::Approve, None, 20);
    check("slack_reply_reminder", &shown(&reply(&half, Purpose::Reminder(0), at(480)).unwrap()));
    check("slack_reply_escalation", &shown(&reply(&escalated(), Purpose::Escalation, at(240)).unwrap()));
    assert_eq!(reply(&half, Purpose::Ask, at(0)), None);
    assert_eq!(reply(&half, Purpose::Escalation, at(0)), None, "nobody else is asked");
}
