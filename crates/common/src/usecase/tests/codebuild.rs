//! A build is started once for an approval, and its end is the deployment's.

use serde_json::{Value, json};

use super::deploy::{LIMIT, approved_world, failed};
use super::interleaved::Invocation;
use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::{BuildProject, Destination, Failure, Progress, RequestId, audit};
use crate::ports::{BuildEnd, RunBuilds as _, TargetError, Variables};

/// Ana has approved what a build of this project deploys.
fn world() -> (World, Value) {
    let (world, state) = approved_world();
    let mut plan = world.memory.stored_plans().remove(0);
    plan.rollout.as_mut().unwrap().to =
        Destination::Codebuild(BuildProject { project: "deploy-checkout".to_owned() });
    world.memory.put_plan(plan);
    world.memory.put_project("deploy-checkout");
    (world, state)
}

fn asked(world: &World, state: &Value) -> Value {
    now(world.carry_out(state)).unwrap()
}

/// The build runs.
fn building() -> (World, Value) {
    let (world, state) = world();
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    (world, state)
}

#[test]
fn a_build_is_told_what_was_approved_and_its_success_is_the_deployment_s() {
    let (world, state) = building();
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["reached"], &answer["place"], &answer["after"]),
        (
            &json!("in_progress"),
            &json!("the build deploy-checkout:1 runs"),
            &json!("build of the project deploy-checkout"),
            &json!("2.4.1")
        )
    );
    assert_eq!((answer.get("before"), answer.get("wayBack")), (None, None), "nothing tells");
    let request = world.request();
    let given = json!({
        "COUNTERSIGN_REQUEST": request.id, "COUNTERSIGN_FINGERPRINT": request.fingerprint,
        "COUNTERSIGN_SERVICE": "checkout", "COUNTERSIGN_VERSION": "2.4.1",
        "COUNTERSIGN_ENVIRONMENT": "production"
    });
    let builds = world.memory.builds();
    assert_eq!((json!(builds[0].given), builds.len()), (given, 1));
    let link = request.stage.as_ref().unwrap().made().unwrap().link.clone();
    assert_eq!(
        link.as_deref(),
        Some(
            "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/123456789012/projects/deploy-checkout/build/deploy-checkout%3A1/?region=eu-west-1"
        )
    );
    world.memory.end_builds(&BuildEnd::Succeeded);
    assert_eq!(asked(&world, &state)["status"], "deployed");
    assert_eq!((world.mails_to("dev"), world.memory.builds().len()), (1, 1));
    let mail = world.memory.sent_to(&crate::domain::samples::person("dev")).remove(0);
    assert!(
        mail.text.replace('\n', " ").contains("build of the project deploy-checkout, for 2.4.1"),
        "{}",
        mail.text
    );
    assert!(!mail.text.contains("console"), "a link to AWS is for the page: {}", mail.text);
    assert_eq!(audit::check(&world.request(), Some(&world.memory.stored_plans()[0])), Vec::new());
}

#[test]
fn a_build_that_fails_is_a_failure_in_its_own_words() {
    let (world, state) = building();
    world
        .memory
        .end_builds(&BuildEnd::Failed("ended as FAILED in the phase BUILD: exit status 1".to_owned()));
    assert_eq!(
        failed(&world, &state),
        "the build deploy-checkout:1 ended as FAILED in the phase BUILD: exit status 1"
    );
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::Failed));
}

#[test]
fn a_build_that_runs_too_long_or_is_gone_is_a_failure() {
    let (world, state) = building();
    world.pass(LIMIT - 1);
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.pass(1);
    assert_eq!(failed(&world, &state), "the build deploy-checkout:1 still runs, and its time is over");
    let (world, state) = building();
    world.memory.forget_builds();
    world.pass(59);
    assert_eq!(asked(&world, &state)["status"], "in_progress", "what CodeBuild shows may be behind");
    world.pass(1);
    assert!(failed(&world, &state).starts_with("its build is not there any more"));
    assert_eq!(world.memory.builds().len(), 0, "none is started again");
}

#[test]
fn without_the_project_nothing_is_started() {
    let (world, state) = approved_world();
    let mut plan = world.memory.stored_plans().remove(0);
    plan.rollout.as_mut().unwrap().to = Destination::Codebuild(BuildProject { project: "other".to_owned() });
    world.memory.put_plan(plan);
    assert_eq!(failed(&world, &state), "there is no project other");
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
}

#[test]
fn codebuild_that_does_not_answer_is_asked_again_and_a_refusal_is_a_failure() {
    let (world, state) = building();
    let unavailable = TargetError::Unavailable {
        operation: "codebuild:BatchGetBuilds",
        code: "ThrottlingException".to_owned(),
    };
    world.memory.fail_builds(Some(unavailable));
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    let refused = TargetError::Refused {
        operation: "codebuild:BatchGetBuilds",
        reason: "AccessDeniedException".to_owned(),
    };
    world.memory.fail_builds(Some(refused));
    assert_eq!(
        failed(&world, &state),
        "codebuild:BatchGetBuilds was refused: AccessDeniedException; so far: the build deploy-checkout:1 runs"
    );
}

#[test]
fn what_cannot_be_started_is_tried_again_or_changes_nothing() {
    let unavailable = TargetError::Unavailable {
        operation: "codebuild:StartBuild",
        code: "AccountLimitExceededException".to_owned(),
    };
    let (world, state) = world();
    world.memory.refuse_builds(Some(unavailable));
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.memory.refuse_builds(None);
    assert_eq!(asked(&world, &state)["reached"], "the build deploy-checkout:1 runs");

    let (world, state) = self::world();
    let refused = TargetError::Refused {
        operation: "codebuild:StartBuild",
        reason: "AccessDeniedException".to_owned(),
    };
    world.memory.refuse_builds(Some(refused));
    assert_eq!(failed(&world, &state), "codebuild:StartBuild was refused: AccessDeniedException");
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));

    let (world, state) = self::world();
    world.memory.inject(Call::StartBuild, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.pass(LIMIT);
    assert_eq!(failed(&world, &state), "its time is over, and no build was found that was started for it");
    assert!(world.memory.builds().is_empty());
}

/// Two scripts side by side could end in any order.
#[test]
fn while_another_request_s_build_runs_none_is_started() {
    let (world, state) = world();
    let other = now(world.memory.start(
        &BuildProject { project: "deploy-checkout".to_owned() },
        &RequestId::parse("another").unwrap(),
        &Variables::new(),
        60,
    ));
    assert!(other.is_ok());
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    assert_eq!((world.request().progress(), world.memory.builds().len()), (Progress::Unused, 1));
    world.memory.end_builds(&BuildEnd::Succeeded);
    assert_eq!(asked(&world, &state)["reached"], "the build deploy-checkout:2 runs");
}

/// The build was claimed, and another one started before it.
#[test]
fn a_claimed_build_waits_for_another_request_s_as_well() {
    let (world, state) = world();
    world.memory.inject(Call::StartBuild, Fault::BeforeEffect);
    asked(&world, &state);
    assert_eq!((world.request().progress(), world.memory.builds().len()), (Progress::Deploying, 0));
    let project = BuildProject { project: "deploy-checkout".to_owned() };
    let another = RequestId::parse("another").unwrap();
    now(world.memory.start(&project, &another, &Variables::new(), 60)).unwrap();
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    assert_eq!(world.memory.builds().len(), 1);
    world.memory.end_builds(&BuildEnd::Succeeded);
    assert_eq!(asked(&world, &state)["reached"], "the build deploy-checkout:2 runs");
}

/// CodeBuild has forgotten the token, and the record does not know of the build.
#[test]
fn a_build_is_found_again_by_what_it_was_given() {
    let (world, state) = world();
    world.memory.inject(Call::StartBuild, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.pass(301);
    assert_eq!(asked(&world, &state)["reached"], "the build deploy-checkout:1 runs");
    assert_eq!(world.memory.builds().len(), 1);
}

/// Whatever fails or dies at whichever call, one build is started.
#[test]
fn a_deployment_goes_on_where_it_stopped() {
    let calls =
        [Call::ReadProject, Call::ListBuilds, Call::StartBuild, Call::ReadBuild, Call::Claim, Call::Keep];
    let faults = [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter];
    for (call, fault) in calls.into_iter().flat_map(|call| faults.map(|fault| (call, fault))) {
        let once = matches!(call, Call::ReadProject | Call::StartBuild | Call::Claim | Call::ListBuilds);
        for nth in 1..=if once { 1 } else { 2 } {
            let (world, state) = world();
            world.memory.inject_nth(call, nth, fault);
            for _ in 0..4 {
                until_death(world.carry_out(&state));
                world.pass(20);
            }
            assert_eq!(world.memory.builds().len(), 1, "{call:?} {fault:?} {nth}");
            world.memory.end_builds(&BuildEnd::Succeeded);
            until_death(world.carry_out(&state));
            assert_eq!(asked(&world, &state)["status"], "deployed", "{call:?} {fault:?} {nth}");
            assert_eq!((world.request().progress(), world.memory.builds().len()), (Progress::Deployed, 1));
            assert!(world.memory.count(call) >= nth, "{call:?} is made {nth} times");
        }
    }
}

/// Neither has found a build when both start one.
#[test]
fn two_invocations_start_one_build() {
    let (world, state) = world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!((one.run(Some(Call::StartBuild)), other.run(Some(Call::StartBuild))), (None, None));
    let answers = [one.run(None).unwrap(), other.run(None).unwrap()];
    assert_eq!(answers.map(|answer| answer["reached"].clone()), ["the build deploy-checkout:1 runs"; 2]);
    assert_eq!(world.memory.builds().len(), 1);
}
