//! Every recorded payload in `events/slack-interaction`, through the handler.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::world::World;

const EXPECTED: [(&str, i64); 12] = [
    ("approve", 200),
    ("approve-base64", 200),
    ("reject", 200),
    ("reject-reason-submitted", 200),
    ("hostile-changed-body", 401),
    ("hostile-invalid-base64", 400),
    ("hostile-no-signature", 401),
    ("hostile-no-timestamp", 401),
    ("hostile-old", 401),
    ("hostile-stranger", 200),
    ("hostile-unknown-type", 200),
    ("hostile-wrong-signature", 401),
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
    for (name, status) in EXPECTED {
        let event = samples.remove(name).unwrap_or_else(|| panic!("{name}.json is missing"));
        let world = World::new();
        for _ in 0..2 {
            assert_eq!(world.send(event.clone()).await.status, status, "{name}");
        }
    }
    assert!(samples.is_empty(), "new samples need an expectation: {:?}", samples.keys());
}
