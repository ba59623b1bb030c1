//! Every message comes to show what the record says.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::world::{World, now, timed_out};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::adapters::slack::Patience;
use crate::domain::samples::{group, task_token};
use crate::domain::{Choice, RequestId, Resume, SlackTarget, Status};
use crate::ports::SlackError;
use crate::render::slack::message;
use crate::usecase::converge::{CLAIM, COVER};
use crate::usecase::settle::Settled;
use crate::usecase::supersede::supersede;
use crate::usecase::sweep::sweep;
use crate::usecase::take_back::take_back;

/// Ana and Bob are asked in the channel and directly; one of them decides.
fn asked() -> World {
    let world = World::with_slack();
    world.memory.add_slack_account("U-BOB", Some(crate::domain::samples::person("bob")));
    let details = world.details_with_levels(|levels| {
        levels[0].groups = vec![group("any", &["ana", "bob"], 1)];
        levels[0].slack = Some(SlackTarget { channel: None, direct: true });
    });
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world
}

fn shows_the_record(world: &World) {
    let request = world.request();
    assert_eq!((request.stale_slack_message(), &request.slack_edit), (None, &None));
    for post in world.memory.slack_posts().iter().filter(|post| post.thread.is_none()) {
        assert!(post.card == message(&request), "{}", post.card.blocks);
    }
}

fn refused(error: &str) -> SlackError {
    SlackError::Refused { error: error.to_owned() }
}

fn limited(retry_after_seconds: u32) -> SlackError {
    SlackError::RateLimited { retry_after_seconds }
}

#[test]
fn a_decision_by_mail_reaches_every_message() {
    let world = asked();
    world.vote("ana", Choice::Reject).unwrap();
    assert_eq!(now(world.pay()).unwrap(), Settled::Done);
    let posts = world.memory.slack_posts();
    assert_eq!(posts.iter().map(|post| post.edits).collect::<Vec<_>>(), [1, 1, 1]);
    shows_the_record(&world);
    let calls = world.memory.count(Call::EditSlack);
    now(world.pay()).unwrap();
    assert_eq!(world.memory.count(Call::EditSlack), calls, "once");
}

#[test]
fn every_end_and_every_step_shows() {
    type End = fn(&World);
    let ends: [End; 6] = [
        |world| drop(world.vote("bob", Choice::Approve).unwrap()),
        |world| {
            world.pass(1_000);
            let state = timed_out(&serde_json::json!({"approval": {
                "needed": true, "key": world.request().plan.unwrap(), "level": 1, "waitSeconds": 1}}));
            now(world.time_out(&state)).unwrap();
            assert_eq!(world.request().status, Status::Expired);
        },
        |world| {
            let memory = &world.memory;
            now(take_back(memory, memory, memory, &world.request().id, "wrong version")).unwrap();
        },
        |world| {
            world.memory.end_workflow(super::world::EXECUTION);
            now(world.close_ended()).unwrap();
        },
        |world| {
            world.pass(1);
            let newer = "arn:aws:states:eu-west-1:123456789012:execution:release:second";
            let input =
                serde_json::json!({"input": super::world::input(), "execution": newer, "canWait": true});
            now(world.prepare(&input)).unwrap();
            let (memory, plan) = (&world.memory, world.request().plan.unwrap());
            now(supersede(memory, memory, memory, &plan)).unwrap();
        },
        |world| {
            let mut request = world.request();
            request.level.groups[0].quorum = 2;
            world.memory.put_request(request);
            world.vote("ana", Choice::Approve).unwrap();
            assert_eq!(world.request().status, Status::Pending);
        },
    ];
    for (number, end) in ends.iter().enumerate() {
        let world = asked();
        end(&world);
        assert!(world.request().stale_slack_message().is_some(), "{number}");
        now(world.pay()).unwrap();
        shows_the_record(&world);
        assert!(world.memory.slack_posts()[0].edits >= 1, "{number}");
    }
}

#[test]
fn a_pause_that_slack_asks_for_is_kept_by_everyone() {
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.fail_slack(Some(limited(300)));
    assert_eq!(now(world.pay()).unwrap(), Settled::Done, "the stream need not try again");
    let tried = world.memory.count(Call::EditSlack);
    world.memory.fail_slack(None);
    for seconds in [0, 60, 239] {
        world.pass(seconds);
        now(world.sweep()).unwrap();
    }
    assert_eq!((world.memory.count(Call::EditSlack), tried), (1, 1));
    world.pass(1);
    now(world.sweep()).unwrap();
    shows_the_record(&world);
}

#[test]
fn an_edit_without_an_answer_keeps_others_away_for_as_long_as_it_may_be_under_way() {
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.inject(Call::EditSlack, Fault::AfterEffect);
    assert_eq!(now(world.pay()).unwrap(), Settled::Interrupted);
    world.pass(CLAIM.as_secs() - 1);
    assert_eq!(now(world.pay()).unwrap(), Settled::Done, "somebody may be at it");
    assert_eq!(world.memory.count(Call::EditSlack), 1);
    world.pass(1);
    now(world.sweep()).unwrap();
    shows_the_record(&world);
}

#[test]
fn a_message_that_is_gone_is_given_up_and_the_others_go_on() {
    let world = asked();
    let mut request = world.request();
    request.slack[0].ts = Some("9.9".to_owned());
    world.memory.put_request(request);
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(now(world.pay()).unwrap(), Settled::Done);
    let request = world.request();
    assert_eq!(request.slack[0].failure.as_deref(), Some("message_not_found"));
    assert_eq!(request.stale_slack_message(), None);
    let edits: Vec<_> = world.memory.slack_posts().iter().map(|post| post.edits).collect();
    assert_eq!(edits, [0, 1, 1]);
}

#[test]
fn what_slack_refuses_for_now_is_tried_again_after_a_while() {
    let names =
        ["invalid_auth", "token_revoked", "not_in_channel", "missing_scope", "slack_off", "unnamed_error"];
    for name in names {
        let world = asked();
        world.vote("ana", Choice::Approve).unwrap();
        world.memory.fail_slack(Some(refused(name)));
        assert_eq!(now(world.pay()).unwrap(), Settled::Done, "the stream need not try again");
        let request = world.request();
        assert!(request.slack.iter().all(|message| message.failure.is_none()), "{name}");
        let tried = world.memory.count(Call::EditSlack);
        for seconds in [60, 839] {
            world.pass(seconds);
            now(world.sweep()).unwrap();
        }
        assert_eq!(world.memory.count(Call::EditSlack), tried);
        world.memory.fail_slack(None);
        world.pass(1);
        now(world.sweep()).unwrap();
        shows_the_record(&world);
    }
}

#[test]
fn a_refused_step_does_not_hide_the_decision() {
    let world = asked();
    let mut request = world.request();
    request.level.groups[0].quorum = 2;
    world.memory.put_request(request);
    world.memory.fail_slack(Some(refused("invalid_blocks")));
    world.vote("ana", Choice::Approve).unwrap();
    now(world.pay()).unwrap();
    world.memory.fail_slack(None);
    world.vote("bob", Choice::Approve).unwrap();
    world.pass(900);
    now(world.sweep()).unwrap();
    shows_the_record(&world);
}

#[test]
fn a_channel_that_refuses_does_not_hold_up_direct_messages() {
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.fail_slack_in("C-releases", Some(refused("not_in_channel")));
    now(world.pay()).unwrap();
    let edits: Vec<_> = world.memory.slack_posts().iter().map(|post| post.edits).collect();
    assert_eq!(edits, [0, 1, 1]);
    assert!(world.request().owing_since().is_some());
}

#[test]
fn what_slack_refuses_for_a_week_is_given_up() {
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.fail_slack(Some(refused("invalid_auth")));
    world.pass(7 * 24 * 3_600 - 1);
    now(world.pay()).unwrap();
    assert_eq!(world.request().slack[0].failure, None);
    world.pass(24 * 3_600);
    now(world.pay()).unwrap();
    let request = world.request();
    assert_eq!((request.slack[0].failure.as_deref(), request.owing_since()), (Some("invalid_auth"), None));
}

#[test]
fn slack_that_is_down_does_not_keep_the_workflow_waiting() {
    let world = asked();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.fail_slack(Some(SlackError::Unavailable { code: "Timeout".to_owned() }));
    assert_eq!(now(world.pay()).unwrap(), Settled::Interrupted);
    assert_eq!((world.request().resume, world.was_approved("first")), (Resume::Done, Some(true)));
    world.memory.fail_slack(None);
    world.pass(CLAIM.as_secs());
    now(world.sweep()).unwrap();
    shows_the_record(&world);
}

/// Slack takes all the time there is; the younger record's workflow gets its answer before.
#[test]
fn slack_that_hangs_keeps_no_other_workflow_waiting() {
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    let mut other = world.request();
    other.id = RequestId::parse("other-1").unwrap();
    other.task_token = task_token("other");
    other.resume = Resume::Owed;
    other.slack.clear();
    other.decision.as_mut().unwrap().at += SignedDuration::from_secs(60);
    world.memory.wait(super::world::EXECUTION, &other.task_token);
    world.memory.put_request(other);
    world.memory.slow_down(Call::EditSlack, SignedDuration::from_secs(5));
    world.memory.fail_slack(Some(SlackError::Unavailable { code: SlackError::TIMEOUT.to_owned() }));
    world.pass(60);
    let until = crate::ports::Clock::now(&world.memory) + SignedDuration::from_secs(5);
    now(sweep(&world.settle(), until)).unwrap();
    assert_eq!(world.was_approved("other"), Some(true));
}

#[test]
fn when_time_is_up_the_rest_is_left() {
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(now(world.settle_until(Timestamp::MIN)).unwrap(), Settled::Interrupted);
    assert_eq!(world.memory.count(Call::EditSlack), 0);
}

/// A vote comes while an older edit is under way; whichever holder goes on, the outcome is what stays.
#[test]
fn no_older_edit_stays_on_top_of_the_outcome() {
    let world = asked();
    let mut request = world.request();
    request.level.groups[0].quorum = 2;
    world.memory.put_request(request);
    world.vote("ana", Choice::Approve).unwrap();
    // The first process dies with its claim, after its edit of the progress.
    world.memory.inject(Call::EditSlack, Fault::DeathAfter);
    assert!(until_death(world.pay()).is_none());
    world.vote("bob", Choice::Approve).unwrap();
    assert_eq!(now(world.pay()).unwrap(), Settled::Done, "the claim is another's");
    world.pass(CLAIM.as_secs());
    now(world.sweep()).unwrap();
    shows_the_record(&world);
    assert_eq!(world.request().status, Status::Approved);
}

/// A call that was given up may still arrive, for which most of a minute is left.
#[test]
fn a_claim_outlasts_every_edit() {
    let longest = Patience::Backlog.whole();
    let attempts = Patience::Backlog.attempt() * 2 + Duration::from_secs(3);
    assert!(attempts < longest && longest + Duration::from_secs(50) <= COVER.unsigned_abs());
    assert!(COVER < CLAIM);
}

#[test]
fn a_claim_whose_writing_took_long_is_made_anew_before_an_edit() {
    let second = SignedDuration::from_secs(1);
    for (writing, edits) in [(CLAIM - COVER, 3), (CLAIM - COVER + second, 0)] {
        let world = asked();
        world.vote("ana", Choice::Approve).unwrap();
        world.memory.slow_down(Call::Keep, writing);
        now(world.pay()).unwrap();
        assert_eq!(world.memory.count(Call::EditSlack), edits, "{writing:#}");
    }
    let world = asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.slow_down(Call::EditSlack, CLAIM - COVER + second);
    world.memory.fail_slack_in("C-releases", Some(refused("not_in_channel")));
    let before = world.memory.count(Call::Keep);
    now(world.pay()).unwrap();
    assert_eq!(
        world.memory.count(Call::Keep) - before,
        5,
        "two edits and two claims for them, and the pause"
    );
}

#[test]
fn a_request_without_slack_costs_nothing() {
    let world = World::new();
    world.asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.forget_calls();
    now(world.pay()).unwrap();
    assert_eq!(world.memory.calls(), [Call::ReadRequest]);
}

#[test]
fn a_channel_of_the_policy_s_own_is_asked_instead_of_the_stack_s() {
    let world = World::with_slack();
    let own = SlackTarget { channel: Some("C0OWN".to_owned()), direct: false };
    let details = world.details_with_levels(|levels| levels[0].slack = Some(own));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    assert_eq!(world.memory.slack_posts()[0].place.channel, "C0OWN");
}
