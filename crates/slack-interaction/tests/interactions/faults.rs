//! What happens when something outside does not answer, and that no click is ever a false success.

use common::adapters::memory::{Call, Fault, until_death};
use common::domain::{Resume, Status};
use common::ports::SlackError;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{NOW, SECRET, World, approve, click, modal, sent, signed};

fn unavailable() -> SlackError {
    SlackError::Unavailable { code: "Timeout".to_owned() }
}

#[tokio::test]
async fn storage_that_does_not_answer_is_told_and_nothing_is_recorded() {
    let world = World::new();
    world.memory.inject(Call::ReadRequest, Fault::BeforeEffect);
    let notices = world.click(&approve("U0ANA")).await;
    assert!(notices[0].contains("so nothing was recorded"), "{notices:?}");
    assert_eq!(world.votes(), (Status::Pending, vec![]));
    world.memory.inject(Call::ReadRequest, Fault::BeforeEffect);
    let answer = world.submit(&modal("reject", "U0ANA", "reason", "no")).await;
    assert_eq!(
        answer["view"]["blocks"][0]["text"]["text"].as_str().unwrap().lines().next(),
        Some("Not recorded")
    );
}

#[tokio::test]
async fn a_vote_whose_reply_was_lost_is_not_confirmed_and_the_next_click_finds_it() {
    for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
        let world = World::new();
        world.memory.inject(Call::RecordVote, fault);
        let notices = world.click(&approve("U0ANA")).await;
        assert!(notices[0].starts_with("Not confirmed"), "{notices:?}");
        world.click(&approve("U0ANA")).await;
        let request = world.request();
        assert_eq!(
            (request.status, request.votes.len(), request.resume),
            (Status::Approved, 1, Resume::Done)
        );
    }
}

#[tokio::test]
async fn slack_that_does_not_say_who_it_is_records_nothing() {
    let world = World::new();
    world.memory.fail_slack(Some(unavailable()));
    let answer = world.receive(&approve("U0ANA").to_string()).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(world.votes(), (Status::Pending, vec![]));
    let replies = world.memory.slack_replies();
    assert_eq!(
        (replies.len(), replies[0].0.as_str()),
        (1, "https://hooks.slack.com/actions/T0SAMPLE/1/secret")
    );
    assert!(replies[0].1.text.contains("Slack did not do in time"), "{}", replies[0].1.text);
    let answer = world.submit(&modal("reject", "U0ANA", "reason", "no")).await;
    assert_eq!(answer["response_action"], "update");
    assert!(answer["view"].to_string().contains("Slack did not do in time"));
    assert_eq!(world.votes(), (Status::Pending, vec![]));
}

#[tokio::test]
async fn a_known_account_needs_nothing_of_slack() {
    let world = World::with(|request| {
        request.level.groups[0].approvers[0].slack = Some("U0ANA".to_owned());
    });
    world.memory.fail_slack(Some(unavailable()));
    world.receive(&approve("U0ANA").to_string()).await;
    assert_eq!(world.request().status, Status::Approved);
}

#[tokio::test]
async fn a_modal_that_does_not_open_is_told() {
    let world = World::new();
    world.memory.inject(Call::OpenSlackModal, Fault::BeforeEffect);
    let notices = world.click(&click("reject_deployment", "U0ANA")).await;
    assert!(notices[0].contains("Slack did not do in time"), "{notices:?}");
    assert!(world.memory.slack_replies().is_empty(), "once is enough");
}

#[tokio::test]
async fn case_28_what_takes_too_long_is_given_up_and_said() {
    // Death stands for a call that never comes back; then time is up.
    let world = World::new();
    world.memory.inject(Call::RecordVote, Fault::DeathBefore);
    let answer = world.send_too_late(sent(&approve("U0ANA").to_string())).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    let notices = world.memory.slack_notices();
    assert!(notices[0].2.text.starts_with("Not confirmed"));

    let world = World::new();
    world.memory.inject(Call::RecordVote, Fault::DeathAfter);
    let late = world.send_too_late(sent(&modal("reject", "U0ANA", "reason", "no").to_string())).await;
    let answer: Value = serde_json::from_str(&late.text).unwrap();
    assert_eq!((late.status, &answer["response_action"]), (200, &json!("update")));
    assert_eq!(
        (world.request().status, world.request().resume),
        (Status::Rejected, Resume::Owed),
        "reconcile pays it"
    );
}

#[tokio::test]
async fn the_time_on_the_way_here_counts() {
    let world = World::new();
    world.memory.inject(Call::RecordVote, Fault::DeathBefore);
    let mut event = sent(&modal("reject", "U0ANA", "reason", "no").to_string());
    event["requestContext"]["requestTimeEpoch"] = json!(NOW * 1_000 - 1_200);
    let given = std::cell::RefCell::new(Vec::new());
    let sleep = |time: std::time::Duration| {
        given.borrow_mut().push(time.as_millis());
        std::future::ready(())
    };
    slack_interaction::handle(&world.desk(), event, sleep).await;
    assert_eq!(*given.borrow(), [700]);
}

#[tokio::test]
async fn a_truth_that_is_slow_to_be_told_stays_the_truth() {
    let world = World::new();
    world.memory.inject(Call::TellPrivately, Fault::DeathAfter);
    let answer = world.send_too_late(sent(&approve("U0STRANGER").to_string())).await;
    assert_eq!(answer.status, 200);
    let told: Vec<_> = world.memory.slack_notices().into_iter().map(|(_, _, card)| card.text).collect();
    assert!(told.len() == 1 && told[0].starts_with("You are not asked"), "{told:?}");
}

#[tokio::test]
async fn time_that_is_up_takes_back_nothing_that_is_done() {
    let world = World::new();
    assert_eq!(world.send_too_late(sent(&approve("U0ANA").to_string())).await.status, 200);
    assert_eq!(world.request().status, Status::Approved);
    assert!(world.memory.slack_notices().is_empty());
}

/// Each kind of fault at each call of a click, and then the click again: one vote, delivered.
#[test]
fn a_click_that_breaks_anywhere_and_is_repeated_counts_once() {
    let calls = {
        let world = World::new();
        until_death(world.receive(&approve("U0ANA").to_string())).unwrap();
        world.memory.calls()
    };
    assert!(calls.len() >= 6, "{calls:?}");
    for (position, call) in calls.iter().enumerate() {
        for fault in [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter] {
            let world = World::new();
            world.memory.inject_at(position + 1, fault);
            let first = until_death(world.receive(&approve("U0ANA").to_string()));
            assert!(first.is_none_or(|answer| [200, 503].contains(&answer.status)), "{fault:?} at {call:?}");
            let again = until_death(world.receive(&approve("U0ANA").to_string())).unwrap();
            assert_eq!(again.status, 200);
            let request = world.request();
            assert_eq!((request.status, request.votes.len()), (Status::Approved, 1), "{fault:?} at {call:?}");
            assert!(matches!(request.resume, Resume::Done | Resume::Owed), "{fault:?} at {call:?}");
        }
    }
}

/// Few calls while Slack waits: the record, who it is, the note of that, the vote, the workflow, the mark.
#[tokio::test]
async fn a_click_makes_few_calls_and_edits_nothing() {
    use Call::{Answer, AskSlackWho, Keep, ReadRequest, RecordVote, SigningSecrets, Workspace};
    let world = World::new();
    world.receive(&approve("U0ANA").to_string()).await;
    assert_eq!(
        world.memory.calls(),
        [SigningSecrets, Workspace, ReadRequest, AskSlackWho, Keep, RecordVote, Answer, Keep]
    );
    let known = World::with(|request| {
        request.level.groups[0].approvers[0].slack = Some("U0ANA".to_owned());
    });
    known.receive(&approve("U0ANA").to_string()).await;
    assert_eq!(known.memory.calls(), [SigningSecrets, Workspace, ReadRequest, RecordVote, Answer, Keep]);
}

#[tokio::test]
async fn a_stranger_who_presses_again_and_again_costs_one_question_a_minute() {
    let world = World::new();
    for _ in 0..5 {
        assert!(world.click(&approve("U0STRANGER")).await[0].starts_with("You are not asked"));
    }
    assert_eq!(world.memory.count(Call::AskSlackWho), 1);
    world.memory.advance(SignedDuration::from_secs(60));
    world.click(&approve("U0STRANGER")).await;
    assert_eq!(world.memory.count(Call::AskSlackWho), 2);
    world.click(&approve("U0ANA")).await;
    assert_eq!(world.request().status, Status::Approved);
}

#[tokio::test]
async fn case_30_a_replayed_request_changes_nothing() {
    let world = World::new();
    let event = sent(&approve("U0ANA").to_string());
    world.send(event.clone()).await;
    let once = world.request();
    for _ in 0..3 {
        assert_eq!(world.send(event.clone()).await.status, 200);
    }
    assert_eq!(world.request(), once);
}

#[tokio::test]
async fn a_secret_that_was_just_rotated_is_read_anew() {
    let world = World::new();
    let new = common::ports::SigningSecret::new("new".to_owned());
    world.memory.rotate_signing_secrets(vec![new]);
    let body = format!("payload={}", urlencoding::encode(&approve("U0ANA").to_string()));
    assert_eq!(world.send(signed("new", NOW, &body)).await.status, 200);
    assert_eq!(world.request().status, Status::Approved);
    assert_eq!(world.send(signed(SECRET, NOW, &body)).await.status, 401);
}
