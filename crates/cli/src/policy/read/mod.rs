//! From the text of a policy file to its parts, each with its place. What the parts mean together is not told here.

mod freeze;
mod keys;
mod people;
mod rule;
mod slack;
mod target;
mod values;

use common::domain::{Amount, Confirmation, EmailAddress, Glob, Strength};
use toml::de::DeTable;

pub(super) use keys::Given;
use keys::Keys;

use super::mistakes::Mistakes;

/// The only number that a file may have so far.
const SCHEMA: u32 = 1;

/// A part with the byte at which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// The whole file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) protected: Vec<Glob>,
    pub(super) people: Vec<Person>,
    pub(super) teams: Vec<Team>,
    pub(super) rules: Given<Vec<Rule>>,
    pub(super) targets: Given<Vec<Target>>,
    pub(super) freezes: Given<Vec<Freeze>>,
}

/// `[people.KEY]`
#[derive(Debug)]
pub(super) struct Person {
    pub(super) key: At<String>,
    /// Absent when it is noted as a mistake.
    pub(super) email: Option<At<EmailAddress>>,
    pub(super) name: Option<String>,
    pub(super) slack: Option<At<String>>,
}

/// `KEY = [...]` in `[teams]`
#[derive(Debug)]
pub(super) struct Team {
    pub(super) key: At<String>,
    pub(super) members: Given<Vec<At<String>>>,
}

/// `[[rule]]`
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) at: usize,
    /// Empty when it is noted as a mistake.
    pub(super) name: String,
    /// Absent when one of them is noted as a mistake.
    pub(super) patterns: Option<Patterns>,
    pub(super) amount_up_to: Given<Vec<Amount>>,
    pub(super) terms: Terms,
    pub(super) low_risk: Given<bool>,
    pub(super) supersede: bool,
    /// Absent: no approval is needed.
    pub(super) levels: Given<Vec<Level>>,
}

/// What a rule is about.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) service: Vec<Glob>,
    pub(super) environment: Vec<Glob>,
    pub(super) kind: Vec<Glob>,
}

/// What a level says, or its rule for it.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) deadline: Given<u32>,
    pub(super) remind: Given<Vec<At<u32>>>,
    pub(super) on_silence: Given<OnSilence>,
    pub(super) confirm: Given<Confirmation>,
    pub(super) self_approval: Given<bool>,
    pub(super) same_person: Given<bool>,
    pub(super) reject_quorum: Given<u32>,
    pub(super) channels: Given<Channels>,
    pub(super) slack_channel: Given<String>,
    pub(super) slack_direct: Given<bool>,
    pub(super) strength: Given<Strength>,
}

/// `channels`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channels {
    pub(super) email: bool,
    pub(super) slack: bool,
}

/// `on_silence`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnSilence {
    Reject,
    Escalate,
    Approve,
}

/// `[[rule.level]]`
#[derive(Debug)]
pub(super) struct Level {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) terms: Terms,
    pub(super) groups: Given<Vec<Group>>,
    pub(super) escalate: Given<Escalate>,
}

/// `[[rule.level.group]]`, and the group within `[rule.level.escalate]`
#[derive(Debug)]
pub(super) struct Group {
    pub(super) at: usize,
    pub(super) role: String,
    pub(super) approvers: Given<Vec<At<String>>>,
    pub(super) quorum: Given<u32>,
}

/// `[rule.level.escalate]`
#[derive(Debug)]
pub(super) struct Escalate {
    pub(super) group: Group,
    pub(super) deadline: Given<u32>,
}

/// `[[target]]`
#[derive(Debug)]
pub(super) struct Target {
    pub(super) at: usize,
    /// Absent when a part of it is noted as a mistake.
    pub(super) about: Option<About>,
    pub(super) kind: Given<Kind>,
    pub(super) max_age: Given<u32>,
    pub(super) poll: Given<u32>,
    pub(super) limit: Given<u32>,
}

/// `kind = "codebuild"`
#[derive(Debug)]
pub(super) struct Codebuild {
    pub(super) project: Given<String>,
}

/// `kind = "step-functions"`
#[derive(Debug)]
pub(super) struct StepFunctions {
    pub(super) state_machine: Given<String>,
}

/// `kind = "webhook"`
#[derive(Debug)]
pub(super) struct Webhook {
    pub(super) url: Given<String>,
    pub(super) secret: Given<String>,
}

/// Which deployments a target or a freeze is about.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) service: Vec<Glob>,
    pub(super) environment: Vec<Glob>,
}

/// Which deployments, or which subjects, a target is about.
#[derive(Debug)]
pub(super) enum About {
    Deployments(Scope),
    Subjects { kind: Vec<Glob> },
}

/// `kind` of a target, with the keys that only it has
#[derive(Debug)]
pub(super) enum Kind {
    Lambda(Lambda),
    Ecs(Ecs),
    Codebuild(Codebuild),
    StepFunctions(StepFunctions),
    Webhook(Webhook),
}

/// `kind = "lambda"`
#[derive(Debug)]
pub(super) struct Lambda {
    pub(super) function: Given<String>,
    pub(super) alias: Given<String>,
    pub(super) steps: Given<Vec<At<u32>>>,
    pub(super) hold: Given<u32>,
    pub(super) alarms: Given<Vec<At<String>>>,
}

/// `kind = "ecs"`
#[derive(Debug)]
pub(super) struct Ecs {
    pub(super) cluster: Given<String>,
    pub(super) service: Given<String>,
    pub(super) container: Given<String>,
}

/// `[[freeze]]`
#[derive(Debug)]
pub(super) struct Freeze {
    pub(super) at: usize,
    /// Empty when it is noted as a mistake.
    pub(super) name: String,
    /// Absent when a part of it is noted as a mistake.
    pub(super) about: Option<Scope>,
    pub(super) except_services: Vec<Glob>,
    pub(super) zone: Given<String>,
    pub(super) days: Given<Vec<At<String>>>,
    pub(super) from: Given<String>,
    pub(super) to: Given<String>,
    pub(super) except_dates: Given<Vec<At<String>>>,
    pub(super) starts: Given<String>,
    pub(super) ends: Given<String>,
}

/// Reads a file. `None` when it is no TOML, or of another schema: then nothing else in it can be judged.
pub(super) fn read(text: &str, mistakes: &mut Mistakes<'_>) -> Option<File> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        mistakes.error(at, format!("not TOML: {}", error.message().replace('\n', ", ")));
    }
    if !errors.is_empty() {
        return None;
    }
    let mut keys = Keys::of(document.get_ref(), 0, "the file");
    if !is_readable(&mut keys, mistakes) {
        return None;
    }
    let file = File {
        protected: values::globs(&mut keys, "protected_environments", Vec::new(), mistakes),
        people: people::people(&mut keys, mistakes),
        teams: people::teams(&mut keys, mistakes),
        rules: rule::rules(&mut keys, mistakes),
        targets: target::targets(&mut keys, mistakes),
        freezes: freeze::freezes(&mut keys, mistakes),
    };
    keys.refuse_others(&[], mistakes);
    Some(file)
}

fn is_readable(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> bool {
    match keys.number("schema", mistakes) {
        Given::Is(At { value: SCHEMA, .. }) => true,
        Given::Is(At { value, at }) => {
            mistakes
                .error(at, format!("schema {value} is not known"))
                .suggest(format!("this version of countersign reads schema = {SCHEMA}"));
            false
        }
        Given::Broken => false,
        Given::Absent => {
            mistakes.error(0, "schema is missing").suggest(format!("start the file with schema = {SCHEMA}"));
            true
        }
    }
}
