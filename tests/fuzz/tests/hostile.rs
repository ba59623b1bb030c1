//! Every target, with its samples, what was found once, and changes of both.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

use std::collections::BTreeSet;
use std::path::Path;

use countersign_fuzz::{TARGETS, Target};

const CHANGES: usize = 1_000;

/// Some bytes replaced, taken out, doubled, or put in from another sample.
fn changed(seeds: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = random.choice(seeds).cloned().unwrap_or_default();
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(1..=16)).min(bytes.len());
        match random.u8(..5) {
            0 => drop(bytes.splice(at..end, [random.u8(..)])),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.extend_from_within(at..end),
            3 => bytes.truncate(at),
            _ => {
                let other = random.choice(seeds).cloned().unwrap_or_default();
                let from = random.usize(..=other.len());
                let until = (from + random.usize(1..=32)).min(other.len());
                drop(bytes.splice(at..end, other.into_iter().take(until).skip(from)));
            }
        }
    }
    bytes
}

fn holds(name: &str) {
    let target = Target::named(name).unwrap();
    let seeds = target.seeds();
    let through = seeds.iter().filter(|seed| (target.run)(seed)).count();
    assert!(through > 0, "none of the {} samples of {name} gets through", seeds.len());
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..CHANGES {
        (target.run)(&changed(&seeds, &mut random));
    }
}

#[test]
fn any_body_of_a_form() {
    holds("form_body");
}

#[test]
fn any_token_of_a_link() {
    holds("link_token");
}

#[test]
fn any_policy_file() {
    holds("policy");
}

#[test]
fn any_body_that_slack_signs() {
    holds("slack_body");
}

#[test]
fn any_event_of_reconcile() {
    holds("stream");
}

#[test]
fn any_payload_of_a_task() {
    holds("task");
}

#[test]
fn every_file_of_the_targets_is_one() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/targets");
    let files: BTreeSet<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "mod")
        .collect();
    assert_eq!(files, TARGETS.iter().map(|target| target.name.to_owned()).collect());
}
