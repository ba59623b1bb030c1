//! Builds the functions natively, and puts them where the deployment looks for them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use crate::error::Error;
use crate::process::Group;
use crate::terminal::{self, Note};
use crate::workspace;

/// What is compiled together. Cargo unifies the features of what it compiles together, so two scopes are two
/// builds of every dependency.
#[derive(Clone, Copy)]
pub(crate) enum Scope {
    /// The functions only, with the features they are deployed with.
    Functions,
    /// All that the tests need; `cargo test --workspace` finds it compiled.
    Workspace,
}

/// The executable of each function, by the name of its binary.
type Binaries = BTreeMap<String, PathBuf>;

/// The names of the functions' binaries, as the template has them.
pub(crate) fn names() -> Result<Vec<String>, Error> {
    let template = workspace::path("template.yaml");
    let template = fs::read_to_string(&template).map_err(Error::file("Cannot read", template))?;
    let names = binaries_in(&template);
    if names.is_empty() {
        return Err(Error::NoFunctions);
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

/// Builds the functions that the template names.
pub(crate) async fn functions(scope: Scope) -> Result<Binaries, Error> {
    let names = names()?;
    let mut command = Command::new(workspace::cargo());
    command.arg("build");
    match scope {
        Scope::Workspace => command.args(["--workspace", "--bins", "--tests"]),
        Scope::Functions => command.args(names.iter().flat_map(|name| ["--package", name])),
    };
    if let Some(name) =
        names.iter().find(|name| !workspace::path("crates").join(name).join("Cargo.toml").is_file())
    {
        return Err(Error::NoSuchFunction { name: name.clone() });
    }
    let built = executables(&build(command).await?);
    let find = |name: &String| match built.get(name) {
        Some(path) => Ok((name.clone(), path.clone())),
        None => Err(Error::NoBinary { name: name.clone() }),
    };
    names.iter().map(find).collect()
}

/// The names behind `Binary:` in the template.
fn binaries_in(template: &str) -> Vec<&str> {
    let mut names: Vec<_> = template
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Binary:"))
        .map(|name| name.trim().trim_matches(['\'', '"']))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Runs cargo behind a line of progress. Gives what it says for machines.
async fn build(mut command: Command) -> Result<String, Error> {
    command
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace::root())
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "120")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let note = Note::default();
    let work = async {
        let mut group = Group::spawn(&mut command)?;
        let (messages, talk) = (group.child.stdout.take(), group.child.stderr.take());
        let (messages, talk, status) =
            tokio::join!(text(messages, |_| ()), text(talk, |talk| note.set(talk)), group.wait());
        Ok::<_, Error>((messages, talk, status.map_err(Error::run("cargo"))?))
    };
    let (messages, talk, status) = terminal::step("Building the functions", &note, work).await?;
    if status.success() {
        return Ok(messages);
    }
    for line in talk.lines().filter(|line| is_worth_reading(line)) {
        terminal::warn(line);
    }
    Err(Error::Build)
}

/// Reads a pipe to its end; `at` gets what progress stands for from each piece.
async fn text(pipe: Option<impl AsyncRead + Unpin>, at: impl Fn(&str)) -> String {
    let mut all = Vec::new();
    let mut piece = vec![0; 4096];
    let Some(mut pipe) = pipe else { return String::new() };
    while let Ok(read @ 1..) = pipe.read(&mut piece).await {
        let new = piece.get(..read).unwrap_or_default();
        all.extend_from_slice(new);
        if let Some(progress) = String::from_utf8_lossy(new).split(['\r', '\n']).rev().find_map(progress) {
            at(&progress);
        }
    }
    String::from_utf8_lossy(&all).replace('\r', "\n")
}

/// What a piece of cargo's output says about how far it is: `12 of 300: serde, tokio`.
fn progress(line: &str) -> Option<String> {
    let line = line.trim();
    let (action, rest) = line.split_once(' ')?;
    match action {
        "Building" => {
            let (_, rest) = rest.split_once("] ")?;
            let (count, crates) = rest.split_once(": ").unwrap_or((rest, ""));
            let (done, all) = count.split_once('/')?;
            Some(format!("{done} of {all}: {crates}").trim_end_matches(": ").to_owned())
        }
        "Blocking" => Some("waiting for another cargo to finish".to_owned()),
        "Updating" | "Downloading" => Some("downloading".to_owned()),
        _ => None,
    }
}

/// Leaves out how far cargo was; errors and warnings stay.
fn is_worth_reading(line: &str) -> bool {
    const PROGRESS: [&str; 8] =
        ["Building", "Compiling", "Downloading", "Downloaded", "Updating", "Blocking", "Fresh", "Locking"];
    let trimmed = line.trim_start();
    // Cargo's own words are indented to one column; the compiler's are not.
    !PROGRESS.iter().any(|word| trimmed.starts_with(word) && trimmed.len() < line.len())
}

/// The executables in cargo's messages, by name.
fn executables(messages: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let is_binary = message.pointer("/target/kind/0").is_some_and(|kind| kind == "bin")
            && message.pointer("/profile/test").is_some_and(|test| test == false);
        let name = message.pointer("/target/name").and_then(Value::as_str);
        let path = message.get("executable").and_then(Value::as_str);
        if let (true, Some(name), Some(path)) = (is_binary, name, path) {
            found.insert(name.to_owned(), PathBuf::from(path));
        }
    }
    found
}

/// Puts each binary at `<artifacts>/<name>/bootstrap`. A later build replaces cargo's own file and leaves this
/// one alone.
pub(crate) fn stage(binaries: &Binaries, artifacts: &Path) -> Result<(), Error> {
    for (name, binary) in binaries {
        let directory = artifacts.join(name);
        fs::create_dir_all(&directory).map_err(Error::file("Cannot make the directory", &directory))?;
        let bootstrap = directory.join("bootstrap");
        workspace::remove_if_there(&bootstrap)?;
        fs::hard_link(binary, &bootstrap)
            .or_else(|_| fs::copy(binary, &bootstrap).map(drop))
            .map_err(Error::file("Cannot write", &bootstrap))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_names_the_binaries() {
        let template =
            "A:\n  Binary: send-approval\nB:\n      Binary: 'prepare'\nC:\n  Binary: prepare\n  Other: x\n";
        assert_eq!(binaries_in(template), ["prepare", "send-approval"]);
    }

    #[test]
    fn progress_is_read_from_what_cargo_says() {
        let building = "    Building [=====>        ] 12/300: serde, aws-lc-sys(build)";
        assert_eq!(progress(building).unwrap(), "12 of 300: serde, aws-lc-sys(build)");
        assert_eq!(progress("    Building [====] 300/300").unwrap(), "300 of 300");
        assert_eq!(progress("   Compiling serde v1.0.0"), None);
        assert_eq!(progress(""), None);
    }

    #[test]
    fn only_messages_are_worth_reading() {
        assert!(!is_worth_reading("   Compiling serde v1.0.0"));
        for line in ["error[E0425]: cannot find value", "warning: unused", "  --> src/main.rs:1:1", ""] {
            assert!(is_worth_reading(line), "{line}");
        }
    }

    #[test]
    fn executables_are_found_and_test_harnesses_are_not() {
        let messages = r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"prepare"},"profile":{"test":false},"executable":"/t/debug/prepare"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"prepare"},"profile":{"test":true},"executable":"/t/debug/deps/prepare-1"}
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"common"},"profile":{"test":false},"executable":null}
{"reason":"build-finished","success":true}"#;
        let found = executables(messages);
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("prepare".to_owned(), PathBuf::from("/t/debug/prepare"))]
        );
    }
}
