//! The policy file: from its bytes to the policy that counts, or to everything that is wrong with it.

mod channels;
mod codebuild;
mod directory;
mod ecs;
mod freeze;
mod lambda;
mod level;
mod mistakes;
mod order;
mod overlap;
mod read;
mod rule;
mod shift;
mod size;
mod step_functions;
mod suggest;
mod target;
mod target_order;
mod webhook;

use common::domain::{Policy, SCHEMA};

use directory::Directory;
use mistakes::Mistakes;
pub use mistakes::{Mistake, Severity};
use read::Given;

/// The longest file, in bytes: what one item of the table can hold with room to spare.
pub const MAX_BYTES: usize = 100 * 1024;

/// The largest policy that is stored, its file included: one item of the table takes 400 KB.
const MAX_STORED: usize = 350 * 1024;

/// What a file amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The policy; absent when there are errors.
    pub policy: Option<Policy>,
    /// Errors and warnings, in the order of the file.
    pub mistakes: Vec<Mistake>,
}

/// Compiles a policy file. Whatever the bytes are, there is an answer.
pub fn compile(bytes: &[u8]) -> Compiled {
    match std::str::from_utf8(bytes) {
        Ok(text) => compile_text(text),
        Err(error) => {
            let readable = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let text = std::str::from_utf8(readable).unwrap_or_default();
            let mut mistakes = Mistakes::of(text);
            mistakes.error(text.len(), "not a text in UTF-8");
            Compiled { policy: None, mistakes: mistakes.into_sorted() }
        }
    }
}

fn compile_text(text: &str) -> Compiled {
    let mut mistakes = Mistakes::of(text);
    let policy = if text.len() > MAX_BYTES {
        mistakes.error(0, format!("the file has {} bytes; at most {MAX_BYTES} are possible", text.len()));
        None
    } else {
        read::read(text, &mut mistakes).map(|file| compile_file(file, text.len(), &mut mistakes))
    };
    let policy = policy.filter(|_| mistakes.errors() == 0);
    Compiled { policy, mistakes: mistakes.into_sorted() }
}

fn compile_file(file: read::File, end: usize, mistakes: &mut Mistakes<'_>) -> Policy {
    let mut directory = Directory::of(file.people, file.teams, mistakes);
    let mut rules = Vec::new();
    match file.rules {
        Given::Is(written) => {
            rules.extend(written.value.into_iter().map(|rule| rule::compile(rule, &mut directory, mistakes)));
            order::check(&rules, &file.protected, end, mistakes);
        }
        Given::Broken => {}
        Given::Absent => {
            mistakes
                .error(end, "the file has no rule")
                .suggest("add [[rule]]; the last one matches everything");
        }
    }
    let mut targets = Vec::new();
    if let Given::Is(written) = file.targets {
        targets.extend(written.value.into_iter().filter_map(|target| target::compile(target, mistakes)));
        target_order::check(&targets, mistakes);
    }
    let mut freezes = Vec::new();
    if let Given::Is(written) = file.freezes {
        freezes = freeze::compile(written.value, mistakes);
    }
    // What has errors may use more than could be read.
    if mistakes.errors() == 0 {
        directory.warn_of_unused(mistakes);
    }
    let policy = Policy {
        schema: SCHEMA,
        protected_environments: file.protected,
        rules: rules.into_iter().map(|placed| placed.rule).collect(),
        targets: targets.into_iter().map(|placed| placed.target).collect(),
        freezes,
    };
    check_size(&policy, end, mistakes);
    policy
}

/// Teams are written out in each group that names them, so a short file can be a large policy.
fn check_size(policy: &Policy, file: usize, mistakes: &mut Mistakes<'_>) {
    let compiled = serde_json::to_string(policy).map_or(usize::MAX, |text| text.len());
    if compiled.saturating_add(file) > MAX_STORED {
        mistakes
            .error(0, format!("with every team written out, the policy has {compiled} bytes; with the file, at most {MAX_STORED} can be stored"))
            .suggest("make fewer rules, or smaller teams");
    }
}
