//! Each function is a crate of its own that wires, and no more.

use std::fs;

use common::contract::TaskErrorName;

use crate::code::{read, root, sources};

const LONGEST_MAIN: usize = 40;

/// The crates that are functions: those that run on Lambda.
pub(crate) fn names() -> Vec<String> {
    let crates = fs::read_dir(root().join("crates")).unwrap_or_else(|error| panic!("crates: {error}"));
    let mut names: Vec<_> = crates
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "common" && root().join("crates").join(name).join("Cargo.toml").is_file())
        .filter(|name| read(&format!("crates/{name}/Cargo.toml")).contains("lambda_runtime"))
        .collect();
    names.sort();
    assert!(names.len() >= 7, "only these functions: {names:?}");
    names
}

#[test]
fn every_function_has_a_short_main_a_library_and_a_readme() {
    for name in names() {
        let main = read(&format!("crates/{name}/src/main.rs"));
        let lines = main.lines().count();
        assert!(lines <= LONGEST_MAIN, "the main.rs of {name} has {lines} lines");
        assert!(main.starts_with("//! "), "the main.rs of {name} does not say what it is");
        read(&format!("crates/{name}/src/lib.rs"));
        let readme = read(&format!("crates/{name}/README.md"));
        assert!(readme.starts_with(&format!("# {name}")), "{readme}");
    }
}

#[test]
fn every_readme_names_the_settings_of_its_function() {
    for (function, settings) in crate::template::settings() {
        let readme = read(&format!("crates/{function}/README.md"));
        let unnamed: Vec<_> = settings.iter().filter(|name| !readme.contains(**name)).collect();
        assert!(unnamed.is_empty(), "the README of {function} does not name {unnamed:?}");
    }
}

/// A name that nothing fails with would be a promise to callers that nobody keeps.
#[test]
fn every_error_name_can_happen() {
    let mut all = sources("common");
    all.extend(names().iter().flat_map(|function| sources(function)));
    all.retain(|source| source.path != "crates/common/src/contract/errors.rs");
    let unused: Vec<_> = TaskErrorName::ALL
        .into_iter()
        .filter(|name| !all.iter().any(|source| source.code.contains(&format!("TaskErrorName::{name:?}"))))
        .collect();
    assert!(unused.is_empty(), "no task fails with {unused:?}");
}
