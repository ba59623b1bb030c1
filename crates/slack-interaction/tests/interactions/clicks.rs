//! Buttons: who may press them, and what follows.

use common::domain::{Channel, Choice, Refusal, Resume, Status, Strength};
use common::ports::{SlackModal, SlackWorkspace};
use serde_json::json;

use crate::world::{World, approve, click, person};

#[tokio::test]
async fn an_approver_approves_with_one_click() {
    let world = World::new();
    assert!(world.click(&approve("U0ANA")).await.is_empty(), "the message says it all");
    let request = world.request();
    assert_eq!((request.status, request.resume), (Status::Approved, Resume::Done));
    let vote = &request.votes[0];
    assert_eq!(
        (&vote.approver, vote.channel, vote.strength),
        (&person("ana"), Channel::Slack, Strength::Slack)
    );
    assert!(world.memory.answer_to(&request.task_token).is_some());
    assert!(request.stale_slack_message().is_some(), "reconcile shows it");
    assert_eq!(request.slack_user_of(&person("ana")), Some("U0ANA"), "remembered");
    assert!(world.memory.slack_modals().is_empty());
}

#[tokio::test]
async fn a_second_click_tells_the_truth_and_changes_nothing() {
    let world = World::new();
    world.click(&approve("U0ANA")).await;
    let first = world.request();
    let notices = world.click(&approve("U0ANA")).await;
    assert!(notices[0].starts_with("Your approval is recorded"), "{notices:?}");
    let late = world.click(&approve("U0BOB")).await;
    assert!(late[0].starts_with("Already approved") && late[0].contains("ana@example.com"), "{late:?}");
    let other = world.click(&click("reject_deployment", "U0ANA")).await;
    assert!(other[0].starts_with("You have already approved this"), "{other:?}");
    assert_eq!((world.request().votes, world.request().decision), (first.votes, first.decision));
}

#[tokio::test]
async fn only_approvers_count_whoever_is_in_the_channel() {
    for (user, name) in [("U0STRANGER", "eve"), ("U0DEV", "dev"), ("U0NOBODY", "nobody")] {
        for action in ["approve_deployment", "reject_deployment"] {
            let world = World::new();
            let notices = world.click(&click(action, user)).await;
            assert!(notices[0].starts_with("You are not asked to decide this"), "{name}: {notices:?}");
            assert_eq!(world.votes(), (Status::Pending, vec![]));
            assert!(world.memory.slack_modals().is_empty());
            assert_eq!(world.request().version, 3, "a stranger leaves nothing in the record");
        }
    }
}

#[tokio::test]
async fn the_requester_cannot_approve_although_they_are_listed() {
    let world = World::with(|request| request.requested_by = Some(person("ana+releases")));
    let notices = world.click(&approve("U0ANA")).await;
    assert!(notices[0].starts_with("You cannot decide your own request"), "{notices:?}");
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}

#[tokio::test]
async fn the_account_that_the_policy_names_is_the_only_one_of_that_person() {
    let world = World::with(|request| {
        request.level.groups[0].approvers[0].slack = Some("U0WORK".to_owned());
    });
    assert!(!world.click(&approve("U0ANA")).await.is_empty());
    assert_eq!(world.votes(), (Status::Pending, vec![]));
    world.click(&approve("U0WORK")).await;
    assert_eq!(world.votes(), (Status::Approved, vec![(person("ana"), Choice::Approve)]));
}

#[tokio::test]
async fn case_32_other_workspaces_and_other_apps_do_not_count() {
    for edit in [
        json!({"team": {"id": "T0OTHER"}}),
        json!({"team": {"id": "T0OTHER"}, "user": {"id": "U0ANA", "team_id": "T0OTHER"}}),
        json!({"user": {"id": "U0ANA", "team_id": "T0OTHER"}}),
        json!({"team": null, "user": {"id": "U0ANA"}}),
        json!({"user": {"id": "U0ANA"}}),
        json!({"api_app_id": "A0OTHER"}),
        json!({"api_app_id": null}),
    ] {
        let world = World::new();
        let mut payload = approve("U0ANA");
        payload.as_object_mut().unwrap().extend(edit.as_object().unwrap().clone());
        let notices = world.click(&payload).await;
        assert!(notices[0].starts_with("This button leads nowhere"), "{edit}: {notices:?}");
        assert_eq!(world.votes(), (Status::Pending, vec![]), "{edit}");
    }
    let world = World::new();
    world.memory.set_workspace(None::<SlackWorkspace>);
    let notices = world.click(&approve("U0ANA")).await;
    assert!(notices[0].starts_with("Countersign is not set up for this workspace"), "{notices:?}");
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}

#[tokio::test]
async fn case_33_a_button_that_was_copied_elsewhere_leads_nowhere() {
    let world = World::new();
    let mut payload = approve("U0ANA");
    payload["container"] = json!({"message_ts": "1767600000.000900", "channel_id": "C0ELSEWHERE"});
    payload["channel"] = json!({"id": "C0ELSEWHERE", "name": "random"});
    let notices = world.click(&payload).await;
    assert!(notices[0].starts_with("This button leads nowhere"), "{notices:?}");
    let mut unknown = approve("U0ANA");
    unknown["actions"][0]["value"] = json!("00000000000000000000000000000000-1");
    assert!(world.click(&unknown).await[0].starts_with("This button leads nowhere"));
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}

#[tokio::test]
async fn a_message_that_nobody_noted_counts_and_is_taken_in() {
    let world = World::new();
    let mut payload = approve("U0ANA");
    payload["container"]["message_ts"] = json!("1767600000.000777");
    world.click(&payload).await;
    let request = world.request();
    assert_eq!(request.status, Status::Approved);
    assert!(request.has_slack_message("C0SAMPLE", "1767600000.000777"));

    let world = World::new();
    payload["user"]["id"] = json!("U0STRANGER");
    world.click(&payload).await;
    assert_eq!(world.request().slack.len(), 2, "not for a stranger");
}

#[tokio::test]
async fn a_message_that_nobody_noted_is_taken_in_even_when_it_is_too_late() {
    let world = World::new();
    world.click(&approve("U0BOB")).await;
    let mut payload = approve("U0ANA");
    payload["container"]["message_ts"] = json!("1767600000.000777");
    assert!(world.click(&payload).await[0].starts_with("Already approved"));
    assert!(world.request().has_slack_message("C0SAMPLE", "1767600000.000777"), "so its buttons go");
}

#[tokio::test]
async fn a_direct_message_is_a_place_too() {
    let world = World::new();
    let mut payload = approve("U0ANA");
    payload["container"] = json!({"message_ts": "1767600000.000200", "channel_id": "D0SAMPLE"});
    payload["channel"] = json!({"id": "D0SAMPLE", "name": "directmessage"});
    world.click(&payload).await;
    assert_eq!(world.request().status, Status::Approved);
}

#[tokio::test]
async fn a_late_click_says_how_it_ended() {
    let world = World::with(|request| request.deadline = Some(request.opened_at));
    let notices = world.click(&approve("U0ANA")).await;
    assert!(notices[0].starts_with("This request has expired"), "{notices:?}");
    for (status, words) in [
        (Status::Expired, "This request has expired"),
        (Status::Withdrawn, "This request was withdrawn"),
        (Status::Superseded, "A newer request took"),
    ] {
        let world = World::with(|request| request.status = status);
        let notices = world.click(&approve("U0ANA")).await;
        assert!(notices[0].starts_with(words), "{notices:?}");
    }
}

#[tokio::test]
async fn a_decision_that_its_workflow_will_never_hear_of_is_told_to_whoever_made_it() {
    let world = World::new();
    world.memory.end_workflow("arn:aws:states:eu-west-1:123456789012:execution:release:first");
    let notices = world.click(&approve("U0ANA")).await;
    assert!(notices[0].starts_with("The workflow has already ended"), "{notices:?}");
    assert_eq!(Refusal::WorkflowGone.code(), "workflow_gone");
    assert_eq!(world.request().resume, Resume::Gone);
}

#[tokio::test]
async fn what_has_to_be_typed_is_asked_for_in_a_modal() {
    for (world, action) in [
        (World::with_phrase(), "approve_deployment"),
        (World::with_phrase(), "reject_deployment"),
        (World::new(), "reject_deployment"),
    ] {
        assert!(world.click(&click(action, "U0ANA")).await.is_empty());
        let [SlackModal(view)] = &world.memory.slack_modals()[..] else { panic!("one modal") };
        assert_eq!(view["callback_id"], action);
        assert_eq!(world.votes(), (Status::Pending, vec![]), "nothing is decided yet");
    }
}

#[tokio::test]
async fn everybody_in_the_channel_may_read_all_of_it() {
    let world = World::new();
    world.click(&click("show_everything", "U0STRANGER")).await;
    let [SlackModal(view)] = &world.memory.slack_modals()[..] else { panic!("one modal") };
    assert!(view.to_string().contains("- faster carts") && view["callback_id"].is_null());
}

#[tokio::test]
async fn buttons_that_are_not_ours_mean_nothing() {
    let world = World::new();
    assert!(world.click(&click("approve", "U0ANA")).await.is_empty());
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}
