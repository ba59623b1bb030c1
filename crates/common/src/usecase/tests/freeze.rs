//! What was approved waits while a freeze of the newest policy holds, and goes on by itself.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::deploy::{LIMIT, alias, approved_world, by_a_caller_that_cannot_poll, unavailable, world};
use super::interleaved::{Invocation, schedule};
use super::webhook::{copy, lead_to_a_receiver};
use super::world::{EXECUTION, World, approved, input, name_of, now};
use crate::adapters::memory::{Call, Fault, START, until_death};
use crate::contract::TaskErrorName;
use crate::domain::audit::check;
use crate::domain::freeze::When;
use crate::domain::samples::person;
use crate::domain::{BuildProject, Choice, Destination, Freeze, Glob, Happening, Notice, Progress, Request};
use crate::ports::{BuildEnd, Clock, ReadPolicy};
use crate::usecase::go_on::WentOn;

const HOUR: i64 = 3_600;

/// A freeze of everything, from so many seconds after the start of the world to so many.
fn freeze(name: &str, from: i64, to: i64) -> Freeze {
    let civil = |seconds| TimeZone::UTC.to_datetime(START + SignedDuration::from_secs(seconds));
    Freeze {
        name: name.to_owned(),
        service: vec![Glob::any()],
        environment: vec![Glob::any()],
        except_services: Vec::new(),
        zone: "UTC".to_owned(),
        when: When::Once { starts: civil(from), ends: civil(to) },
    }
}

/// The operators store a newer policy, which has these freezes and no others.
fn store(world: &World, freezes: Vec<Freeze>) {
    let mut stored = now(world.memory.policy()).unwrap().unwrap();
    stored.number += 1;
    stored.policy.freezes = freezes;
    world.memory.put_policy(stored);
}

/// Ana has approved, and a freeze holds for the next two hours.
pub(super) fn frozen_world() -> (World, Value) {
    let (world, state) = approved_world();
    store(&world, vec![freeze("weekend", 0, 2 * HOUR)]);
    (world, state)
}

/// The same by a caller that cannot poll.
fn frozen_once() -> (World, Value) {
    let (world, state) = by_a_caller_that_cannot_poll();
    store(&world, vec![freeze("weekend", 0, 2 * HOUR)]);
    (world, state)
}

/// It waits; nothing was touched, and the record is sound.
fn waits(world: &World, answer: &Value) -> Request {
    assert_eq!((&answer["status"], &answer["deployed"]), (&json!("in_progress"), &json!(false)), "{answer}");
    assert!(answer["reason"].as_str().is_some_and(|reason| reason.starts_with("frozen by")), "{answer}");
    let request = world.request();
    assert_eq!((request.progress(), alias(world).1), (Progress::Unused, 0));
    assert_eq!(check(&request, Some(&world.memory.stored_plans()[0])), Vec::new());
    assert!(request.waits_for().is_some());
    request
}

fn seconds(answer: &Value) -> i64 {
    answer["pollSeconds"].as_i64().unwrap()
}

#[test]
fn it_waits_until_the_freeze_is_over_and_then_it_is_deployed() {
    let (world, state) = frozen_world();
    let answer = now(world.carry_out(&state)).unwrap();
    let request = waits(&world, &answer);
    assert_eq!(
        answer,
        json!({
            "schema": 1, "status": "in_progress", "deployed": false, "at": START.to_string(),
            "reason": "frozen by \"weekend\" until 2026-01-05 11:00 UTC", "pollSeconds": 3_600,
            "requestId": request.id.as_str(), "fingerprint": request.fingerprint.as_str()
        })
    );
    world.pass(HOUR + 600);
    let answer = now(world.carry_out(&state)).unwrap();
    waits(&world, &answer);
    assert_eq!(seconds(&answer), HOUR - 600, "and then at its end");
    assert_eq!(world.request().version, request.version, "nothing is written while nothing changes");
    world.pass(HOUR - 600);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
    let request = world.request();
    let told = request.events.iter().filter_map(|event| match &event.what {
        Happening::Frozen { by } => Some(by.name.as_str()),
        Happening::Thawed => Some("thawed"),
        Happening::Claimed { .. } => Some("claimed"),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["weekend", "thawed", "claimed"]);
    assert_eq!((request.waits_for(), alias(&world).1), (None, 1));
    assert_eq!(check(&request, Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn the_requester_is_told_once_that_it_waits_and_once_how_it_ended() {
    let (world, state) = frozen_world();
    for _ in 0..3 {
        now(world.carry_out(&state)).unwrap();
        world.pass(60);
    }
    let mails = world.memory.sent_to(&person("dev"));
    assert_eq!(mails.len(), 1);
    let text = mails[0].text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("before the freeze “weekend” ends: Mon 5 January 2026, 11:00 UTC"), "{text}");
    assert_eq!(world.request().notices, [Notice::Frozen]);
    world.pass(2 * HOUR);
    now(world.carry_out(&state)).unwrap();
    assert_eq!((world.mails_to("dev"), world.mails_to("ana")), (2, 1));
    assert_eq!(world.request().notices, [Notice::Frozen, Notice::CarriedOut]);
}

#[test]
fn a_freeze_that_is_lifted_lets_go_and_one_that_is_declared_after_the_approval_holds() {
    let (world, state) = approved_world();
    store(&world, vec![freeze("incident", -HOUR, 48 * HOUR)]);
    waits(&world, &now(world.carry_out(&state)).unwrap());
    store(&world, Vec::new());
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn a_freeze_of_something_else_holds_nothing_up() {
    let (world, state) = approved_world();
    let cart = Freeze { service: vec![Glob::parse("cart").unwrap()], ..freeze("cart", 0, HOUR) };
    let spared = Freeze { except_services: vec![Glob::parse("check*").unwrap()], ..freeze("most", 0, HOUR) };
    store(&world, vec![cart, spared]);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
    assert_eq!(world.request().thawed_at, None);
}

#[test]
fn a_freeze_that_becomes_longer_is_noted_and_the_wait_is_still_the_same() {
    let (world, state) = frozen_world();
    now(world.carry_out(&state)).unwrap();
    let since = world.request().waits_for().unwrap().since;
    world.pass(HOUR);
    store(&world, vec![freeze("weekend", 0, 2 * HOUR), freeze("incident", HOUR, 30 * HOUR)]);
    let answer = now(world.carry_out(&state)).unwrap();
    let request = waits(&world, &answer);
    let frozen = request.waits_for().unwrap();
    assert_eq!((frozen.name.as_str(), frozen.since), ("incident", since));
    assert_eq!(answer["reason"], "frozen by \"incident\" until 2026-01-06 15:00 UTC");
    assert_eq!((seconds(&answer), world.mails_to("dev")), (29 * HOUR / 24, 1));
}

/// The act is not stopped half way: whatever was begun goes on.
#[test]
fn what_was_claimed_before_the_freeze_goes_on() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    store(&world, vec![freeze("weekend", 0, HOUR)]);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn a_policy_that_nobody_can_read_or_judge_deploys_nothing() {
    let (world, state) = approved_world();
    world.memory.inject(Call::ReadPolicy, Fault::BeforeEffect);
    assert_eq!(name_of(now(world.carry_out(&state))), TaskErrorName::TemporarilyUnavailable);
    store(&world, vec![Freeze { zone: "Europe/Atlantis".to_owned(), ..freeze("lost", 0, 1) }]);
    assert_eq!(name_of(now(world.carry_out(&state))), TaskErrorName::TemporarilyUnavailable);
    assert_eq!((world.request().progress(), alias(&world).1), (Progress::Unused, 0));
    store(&world, Vec::new());
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn an_approval_that_becomes_too_old_while_it_waits_is_not_used() {
    let (world, state) = approved_world();
    store(&world, vec![freeze("long", 0, 48 * HOUR)]);
    waits(&world, &now(world.carry_out(&state)).unwrap());
    world.pass(24 * HOUR);
    waits(&world, &now(world.carry_out(&state)).unwrap());
    world.pass(1);
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!(answer["status"], "failed", "nobody has to wait for the end of the freeze for that");
    let reason = answer["reason"].as_str().unwrap();
    assert!(reason.contains("(it was frozen by \"long\" until 2026-01-07 09:00 UTC); ask again"), "{reason}");
    assert_eq!((alias(&world).1, world.mails_to("ana")), (0, 2), "the approver learns it as well");
}

#[test]
fn a_newer_request_that_comes_while_it_waits_takes_its_place() {
    for (world, state) in [frozen_world(), frozen_once()] {
        let can_wait = world.request().can_wait;
        now(world.carry_out(&state)).unwrap();
        world.pass(1);
        let mut newer = input();
        newer["version"] = json!("2.4.2");
        now(world.prepare(&json!({"input": newer, "canWait": true}))).unwrap();
        world.pass(3 * HOUR);
        if !can_wait {
            assert_eq!(now(world.go_on()).unwrap(), WentOn::default(), "it is void, and no failure");
        }
        assert_eq!(name_of(now(world.carry_out(&state))), TaskErrorName::NotApproved);
        let request = world.request();
        assert_eq!((request.waits_for(), request.owing_since(), alias(&world).1), (None, None, 0));
        assert_eq!(request.notices, [Notice::Frozen, Notice::Overtaken]);
    }
}

/// The policy is read, and a newer one is stored before the claim.
#[test]
fn a_freeze_that_is_declared_before_the_claim_is_written_stops_it() {
    let (world, state) = approved_world();
    let mut one = Invocation::of(&world, &state);
    assert_eq!(one.run(Some(Call::Claim)), None);
    store(&world, vec![freeze("incident", 0, HOUR)]);
    waits(&world, &one.run(None).unwrap());
}

#[test]
fn a_newer_policy_without_a_freeze_only_makes_it_look_again() {
    let (world, state) = approved_world();
    let mut one = Invocation::of(&world, &state);
    assert_eq!(one.run(Some(Call::Claim)), None);
    store(&world, Vec::new());
    assert_eq!(one.run(None).unwrap()["status"], "deployed");
    assert_eq!(alias(&world), ("2".to_owned(), 1));
}

#[test]
fn a_window_that_begins_while_the_target_is_looked_at_holds() {
    let (world, state) = approved_world();
    store(&world, vec![freeze("night", 60, HOUR)]);
    let mut one = Invocation::of(&world, &state);
    assert_eq!(one.run(Some(Call::ReadAlias)), None);
    world.pass(60);
    waits(&world, &one.run(None).unwrap());
}

#[test]
fn of_two_invocations_one_may_find_the_freeze_and_the_other_its_end() {
    let (world, state) = frozen_world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!(one.run(Some(Call::Keep)), None, "about to note the freeze");
    store(&world, Vec::new());
    assert_eq!(other.run(Some(Call::PointAlias)), None, "has claimed");
    let answer = one.run(None).unwrap();
    assert_eq!(answer["status"], "deployed", "it finds the claim, and goes on with it");
    assert_eq!(other.run(None), Some(answer));
    assert_eq!((alias(&world).1, world.request().waits_for()), (1, None));

    let (world, state) = frozen_world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!((one.run(Some(Call::Keep)), other.run(Some(Call::Keep))), (None, None));
    let answer = one.run(None).unwrap();
    waits(&world, &answer);
    assert_eq!(other.run(None), Some(answer));
    assert_eq!(
        world.request().events.iter().filter(|event| matches!(event.what, Happening::Frozen { .. })).count(),
        1
    );
}

#[test]
fn a_target_that_does_not_answer_when_the_freeze_is_over_has_its_time_from_then_on() {
    let (world, state) = frozen_world();
    now(world.carry_out(&state)).unwrap();
    world.memory.fail_functions(Some(unavailable()));
    world.pass(2 * HOUR);
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!((&answer["status"], seconds(&answer)), (&json!("in_progress"), 20));
    assert_eq!((world.request().waits_for(), &answer["reason"]), (None, &Value::Null));
    // A second freeze does not make its time any longer.
    world.pass(LIMIT - 10);
    store(&world, vec![freeze("again", 0, 4 * HOUR)]);
    waits(&world, &now(world.carry_out(&state)).unwrap());
    store(&world, Vec::new());
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "in_progress");
    world.pass(10);
    assert!(now(world.carry_out(&state)).unwrap()["reason"].as_str().unwrap().contains("TooManyRequests"));
    assert_eq!(world.request().progress(), Progress::Failed);
}

#[test]
fn what_a_caller_that_cannot_poll_left_waiting_is_begun_by_the_schedule() {
    let (world, state) = frozen_once();
    waits(&world, &now(world.carry_out(&state)).unwrap());
    let waiting = WentOn { waiting: 1, ..WentOn::default() };
    assert_eq!(now(world.go_on()).unwrap(), waiting);
    world.pass(2 * HOUR - 1);
    assert_eq!((now(world.go_on()).unwrap(), alias(&world).1), (waiting, 0));
    world.pass(1);
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ended: 1, ..WentOn::default() });
    assert_eq!((world.request().progress(), alias(&world).1), (Progress::Deployed, 1));
    assert_eq!(world.mails_to("dev"), 2, "that it waits, and that it is done");
    assert_eq!(now(world.go_on()).unwrap(), WentOn::default(), "nothing is left");
}

/// Ana approves the same for another environment, which leads to the same place; its caller cannot poll, either.
fn another_approval(world: &World) -> Value {
    let mut other = input();
    other["environment"] = json!("prod-eu");
    let details = now(world.prepare(&other)).unwrap();
    world.ask(&json!({"taskToken": "second", "deploymentDetails": details})).unwrap();
    let approval = now(world.vote_with(&world.links("ana")[1], Choice::Approve)).unwrap();
    approved(&details, &approval)
}

#[test]
fn receivers_that_do_not_answer_keep_nothing_from_being_begun() {
    const SILENT: usize = 40;
    let (world, state) = by_a_caller_that_cannot_poll();
    lead_to_a_receiver(&world);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "in_progress");
    copy(&world, SILENT - 1);
    let state = another_approval(&world);
    store(&world, vec![freeze("weekend", 0, 2 * HOUR)]);
    now(world.carry_out(&state)).unwrap();
    world.pass(2 * HOUR);
    assert_eq!(schedule(&world, |call| call == Call::CallWebhook), None, "it waits for them");
    assert_eq!(alias(&world), ("2".to_owned(), 1));
}

#[test]
fn what_the_time_is_up_for_is_begun_by_the_next_run() {
    let (world, state) = by_a_caller_that_cannot_poll();
    let other = another_approval(&world);
    store(&world, vec![freeze("weekend", 0, 2 * HOUR)]);
    for state in [state, other] {
        now(world.carry_out(&state)).unwrap();
    }
    world.pass(2 * HOUR);
    world.memory.slow_down(Call::Claim, SignedDuration::from_secs(15));
    let begun = WentOn { deploying: 1, ended: 1, ..WentOn::default() };
    let until = world.memory.now() + SignedDuration::from_secs(10);
    assert_eq!(now(world.go_on_until(until)).unwrap(), begun);
    assert_eq!(now(world.go_on()).unwrap(), begun, "the other one");
}

/// Two versions of one place waited for the same freeze: two scripts side by side could end in any order.
#[test]
fn what_waited_for_one_freeze_is_begun_one_after_the_other() {
    let (world, state) = by_a_caller_that_cannot_poll();
    let other = another_approval(&world);
    store(&world, vec![freeze("weekend", 0, 2 * HOUR)]);
    world.memory.put_project("deploy-checkout");
    for mut plan in world.memory.stored_plans() {
        let project = BuildProject { project: "deploy-checkout".to_owned() };
        plan.rollout.as_mut().unwrap().to = Destination::Codebuild(project);
        world.memory.put_plan(plan);
    }
    for state in [state, other] {
        assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "in_progress");
    }
    world.pass(2 * HOUR);
    let went_on = schedule(&world, |_| false).unwrap();
    assert_eq!(went_on, WentOn { deploying: 1, waiting: 1, ..WentOn::default() });
    assert_eq!(world.memory.builds().len(), 1);
    world.memory.end_builds(&BuildEnd::Succeeded);
    let went_on = schedule(&world, |_| false).unwrap();
    assert_eq!(went_on, WentOn { deploying: 2, ended: 1, ..WentOn::default() });
    assert_eq!(world.memory.builds().len(), 2);
}

#[test]
fn the_schedule_asks_a_target_that_does_not_answer_until_its_time_is_over() {
    let (world, state) = frozen_once();
    now(world.carry_out(&state)).unwrap();
    world.memory.fail_functions(Some(unavailable()));
    world.pass(2 * HOUR);
    let waiting = WentOn { waiting: 1, ..WentOn::default() };
    assert_eq!(now(world.go_on()).unwrap(), waiting);
    world.pass(LIMIT - 1);
    assert_eq!(now(world.go_on()).unwrap(), waiting, "its record is found also when no freeze holds it");
    world.pass(1);
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ended: 1, ..WentOn::default() });
    assert_eq!((world.request().progress(), world.mails_to("dev")), (Progress::Failed, 2));
}

#[test]
fn what_nobody_has_to_approve_waits_as_well() {
    let world = world(Vec::new());
    let state = json!({"deploymentDetails": world.minimal_details()});
    store(&world, vec![freeze("weekend", 0, HOUR)]);
    waits(&world, &now(world.carry_out(&state)).unwrap());
    world.pass(HOUR);
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ended: 1, ..WentOn::default() });
    assert_eq!(alias(&world).1, 1);
}

/// Whoever stopped the workflow meant it: the schedule begins nothing that its workflow begins.
#[test]
fn what_a_stopped_workflow_waited_for_is_not_begun() {
    let (world, state) = frozen_world();
    now(world.carry_out(&state)).unwrap();
    world.memory.end_workflow(EXECUTION);
    now(world.close_ended()).unwrap();
    for _ in 0..4 {
        world.pass(HOUR);
        assert_eq!(now(world.go_on()).unwrap(), WentOn::default());
        now(world.sweep()).unwrap();
    }
    assert_eq!((world.request().owing_since(), alias(&world).1), (None, 0));
    // Redriven, it goes on.
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn a_process_that_dies_before_its_mail_lets_the_next_look_tell() {
    for (world, state) in [frozen_world(), frozen_once()] {
        world.memory.inject(Call::SendMail, Fault::DeathBefore);
        assert!(until_death(world.carry_out(&state)).is_none());
        assert_eq!((world.mails_to("dev"), world.request().waits_for().is_some()), (0, true));
        if world.request().can_wait {
            now(world.carry_out(&state)).unwrap();
        } else {
            now(world.go_on()).unwrap();
        }
        assert_eq!(world.mails_to("dev"), 1);
    }
}

#[test]
fn a_change_of_what_was_approved_is_found_after_the_freeze() {
    let (world, state) = frozen_world();
    now(world.carry_out(&state)).unwrap();
    let mut plan = world.memory.stored_plans().remove(0);
    let crate::domain::Facts::Deployment(facts) = &mut plan.facts else { panic!() };
    facts.version = "2.4.0".to_owned();
    world.memory.put_plan(plan);
    world.pass(2 * HOUR);
    assert_eq!(name_of(now(world.carry_out(&state))), TaskErrorName::FingerprintMismatch);
    assert_eq!(alias(&world).1, 0);
}

#[test]
fn every_level_s_approval_is_looked_at_again_by_the_schedule() {
    let (world, state) = frozen_once();
    now(world.carry_out(&state)).unwrap();
    let mut request = world.request();
    request.fingerprint = crate::domain::Fingerprint::of(&crate::domain::samples::checkout(), None);
    world.memory.put_request(request);
    world.pass(2 * HOUR);
    assert_eq!(now(world.go_on()).unwrap(), WentOn { failed: 1, ..WentOn::default() });
    assert_eq!(alias(&world).1, 0);
}

#[test]
fn a_failure_at_the_end_of_a_freeze_is_told_like_any_other() {
    let (world, state) = frozen_world();
    world.memory.split_alias("checkout", "live", Some(super::deploy::half()));
    waits(&world, &now(world.carry_out(&state)).unwrap());
    world.pass(2 * HOUR);
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!(answer["status"], "failed");
    assert_eq!(world.request().notices, [Notice::Frozen, Notice::DeploymentFailed]);
}
