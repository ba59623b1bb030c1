//! The command line as its users meet it: arguments in, lines and an exit code out.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]
#![expect(clippy::indexing_slicing, reason = "what is missing fails the test")]

mod arbitrary;
mod channels;
mod completions;
mod freezes;
mod keys;
mod lint;
mod manual;
mod simulate;
mod targets;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use countersign::exit::Exit;
use serde_json::Value;

/// What a command said.
struct Said {
    exit: Exit,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

fn countersign(arguments: &[&str]) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let line = std::iter::once("countersign").chain(arguments.iter().copied()).map(OsString::from);
    let exit = countersign::run(line, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { exit, out: text(out), err: text(err) }
}

/// A file of the repository, whatever the working directory is.
fn repository(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(path).to_str().unwrap().to_owned()
}

fn example() -> String {
    repository("policy/approvals.toml")
}

/// The files of a folder beside these tests, by name.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    files.sort();
    files
}
