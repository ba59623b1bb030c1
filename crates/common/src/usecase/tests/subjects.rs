//! What is no deployment goes the same way: it is frozen, approved by the levels of its kind's rule, and carried out.

use serde_json::{Value, json};

use super::deploy::failed;
use super::world::{EXECUTION, World, name_of, now, policy, rule, timed_out};
use crate::adapters::memory::{Memory, START};
use crate::contract::TaskErrorName;
use crate::domain::samples::{group, level};
use crate::domain::{
    BuildProject, Choice, Destination, Facts, Fingerprint, Glob, LambdaAlias, Level, NamedBy, Outlook,
    Preview, Rollout, Rule, StateMachine, Status, Target, Webhook, WebhookUrl, audit,
};
use crate::ports::{BuildEnd, Ran, ReadPolicy, Received};

const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:release-data";

fn release() -> Value {
    json!({
        "kind": "data release", "title": "Orders of May, for the auditors",
        "facts": [{"label": "Rows", "value": "12000"}, {"label": "Recipient", "value": "Ledger & Sons"}],
    })
}

fn wrapped(subject: &Value) -> Value {
    let input = json!({"subject": subject, "requestedBy": "dev@example.com"});
    json!({"input": input, "execution": EXECUTION, "canWait": true})
}

fn by(names: &[&str]) -> Level {
    Level { named_by: NamedBy::Policy, ..level(vec![group("approver", names, 1)]) }
}

/// Data releases are Ana's, and everything else is Bob's; releases go to this place.
fn world_to(to: Destination) -> World {
    let world = World::new();
    let globs = |text: &str| vec![Glob::parse(text).unwrap()];
    let data = Rule { kind: globs("data release"), ..rule("data", "*", vec![by(&["ana"])]) };
    let rest = rule("rest", "*", vec![by(&["bob"])]);
    let mut stored = policy(vec![data, rest]);
    let rollout = Rollout { to, max_age_seconds: None, poll_seconds: 20, limit_seconds: 600 };
    let services = Target::of_deployments(globs("*"), globs("*"), rollout.clone());
    stored.policy.targets = vec![services, Target::of_subjects(globs("data *"), rollout)];
    world.memory.put_policy(stored);
    world.memory.put_machine(MACHINE, true);
    world
}

fn build() -> Destination {
    Destination::Codebuild(BuildProject { project: "release".to_owned() })
}

fn alias() -> Destination {
    Destination::Lambda(LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() }.into())
}

/// A release with more facts than the variables of a build have room for.
fn too_long_for_a_build() -> Value {
    let mut long = release();
    long["facts"] = (0..3).map(|_| json!({"label": "long", "value": "x".repeat(2_000)})).collect();
    long
}

fn too_long_for_any() -> Value {
    let mut widest = release();
    widest["facts"] = (0..50).map(|_| json!({"label": "wide", "value": "\u{1f600}".repeat(2_000)})).collect();
    widest
}

fn machine() -> Destination {
    Destination::StepFunctions(StateMachine { state_machine: MACHINE.to_owned() })
}

/// What a state machine passes on whose whole state is what `prepare` answered.
fn asking(world: &World, prepared: &Value, token: &str) -> Value {
    json!({
        "taskToken": token, "subject": prepared["subject"], "approval": prepared["approval"],
        "execution": EXECUTION, "state": "RequestApproval", "enteredAt": world.memory_now(), "retry": 0
    })
}

/// Ana has approved; the state of the workflow then.
fn approved_in(world: &World, subject: &Value) -> Value {
    let mut state = now(world.prepare(&wrapped(subject))).unwrap();
    world.ask(&asking(world, &state, "first")).unwrap();
    let request = world.vote("ana", Choice::Approve).unwrap();
    state["approvalResult"] = crate::contract::outcome::Report::of(&request).to_value();
    state
}

fn asked(world: &World, state: &Value) -> Value {
    now(world.carry_out(state)).unwrap()
}

fn started(memory: &Memory) -> Vec<Value> {
    memory.started_executions().into_values().collect()
}

#[test]
fn a_subject_is_frozen_and_the_rule_of_its_kind_says_who_approves() {
    let world = world_to(machine());
    let prepared = now(world.prepare(&wrapped(&release()))).unwrap();
    let plan = world.memory.stored_plans().remove(0);
    let expected = json!({
        "schema": 1, "subject": release(), "fingerprint": plan.fingerprint.as_str(),
        "approval": {"needed": true, "key": plan.key.as_str(), "level": 1, "waitSeconds": 100}
    });
    assert_eq!(prepared, expected);
    assert_eq!(plan.fingerprint, Fingerprint::of(&plan.facts, plan.requested_by.as_ref()));
    assert_eq!((plan.policy.unwrap().rule.as_str(), plan.subject), ("data", None));
    assert_eq!(now(world.prepare(&wrapped(&release()))).unwrap(), prepared, "a retry finds the same plan");
    let other = json!({"kind": "expense report", "title": "Lisbon"});
    let own = json!({"subject": other, "requestedBy": "dev@example.com"});
    now(world.prepare(&own)).unwrap();
    let rules: Vec<_> = world
        .memory
        .stored_plans()
        .into_iter()
        .map(|plan| (plan.policy.unwrap().rule, plan.rollout.is_some()))
        .collect();
    assert!(
        rules.contains(&("rest".to_owned(), false)) && rules.contains(&("data".to_owned(), true)),
        "{rules:?}"
    );
}

#[test]
fn a_typed_kind_does_not_choose_the_rule_or_the_target_of_deployments() {
    let world = world_to(machine());
    for kind in ["deployment", "Deployment", " DEPLOYMENT "] {
        let subject = json!({"kind": kind, "title": "checkout 2.4.1 to production"});
        assert_eq!(name_of(now(world.prepare(&wrapped(&subject)))), TaskErrorName::InvalidInput);
        let asked = json!({"taskToken": "first", "subject": subject});
        assert_eq!(name_of(world.ask(&asked)), TaskErrorName::InvalidInput);
    }
    assert!(world.memory.stored_plans().is_empty() && world.memory.stored_requests().is_empty());
}

#[test]
fn what_was_approved_is_told_to_the_execution_of_another_state_machine_once() {
    let world = world_to(machine());
    let state = approved_in(&world, &release());
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    let request = world.request();
    assert_eq!(request.level_number, 1);
    let told = json!({
        "requestId": request.id, "fingerprint": request.fingerprint, "kind": "data release",
        "title": "Orders of May, for the auditors", "facts": release()["facts"],
    });
    assert_eq!(started(&world.memory), [told]);
    world.memory.end_executions(&Ran::Succeeded);
    let answer = asked(&world, &state);
    assert_eq!((&answer["status"], &answer["after"]), (&json!("deployed"), &release()["title"]));
    assert_eq!(asked(&world, &state), answer);
    assert_eq!(started(&world.memory).len(), 1);
    assert_eq!(audit::check(&world.request(), Some(&world.memory.stored_plans()[0])), Vec::new());
    let mail = world.memory.sent_to(&crate::domain::samples::person("dev")).remove(0).text;
    assert!(mail.contains("Carried out on") && !mail.to_lowercase().contains("deploy"), "{mail}");
}

#[test]
fn where_a_subject_is_carried_out_is_said_before_anybody_decides() {
    let receiver = Destination::Webhook(Webhook {
        url: WebhookUrl::parse("https://books.example.com/").unwrap(),
        secret: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-AbCdEf".to_owned(),
    });
    for to in [machine(), build(), receiver] {
        let world = world_to(to.clone());
        world.memory.put_project("release");
        let state = now(world.prepare(&wrapped(&release()))).unwrap();
        world.ask(&asking(&world, &state, "first")).unwrap();
        let expected = Preview::of(&to, Outlook::CarriedOut, START);
        assert_eq!(world.request().preview, Some(expected));
    }
}

#[test]
fn what_stands_in_the_way_is_said_before_anybody_decides() {
    let why = |to: Destination| {
        let world = world_to(to);
        now(world.prepare(&wrapped(&release()))).unwrap();
        match world.memory.stored_plans().remove(0).preview.map(|preview| preview.outlook) {
            Some(Outlook::Impossible { reason }) => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(why(build()), "there is no project release");
    let gone = StateMachine { state_machine: format!("{MACHINE}-2") };
    assert_eq!(why(Destination::StepFunctions(gone)), "there is no state machine release-data-2");
}

#[test]
fn nobody_is_asked_for_what_could_never_be_carried_out() {
    let refused = |to: Destination, subject: &Value| {
        let world = world_to(to);
        let error = now(world.prepare(&wrapped(subject))).unwrap_err();
        assert!(world.memory.stored_plans().is_empty());
        assert_eq!(error.name(), TaskErrorName::InvalidInput);
        error.to_string()
    };
    let too_long = refused(build(), &too_long_for_a_build());
    assert!(too_long.contains("could not be carried out: what it would be told has"), "{too_long}");
    assert!(too_long.contains("and the build of the project release takes 4500"), "{too_long}");
    assert!(refused(machine(), &too_long_for_any()).contains("takes 250000"));
    assert!(refused(alias(), &release()).contains("only a version can be brought to the alias live"));
}

#[test]
fn an_execution_that_fails_is_told_without_calling_it_a_deployment() {
    let world = world_to(machine());
    let state = approved_in(&world, &release());
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    world.memory.end_executions(&Ran::Failed("ended as FAILED: NoSpace".to_owned()));
    assert!(failed(&world, &state).ends_with("ended as FAILED: NoSpace"));
    for name in ["dev", "ana"] {
        let mail = world.memory.sent_to(&crate::domain::samples::person(name)).pop().unwrap();
        assert!(mail.subject.starts_with("Not carried out: Orders of May"), "{}", mail.subject);
        assert!(!mail.text.to_lowercase().contains("deploy"), "{}", mail.text);
    }
}

#[test]
fn a_build_is_told_what_was_approved() {
    let world = world_to(build());
    world.memory.put_project("release");
    let state = approved_in(&world, &release());
    assert_eq!(asked(&world, &state)["status"], "in_progress");
    let request = world.request();
    let given = json!({
        "COUNTERSIGN_REQUEST": request.id, "COUNTERSIGN_FINGERPRINT": request.fingerprint,
        "COUNTERSIGN_KIND": "data release", "COUNTERSIGN_TITLE": "Orders of May, for the auditors",
        "COUNTERSIGN_FACTS": release()["facts"].to_string(),
    });
    assert_eq!(json!(world.memory.builds()[0].given), given);
    world.memory.end_builds(&BuildEnd::Succeeded);
    assert_eq!(asked(&world, &state)["status"], "deployed");
}

#[test]
fn an_amount_is_told_exactly() {
    let mut costly = release();
    costly["amount"] = json!({"value": "1250.50", "currency": "eur"});
    let world = world_to(machine());
    assert_eq!(asked(&world, &approved_in(&world, &costly))["status"], "in_progress");
    assert_eq!(started(&world.memory)[0]["amount"], json!({"value": "1250.5", "currency": "EUR"}));
    let world = world_to(build());
    world.memory.put_project("release");
    assert_eq!(asked(&world, &approved_in(&world, &costly))["status"], "in_progress");
    let given = world.memory.builds()[0].given.clone();
    assert_eq!(
        (given["COUNTERSIGN_AMOUNT"].as_str(), given["COUNTERSIGN_CURRENCY"].as_str()),
        ("1250.5", "EUR")
    );
}

/// The longer text is for people, and an execution has room for every fact that there can be in a readable script.
#[test]
fn an_execution_is_told_more_than_a_build_could_be() {
    let mut long = too_long_for_a_build();
    long["details"] = json!("z".repeat(20_000));
    let world = world_to(machine());
    assert_eq!(asked(&world, &approved_in(&world, &long))["status"], "in_progress");
}

/// A plan may be older than the limit that it is over.
#[test]
fn nothing_is_begun_on_a_part_of_what_was_approved_or_where_only_a_version_can_go() {
    let failure = |to: Destination, subject: &Value| {
        let world = world_to(machine());
        let mut stored = now(ReadPolicy::policy(&world.memory)).unwrap().unwrap();
        let rollout = stored.policy.targets.remove(1).rollout;
        world.memory.put_policy(stored);
        world.memory.put_project("release");
        let state = approved_in(&world, subject);
        let mut plan = world.memory.stored_plans().remove(0);
        plan.rollout = Some(Rollout { to, ..rollout });
        world.memory.put_plan(plan);
        let reason = failed(&world, &state);
        assert!(world.memory.builds().is_empty() && world.memory.started_executions().is_empty());
        reason
    };
    assert!(
        failure(build(), &too_long_for_a_build()).ends_with("the build of the project release takes 4500")
    );
    assert!(failure(machine(), &too_long_for_any()).contains("takes 250000"));
    assert_eq!(
        failure(alias(), &release()),
        "only a version can be brought to the alias live of the function checkout"
    );
}

#[test]
fn another_subject_than_the_approved_one_is_refused() {
    let world = world_to(machine());
    let state = approved_in(&world, &release());
    let mut other = asking(&world, &state, "second");
    other["subject"]["facts"][1]["value"] = json!("Somebody else");
    assert_eq!(name_of(world.ask(&other)), TaskErrorName::FingerprintMismatch);
    let mut changed = state.clone();
    changed["subject"]["facts"][0]["value"] = json!("13000");
    assert_eq!(name_of(now(world.carry_out(&changed))), TaskErrorName::FingerprintMismatch);
    let mut deployment = state;
    deployment["serviceName"] = json!("checkout");
    assert_eq!(name_of(now(world.carry_out(&deployment))), TaskErrorName::FingerprintMismatch);
    assert!(started(&world.memory).is_empty());
}

/// The stack's own state machine keeps what `prepare` answered under `deploymentDetails`, and passes that on.
#[test]
fn the_machine_for_deployments_takes_a_subject_as_well() {
    let world = world_to(machine());
    let details = now(world.prepare(&wrapped(&release()))).unwrap();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    assert!(matches!(world.request().facts, Facts::General(_)));
    let waiting = now(world.time_out(&timed_out(&details))).unwrap();
    assert_eq!(waiting["status"], "waiting");
    world.pass(2_000);
    let expired = now(world.time_out(&timed_out(&details))).unwrap();
    assert_eq!((expired["status"].as_str(), world.request().status), (Some("expired"), Status::Expired));
}

#[test]
fn without_a_target_the_answer_says_so() {
    let world = world_to(machine());
    let mut stored = now(crate::ports::ReadPolicy::policy(&world.memory)).unwrap().unwrap();
    stored.policy.targets.clear();
    world.memory.put_policy(stored);
    let state = approved_in(&world, &release());
    let answer = asked(&world, &state);
    assert_eq!((&answer["status"], &answer["deployed"]), (&json!("not_deployed"), &json!(false)));
    assert_eq!(answer["reason"], "no target is configured for the kind data release");
}

#[test]
fn a_receiver_is_told_the_subject_that_was_approved() {
    let world = world_to(Destination::Webhook(Webhook {
        url: WebhookUrl::parse("https://books.example.com/hooks/expenses").unwrap(),
        secret: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-AbCdEf".to_owned(),
    }));
    let state = approved_in(&world, &release());
    world.memory.answer_webhooks(Received::Done);
    assert_eq!(asked(&world, &state)["status"], "deployed");
    let (id, text) = world.memory.told().remove(0);
    let body: Value = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "schema": 1, "type": "subject.approved", "timestamp": world.request().decision.unwrap().at,
        "data": {
            "requestId": id, "fingerprint": world.request().fingerprint, "kind": "data release",
            "title": release()["title"], "facts": release()["facts"]
        }
    });
    assert_eq!(body, expected);
}

#[test]
fn beside_the_amount_nothing_else_is_called_so() {
    let world = world_to(machine());
    let mut subject = release();
    subject["facts"] = json!([{"label": " amount", "value": "9 EUR"}]);
    assert!(now(world.prepare(&wrapped(&subject))).is_ok(), "a fact like any other");
    subject["amount"] = json!({"value": "9000", "currency": "EUR"});
    let error = now(world.prepare(&wrapped(&subject))).unwrap_err();
    assert_eq!(error.name(), TaskErrorName::InvalidInput);
    assert!(error.to_string().contains("no fact may be called \"Amount\""), "{error}");
}
