//! What was approved gets to its place, once, and the records say how that went.

use serde_json::{Value, json};

use super::world::{World, approved, input, name_of, now, policy, rule};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::contract::TaskErrorName;
use crate::domain::samples::{group, level};
use crate::domain::{
    Choice, Destination, Failure, Glob, LambdaAlias, Level, NamedBy, Notice, Progress, RequestId, Resume,
    Rollout, Status, Target,
};
use crate::ports::{Part, ReadRequests, TargetError};
use crate::usecase::go_on::WentOn;

pub(super) const LIMIT: i64 = 3_600;
const MAX_AGE: i64 = 86_400;

/// The alias `live` of `checkout` leads to version 1, and a policy brings what these levels approve there.
pub(super) fn world(levels: Vec<Level>) -> World {
    let world = World::new();
    for version in ["2.4.0", "2.4.1"] {
        world.memory.publish("checkout", version);
    }
    world.memory.put_alias("checkout", "live", "1");
    let mut stored = policy(vec![rule("all", "*", levels)]);
    stored.policy.targets = vec![target()];
    world.memory.put_policy(stored);
    world
}

pub(super) fn target() -> Target {
    let to =
        Destination::Lambda(LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() }.into());
    let rollout = Rollout {
        to,
        max_age_seconds: Some(u32::try_from(MAX_AGE).unwrap()),
        poll_seconds: 20,
        limit_seconds: u32::try_from(LIMIT).unwrap(),
    };
    let globs = |text: &str| vec![Glob::parse(text).unwrap()];
    Target::of_deployments(globs("checkout"), globs("prod*"), rollout)
}

fn by_ana() -> Vec<Level> {
    vec![Level { named_by: NamedBy::Policy, ..level(vec![group("approver", &["ana"], 1)]) }]
}

/// Ana has approved; what the workflow holds then.
pub(super) fn approved_world() -> (World, Value) {
    let world = world(by_ana());
    let details = world.asked();
    let request = world.vote("ana", Choice::Approve).unwrap();
    (world, approved(&details, &request))
}

/// Which version the alias leads to, and how often it was changed since the operator set it up.
pub(super) fn alias(world: &World) -> (String, usize) {
    let alias = world.memory.stored_alias("checkout", "live").unwrap();
    (alias.routes.version, world.memory.alias_changes() - 1)
}

/// What somebody else's shift may have come to.
pub(super) fn half() -> Part {
    Part { version: "2".to_owned(), percent: 50 }
}

pub(super) fn unavailable() -> TargetError {
    TargetError::Unavailable { operation: "lambda:UpdateAlias", code: "TooManyRequestsException".to_owned() }
}

pub(super) fn failed(world: &World, state: &Value) -> String {
    let answer = now(world.carry_out(state)).unwrap();
    assert_eq!((&answer["status"], &answer["deployed"]), (&json!("failed"), &json!(false)));
    let request = world.request();
    assert_eq!(
        (request.progress(), request.notices.as_slice()),
        (Progress::Failed, [Notice::DeploymentFailed].as_slice())
    );
    let told = |name| world.mails_to(name) - usize::from(name == "ana");
    assert_eq!((told("dev"), told("ana")), (1, 1), "the requester and the approver are told");
    assert_eq!(now(world.carry_out(state)).unwrap(), answer, "the same once more");
    answer["reason"].as_str().unwrap().to_owned()
}

#[test]
fn the_alias_leads_to_the_approved_version_and_the_answer_says_how_to_go_back() {
    let (world, state) = approved_world();
    let answer = now(world.carry_out(&state)).unwrap();
    let request = world.request();
    let way_back = "aws lambda update-alias --region eu-west-1 --function-name arn:aws:lambda:eu-west-1:123456789012:function:checkout --name live --function-version 1";
    assert_eq!(
        answer,
        json!({
            "schema": 1, "status": "deployed", "deployed": true, "at": world.memory_now(),
            "place": "alias live of the function checkout", "before": "1", "after": "2", "wayBack": way_back,
            "requestId": request.id.as_str(), "fingerprint": request.fingerprint.as_str()
        })
    );
    assert_eq!(alias(&world), ("2".to_owned(), 1));
    assert_eq!((request.progress(), request.resume), (Progress::Deployed, Resume::Done));
    let mail = world.memory.sent_to(&crate::domain::samples::person("dev")).remove(0);
    for line in ["from 1 to 2", way_back] {
        assert!(mail.text.replace('\n', " ").contains(line), "{line}: {}", mail.text);
    }
}

#[test]
fn a_version_is_meant_by_its_number_or_by_the_only_description_that_names_it() {
    let (world, state) = approved_world();
    world.memory.publish("checkout", "2.4.1");
    assert!(failed(&world, &state).contains("each of the versions 2, 3 of the function checkout"));
    assert_eq!(alias(&world), ("1".to_owned(), 0));

    let world = world_of_version("1");
    assert_eq!(now(world.0.carry_out(&world.1)).unwrap()["after"], "1");
    let (world, state) = world_of_version("9.9.9");
    assert!(failed(&world, &state).contains("no published version 9.9.9"));
}

/// Ana has approved this version.
fn world_of_version(version: &str) -> (World, Value) {
    let world = world(by_ana());
    let mut input = input();
    input["version"] = json!(version);
    let payload = json!({"input": input, "execution": super::world::EXECUTION, "canWait": true});
    let details = now(world.prepare(&payload)).unwrap();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let request = world.vote("ana", Choice::Approve).unwrap();
    (world, approved(&details, &request))
}

#[test]
fn an_approval_is_spent_by_the_first_deployment_also_after_somebody_went_back() {
    let (world, state) = approved_world();
    let answer = now(world.carry_out(&state)).unwrap();
    world.memory.put_alias("checkout", "live", "1");
    world.pass(60);
    assert_eq!(now(world.carry_out(&state)).unwrap(), answer);
    assert_eq!(alias(&world), ("1".to_owned(), 2), "the operator's word stands");
}

#[test]
fn an_approval_that_is_older_than_the_policy_allows_is_not_used() {
    let (world, state) = approved_world();
    world.pass(MAX_AGE + 1);
    assert!(failed(&world, &state).contains("ask again"));
    assert_eq!(alias(&world).1, 0);
    let (world, state) = approved_world();
    world.pass(MAX_AGE);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn an_alias_that_is_missing_or_shifted_by_somebody_is_left_alone() {
    let (world, state) = approved_world();
    world.memory.split_alias("checkout", "live", Some(half()));
    assert!(failed(&world, &state).contains("somebody is shifting it"));
    assert_eq!(alias(&world).1, 0);

    let (world, state) = approved_world();
    let mut plan = world.memory.stored_plans().remove(0);
    plan.rollout.as_mut().unwrap().to =
        Destination::Lambda(LambdaAlias { function: "checkout".to_owned(), alias: "blue".to_owned() }.into());
    world.memory.put_plan(plan);
    assert!(failed(&world, &state).contains("there is no alias blue of the function checkout"));
}

#[test]
fn what_somebody_changed_after_the_claim_is_left_alone() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.memory.publish("checkout", "hotfix");
    world.memory.put_alias("checkout", "live", "3");
    assert!(failed(&world, &state).contains("it leads to 3 now"));
    assert_eq!(alias(&world), ("3".to_owned(), 1));
}

#[test]
fn a_process_that_dies_after_its_act_is_recognised_by_the_alias_itself() {
    for fault in [Fault::DeathAfter, Fault::AfterEffect] {
        let (world, state) = approved_world();
        world.memory.inject(Call::PointAlias, fault);
        until_death(world.carry_out(&state));
        assert_eq!((alias(&world), world.request().progress()), (("2".to_owned(), 1), Progress::Deploying));
        assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
        assert_eq!(alias(&world), ("2".to_owned(), 1), "once");
    }
}

#[test]
fn a_target_that_does_not_answer_is_asked_again_until_the_limit() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::BeforeEffect);
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!((&answer["status"], &answer["pollSeconds"]), (&json!("in_progress"), &json!(20)));
    assert_eq!((world.request().progress(), world.mails_to("dev")), (Progress::Deploying, 0));

    world.memory.fail_functions(Some(unavailable()));
    world.pass(LIMIT - 1);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "in_progress");
    world.pass(1);
    assert!(failed(&world, &state).contains("lambda:UpdateAlias did not answer (TooManyRequestsException)"));
}

#[test]
fn before_the_claim_a_target_that_does_not_answer_is_asked_again_and_the_approval_is_unused() {
    let (world, state) = approved_world();
    world.memory.fail_functions(Some(unavailable()));
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!((&answer["status"], &answer["pollSeconds"]), (&json!("in_progress"), &json!(20)));
    assert_eq!(world.request().progress(), Progress::Unused);
    world.memory.fail_functions(None);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");

    let (world, state) = approved_world();
    world.memory.fail_functions(Some(unavailable()));
    world.pass(LIMIT);
    assert!(failed(&world, &state).contains("TooManyRequestsException"));
    assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
}

#[test]
fn a_target_that_refuses_is_a_failure_in_its_own_words() {
    let refused = TargetError::Refused {
        operation: "lambda:GetAlias",
        reason: "AccessDeniedException, not authorized".to_owned(),
    };
    let (world, state) = approved_world();
    world.memory.fail_functions(Some(refused));
    assert_eq!(failed(&world, &state), "lambda:GetAlias was refused: AccessDeniedException, not authorized");
}

#[test]
fn a_caller_that_cannot_poll_has_its_retrier_until_the_change_is_claimed() {
    let (world, state) = by_a_caller_that_cannot_poll();
    world.memory.inject(Call::ReadAlias, Fault::BeforeEffect);
    assert_eq!(name_of(now(world.carry_out(&state))), TaskErrorName::TemporarilyUnavailable);
    assert_eq!(world.request().progress(), Progress::Unused);
    world.memory.inject(Call::PointAlias, Fault::BeforeEffect);
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "in_progress");
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ended: 1, ..WentOn::default() });
    assert_eq!((world.request().progress(), world.mails_to("dev")), (Progress::Deployed, 1));
    assert_eq!(now(world.go_on()).unwrap(), WentOn::default(), "nothing is left");
}

/// Where capacity is provisioned, the version that is left serves a part of the calls for a while.
#[test]
fn a_deployment_whose_reply_was_lost_is_recognised_while_calls_still_go_over() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    let left = Part { version: "1".to_owned(), percent: 75 };
    world.memory.split_alias("checkout", "live", Some(left));
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

/// Ana has approved; what the workflow of such a caller holds then.
pub(super) fn by_a_caller_that_cannot_poll() -> (World, Value) {
    let world = world(by_ana());
    let details = world.minimal_details();
    world.ask(&json!({"taskToken": "first", "deploymentDetails": details})).unwrap();
    let request = world.vote("ana", Choice::Approve).unwrap();
    (world, approved(&details, &request))
}

/// The pointer moves between the check and the claim.
#[test]
fn a_newer_plan_that_comes_before_the_claim_stops_it() {
    let (world, state) = approved_world();
    world.memory.remember();
    let mut input = input();
    input["version"] = json!("2.4.2");
    world.pass(1);
    now(world.prepare(&json!({"input": input, "canWait": true}))).unwrap();
    // The pointer is read as it was a moment ago.
    world.memory.inject(Call::ReadPointer, Fault::Behind);
    assert_eq!(name_of(now(world.carry_out(&state))), TaskErrorName::NotApproved);
    assert_eq!(
        (alias(&world).1, world.mails_to("dev")),
        (0, 1),
        "the requester learns that nothing was done"
    );
}

#[test]
fn what_was_claimed_before_a_newer_plan_came_goes_on() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    let mut input = input();
    input["version"] = json!("2.4.0");
    world.pass(1);
    now(world.prepare(&json!({"input": input, "canWait": true}))).unwrap();
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn what_nobody_has_to_approve_is_deployed_once_and_has_a_record() {
    let world = world(Vec::new());
    let details = world.details();
    assert_eq!(details["approval"]["needed"], json!(false));
    let state = json!({"deploymentDetails": details});
    world.memory.inject(Call::PointAlias, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!((&answer["status"], alias(&world)), (&json!("deployed"), ("2".to_owned(), 1)));
    let request = world.request();
    assert_eq!(request.workflow.execution.as_deref(), Some(super::world::EXECUTION));
    assert_eq!((request.status, request.resume), (Status::Approved, Resume::Done));
    assert_eq!(crate::domain::audit::check(&request, Some(&world.memory.stored_plans()[0])), Vec::new());
    assert_eq!((world.mails_to("dev"), world.mails_to("ana")), (1, 0));
    assert_eq!(now(world.carry_out(&state)).unwrap(), answer);
}

#[test]
fn every_level_s_record_says_what_became_of_it() {
    let (world, state, levels) = two_levels();
    world.memory.publish("checkout", "2.4.1");
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!(answer["status"], "failed");
    for id in levels {
        let request = now(world.memory.request(&id)).unwrap().unwrap();
        assert_eq!(request.deployment.as_ref().unwrap().failure, Some(Failure::NothingChanged));
        assert_eq!(crate::domain::audit::check(&request, Some(&world.memory.stored_plans()[0])), Vec::new());
    }
    assert_eq!((world.mails_to("dev"), world.mails_to("ana"), world.mails_to("bob")), (1, 2, 2));
}

/// The workflow is gone, and its function died before it noted the end anywhere.
#[test]
fn the_schedule_notes_the_end_in_every_level_s_record() {
    let (world, state, levels) = two_levels();
    world.memory.inject(Call::PointAlias, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ended: 1, ..WentOn::default() });
    for id in levels {
        let request = now(world.memory.request(&id)).unwrap().unwrap();
        assert_eq!(request.progress(), Progress::Deployed);
    }
    assert_eq!((alias(&world), world.mails_to("dev")), (("2".to_owned(), 1), 1));
}

#[test]
fn what_fails_holds_up_no_other_and_is_tried_again() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.memory.inject(Call::ReadPlan, Fault::BeforeEffect);
    assert_eq!(now(world.go_on()).unwrap(), WentOn { failed: 1, ..WentOn::default() });
    world.memory.fail_functions(Some(unavailable()));
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ..WentOn::default() });
    world.memory.fail_functions(None);
    assert_eq!(now(world.go_on()).unwrap(), WentOn { deploying: 1, ended: 1, ..WentOn::default() });
}

/// Ana and then Bob have approved; what the workflow holds then, and both requests.
pub(super) fn two_levels() -> (World, Value, [RequestId; 2]) {
    let mut levels = by_ana();
    levels.push(Level { named_by: NamedBy::Policy, ..level(vec![group("security", &["bob"], 1)]) });
    let world = world(levels);
    let mut details = world.asked();
    let first = world.vote("ana", Choice::Approve).unwrap();
    details["approval"] = approved(&details, &first)["approvalResult"]["next"].clone();
    world.ask(&world.own(&details, "second", 0)).unwrap();
    let last = world.vote("bob", Choice::Approve).unwrap();
    (world, approved(&details, &last), [first.id, last.id])
}

#[test]
fn people_are_told_of_a_failure_also_when_the_process_dies_before() {
    let (world, state) = approved_world();
    world.memory.publish("checkout", "2.4.1");
    world.memory.inject(Call::SendMail, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none());
    assert_eq!((world.request().progress(), world.mails_to("dev")), (Progress::Failed, 0));
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!((world.mails_to("dev"), world.mails_to("ana")), (1, 2));
}

/// The workflow is stopped, or its function died for good: nobody comes back.
#[test]
fn a_deployment_that_nobody_asks_about_any_more_is_given_up_when_its_time_is_over() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    world.memory.end_workflow(super::world::EXECUTION);
    now(world.close_ended()).unwrap();
    world.pass(LIMIT + 119);
    now(world.sweep()).unwrap();
    assert_eq!(world.request().progress(), Progress::Deploying, "a function may be at work");
    for _ in 0..2 {
        world.pass(60);
        now(world.sweep()).unwrap();
    }
    assert_eq!(world.request().progress(), Progress::Failed);
    let mail = world.memory.sent_to(&crate::domain::samples::person("dev")).remove(0);
    assert!(mail.text.contains("The command that goes back: aws lambda"), "{}", mail.text);
    assert_eq!((world.mails_to("dev"), world.mails_to("ana"), world.request().owing_since()), (1, 2, None));
    assert_eq!(
        now(world.carry_out(&state)).unwrap()["status"],
        "failed",
        "whoever comes later is told the same"
    );
}

#[test]
fn whom_the_caller_names_does_not_approve_what_the_policy_deploys() {
    let world = world(by_ana());
    let details = world.minimal_details();
    world
        .ask(&json!({
            "taskToken": "first", "deploymentDetails": details, "approverRole": "friend",
            "approverEmail": "bob@example.com"
        }))
        .unwrap();
    let request = world.vote("bob", Choice::Approve).unwrap();
    assert_eq!(name_of(now(world.carry_out(&approved(&details, &request)))), TaskErrorName::NotApproved);
    assert_eq!(alias(&world).1, 0);
}

#[test]
fn a_refusal_after_an_act_whose_reply_was_lost_is_no_failure() {
    let (world, state) = approved_world();
    world.memory.inject(Call::PointAlias, Fault::AfterEffect);
    now(world.carry_out(&state)).unwrap();
    world.memory.refuse_pointing("AccessDeniedException");
    assert_eq!(now(world.carry_out(&state)).unwrap()["status"], "deployed");
}

#[test]
fn where_the_alias_led_to_unpublished_code_no_command_goes_back() {
    let (world, state) = approved_world();
    world.memory.put_alias("checkout", "live", "$LATEST");
    let answer = now(world.carry_out(&state)).unwrap();
    assert_eq!((&answer["before"], answer.get("wayBack")), (&json!("$LATEST"), None));
}
