//! A service gets the approved version of its image, once, and is watched until it is stable.

use serde_json::{Value, json};

use super::deploy::{LIMIT, approved_world, failed};
use super::interleaved::Invocation;
use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::{Destination, EcsService, Failure, Notice, Progress, Stage, audit};
use crate::ports::{Service, State, TargetError};

const BEFORE: &str = "registry.example.com/shop/checkout:2.4.0";
const AFTER: &str = "registry.example.com/shop/checkout:2.4.1";
const WAY_BACK: &str = "aws ecs update-service --region eu-west-1 --cluster shop --service checkout --task-definition checkout:1";

/// Ana has approved what goes into the service.
fn world() -> (World, Value) {
    into(None, &[("app", BEFORE)])
}

fn into(container: Option<&str>, containers: &[(&str, &str)]) -> (World, Value) {
    let (world, state) = approved_world();
    let mut plan = world.memory.stored_plans().remove(0);
    plan.rollout.as_mut().unwrap().to = Destination::Ecs(EcsService {
        cluster: "shop".to_owned(),
        ecs_service: "checkout".to_owned(),
        container: container.map(str::to_owned),
    });
    world.memory.put_plan(plan);
    world.memory.put_service("shop", "checkout", containers);
    (world, state)
}

fn asked(world: &World, state: &Value) -> Value {
    now(world.carry_out(state)).unwrap()
}

fn image(world: &World) -> String {
    world.memory.images_of("shop", "checkout").unwrap().remove(0).1
}

/// ECS comes to this with what the service has now.
fn comes_to(world: &World, state: State) {
    world.memory.change_service("shop", "checkout", |service| {
        service.rollings[0].state = state;
        service.rollings.truncate(2);
    });
}

/// As the circuit breaker does: what was there before is the primary again, and the other is given up some time later.
fn rolls_back(service: &mut Service) {
    let mut before = service.rollings.pop().unwrap();
    before.id = "ecs-svc/again".to_owned();
    before.state = State::InProgress;
    before.reason =
        Some("ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/checkout:1.".to_owned());
    before.task_definition.clone_into(&mut service.task_definition);
    service.rollings.insert(0, before);
    service.newest_event = Some("(service checkout) has started 1 tasks.".to_owned());
}

/// The service comes to rest on what it has.
fn rests(service: &mut Service) {
    service.rollings.truncate(1);
    service.rollings[0].state = State::Completed;
    service.rollings[0].reason = Some("ECS deployment ecs-svc/again completed.".to_owned());
}

/// The service has been given the revision, and starts its tasks.
fn rolling() -> (World, Value) {
    let (world, state) = world();
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    (world, state)
}

#[test]
fn the_service_runs_the_approved_version_and_the_answer_says_how_to_go_back() {
    let (world, state) = world();
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["reached"], &answer["wayBack"]),
        (&json!("in_progress"), &json!("tasks of checkout:2 are started"), &json!(WAY_BACK))
    );
    assert_eq!((image(&world).as_str(), world.memory.rolled()), (AFTER, 1));
    let link = world.request().stage.unwrap().made().unwrap().link.clone().unwrap();
    assert!(link.ends_with("/ecs/v2/clusters/shop/services/checkout/deployments?region=eu-west-1"), "{link}");
    world.pass(600);
    assert_eq!(asked(&world, &state)["status"], "in_progress", "its tasks start");
    comes_to(&world, State::Completed);
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["place"], &answer["before"], &answer["after"], &answer["wayBack"]),
        (
            &json!("deployed"),
            &json!("service checkout of the cluster shop"),
            &json!(BEFORE),
            &json!(AFTER),
            &json!(WAY_BACK)
        )
    );
    assert_eq!((world.mails_to("dev"), world.memory.rolled()), (1, 1));
    assert_eq!(audit::check(&world.request(), Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn the_container_is_the_only_one_or_the_one_that_is_named() {
    let two = [("proxy", "envoy:1"), ("app", BEFORE)];
    let (world, state) = into(Some("app"), &two);
    asked(&world, &state);
    let images = world.memory.images_of("shop", "checkout").unwrap();
    assert_eq!(
        images,
        [("proxy", "envoy:1"), ("app", AFTER)].map(|(name, image)| (name.into(), image.into()))
    );
    let (world, state) = into(None, &two);
    assert!(failed(&world, &state).contains("containers proxy, app: the target has to name one"));
    let (world, state) = into(Some("web"), &two);
    assert!(failed(&world, &state).contains("no container web is in its tasks, which have proxy, app"));
}

#[test]
fn where_nothing_can_be_deployed_nothing_is_touched() {
    type Change = fn(&World);
    let changes: [(Change, &str); 3] = [
        (
            |world| world.memory.remove_service("shop", "checkout"),
            "there is no service checkout of the cluster shop",
        ),
        (
            |world| {
                world.memory.change_service("shop", "checkout", |service| service.is_rolled_by_ecs = false);
            },
            "the tasks of the service checkout of the cluster shop are not replaced by ECS itself",
        ),
        (
            |world| {
                world.memory.change_service("shop", "checkout", |service| service.rollings[0].desired = 0);
            },
            "the service checkout of the cluster shop is to run no tasks, so nothing would start",
        ),
    ];
    for (change, found) in changes {
        let (world, state) = world();
        change(&world);
        assert_eq!(failed(&world, &state), found);
        assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
        assert_eq!(world.memory.count(Call::RegisterTaskDefinition), 0);
    }
}

#[test]
fn while_somebody_deploys_to_the_service_it_is_looked_at_again() {
    let (world, state) = world();
    comes_to(&world, State::InProgress);
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    assert_eq!(world.request().progress(), Progress::Unused);
    comes_to(&world, State::Completed);
    assert_eq!(asked(&world, &state)["reached"], "tasks of checkout:2 are started");

    let (world, state) = self::world();
    comes_to(&world, State::InProgress);
    asked(&world, &state);
    world.pass(LIMIT);
    assert_eq!(failed(&world, &state), "somebody is deploying to the service checkout of the cluster shop");
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
}

#[test]
fn no_command_goes_back_to_a_revision_that_was_deregistered() {
    let (world, state) = world();
    world.memory.deregister("shop", "checkout");
    assert_eq!(asked(&world, &state).get("wayBack"), None);
}

#[test]
fn what_the_circuit_breaker_takes_back_is_rolled_back_in_its_own_words() {
    let (world, state) = rolling();
    world.memory.change_service("shop", "checkout", rolls_back);
    let answer = asked(&world, &state);
    assert_eq!((&answer["status"], answer.get("wayBack")), (&json!("in_progress"), None), "on its way back");
    assert!(matches!(world.request().stage, Some(Stage::RollingBack { .. })));
    world.memory.change_service("shop", "checkout", rests);
    let answer = asked(&world, &state);
    assert_eq!((&answer["status"], answer.get("wayBack")), (&json!("rolled_back"), None));
    assert_eq!(
        answer["reason"],
        "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/checkout:1. Its newest event: (service checkout) has started 1 tasks."
    );
    assert_eq!((world.request().notices, world.mails_to("ana")), (vec![Notice::DeploymentFailed], 2));
    assert_eq!((asked(&world, &state), world.memory.rolled()), (answer, 1));
    assert_eq!(audit::check(&world.request(), Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn a_way_back_that_does_not_end_or_ends_elsewhere_is_a_failure() {
    let (world, state) = rolling();
    world.memory.change_service("shop", "checkout", rolls_back);
    asked(&world, &state);
    world.pass(LIMIT);
    assert!(failed(&world, &state).ends_with("The service is on its way to checkout:1, and not stable"));

    let (world, state) = rolling();
    world.memory.change_service("shop", "checkout", |service| {
        rolls_back(service);
        service.task_definition = "arn:aws:ecs:::task-definition/older:7".to_owned();
    });
    asked(&world, &state);
    world.memory.change_service("shop", "checkout", rests);
    assert!(failed(&world, &state).ends_with("The service runs older:7 now"));
    assert_eq!(asked(&world, &state).get("wayBack"), None, "it would undo what is there");
}

#[test]
fn a_breaker_that_takes_nothing_back_is_a_failure_with_the_way_back() {
    let (world, state) = rolling();
    comes_to(&world, State::Failed);
    assert!(failed(&world, &state).starts_with("ECS gave it up. Its newest event:"));
    assert_eq!(asked(&world, &state)["wayBack"], WAY_BACK);

    let (world, state) = rolling();
    world.memory.change_service("shop", "checkout", |service| service.takes_back = true);
    comes_to(&world, State::Failed);
    assert_eq!(asked(&world, &state)["status"], "in_progress", "it is taken back in a moment");
    world.memory.change_service("shop", "checkout", rolls_back);
    asked(&world, &state);
    world.memory.change_service("shop", "checkout", rests);
    assert_eq!(asked(&world, &state)["status"], "rolled_back");
}

#[test]
fn what_is_not_stable_in_its_time_has_failed() {
    let (world, state) = rolling();
    world.pass(LIMIT);
    let reason = failed(&world, &state);
    assert!(
        reason.starts_with("the service was not stable in time, 0 of 2 tasks run; its newest event:"),
        "{reason}"
    );
}

/// Nobody could act in its time: nothing is begun after it.
#[test]
fn nothing_is_begun_when_its_time_is_over() {
    for call in [Call::RegisterTaskDefinition, Call::RollService] {
        let (world, state) = world();
        world.memory.inject(call, Fault::DeathBefore);
        assert!(until_death(world.carry_out(&state)).is_none());
        world.pass(LIMIT);
        assert!(failed(&world, &state).starts_with("its time was over before"), "{call:?}");
        assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
        assert_eq!(world.memory.rolled(), 0);
    }
}

/// What ECS shows may be behind what it was told.
#[test]
fn a_look_that_still_shows_what_was_there_before_is_no_way_back() {
    let (world, state) = rolling();
    let shown = world.memory.stored_service("shop", "checkout").unwrap();
    let first = shown.rollings[1].clone();
    world.memory.change_service("shop", "checkout", |service| {
        first.task_definition.clone_into(&mut service.task_definition);
        service.rollings = vec![first];
    });
    let behind = world.memory.stored_service("shop", "checkout").unwrap();
    world.pass(59);
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.memory.change_service("shop", "checkout", |service| *service = shown);
    comes_to(&world, State::Completed);
    assert_eq!(asked(&world, &state)["status"], "deployed");

    let (world, state) = rolling();
    world.memory.change_service("shop", "checkout", |service| *service = behind);
    world.pass(60);
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["reason"]),
        (&json!("rolled_back"), &json!("the service runs checkout:1 again"))
    );
}

#[test]
fn what_somebody_else_gives_the_service_is_left_alone() {
    let other =
        |service: &mut Service| service.task_definition = "arn:aws:ecs:::task-definition/other:9".to_owned();
    let found =
        "somebody else changed the service checkout of the cluster shop in between: it runs other:9 now";
    for call in [Call::RegisterTaskDefinition, Call::RollService] {
        let (world, state) = world();
        world.memory.inject(call, Fault::DeathBefore);
        assert!(until_death(world.carry_out(&state)).is_none());
        world.memory.change_service("shop", "checkout", other);
        assert_eq!(failed(&world, &state), found, "before {call:?}");
        assert_eq!(world.memory.rolled(), 0);
    }
    let (world, state) = rolling();
    comes_to(&world, State::Failed);
    world.memory.change_service("shop", "checkout", other);
    assert_eq!(failed(&world, &state), found, "after it was given up");
    let (world, state) = rolling();
    world.memory.change_service("shop", "checkout", other);
    assert_eq!(failed(&world, &state), found, "while its tasks start");
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::LeftAlone));
}

#[test]
fn a_refusal_is_a_failure_that_says_how_far_it_was() {
    let (world, state) = world();
    world.memory.refuse_registering("AccessDeniedException");
    assert_eq!(failed(&world, &state), "ecs:RegisterTaskDefinition was refused: AccessDeniedException");
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
    let (world, state) = self::world();
    world.memory.refuse_rolling("AccessDeniedException");
    assert_eq!(
        failed(&world, &state),
        "ecs:UpdateService was refused: AccessDeniedException; so far: checkout:2 is registered"
    );
}

#[test]
fn a_service_that_does_not_answer_is_asked_again() {
    let (world, state) = rolling();
    let unavailable = TargetError::Unavailable {
        operation: "ecs:DescribeServices",
        code: "ThrottlingException".to_owned(),
    };
    world.memory.fail_services(Some(unavailable));
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.memory.fail_services(None);
    comes_to(&world, State::Completed);
    assert_eq!(asked(&world, &state)["status"], "deployed");
}

/// How often a deployment makes such a call at least, whatever fails.
fn times(call: Call) -> usize {
    match call {
        Call::RegisterTaskDefinition | Call::RollService | Call::Claim => 1,
        Call::ReadTaskDefinition => 2,
        _ => 3,
    }
}

/// Whatever fails or dies at whichever call, the service is given one revision once.
#[test]
fn a_deployment_goes_on_where_it_stopped() {
    let calls = [
        Call::ReadService,
        Call::ReadTaskDefinition,
        Call::RegisterTaskDefinition,
        Call::RollService,
        Call::Claim,
        Call::Keep,
    ];
    let faults = [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter];
    for (call, fault) in calls.into_iter().flat_map(|call| faults.map(|fault| (call, fault))) {
        for nth in 1..=times(call) {
            let (world, state) = world();
            world.memory.inject_nth(call, nth, fault);
            for _ in 0..4 {
                until_death(world.carry_out(&state));
                world.pass(20);
            }
            assert_eq!(
                (image(&world).as_str(), world.memory.rolled()),
                (AFTER, 1),
                "{call:?} {fault:?} {nth}"
            );
            comes_to(&world, State::Completed);
            until_death(world.carry_out(&state));
            assert_eq!(asked(&world, &state)["status"], "deployed", "{call:?} {fault:?} {nth}");
            assert_eq!(world.request().progress(), Progress::Deployed);
            assert!(world.memory.count(call) >= nth, "{call:?} is made {nth} times");
        }
    }
}

/// The service was given the revision, nobody noted it, and somebody or ECS took it back since.
#[test]
fn what_was_given_to_the_service_once_is_not_given_again() {
    let (world, state) = world();
    world.memory.inject(Call::RollService, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.memory.change_service("shop", "checkout", rolls_back);
    for _ in 0..2 {
        assert_eq!(
            (asked(&world, &state)["status"].clone(), world.memory.rolled()),
            (json!("in_progress"), 1)
        );
    }
    world.memory.change_service("shop", "checkout", rests);
    assert_eq!((asked(&world, &state)["status"].clone(), world.memory.rolled()), (json!("rolled_back"), 1));

    let (world, state) = self::world();
    world.memory.inject(Call::RollService, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.memory.change_service("shop", "checkout", |service| {
        rolls_back(service);
        rests(service);
    });
    assert!(failed(&world, &state).starts_with("somebody else changed"), "all traces are gone");
    assert_eq!(world.memory.rolled(), 1);
}

/// One has read the record before the other acted: what it finds afterwards is the other's doing.
#[test]
fn an_invocation_that_was_overtaken_does_not_take_the_other_s_act_for_somebody_else_s() {
    let (world, state) = world();
    let mut slow = Invocation::of(&world, &state);
    assert_eq!((slow.run(Some(Call::Claim)), slow.run(Some(Call::ReadService))), (None, None));
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    assert_eq!(slow.run(None).unwrap()["status"], "in_progress");
    comes_to(&world, State::Completed);
    assert_eq!((asked(&world, &state)["status"].clone(), world.memory.rolled()), (json!("deployed"), 1));
}

/// Both have registered a revision; the one that is noted first is the one that the service gets.
#[test]
fn two_invocations_give_the_service_one_revision() {
    let (world, state) = world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!(one.run(Some(Call::RegisterTaskDefinition)), None);
    assert_eq!(other.run(Some(Call::RegisterTaskDefinition)), None);
    let answer = other.run(None).unwrap();
    assert_eq!(answer["status"], "in_progress");
    let given = world.memory.stored_service("shop", "checkout").unwrap().task_definition;
    assert_eq!(one.run(None).unwrap()["status"], "in_progress");
    let service = world.memory.stored_service("shop", "checkout").unwrap();
    assert_eq!((service.task_definition, world.memory.rolled()), (given, 1));
}
