//! The recorded payloads of `events/prepare` and `events/workflow`.

use std::fs;

use common::adapters::memory::Memory;
use common::domain::EmailAddress;
use serde_json::json;

use super::*;

async fn handled(memory: &Memory, payload: &Value) -> Result<Value, Diagnostic> {
    let approver = EmailAddress::parse("ana@example.com").unwrap();
    let defaults = Defaults { approver, timeout_seconds: 86_400, remind_after_seconds: Some(14_400) };
    handle(memory, memory, memory, memory, &defaults, payload.clone()).await
}

fn samples(folder: &str) -> Vec<(String, Value)> {
    let folder = format!("{}/../../events/{folder}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn every_good_input_is_prepared_and_every_other_is_refused_and_stores_nothing() {
    // What an approver is only shown may hold anything, and fields that nobody knows are not looked at.
    let shown_as_text = ["hostile-markup", "hostile-approver-smuggled"];
    for (name, payload) in [samples("prepare"), samples("workflow")].concat() {
        let memory = Memory::new();
        let good = !name.starts_with("hostile-") && !name.starts_with("invalid-");
        match handled(&memory, &payload).await {
            Ok(answer) => {
                assert!(good || shown_as_text.contains(&name.as_str()), "{name} was prepared");
                assert_eq!(answer["approval"]["needed"], true, "{name}");
                assert_eq!(memory.stored_plans()[0].levels[0].approvers().count(), 1, "{name}");
            }
            Err(error) => {
                assert!(!good, "{name}: {}", error.error_message);
                assert_eq!(error.error_type, "InvalidInput", "{name}");
                assert!(memory.stored_plans().is_empty(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn the_same_event_twice_is_answered_alike() {
    let memory = Memory::new();
    let (_, payload) = samples("prepare").into_iter().find(|(name, _)| name == "wrapped").unwrap();
    let answer = handled(&memory, &payload).await.unwrap();
    assert_eq!(handled(&memory, &payload).await.unwrap(), answer);
    assert_eq!(memory.stored_plans().len(), 1);
}

#[tokio::test]
async fn the_failure_that_the_workflow_sees_names_every_mistake() {
    let error = handled(&Memory::new(), &json!({"version": 2})).await.unwrap_err();
    assert_eq!(error.error_type, "InvalidInput");
    for field in ["serviceName", "version", "environment", "requestedBy"] {
        assert!(error.error_message.contains(field), "{field} in: {}", error.error_message);
    }
}
