//! An execution is started once for an approval, and its end is the deployment's.

use serde_json::{Value, json};

use super::deploy::{LIMIT, approved_world, failed};
use super::interleaved::Invocation;
use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::{Destination, Failure, Progress, StateMachine, audit};
use crate::ports::{Ran, TargetError};

const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:release";

/// Ana has approved what an execution of this state machine deploys.
fn world() -> (World, Value) {
    let (world, state) = approved_world();
    let mut plan = world.memory.stored_plans().remove(0);
    plan.rollout.as_mut().unwrap().to =
        Destination::StepFunctions(StateMachine { state_machine: MACHINE.to_owned() });
    world.memory.put_plan(plan);
    world.memory.put_machine(MACHINE, true);
    (world, state)
}

fn asked(world: &World, state: &Value) -> Value {
    now(world.carry_out(state)).unwrap()
}

/// The execution runs.
fn running() -> (World, Value) {
    let (world, state) = world();
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    (world, state)
}

#[test]
fn an_execution_is_told_what_was_approved_and_its_success_is_the_deployment_s() {
    let (world, state) = running();
    let request = world.request();
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["reached"], &answer["place"], &answer["after"], answer.get("before")),
        (
            &json!(format!("the execution {} runs", request.id)),
            &json!("execution of the state machine release"),
            &json!("2.4.1"),
            None
        )
    );
    let arn = format!("arn:aws:states:eu-west-1:123456789012:execution:release:{}", request.id);
    let input = json!({
        "requestId": request.id, "fingerprint": request.fingerprint, "serviceName": "checkout",
        "version": "2.4.1", "environment": "production"
    });
    assert_eq!(json!(world.memory.started_executions()), json!({ arn.clone(): input }));
    let link = request.stage.as_ref().unwrap().made().unwrap().link.clone();
    let page = format!(
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{arn}"
    );
    assert_eq!(link, Some(page));
    world.memory.end_executions(&Ran::Succeeded);
    assert_eq!(asked(&world, &state)["status"], "deployed");
    assert_eq!((world.mails_to("dev"), world.memory.started_executions().len()), (1, 1));
    assert_eq!(audit::check(&world.request(), Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn an_execution_that_fails_runs_too_long_or_is_gone_is_a_failure() {
    let (world, state) = running();
    let id = world.request().id;
    world.memory.end_executions(&Ran::Failed("ended as FAILED: NoSpace: the disk is full".to_owned()));
    assert_eq!(
        failed(&world, &state),
        format!("the execution {id} ended as FAILED: NoSpace: the disk is full")
    );
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::Failed));
    let (world, state) = running();
    world.pass(LIMIT - 1);
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.pass(1);
    assert!(failed(&world, &state).ends_with("still runs, and its time is over"));
    let (world, state) = running();
    world.memory.forget_executions();
    assert!(failed(&world, &state).starts_with("its execution is not there any more"));
    assert!(world.memory.started_executions().is_empty(), "none is started again");
}

type Change<'a> = &'a dyn Fn(&World);

#[test]
fn what_cannot_be_started_changes_nothing() {
    let refused = TargetError::Refused {
        operation: "states:StartExecution",
        reason: "AccessDeniedException".to_owned(),
    };
    let changes: [(Change<'_>, &str); 2] = [
        (
            &|world| world.memory.put_machine(MACHINE, false),
            "the state machine release is of the type EXPRESS, whose executions cannot be asked how they ended",
        ),
        (
            &|world| world.memory.fail_executions(Some(refused.clone())),
            "states:StartExecution was refused: AccessDeniedException",
        ),
    ];
    for (change, found) in changes {
        let (world, state) = world();
        change(&world);
        assert_eq!(failed(&world, &state), found);
        assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
    }
    let (world, state) = world();
    world.memory.inject(Call::StartExecution, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.pass(LIMIT);
    assert_eq!(failed(&world, &state), "its time was over before it was started");
    assert!(world.memory.started_executions().is_empty());
}

/// Whatever fails or dies at whichever call, one execution is started.
#[test]
fn a_deployment_goes_on_where_it_stopped() {
    let calls = [Call::ReadMachine, Call::StartExecution, Call::ReadExecution, Call::Claim, Call::Keep];
    let faults = [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter];
    for (call, fault) in calls.into_iter().flat_map(|call| faults.map(|fault| (call, fault))) {
        let (world, state) = world();
        world.memory.inject(call, fault);
        for _ in 0..4 {
            until_death(world.carry_out(&state));
            world.pass(20);
        }
        assert_eq!(world.memory.started_executions().len(), 1, "{call:?} {fault:?}");
        world.memory.end_executions(&Ran::Succeeded);
        assert_eq!(asked(&world, &state)["status"], "deployed", "{call:?} {fault:?}");
        assert_eq!((world.request().progress(), world.memory.count(call) > 0), (Progress::Deployed, true));
    }
}

#[test]
fn two_invocations_start_one_execution() {
    let (world, state) = world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!((one.run(Some(Call::StartExecution)), other.run(Some(Call::StartExecution))), (None, None));
    let answers = [one.run(None).unwrap(), other.run(None).unwrap()];
    assert!(answers.iter().all(|answer| answer["status"] == "in_progress"));
    assert_eq!(world.memory.started_executions().len(), 1);
}
