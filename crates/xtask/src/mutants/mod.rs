//! `cargo xtask mutants`: takes one guard of the product away after the other, and sees that a test fails each time.
//!
//! It works in a checkout of its own below `target`, of the commit that is checked out here, so that nothing of it can
//! be left behind in the sources. A run that was interrupted goes on with what is left of the same commit.

mod known;
mod report;
mod table;
mod tree;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::{terminal, workspace};
use known::Known;
use table::Mutant;
use tree::{Ran, Tree};

/// Where the table is written.
const REPORT: &str = "docs/MUTANTS.md";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only the guards whose name has this in it; the table in docs/MUTANTS.md then stays as it is
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Only say which there are
    #[arg(long)]
    list: bool,
}

/// What became of a mutant.
enum Outcome {
    /// These tests failed.
    Caught(Vec<String>),
    /// No test failed.
    Missed,
    /// It does not compile, so it says nothing.
    NotCompiled(String),
}

struct Tried {
    mutant: Mutant,
    outcome: Outcome,
    took: Duration,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let wanted = |mutant: &Mutant| arguments.name.as_ref().is_none_or(|name| mutant.guard.contains(name));
    let mutants: Vec<_> = table::read(workspace::root())?.into_iter().filter(wanted).collect();
    if arguments.list {
        for mutant in &mutants {
            terminal::say(&mutant.guard);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut interrupts = Interrupts::listen()?;
    tokio::select! {
        ended = try_all(mutants, arguments.name.is_none()) => ended,
        () = interrupts.next() => Ok(ExitCode::FAILURE),
    }
}

async fn try_all(mutants: Vec<Mutant>, is_whole: bool) -> Result<ExitCode, Error> {
    let tree = Tree::of_head().await?;
    let known = Known::of(&tree.commit)?;
    terminal::say(&format!("{} mutants of {}", mutants.len(), tree.commit));
    let open = mutants.iter().filter(|mutant| known.caught(&mutant.guard).is_none());
    let mut tests: Vec<_> = open.map(|mutant| mutant.test.clone()).collect();
    tests.sort();
    tests.dedup();
    for test in tests {
        if let Some(said) = broken_before(&tree, &test).await? {
            return Err(Error::BrokenBefore { test: test.join(" "), said });
        }
    }
    let mut all = Vec::new();
    for mutant in mutants {
        if let Some((took, tests)) = known.caught(&mutant.guard) {
            all.push(Tried { mutant, outcome: Outcome::Caught(tests), took });
            continue;
        }
        let tried = try_one(&tree, mutant).await?;
        terminal::say(&report::line(&tried));
        known.note(&tried)?;
        all.push(tried);
    }
    let failed = all.iter().filter(|tried| !matches!(tried.outcome, Outcome::Caught(_))).count();
    terminal::say(&format!("{} of {} are caught", all.len() - failed, all.len()));
    if is_whole {
        let text = report::document(&tree.commit, &all);
        workspace::write_atomically(&workspace::path(REPORT), text.as_bytes())?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The tests that a mutant is to be caught by must pass without it.
async fn broken_before(tree: &Tree, test: &[String]) -> Result<Option<String>, Error> {
    Ok(match tree.test(test).await? {
        Ran::Passed => None,
        Ran::Failed(tests) => Some(tests.join(", ")),
        Ran::NotCompiled(said) => Some(said),
    })
}

async fn try_one(tree: &Tree, mutant: Mutant) -> Result<Tried, Error> {
    let started = Instant::now();
    let changed = tree.change(&mutant)?;
    let ran = tree.test(&mutant.test).await;
    changed.restore()?;
    let outcome = match ran? {
        Ran::Passed => Outcome::Missed,
        Ran::Failed(tests) => Outcome::Caught(tests),
        Ran::NotCompiled(said) => Outcome::NotCompiled(said),
    };
    Ok(Tried { mutant, outcome, took: started.elapsed() })
}
