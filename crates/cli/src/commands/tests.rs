//! The commands over a world in memory.

use common::adapters::memory::Memory;
use common::domain::{Choice, DeploymentFacts, Facts, GeneralFacts, Plan, Policy, RequestId, StoredPolicy};
use common::ports::{ListPolicies as _, ReadPolicy, StoreError, StorePolicies, Written};
use insta::assert_snapshot;

use super::policy_push::{Pushed, outline, push};
use super::{list, policy_history, policy_push, policy_show, request, show, withdraw};
use crate::exit::Exit;
use crate::policy;
use crate::samples::{EXECUTION, MACHINE, Outside, TOKEN, after, at, plan, request as request_of, vote};

const FILE: &str = r#"
schema = 1
[people.ana]
email = "ana@example.com"
[[rule]]
name = "all"
deadline = "1h"
[[rule.level]]
name = "approval"
[[rule.level.group]]
approvers = ["ana"]
"#;

fn file(comment: &str) -> (String, Policy) {
    let source = format!("# {comment}{FILE}");
    let policy = policy::compile(source.as_bytes()).policy.unwrap();
    (source, policy)
}

async fn pushed(store: &impl StorePolicies, memory: &Memory, expect: Option<u32>, comment: &str) -> Pushed {
    let (source, policy) = file(comment);
    push(store, memory, expect, source, policy).await.unwrap()
}

fn number(pushed: &Pushed) -> u32 {
    match pushed {
        Pushed::Stored(stored) => stored.number,
        other => panic!("not stored: {other:?}"),
    }
}

#[tokio::test]
async fn versions_follow_each_other_and_keep_their_files() {
    let memory = Memory::new();
    assert_eq!(number(&pushed(&memory, &memory, None, "one").await), 1);
    assert_eq!(number(&pushed(&memory, &memory, Some(1), "two").await), 2);
    let stored = policy_show::stored(&memory, None).await.unwrap();
    assert_eq!((stored.number, &stored.source, &stored.policy), (2, &file("two").0, &file("two").1));
    assert_eq!(stored.hash.len(), 64);
    assert_eq!(policy_show::stored(&memory, Some(1)).await.unwrap().source, file("one").0);
    let missing = policy_show::stored(&memory, Some(9)).await.unwrap_err();
    assert_eq!((missing.exit(), missing.line().contains("no version 9")), (Exit::Failed, true));
    let none = policy_show::stored(&Memory::new(), None).await.unwrap_err();
    assert!(none.line().contains("no policy is stored"), "{}", none.line());
}

const TARGETS: &str = r#"
[[target]]
service = ["checkout", "cart-*"]
environment = "prod*"
kind = "lambda"
function = "checkout"
alias = "live"
max_age = "2d"
"#;

/// Whoever pushes sees where things will go.
#[tokio::test]
async fn what_is_pushed_is_told_with_its_targets() {
    let source = format!("{FILE}{TARGETS}");
    let compiled = policy::compile(source.as_bytes());
    let policy = compiled.policy.clone().unwrap();
    assert_snapshot!(outline(&policy), @r"
      all: 1 level
      target checkout, cart-* in prod*: alias live of the function checkout
    ");
    let memory = Memory::new();
    push(&memory, &memory, None, source, policy).await.unwrap();
    let stored = policy_show::stored(&memory, None).await.unwrap();
    let json = policy_push::json(&stored, &compiled, "stored");
    assert_eq!(
        json["targets"],
        serde_json::json!([{
            "service": ["checkout", "cart-*"], "environment": ["prod*"],
            "rollout": {
                "to": {"kind": "lambda", "function": "checkout", "alias": "live"},
                "maxAgeSeconds": 172_800, "pollSeconds": 15, "limitSeconds": 3_600
            }
        }])
    );
}

#[tokio::test]
async fn what_is_stored_already_is_no_new_version_whatever_was_expected() {
    let memory = Memory::new();
    pushed(&memory, &memory, None, "one").await;
    for expect in [None, Some(0), Some(1), Some(7)] {
        let again = pushed(&memory, &memory, expect, "one").await;
        assert!(matches!(again, Pushed::Unchanged(ref stored) if stored.number == 1), "{again:?}");
    }
    assert_eq!(memory.policy_versions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_version_than_the_expected_one_is_left_as_it_is() {
    let memory = Memory::new();
    assert!(matches!(
        pushed(&memory, &memory, Some(3), "one").await,
        Pushed::Overtaken { follows: 3, found: None }
    ));
    pushed(&memory, &memory, None, "one").await;
    let overtaken = pushed(&memory, &memory, Some(0), "two").await;
    assert!(
        matches!(overtaken, Pushed::Overtaken { follows: 0, found: Some(ref found) } if found.number == 1)
    );
    assert_eq!(memory.policy_versions().await.unwrap().len(), 1);
}

/// Somebody else stores a version between our look and our write.
struct Busy(Memory);

impl ReadPolicy for Busy {
    async fn policy(&self) -> Result<Option<StoredPolicy>, StoreError> {
        self.0.policy().await
    }
}

impl StorePolicies for Busy {
    async fn store_policy(&self, policy: &StoredPolicy) -> Result<Written<StoredPolicy>, StoreError> {
        pushed(&self.0, &self.0, None, "theirs").await;
        self.0.store_policy(policy).await
    }

    async fn policy_version(&self, number: u32) -> Result<Option<StoredPolicy>, StoreError> {
        self.0.policy_version(number).await
    }
}

#[tokio::test]
async fn a_version_that_comes_in_between_is_never_overwritten() {
    let busy = Busy(Memory::new());
    let overtaken = pushed(&busy, &busy.0, None, "ours").await;
    assert!(
        matches!(overtaken, Pushed::Overtaken { follows: 0, found: Some(ref found) } if found.source == file("theirs").0)
    );
    assert_eq!(policy_show::stored(&busy, None).await.unwrap().source, file("theirs").0);
}

#[tokio::test]
async fn the_history_is_newest_first() {
    let memory = Memory::new();
    assert!(policy_history::answer(&[]).text.contains("default approver"));
    pushed(&memory, &memory, None, "one").await;
    pushed(&memory, &memory, None, "a longer one").await;
    let answer = policy_history::answer(&memory.policy_versions().await.unwrap());
    assert_snapshot!(answer.text);
    assert_eq!(answer.json["versions"][0]["version"], 2);
}

#[tokio::test]
async fn requests_are_listed_across_months_newest_first() {
    const DAY: i64 = 24 * 60 * 60;
    let memory = Memory::new();
    for (number, days) in [(1_u8, 0), (2, -40), (3, -400), (4, 3)] {
        let mut request = request_of(&plan(), 1, days * DAY);
        request.id = RequestId::parse(&format!("r{number}")).unwrap();
        memory.put_request(if number == 2 {
            after(&request, vote("ana", Choice::Approve), request.opened_at)
        } else {
            request
        });
    }
    let now = at(3 * DAY + 600);
    let ids = |listed: &[common::ports::Listed]| -> Vec<String> {
        listed.iter().map(|request| request.id.to_string()).collect()
    };
    let all = list::newest(&memory, now, 20).await.unwrap();
    assert_eq!(ids(&all), ["r4", "r1", "r2", "r3"]);
    assert_eq!(ids(&list::newest(&memory, now, 2).await.unwrap()), ["r4", "r1"]);
    assert!(list::newest(&memory, at(900 * DAY), 20).await.unwrap().is_empty(), "not before 24 months");
    assert_snapshot!(list::answer(&all, now).text);
    assert_eq!(list::answer(&[], now).text, "no requests\n");
}

/// The first level is open.
fn asked() -> Memory {
    let memory = Memory::new();
    memory.put_plan(plan());
    memory.put_request(request_of(&plan(), 1, 0));
    memory
}

#[tokio::test]
async fn the_open_level_is_withdrawn() {
    let memory = asked();
    let told = withdraw::answer(&memory, &memory, MACHINE, "checkout-1", "postponed").await.unwrap();
    assert_eq!((told.exit, &told.json["status"]), (Exit::Ok, &"withdrawn".into()), "{}", told.text);
    assert!(told.text.contains("withdrawn at 2026-01-05T09:00:00Z: postponed"), "{}", told.text);
    let again = withdraw::answer(&memory, &memory, MACHINE, EXECUTION, "postponed").await.unwrap();
    assert_eq!(again.exit, Exit::Ok, "it is withdrawn: {}", again.text);
}

#[tokio::test]
async fn what_is_decided_stays_and_the_exit_code_says_how() {
    for (choice, exit) in [(Choice::Approve, Exit::Failed), (Choice::Reject, Exit::Rejected)] {
        let memory = asked();
        let id = RequestId::of_level(&plan().key, 1);
        let decided = after(&memory.stored_request(&id).unwrap(), vote("ana", choice), at(5));
        memory.put_request(decided);
        let told = withdraw::answer(&memory, &memory, MACHINE, id.as_str(), "x").await.unwrap();
        assert_eq!((told.exit, &told.json["refusal"]), (exit, &"already_decided".into()), "{}", told.text);
        assert!(told.text.contains("by ana@example.com"), "{}", told.text);
        assert_eq!(told.json["decision"]["by"], "ana@example.com");
    }
}

#[tokio::test]
async fn where_nobody_was_asked_there_is_nothing_to_withdraw() {
    let memory = Memory::new();
    memory.put_plan(Plan { levels: Vec::new(), ..plan() });
    let error = withdraw::answer(&memory, &memory, MACHINE, "checkout-1", "x").await.unwrap_err();
    assert!(error.line().contains("nobody has been asked"), "{}", error.line());
    let error = withdraw::answer(&Memory::new(), &memory, MACHINE, "checkout-1", "x").await.unwrap_err();
    assert!(error.line().contains("nothing is called"), "{}", error.line());
}

#[tokio::test]
async fn a_workflow_that_asked_nobody_is_shown_by_what_step_functions_says() {
    let outside = Outside::new(None);
    let gone = show::look_up(&outside.memory, &outside, MACHINE, "checkout-1").await.unwrap_err();
    assert_eq!((gone.exit(), gone.line().contains("nothing is called")), (Exit::Failed, true));
    outside.end(common::ports::Ending::Failed);
    let (found, execution) = show::look_up(&outside.memory, &outside, MACHINE, "checkout-1").await.unwrap();
    let shown = show::answer(&found, execution.as_ref());
    assert_snapshot!(shown.text);
    let path = std::env::temp_dir().join("countersign-nothing-to-keep.html");
    let kept = show::keep(shown, &found, execution.as_ref(), at(0), &path).unwrap_err();
    assert!(kept.line().contains("nobody has been asked") && !path.exists(), "{}", kept.line());
}

#[tokio::test]
async fn records_are_shown_without_their_workflow_when_that_cannot_be_described() {
    let outside = Outside::new(None);
    *outside.failing.borrow_mut() = true;
    assert!(show::look_up(&outside.memory, &outside, MACHINE, "checkout-1").await.is_err());
    outside.memory.put_plan(plan());
    let (found, execution) = show::look_up(&outside.memory, &outside, MACHINE, "checkout-1").await.unwrap();
    let shown = show::answer(&found, execution.as_ref());
    assert!(shown.text.contains("level 1 of 2, manager: not asked yet"), "{}", shown.text);
}

#[tokio::test]
async fn every_level_is_kept_in_one_file_without_a_secret() {
    let outside = Outside::new(None);
    outside.end(common::ports::Ending::Failed);
    outside.memory.put_plan(plan());
    outside.memory.put_request(after(&request_of(&plan(), 1, 0), vote("ana", Choice::Approve), at(60)));
    outside.memory.put_request(after(&request_of(&plan(), 2, 61), vote("sam", Choice::Reject), at(90)));
    let (found, execution) = show::look_up(&outside.memory, &outside, MACHINE, EXECUTION).await.unwrap();
    let path = std::env::temp_dir().join(format!("countersign-{}.html", std::process::id()));
    let shown = show::answer(&found, execution.as_ref());
    let kept = show::keep(shown.clone(), &found, execution.as_ref(), at(100), &path).unwrap();
    let page = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();

    let place = path.display().to_string();
    assert_eq!(kept.text, format!("{}\nwritten to {place}\n", shown.text));
    assert_eq!(kept.json["html"], place.as_str());
    for part in ["Level 1 of 2: manager", "Level 2 of 2: security", EXECUTION, "RejectedError", "BROKEN"] {
        assert_eq!(page.contains(part), part != "BROKEN", "{part}: {page}");
    }
    let hash = serde_json::to_value(&found.requests[0].links[0].hash).unwrap();
    for secret in [TOKEN, hash.as_str().unwrap()] {
        assert!(!page.contains(secret), "{secret} in {page}");
    }
    let nowhere = path.join("nowhere.html");
    let error = show::keep(shown, &found, execution.as_ref(), at(100), &nowhere).unwrap_err();
    assert!(error.line().contains("nowhere.html cannot be written: "), "{}", error.line());
}

#[test]
fn names_of_workflows_tell_the_service_and_differ() {
    let Facts::Deployment(facts) = plan().facts else { panic!("a deployment") };
    let service =
        |name: &str| Facts::Deployment(DeploymentFacts { service_name: name.to_owned(), ..facts.clone() });
    let memory = Memory::new();
    let [one, two] = [(); 2].map(|()| request::new_name(&service("a.b/ü"), &memory));
    assert!(one.starts_with("a-b---") && one != two, "{one} {two}");
    assert_eq!(request::new_name(&service(&"x".repeat(200)), &memory).len(), 80);
    let subject = |kind| Facts::General(GeneralFacts::titled(kind, "Orders of May"));
    assert!(request::new_name(&subject(Some("data release")), &memory).starts_with("data-release-"));
    assert!(request::new_name(&subject(None), &memory).starts_with("Orders-of-May-"));
}
