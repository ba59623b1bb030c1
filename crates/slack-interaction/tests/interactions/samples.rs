//! Every recorded payload in `events/slack-interaction`, through the handler.

use std::collections::BTreeMap;
use std::path::Path;

use common::domain::Status;
use serde_json::Value;

use crate::world::World;

/// The status of the answer, and where the request stands afterwards.
const EXPECTED: [(&str, i64, Status); 28] = [
    ("approve", 200, Status::Approved),
    ("approve-base64", 200, Status::Approved),
    ("approve-in-a-direct-message", 200, Status::Approved),
    ("approve-phrase-submitted", 200, Status::Approved),
    ("reject", 200, Status::Pending),
    ("reject-reason-submitted", 200, Status::Rejected),
    ("show-everything", 200, Status::Pending),
    ("view-closed", 200, Status::Pending),
    ("hostile-changed-body", 401, Status::Pending),
    ("hostile-copied-button", 200, Status::Pending),
    ("hostile-empty-reason-submitted", 200, Status::Pending),
    ("hostile-guest-of-another-workspace", 200, Status::Pending),
    ("hostile-invalid-base64", 400, Status::Pending),
    ("hostile-modal-about-nothing", 200, Status::Pending),
    ("hostile-modal-of-another-choice", 200, Status::Pending),
    ("hostile-no-message", 200, Status::Pending),
    ("hostile-no-signature", 401, Status::Pending),
    ("hostile-no-timestamp", 401, Status::Pending),
    ("hostile-old", 401, Status::Pending),
    ("hostile-other-app", 200, Status::Pending),
    ("hostile-other-workspace", 200, Status::Pending),
    ("hostile-stranger", 200, Status::Pending),
    ("hostile-stranger-submitted", 200, Status::Pending),
    ("hostile-unknown-request", 200, Status::Pending),
    ("hostile-unknown-type", 200, Status::Pending),
    ("hostile-value-is-markup", 200, Status::Pending),
    ("hostile-wrong-phrase-submitted", 200, Status::Pending),
    ("hostile-wrong-signature", 401, Status::Pending),
];

#[tokio::test]
async fn every_sample_is_answered_as_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/slack-interaction");
    let mut samples: BTreeMap<String, Value> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap())
        })
        .collect();
    for (name, status, stands) in EXPECTED {
        let event = samples.remove(name).unwrap_or_else(|| panic!("{name}.json is missing"));
        let world = if name.contains("phrase") { World::with_phrase() } else { World::new() };
        for _ in 0..2 {
            assert_eq!(world.send(event.clone()).await.status, status, "{name}");
            assert_eq!(world.request().status, stands, "{name}");
        }
    }
    assert!(samples.is_empty(), "new samples need an expectation: {:?}", samples.keys());
}
