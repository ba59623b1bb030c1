//! What would happen, over a world in memory in which nothing may happen.

use common::adapters::memory::{Call, Fault, Memory, START};
use common::domain::{SCHEMA, StoredPolicy};
use common::ports::TargetError;
use insta::assert_snapshot;
use serde_json::Value;

use super::*;
use crate::policy;

const POLICY: &str = r#"
schema = 1
[people.ana]
email = "ana@example.com"
[[rule]]
name = "production"
environment = "production"
deadline = "1h"
[[rule.level]]
name = "approval"
[[rule.level.group]]
approvers = ["ana"]
[[rule]]
name = "rest"
[[target]]
service = "checkout"
environment = "*"
kind = "lambda"
function = "checkout"
alias = "live"
[[target]]
subject_kind = "data release"
kind = "codebuild"
project = "release"
"#;

/// The policy is stored, and the alias leads to 2.4.0.
fn world() -> Memory {
    let memory = Memory::new();
    let policy = policy::compile(POLICY.as_bytes()).policy.unwrap();
    memory.put_policy(StoredPolicy {
        schema: SCHEMA,
        number: 3,
        hash: "ab".repeat(32),
        stored_at: START,
        source: POLICY.to_owned(),
        policy,
    });
    memory.publish("checkout", "2.4.0");
    memory.publish("checkout", "2.4.1");
    memory.put_alias("checkout", "live", "1");
    memory
}

async fn run(memory: &Memory, changed: &[(&str, &str)]) -> Answer {
    let mut input = json!({
        "serviceName": "checkout", "version": "2.4.1", "environment": "production",
        "requestedBy": "dev@example.com"
    });
    for (field, value) in changed {
        input[*field] = json!(value);
    }
    let answer = dry_run(memory, memory, memory, Input::read(&input).unwrap()).await.unwrap();
    assert!(memory.stored_plans().is_empty() && memory.stored_requests().is_empty(), "nothing was started");
    assert_eq!(memory.alias_changes(), 1, "only the operator has pointed the alias");
    answer
}

#[tokio::test]
async fn it_says_who_would_be_asked_and_what_would_change() {
    let answer = run(&world(), &[]).await;
    assert_eq!(answer.exit, Exit::Ok);
    assert_snapshot!(answer.text, @r#"
    policy version 3
    checkout 2.4.1 to production, asked for by dev@example.com
    rule "production": 1 level

    level 1, "approval"
      approval, 1 of 1: ana@example.com
      confirmed by a typed phrase; one rejection ends the level

      +0s  asks ana@example.com
      +1h  expires

    then: alias live of the function checkout
          Now 2.4.0 (1), then 2.4.1 (2)

    nothing was started
    "#);
    let Value::Object(json) = &answer.json else { panic!("{}", answer.json) };
    assert_eq!(
        (&json["ok"], &json["dryRun"], &json["policy"]),
        (&json!(true), &json!(true), &json!({ "version": 3, "hash": "ab".repeat(32) }))
    );
    assert_eq!(json["timeline"]["levels"][0]["groups"][0]["approvers"], json!(["ana@example.com"]));
    assert_eq!(
        json["preview"],
        json!({
            "at": START, "place": "alias live of the function checkout", "outlook": "change",
            "before": {"exactly": "1", "name": "2.4.0"}, "after": {"exactly": "2", "name": "2.4.1"}
        })
    );
}

#[tokio::test]
async fn of_what_is_no_deployment_it_says_where_it_is_carried_out() {
    let memory = world();
    let subject = json!({"kind": "data release", "title": "Orders of May"});
    let input = Input::read(&json!({"subject": subject, "requestedBy": "dev@example.com"})).unwrap();
    let nowhere = dry_run(&memory, &memory, &memory, input.clone()).await.unwrap();
    assert_eq!(nowhere.exit, Exit::WorkflowFailed);
    assert!(nowhere.text.contains("Not possible as things stand: there is no project release"));
    memory.put_project("release");
    let answer = dry_run(&memory, &memory, &memory, input).await.unwrap();
    assert_eq!((answer.exit, &answer.json["preview"]["outlook"]), (Exit::Ok, &json!("carried_out")));
    assert!(
        answer.text.contains("then: build of the project release\n      Carried out once approved\n"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn what_could_never_be_carried_out_is_refused_as_prepare_refuses_it() {
    let facts: Vec<_> = (0..3).map(|_| json!({"label": "long", "value": "x".repeat(2_000)})).collect();
    let subject = json!({"kind": "data release", "title": "Orders of May", "facts": facts});
    let input = Input::read(&json!({"subject": subject, "requestedBy": "dev@example.com"})).unwrap();
    let memory = world();
    let answer = dry_run(&memory, &memory, &memory, input).await.unwrap();
    assert_eq!((answer.exit, &answer.json["ok"]), (Exit::Mistakes, &json!(false)));
    let reason = answer.json["refused"].as_str().unwrap();
    assert!(reason.ends_with("and the build of the project release takes 4500"), "{reason}");
    assert!(answer.text.contains(&format!("Can never be carried out: {reason}")), "{}", answer.text);
}

#[tokio::test]
async fn it_ends_as_the_workflow_would() {
    let memory = world();
    let impossible = run(&memory, &[("version", "9.9.9")]).await;
    assert_eq!((impossible.exit, &impossible.json["ok"]), (Exit::WorkflowFailed, &json!(false)));
    assert!(impossible.text.contains("Not possible as things stand: the function checkout has no"));
    let dead_end = run(&memory, &[("requestedBy", "ana@example.com")]).await;
    assert_eq!((dead_end.exit, &dead_end.json["ok"]), (Exit::Mistakes, &json!(false)));
    assert!(dead_end.text.contains("can never be approved"), "{}", dead_end.text);
    assert_eq!(dead_end.json.get("preview"), None, "nothing is looked at");
    let nobody = run(&memory, &[("environment", "staging")]).await;
    assert_eq!(nobody.exit, Exit::Ok);
    assert!(nobody.text.contains("no approval needed") && nobody.text.contains("then 2.4.1 (2)"));
    let nowhere = run(&memory, &[("serviceName", "search")]).await;
    assert_eq!((nowhere.exit, nowhere.json.get("preview")), (Exit::Ok, None));
    assert!(nowhere.text.contains("nothing is deployed, because no target is about it"), "{}", nowhere.text);
}

#[tokio::test]
async fn without_a_policy_only_the_stack_knows_who_decides() {
    let answer = run(
        &{
            let memory = Memory::new();
            memory.put_alias("checkout", "live", "1");
            memory
        },
        &[],
    )
    .await;
    assert_eq!((answer.exit, answer.json), (Exit::Ok, json!({ "ok": true, "dryRun": true })));
    assert!(answer.text.contains("the stack's default approver decides"), "{}", answer.text);
}

#[tokio::test]
async fn why_it_is_not_known_is_said_and_which_permission_is_missing() {
    let memory = world();
    let reason = "AccessDeniedException, User: x is not authorized".to_owned();
    memory.fail_functions(Some(TargetError::Refused { operation: "lambda:GetAlias", reason }));
    let refused = run(&memory, &[]).await;
    assert_eq!((refused.exit, &refused.json["preview"]["missing"]), (Exit::Ok, &json!("lambda:GetAlias")));
    let line = "Could not be looked at: alias live of the function checkout: the permission lambda:GetAlias is missing; docs/CLI.md";
    assert!(refused.text.contains(line), "{}", refused.text);

    let memory = world();
    memory.inject(Call::ReadAlias, Fault::DeathBefore);
    let silent = run(&memory, &[]).await;
    assert_eq!((silent.exit, &silent.json["preview"]["outlook"]), (Exit::Ok, &json!("unknown")));
    assert!(silent.text.contains("it did not answer in time"), "{}", silent.text);
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_a_failure() {
    let memory = world();
    memory.inject(Call::ReadPolicy, Fault::BeforeEffect);
    let input = json!({
        "serviceName": "a", "version": "1", "environment": "production", "requestedBy": "dev@example.com"
    });
    let failed = dry_run(&memory, &memory, &memory, Input::read(&input).unwrap()).await.unwrap_err();
    assert_eq!(failed.exit(), Exit::Failed);
}
