//! A receiver is told once what was approved, however often it is told, and its word is the deployment's end.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::deploy::{LIMIT, approved_world, failed};
use super::interleaved::{Invocation, schedule};
use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::person;
use crate::domain::{Destination, Failure, Progress, Request, RequestId, Webhook, WebhookUrl, audit};
use crate::ports::{Clock, Received, TargetError};
use crate::usecase::go_on::WentOn;

/// Ana has approved what a receiver deploys.
fn world() -> (World, Value) {
    let (world, state) = approved_world();
    lead_to_a_receiver(&world);
    (world, state)
}

/// The one plan leads to this receiver.
pub(super) fn lead_to_a_receiver(world: &World) {
    let mut plan = world.memory.stored_plans().remove(0);
    plan.rollout.as_mut().unwrap().to = Destination::Webhook(Webhook {
        url: WebhookUrl::parse("https://Deploy.example.com/hooks/shop?token=s3cret").unwrap(),
        secret: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-AbCdEf".to_owned(),
    });
    world.memory.put_plan(plan);
}

fn asked(world: &World, state: &Value) -> Value {
    now(world.carry_out(state)).unwrap()
}

/// The receiver is at it.
fn accepted() -> (World, Value) {
    let (world, state) = world();
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    (world, state)
}

fn accepts(says: Option<&str>, link: Option<&str>) -> Received {
    Received::Accepted { says: says.map(str::to_owned), link: link.map(str::to_owned) }
}

fn unavailable(code: &str) -> TargetError {
    TargetError::Unavailable { operation: "POST", code: code.to_owned() }
}

fn no_key() -> TargetError {
    TargetError::Refused {
        operation: "secretsmanager:GetSecretValue",
        reason: "AccessDeniedException".to_owned(),
    }
}

fn failure(world: &World) -> Option<Failure> {
    world.request().deployment.and_then(|end| end.failure)
}

/// How often it was told, always in the same words, and how often it acted.
fn told(world: &World) -> (usize, usize) {
    let told = world.memory.told();
    assert!(told.iter().all(|one| Some(one) == told.first()), "{told:?}");
    (told.len(), world.memory.acted_on().len())
}

#[test]
fn a_receiver_is_told_what_was_approved_and_is_believed_that_it_is_done() {
    let (world, state) = world();
    world.memory.answer_webhooks(Received::Done);
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["place"], &answer["after"]),
        (&json!("deployed"), &json!("webhook of deploy.example.com"), &json!("2.4.1"))
    );
    assert_eq!((answer.get("before"), answer.get("wayBack")), (None, None), "nothing tells");
    let request = world.request();
    let body = json!({
        "schema": 1, "type": "deployment.approved", "timestamp": request.decision.as_ref().unwrap().at,
        "data": {
            "requestId": request.id, "fingerprint": request.fingerprint, "serviceName": "checkout",
            "version": "2.4.1", "environment": "production"
        }
    });
    let (id, text) = world.memory.told().remove(0);
    assert_eq!((id, serde_json::from_str::<Value>(&text).unwrap()), (request.id.clone(), body));
    assert!(
        text.starts_with("{\"data\":{\"environment\":"),
        "canonical, so the same bytes each time: {text}"
    );
    assert_eq!((told(&world), world.mails_to("dev")), ((1, 1), 1));
    let mail = world.memory.sent_to(&person("dev")).remove(0);
    let text = mail.text.replace('\n', " ");
    assert!(text.contains("webhook of deploy[.]example[.]com, for 2.4.1"), "{text}");
    let all = format!("{answer} {} {}", json!(request), mail.text);
    assert!(!all.contains("s3cret") && !all.contains("hooks/shop"), "only the host is shown: {all}");
    assert_eq!(audit::check(&request, Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn what_takes_longer_is_asked_about_in_the_same_words_until_it_is_done() {
    let (world, state) = world();
    let link = Some("https://ci.example.com/7");
    for (says, link, reached) in [
        (None, None, "deploy.example.com has accepted it"),
        (Some("1 of 2 done"), link, "deploy.example.com says: 1 of 2 done"),
        (Some("1 of 2 done"), link, "deploy.example.com says: 1 of 2 done"),
        (None, None, "deploy.example.com has accepted it"),
    ] {
        world.memory.answer_webhooks(accepts(says, link));
        let answer = asked(&world, &state);
        assert_eq!((&answer["status"], &answer["reached"]), (&json!("in_progress"), &json!(reached)));
        world.pass(20);
    }
    let made = world.request().stage.unwrap().made().unwrap().link.clone();
    assert_eq!(made.as_deref(), link, "where it can be followed stays");
    world.memory.answer_webhooks(Received::Done);
    assert_eq!(asked(&world, &state)["status"], "deployed");
    assert_eq!(told(&world), (5, 1));
    assert_eq!(audit::check(&world.request(), Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn a_receiver_that_always_says_something_else_does_not_fill_the_record() {
    let (world, state) = accepted();
    let before = world.request().events.len();
    for percent in 0..60 {
        world.memory.answer_webhooks(accepts(Some(&format!("{percent}%")), None));
        assert_eq!(asked(&world, &state)["status"], "in_progress");
    }
    assert_eq!(world.request().events.len(), before + 19);
    world.memory.answer_webhooks(Received::Done);
    assert_eq!(asked(&world, &state)["status"], "deployed");
}

#[test]
fn a_failure_has_the_receiver_s_own_words() {
    let (world, state) = accepted();
    world.memory.answer_webhooks(Received::Failed("says that it failed: the disk is full".to_owned()));
    assert_eq!(failed(&world, &state), "deploy.example.com says that it failed: the disk is full");
    assert_eq!(failure(&world), Some(Failure::Failed));
    let (world, state) = accepted();
    world.memory.answer_webhooks(Received::RolledBack("has taken it back: too slow".to_owned()));
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["reason"]),
        (&json!("rolled_back"), &json!("deploy.example.com has taken it back: too slow"))
    );
}

/// Only what was never told before is known to be untouched when it is refused.
#[test]
fn a_refusal_changed_nothing_only_if_nothing_was_told_before() {
    let refusal = || Received::Refused("refused it (HTTP 422): no such version".to_owned());
    let reason = "deploy.example.com refused it (HTTP 422): no such version";
    let (world, state) = world();
    world.memory.answer_webhooks(refusal());
    assert_eq!(failed(&world, &state), reason);
    assert_eq!((failure(&world), told(&world)), (Some(Failure::NothingChanged), (1, 0)));

    let (world, state) = accepted();
    world.memory.answer_webhooks(refusal());
    assert_eq!(failed(&world, &state), reason);
    assert_eq!(failure(&world), Some(Failure::Failed), "it was accepted before");

    for fault in [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter] {
        let (world, state) = self::world();
        world.memory.inject(Call::CallWebhook, fault);
        until_death(world.carry_out(&state));
        world.memory.answer_webhooks(refusal());
        if matches!(fault, Fault::DeathBefore | Fault::DeathAfter) {
            assert_eq!(asked(&world, &state)["status"], "in_progress", "it is noted that it is told again");
        }
        assert_eq!(failed(&world, &state), reason);
        assert_eq!(failure(&world), Some(Failure::Failed), "nobody knows of the first: {fault:?}");
    }
}

/// Two invocations that both tell it: neither can say that the other changed nothing.
#[test]
fn a_refusal_beside_another_invocation_claims_nothing() {
    let (world, state) = world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!(one.run(Some(Call::CallWebhook)), None);
    assert_eq!(other.run(None).unwrap()["status"], "in_progress", "the first one may be telling it");
    let mut third = Invocation::of(&world, &state);
    assert_eq!(third.run(Some(Call::CallWebhook)), None);
    world.memory.answer_webhooks(accepts(None, None));
    world.memory.inject(Call::CallWebhook, Fault::AfterEffect);
    assert_eq!(third.run(None).unwrap()["status"], "in_progress", "accepted, and the reply was lost");
    world.memory.answer_webhooks(Received::Refused("refused it (HTTP 403)".to_owned()));
    assert_eq!(one.run(None).unwrap()["status"], "failed");
    assert_eq!(failure(&world), Some(Failure::Failed));
}

/// One has noted that it tells it, and the other was about to note the same.
#[test]
fn whoever_notes_it_second_does_not_tell_it_as_the_first() {
    let (world, state) = world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!(one.run(Some(Call::Claim)), None);
    assert_eq!((other.run(Some(Call::Keep)), one.run(Some(Call::Keep))), (None, None));
    assert_eq!(other.run(Some(Call::CallWebhook)), None);
    world.memory.answer_webhooks(Received::Refused("refused it (HTTP 403)".to_owned()));
    assert_eq!(one.run(None).unwrap()["status"], "in_progress");
    assert_eq!(told(&world), (0, 0));
    assert_eq!(other.run(None).unwrap()["status"], "failed");
    assert_eq!(failure(&world), Some(Failure::Failed));
}

#[test]
fn two_invocations_are_one_act() {
    let (world, state) = world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!((one.run(Some(Call::Claim)), other.run(Some(Call::Claim))), (None, None));
    world.memory.answer_webhooks(Received::Done);
    assert_eq!(one.run(Some(Call::CallWebhook)), None);
    assert_eq!(other.run(None).unwrap()["status"], "in_progress");
    assert_eq!(one.run(None).unwrap()["status"], "deployed");
    assert_eq!((asked(&world, &state)["status"].as_str(), told(&world).1), (Some("deployed"), 1));
}

#[test]
fn a_receiver_that_does_not_answer_is_asked_again_until_the_limit() {
    let (world, state) = world();
    world.memory.fail_webhooks(Some(unavailable("HTTP 503")));
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["reached"]),
        (&json!("in_progress"), &json!("POST did not answer (HTTP 503), and is asked again"))
    );
    world.pass(20);
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.memory.fail_webhooks(None);
    world.memory.answer_webhooks(Received::Done);
    assert_eq!((&asked(&world, &state)["status"], told(&world)), (&json!("deployed"), (1, 1)));

    let (world, state) = self::world();
    world.memory.fail_webhooks(Some(unavailable("Timeout")));
    asked(&world, &state);
    world.pass(LIMIT);
    world.memory.fail_webhooks(None);
    assert_eq!(
        failed(&world, &state),
        "its time is over, and nobody knows what deploy.example.com made of it; so far: POST did not answer (Timeout), and is asked again"
    );
    assert_eq!((failure(&world), told(&world)), (Some(Failure::Failed), (0, 0)), "nothing begins after it");
}

#[test]
fn what_was_accepted_is_asked_about_once_more_when_its_time_is_over() {
    let (world, state) = accepted();
    world.pass(LIMIT);
    world.memory.answer_webhooks(Received::Done);
    assert_eq!(asked(&world, &state)["status"], "deployed");

    let (world, state) = accepted();
    world.pass(LIMIT - 1);
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.pass(1);
    assert_eq!(
        failed(&world, &state),
        "deploy.example.com has not said that it is done, and its time is over; so far: deploy.example.com has accepted it"
    );
    assert_eq!(failure(&world), Some(Failure::Failed));

    let (world, state) = accepted();
    world.pass(LIMIT);
    world.memory.fail_webhooks(Some(unavailable("HTTP 500")));
    assert!(
        failed(&world, &state).starts_with("nobody knows whether it got there, and the time for it is up")
    );
}

#[test]
fn what_cannot_be_sent_changes_nothing_or_is_tried_again() {
    let (world, state) = world();
    world.memory.leave_webhooks_unsigned(Some(no_key()));
    let reason = "secretsmanager:GetSecretValue was refused: AccessDeniedException";
    assert_eq!(failed(&world, &state), reason);
    assert_eq!((failure(&world), told(&world)), (Some(Failure::NothingChanged), (0, 0)));
    assert!(world.request().change.is_none(), "nothing was claimed");

    let (world, state) = self::world();
    world.memory.leave_webhooks_unsigned(Some(unavailable("ThrottlingException")));
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    assert_eq!(world.request().progress(), Progress::Unused);
    world.memory.leave_webhooks_unsigned(None);
    world.memory.answer_webhooks(Received::Done);
    assert_eq!(asked(&world, &state)["status"], "deployed");

    // The key is taken away between the look and the first word, or after it.
    let (world, state) = self::world();
    let mut one = Invocation::of(&world, &state);
    assert_eq!(one.run(Some(Call::CallWebhook)), None);
    world.memory.leave_webhooks_unsigned(Some(no_key()));
    assert_eq!(one.run(None).unwrap()["reason"], reason);
    assert_eq!(failure(&world), Some(Failure::NothingChanged));
    let (world, state) = accepted();
    world.memory.leave_webhooks_unsigned(Some(no_key()));
    assert_eq!(failed(&world, &state), format!("{reason}; so far: deploy.example.com has accepted it"));
    assert_eq!(failure(&world), Some(Failure::Failed));

    let (world, state) = self::world();
    world.memory.inject_nth(Call::Keep, 1, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.pass(LIMIT);
    assert_eq!(failed(&world, &state), "its time was over before it was sent");
    assert_eq!((failure(&world), told(&world)), (Some(Failure::NothingChanged), (0, 0)));
}

/// Whatever fails or dies at whichever call, it is acted on once.
#[test]
fn a_deployment_goes_on_where_it_stopped() {
    let calls = [(Call::ReadKey, 1), (Call::CallWebhook, 3), (Call::Claim, 1), (Call::Keep, 3)];
    let faults = [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter];
    for ((call, most), fault) in calls.into_iter().flat_map(|call| faults.map(|fault| (call, fault))) {
        for nth in 1..=most {
            let (world, state) = world();
            world.memory.inject_nth(call, nth, fault);
            for _ in 0..4 {
                until_death(world.carry_out(&state));
                world.pass(20);
            }
            world.memory.answer_webhooks(Received::Done);
            for _ in 0..2 {
                until_death(world.carry_out(&state));
            }
            assert_eq!(asked(&world, &state)["status"], "deployed", "{call:?} {fault:?} {nth}");
            assert_eq!((world.request().progress(), told(&world).1), (Progress::Deployed, 1));
            assert!(world.memory.count(call) >= nth, "{call:?} is made {nth} times");
        }
    }
}

/// So many more of these deployments.
pub(super) fn copy(world: &World, count: usize) {
    let request = world.request();
    for number in 0..count {
        let id = RequestId::parse(&format!("other-{number}")).unwrap();
        world.memory.put_request(Request { id, ..request.clone() });
    }
}

#[test]
fn what_the_time_is_up_for_is_left_to_the_next_run() {
    let (world, _) = accepted();
    copy(&world, 3);
    world.memory.answer_webhooks(Received::Done);
    world.memory.slow_down(Call::CallWebhook, SignedDuration::from_secs(15));
    let until = world.memory.now() + SignedDuration::from_secs(20);
    let went_on = now(world.go_on_until(until)).unwrap();
    assert_eq!(went_on, WentOn { deploying: 2, ended: 2, ..WentOn::default() });
    assert_eq!(now(world.go_on()).unwrap(), went_on, "the others");
    assert_eq!(now(world.go_on()).unwrap(), WentOn::default());
}

/// Ten receivers take their time; the schedule sees to all the others.
#[test]
fn receivers_that_do_not_answer_keep_no_other_deployment_waiting() {
    const SILENT: usize = 10;
    const OTHERS: usize = 40;
    let (world, _) = accepted();
    copy(&world, SILENT + OTHERS - 1);
    world.memory.answer_webhooks(Received::Done);
    let mut told = 0;
    let ended = schedule(&world, |call| {
        told += usize::from(call == Call::CallWebhook);
        call == Call::CallWebhook && told <= SILENT
    });
    assert_eq!(ended, None, "it waits for them");
    let deployed = |request: &Request| request.progress() == Progress::Deployed;
    let deployed = world.memory.stored_requests().iter().filter(|request| deployed(request)).count();
    assert_eq!(deployed, OTHERS);
}
