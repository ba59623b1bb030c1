//! Every recorded payload in `events/approval-callback`, through the handler.

use std::collections::BTreeMap;
use std::path::Path;

use common::domain::Status;
use serde_json::Value;

use crate::world::World;

/// What each sample is answered with, and how the request stands after it.
const EXPECTED: [(&str, i64, Status); 18] = [
    ("get-approve", 200, Status::Pending),
    ("get-json", 200, Status::Pending),
    ("get-reject", 200, Status::Pending),
    ("head-approve", 200, Status::Pending),
    ("hostile-delete", 405, Status::Pending),
    ("hostile-get-forged-token", 404, Status::Pending),
    ("hostile-get-host-header", 200, Status::Pending),
    ("hostile-get-long-token", 400, Status::Pending),
    ("hostile-get-token-alphabet", 400, Status::Pending),
    ("hostile-get-without-token", 400, Status::Pending),
    ("hostile-post-cross-site", 403, Status::Pending),
    ("hostile-post-invalid-base64", 400, Status::Pending),
    ("hostile-post-not-utf8", 400, Status::Pending),
    ("hostile-post-token-in-query-only", 400, Status::Pending),
    ("hostile-post-without-phrase", 422, Status::Pending),
    ("post-approve", 200, Status::Approved),
    ("post-approve-base64", 200, Status::Approved),
    ("post-reject", 200, Status::Rejected),
];

fn samples() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/approval-callback");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn every_sample_is_answered_as_its_name_says() {
    let mut samples = samples();
    for (name, status, after) in EXPECTED {
        let event = samples.remove(name).unwrap_or_else(|| panic!("{name}.json is missing"));
        let world = World::new();
        assert_eq!(world.send(event.clone()).await.status, status, "{name}");
        assert_eq!(world.stored().status, after, "{name}");
        if status == 200 {
            assert_eq!(world.send(event).await.status, 200, "{name}, twice");
            assert_eq!(world.stored().status, after, "{name}, twice");
        }
    }
    assert!(samples.is_empty(), "new samples need an expectation: {:?}", samples.keys());
}

#[tokio::test]
async fn the_host_header_reaches_no_page() {
    let page = World::new().send(samples()["hostile-get-host-header"].clone()).await;
    assert!(!page.text().contains("attacker.example"));
}
