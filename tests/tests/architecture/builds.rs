//! What the functions are built of.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::code::root;
use crate::functions;

/// The crates that a package is built of, with their versions, and the features of each: one set of them for what runs
/// while it is compiled, and one for what is in it.
fn built_of(package: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "tree",
        "--offline",
        "--locked",
        "--package",
        package,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ]);
    command.args(["--format", "{p}\t{f}"]).current_dir(root());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    // What was shown before has a mark.
    let crates = lines.lines().filter_map(|line| line.trim_end_matches(" (*)").split_once('\t'));
    let mut built = BTreeMap::<_, BTreeSet<_>>::new();
    for (name, features) in crates {
        built.entry(name.to_owned()).or_default().insert(features.to_owned());
    }
    built
}

/// `sam build` builds one function after the other. A crate that two of them want with other features would be compiled twice.
#[test]
fn every_function_wants_the_same_features_of_a_crate() {
    let mut known = BTreeMap::new();
    for function in functions::names() {
        for (name, features) in built_of(&function) {
            let (first, wanted) =
                known.entry(name.clone()).or_insert_with(|| (function.clone(), features.clone()));
            assert_eq!(features, *wanted, "{name} for {function}, and for {first}");
        }
    }
    assert!(known.len() > 150, "{}", known.len());
}
