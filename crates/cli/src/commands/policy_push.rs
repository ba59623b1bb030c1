//! `countersign policy push`

use std::path::PathBuf;

use clap::Args;
use common::adapters::system::SystemClock;
use common::domain::{Glob, Policy, SCHEMA, StoredPolicy, Target};
use common::ports::{Clock, StorePolicies, Written};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{lint_text, read};
use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::policy::{self, Compiled};
use crate::records::time;

/// What to store.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign policy push policy/approvals.toml
  countersign policy push policy/approvals.toml --expect 3

The file is checked first; with mistakes, nothing is stored (8). A version that somebody else stores in
between is never overwritten (1). A file that is stored already is no new version (0).")]
pub struct Arguments {
    /// The policy file.
    file: PathBuf,
    /// The version that this one follows; 0 for none. Any other that is stored is left as it is.
    #[arg(long, value_name = "VERSION", visible_alias = "follows")]
    expect: Option<u32>,
}

pub(super) async fn run(arguments: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    let file = read(&arguments.file)?;
    let compiled = policy::compile(&file);
    let (Some(policy), Ok(source)) = (compiled.policy.clone(), String::from_utf8(file)) else {
        let text = lint_text::text(&arguments.file, &compiled);
        return Ok(Answer { exit: Exit::Mistakes, text, json: lint_text::json(&compiled) });
    };
    let online = connection.open().await?;
    let pushed = push(&online.table, &SystemClock, arguments.expect, source, policy).await?;
    Ok(pushed.answer(arguments, &compiled))
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pushed {
    /// It is the newest version now.
    Stored(StoredPolicy),
    /// It was it already.
    Unchanged(StoredPolicy),
    /// Another version stands there than the one that this was to follow.
    Overtaken {
        /// What was to be followed; 0 for none.
        follows: u32,
        /// What is stored; absent for none.
        found: Option<Box<StoredPolicy>>,
    },
}

/// Stores a file as the version that follows what is stored, if that is what is expected.
pub(super) async fn push<S, C>(
    store: &S,
    clock: &C,
    expect: Option<u32>,
    source: String,
    policy: Policy,
) -> Result<Pushed, Error>
where
    S: StorePolicies,
    C: Clock,
{
    let found = store.policy().await?;
    // Also when another version was expected: whoever pushes again after a lost reply has what they wanted.
    if let Some(stored) = found.as_ref().filter(|stored| stored.source == source) {
        return Ok(Pushed::Unchanged(stored.clone()));
    }
    let newest = found.as_ref().map_or(0, |stored| stored.number);
    let follows = expect.unwrap_or(newest);
    if follows != newest {
        return Ok(Pushed::Overtaken { follows, found: found.map(Box::new) });
    }
    let next = StoredPolicy {
        schema: SCHEMA,
        number: newest + 1,
        hash: hex::encode(Sha256::digest(source.as_bytes())),
        stored_at: clock.now(),
        source,
        policy,
    };
    Ok(match store.store_policy(&next).await? {
        Written::Stored => Pushed::Stored(next),
        Written::Conflict(found) => Pushed::Overtaken { follows: newest, found: Some(found) },
    })
}

impl Pushed {
    fn answer(&self, arguments: &Arguments, compiled: &Compiled) -> Answer {
        let file = arguments.file.display();
        let warnings = if compiled.mistakes.is_empty() {
            String::new()
        } else {
            lint_text::text(&arguments.file, compiled)
        };
        match self {
            Self::Stored(stored) => Answer {
                exit: Exit::Ok,
                text: format!("{warnings}stored {file} as {}{}", version(stored), outline(&stored.policy)),
                json: json(stored, compiled, "stored"),
            },
            Self::Unchanged(stored) => Answer {
                exit: Exit::Ok,
                text: format!("{warnings}unchanged: {file} is {}", version(stored)),
                json: json(stored, compiled, "unchanged"),
            },
            Self::Overtaken { follows, found } => {
                let found_text = found.as_ref().map_or("no version\n".to_owned(), |found| version(found));
                let newest = found.as_ref().map_or(0, |found| found.number);
                Answer {
                    exit: Exit::Failed,
                    text: format!(
                        "not stored: it was to follow version {follows}, and there is {found_text}\
                         Look at that with `countersign policy show`; to follow it, push with --expect {newest}.\n"
                    ),
                    json: json!({
                        "ok": false, "outcome": "overtaken", "follows": follows,
                        "stored": found.as_ref().map(|found| summary(found)),
                    }),
                }
            }
        }
    }
}

fn version(stored: &StoredPolicy) -> String {
    format!("version {}, stored at {}, SHA-256 {}\n", stored.number, time(stored.stored_at), stored.hash)
}

pub(super) fn outline(policy: &Policy) -> String {
    let rules = policy.rules.iter().map(|rule| match rule.levels.len() {
        0 => format!("  {}: no approval needed\n", rule.name),
        1 => format!("  {}: 1 level\n", rule.name),
        count => format!("  {}: {count} levels\n", rule.name),
    });
    let targets = policy.targets.iter().map(|target| {
        let Target { service, environment, subject_kind, rollout } = target;
        match subject_kind.as_slice() {
            [] => format!("  target {} in {}: {}\n", list(service), list(environment), rollout.to),
            kinds => format!("  target of the kind {}: {}\n", list(kinds), rollout.to),
        }
    });
    rules.chain(targets).collect()
}

fn list(globs: &[Glob]) -> String {
    globs.iter().map(Glob::as_str).collect::<Vec<_>>().join(", ")
}

pub(super) fn json(stored: &StoredPolicy, compiled: &Compiled, outcome: &str) -> Value {
    let rules: Vec<_> = stored.policy.rules.iter().map(|rule| &rule.name).collect();
    json!({
        "ok": true, "outcome": outcome, "stored": summary(stored), "rules": rules,
        "targets": stored.policy.targets, "mistakes": compiled.mistakes,
    })
}

fn summary(stored: &StoredPolicy) -> Value {
    json!({ "version": stored.number, "hash": stored.hash, "storedAt": stored.stored_at })
}
