//! Every kind of id, and what is shown of what it leads to.

use common::adapters::memory::{Call, Memory};
use common::domain::{
    Change, Choice, Command, Frozen, Made, Purpose, RequestId, Resume, SlackMessage, Stage,
};
use common::ports::Ending;
use insta::assert_snapshot;

use super::{Found, find, text};
use crate::samples::{EXECUTION, MACHINE, TOKEN, after, at, contact, ended, person, plan, request, vote};

/// A manager has approved; one of two from security has.
fn world() -> Memory {
    let (memory, plan) = (Memory::new(), plan());
    let first = after(&request(&plan, 1, 0), vote("ana", Choice::Approve), at(60));
    let second = after(&request(&plan, 2, 61), vote("sam", Choice::Approve), at(90));
    let eve = contact(&person("eve"), Purpose::Reminder(0), at(661));
    let second = after(&second, Command::NoteContacts(vec![eve]), at(661));
    memory.put_plan(plan);
    memory.put_request(first);
    memory.put_request(second);
    memory
}

async fn found(memory: &Memory, id: &str) -> Found {
    find(memory, MACHINE, id).await.unwrap()
}

#[tokio::test]
async fn every_kind_of_id_leads_there_without_a_search() {
    let memory = world();
    let key = plan().key;
    for id in [key.as_str(), "checkout-1", EXECUTION] {
        memory.forget_calls();
        let found = found(&memory, id).await;
        assert_eq!(found.plan, Some(plan()), "{id}");
        assert_eq!(found.requests.len(), 2, "{id}");
        assert_eq!(found.execution.as_deref(), Some(EXECUTION));
        assert!(memory.calls().iter().all(|call| matches!(call, Call::ReadPlan | Call::ReadRequest)));
    }
    let level = RequestId::of_level(&key, 2);
    let one = found(&memory, level.as_str()).await;
    assert_eq!((one.plan, one.requests.len(), &one.requests[0].id), (None, 1, &level));
}

#[tokio::test]
async fn a_request_without_a_plan_is_found_by_its_id_even_if_that_looks_like_a_key() {
    let memory = Memory::new();
    let mut lone = request(&plan(), 1, 0);
    lone.id = RequestId::parse(&"ab".repeat(16)).unwrap();
    lone.plan = None;
    memory.put_request(lone.clone());
    assert_eq!(found(&memory, lone.id.as_str()).await.requests, [lone]);
}

#[tokio::test]
async fn what_is_not_stored_may_still_be_a_workflow() {
    let nothing = found(&world(), "another").await;
    assert!(!nothing.is_stored());
    assert_eq!(nothing.execution, Some(EXECUTION.replace("checkout-1", "another")));
}

#[tokio::test]
async fn a_plan_is_shown_with_all_of_its_levels() {
    let memory = world();
    let mut waiting = found(&memory, "checkout-1").await;
    let (both, json) = text(&waiting, Some(&crate::ports::Execution::Running));
    assert_snapshot!("both_levels", both);
    waiting.requests.truncate(1);
    let (first, _) = text(&waiting, Some(&ended(Ending::Stopped)));
    assert_snapshot!("first_level", first);
    assert_eq!(json["requests"][1]["outstanding"][1], "kim@example.com");
    assert_eq!(json["workflow"]["status"], "running");
    assert_eq!(json["plan"]["levels"][1]["name"], "security");
}

#[tokio::test]
async fn whoever_looks_for_a_message_in_slack_reads_why_it_is_not_there() {
    let memory = Memory::new();
    let message = |ts: Option<&str>, failure: Option<&str>, to| SlackMessage {
        channel: "#releases".to_owned(),
        ts: ts.map(str::to_owned),
        to,
        purpose: Purpose::Ask,
        at: at(5),
        failure: failure.map(str::to_owned),
        passing: false,
        shows: String::new(),
    };
    let messages = vec![
        message(None, Some("not_in_channel"), None),
        message(None, Some("user_disabled"), Some(person("ana"))),
        message(Some("1.1"), Some("message_not_found"), Some(person("dev"))),
    ];
    let request = after(&request(&plan(), 1, 0), Command::NoteSlackMessages(messages), at(5));
    memory.put_request(request.clone());
    let (text, json) = text(&found(&memory, request.id.as_str()).await, None);
    for told in [
        "A message could not be posted in the Slack channel (not_in_channel)",
        "A message to ana@example.com in Slack could not be sent (user_disabled)",
        "a message shows an earlier state for good (message_not_found)",
    ] {
        assert!(text.contains(told), "{text}");
    }
    let slack = &json["requests"][0]["slack"];
    assert_eq!((&slack[0]["failure"], &slack[0]["channel"]), (&"not_in_channel".into(), &"#releases".into()));
    assert_eq!((&slack[1]["to"], &slack[2]["ts"]), (&"ana@example.com".into(), &"1.1".into()));
}

#[tokio::test]
async fn whoever_looks_while_calls_go_over_reads_how_many_have() {
    let change = Change {
        at: at(100),
        until: at(1000),
        place: "alias live of the function checkout".to_owned(),
        before: Some("7".to_owned()),
        after: "8".to_owned(),
        seal: "seal".to_owned(),
        way_back: None,
    };
    let approved = after(&request(&plan(), 1, 0), vote("ana", Choice::Approve), at(60));
    let told = after(&approved, Command::NoteResume(Resume::Done), at(61));
    let claimed = after(&told, Command::Claim(change), at(100));
    let made = Some(Made { name: "build-7".to_owned(), link: Some("https://example.com/7".to_owned()) });
    let part =
        Stage::Reached { at: at(101), step: 1, says: "10% of the calls".to_owned(), made: made.clone() };
    let stages = [
        (part, "deploying: 10% of the calls since 2026-", "reached"),
        (
            Stage::rolling_back(at(102), "the alarm errors has gone off").with(made.as_ref()),
            "the alarm errors has gone off",
            "rolling_back",
        ),
    ];
    for (stage, shown, name) in stages {
        let memory = Memory::new();
        memory.put_request(after(&claimed, Command::Reach(stage), at(103)));
        let (text, json) = text(&found(&memory, claimed.id.as_str()).await, None);
        assert!(text.contains(shown) && text.contains("https://example.com/7"), "{text}");
        assert_eq!(json["requests"][0]["stage"]["stage"], name);
    }
}

#[tokio::test]
async fn whoever_looks_while_a_freeze_holds_reads_which_one_and_until_when() {
    let approved = after(&request(&plan(), 1, 0), vote("ana", Choice::Approve), at(60));
    let by = Frozen {
        name: "weekend".to_owned(),
        since: at(70),
        until: at(900),
        opens: "2026-12-21 08:00 Europe/Berlin".to_owned(),
    };
    let memory = Memory::new();
    memory.put_request(after(&approved, Command::Freeze(by), at(70)));
    let (text, json) = text(&found(&memory, approved.id.as_str()).await, None);
    let shown = "not yet: frozen by \"weekend\" until 2026-12-21 08:00 Europe/Berlin, since 2026-";
    assert!(text.contains(shown), "{text}");
    assert_eq!(json["requests"][0]["frozen"]["name"], "weekend");
    assert_eq!(json["requests"][0]["progress"], "unused");
}

#[tokio::test]
async fn no_secret_is_shown() {
    let memory = world();
    let found = found(&memory, "checkout-1").await;
    let (text, json) = text(&found, Some(&ended(Ending::Failed)));
    let hash = serde_json::to_value(&found.requests[0].links[0].hash).unwrap();
    for shown in [text.clone(), json.to_string()] {
        for secret in [TOKEN, hash.as_str().unwrap(), "taskToken", "links"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    assert!(!text.contains('\u{1b}'), "nothing steers the terminal: {text}");
}

/// A field that is new in the record is either shown or left out on purpose.
#[test]
fn every_field_of_a_record_is_known_here() {
    let request = request(&plan(), 1, 0);
    let stored = serde_json::to_value(&request).unwrap();
    let shown = super::request_json(&request);
    let left_out: Vec<_> = stored
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| shown.get(name.as_str()).is_none())
        .map(String::as_str)
        .collect();
    let known = ["baseUrl", "canWait", "generation", "links", "next", "schema", "taskToken", "workflow"];
    let mut left_out = left_out;
    left_out.sort_unstable();
    assert_eq!(left_out, known);
}
