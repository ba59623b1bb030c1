//! What would change is said before anybody decides, and a target that does not say it holds nobody up.

use jiff::SignedDuration;

use super::deploy::{target, world};
use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, START};
use crate::domain::samples::{group, level};
use crate::domain::{
    BuildProject, Called, Destination, EcsService, LambdaTarget, Outlook, Preview, Shift, StateMachine,
};
use crate::ports::{Part, State, TargetError};

const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:release";
const IMAGE: &str = "registry.example.com:5000/shop/checkout";

/// A version of checkout that leads there is asked for; nothing is prepared.
fn asking_for(to: Destination) -> World {
    let world = world(vec![level(vec![group("approver", &["ana"], 1)])]);
    let mut stored = now(crate::ports::ReadPolicy::policy(&world.memory)).unwrap().unwrap();
    stored.policy.targets[0].rollout.to = to;
    world.memory.put_policy(stored);
    world.memory.forget_calls();
    world
}

fn alias() -> Destination {
    target().rollout.to
}

fn service() -> Destination {
    Destination::Ecs(EcsService {
        cluster: "shop".to_owned(),
        ecs_service: "checkout".to_owned(),
        container: None,
    })
}

fn build() -> Destination {
    Destination::Codebuild(BuildProject { project: "deploy".to_owned() })
}

fn machine() -> Destination {
    Destination::StepFunctions(StateMachine { state_machine: MACHINE.to_owned() })
}

/// Every place, with all that is to be found there.
fn all() -> [(World, Vec<Call>); 4] {
    let worlds = [alias(), service(), build(), machine()].map(asking_for);
    for world in &worlds {
        world.memory.put_service("shop", "checkout", &[("app", &format!("{IMAGE}:2.4.0"))]);
        world.memory.put_project("deploy");
        world.memory.put_machine(MACHINE, true);
    }
    let calls = [
        vec![Call::ReadAlias, Call::ListVersions],
        vec![Call::ReadService, Call::ReadTaskDefinition],
        vec![Call::ReadProject],
        vec![Call::ReadMachine],
    ];
    let mut calls = calls.into_iter();
    worlds.map(|world| (world, calls.next().unwrap()))
}

/// What the plan keeps; it is prepared in any case.
fn foreseen(world: &World) -> Preview {
    world.details();
    world.memory.stored_plans().remove(0).preview.expect("it has a target")
}

fn change(before: Option<Called>, after: Called) -> Outlook {
    Outlook::Change { before, after }
}

fn version(number: &str, name: &str) -> Called {
    Called::exactly(number).named(name)
}

#[test]
fn a_plan_says_what_would_change_at_its_place_and_only_looks() {
    let image = |tag: &str| version(&format!("{IMAGE}:{tag}"), &format!("checkout:{tag}"));
    let expected = [
        ("alias live of the function checkout", change(Some(version("1", "2.4.0")), version("2", "2.4.1"))),
        ("service checkout of the cluster shop", change(Some(image("2.4.0")), image("2.4.1"))),
        ("build of the project deploy", change(None, Called::exactly("2.4.1"))),
        ("execution of the state machine release", change(None, Called::exactly("2.4.1"))),
    ];
    for ((world, calls), (place, outlook)) in all().into_iter().zip(expected) {
        let preview = foreseen(&world);
        assert_eq!(preview, Preview { at: START, place: place.to_owned(), outlook });
        let made = [vec![Call::ReadPolicy], calls, vec![Call::StorePlan]].concat();
        assert_eq!(world.memory.calls(), made, "{place}");
    }
}

#[test]
fn the_request_of_each_level_is_opened_with_it() {
    let world = asking_for(alias());
    world.asked();
    let plan = world.memory.stored_plans().remove(0);
    assert!(plan.preview.is_some());
    assert_eq!(world.request().preview, plan.preview);
}

#[test]
fn a_retry_keeps_what_was_seen_first_whatever_is_there_since() {
    let world = asking_for(alias());
    let first = foreseen(&world);
    world.memory.put_alias("checkout", "live", "2");
    world.pass(60);
    assert_eq!(foreseen(&world), first);
}

/// What is there is not what is approved.
#[test]
fn the_fingerprint_is_the_same_whatever_is_there() {
    let fingerprint = |pointed_at: &str| {
        let world = asking_for(alias());
        world.memory.put_alias("checkout", "live", pointed_at);
        (foreseen(&world).outlook, world.memory.stored_plans().remove(0).fingerprint)
    };
    let (one, other) = (fingerprint("1"), fingerprint("2"));
    assert_ne!(one.0, other.0);
    assert_eq!(one.1, other.1);
}

#[test]
fn where_nothing_is_deployed_nothing_is_looked_at() {
    let world = World::new();
    world.details();
    assert_eq!(world.memory.stored_plans().remove(0).preview, None);
    assert_eq!(world.memory.calls(), [Call::ReadPolicy, Call::StorePlan]);
}

/// Whoever asks is told what stands in the way; the preparation goes on, since it may be gone when it is approved.
#[test]
fn what_cannot_be_deployed_as_things_stand_is_prepared_all_the_same() {
    let why = |to, change: fn(&World)| {
        let world = asking_for(to);
        change(&world);
        match foreseen(&world).outlook {
            Outlook::Impossible { reason } => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        why(alias(), |world| drop(world.memory.publish("checkout", "2.4.1"))),
        "each of the versions 2, 3 of the function checkout could be meant by 2.4.1"
    );
    let shifted = |world: &World| {
        world.memory.split_alias("checkout", "live", Some(Part { version: "2".to_owned(), percent: 50 }));
    };
    assert!(why(alias(), shifted).contains("somebody is shifting it"));
    let Destination::Lambda(LambdaTarget { place, .. }) = alias() else { panic!("an alias") };
    let shift = Shift { steps: vec![10], hold_seconds: 300, alarms: Vec::new() };
    let in_steps = Destination::Lambda(LambdaTarget { place, shift: Some(shift) });
    let unpublished = |world: &World| world.memory.put_alias("checkout", "live", "$LATEST");
    assert!(why(in_steps, unpublished).contains("leads to code that is not published"));
    assert_eq!(why(service(), |_| ()), "there is no service checkout of the cluster shop");
    let two = |world: &World| world.memory.put_service("shop", "checkout", &[("a", IMAGE), ("b", IMAGE)]);
    assert!(why(service(), two).contains("the target has to name one"));
    let stopped = |world: &World| {
        world.memory.put_service("shop", "checkout", &[("a", IMAGE)]);
        world.memory.change_service("shop", "checkout", |service| service.rollings[0].desired = 0);
    };
    assert!(why(service(), stopped).contains("is to run no tasks"));
    assert_eq!(why(build(), |_| ()), "there is no project deploy");
    assert_eq!(why(machine(), |_| ()), "there is no state machine release");
    let express = |world: &World| world.memory.put_machine(MACHINE, false);
    assert!(why(machine(), express).contains("EXPRESS"));
}

/// It tells nothing of the time when it is approved.
#[test]
fn what_is_under_way_at_the_moment_does_not_count() {
    let Destination::Lambda(LambdaTarget { place, .. }) = alias() else { panic!("an alias") };
    let shift = Shift { steps: vec![10], hold_seconds: 300, alarms: vec!["errors".to_owned()] };
    let world = asking_for(Destination::Lambda(LambdaTarget { place, shift: Some(shift) }));
    world.memory.put_alarm("errors", true);
    assert!(matches!(foreseen(&world).outlook, Outlook::Change { .. }));

    let world = asking_for(service());
    world.memory.put_service("shop", "checkout", &[("app", IMAGE)]);
    world.memory.change_service("shop", "checkout", |service| service.rollings[0].state = State::InProgress);
    assert!(matches!(foreseen(&world).outlook, Outlook::Change { .. }));
}

#[test]
fn a_target_that_fails_at_any_call_makes_it_unknown_and_no_more() {
    for (number, (_, calls)) in all().into_iter().enumerate() {
        for call in calls {
            for fault in [Fault::BeforeEffect, Fault::AfterEffect] {
                let (world, _) = all().into_iter().nth(number).unwrap();
                world.memory.inject(call, fault);
                let Outlook::Unknown { reason, missing } = foreseen(&world).outlook else {
                    panic!("{call:?}")
                };
                assert!(reason.ends_with("did not answer (NoReply)"), "{call:?}: {reason}");
                assert_eq!(missing, None);
            }
        }
    }
}

/// A call that never comes back is given up, after three seconds in all.
#[test]
fn a_target_that_hangs_at_any_call_holds_the_preparation_up_for_three_seconds() {
    for (number, (_, calls)) in all().into_iter().enumerate() {
        for call in calls {
            let (world, _) = all().into_iter().nth(number).unwrap();
            world.memory.inject(call, Fault::DeathBefore);
            let preview = foreseen(&world);
            assert_eq!(preview.outlook, Outlook::unknown("it did not answer in time"), "{call:?}");
            assert_eq!(preview.at, START + SignedDuration::from_secs(3), "{call:?}");
        }
    }
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let refused = |reason: &str| {
        let world = asking_for(alias());
        let operation = "lambda:GetAlias";
        world.memory.fail_functions(Some(TargetError::Refused { operation, reason: reason.to_owned() }));
        foreseen(&world).outlook
    };
    for (reason, missing) in [
        ("AccessDeniedException, User: x is not authorized", Some("lambda:GetAlias")),
        ("ValidationException, no", None),
    ] {
        let Outlook::Unknown { reason: said, missing: found } = refused(reason) else { panic!("{reason}") };
        assert_eq!(said, format!("lambda:GetAlias was refused: {reason}"));
        assert_eq!(found.as_deref(), missing);
    }
}
