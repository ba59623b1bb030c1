//! From a written target to one that counts.

use common::domain::{Destination, LambdaAlias, Rollout, Target};

use super::mistakes::Mistakes;
use super::read::{self, Given, Kind};

const POLL_SECONDS: u32 = 15;
const LIMIT_SECONDS: u32 = 3_600;
/// What Lambda allows in the name of a function.
const MAX_FUNCTION: usize = 64;
/// What Lambda allows in the name of an alias.
const MAX_ALIAS: usize = 128;

/// Compiles a target and notes what is wrong with it; absent when it cannot be used.
pub(super) fn compile(target: read::Target, mistakes: &mut Mistakes<'_>) -> Option<Target> {
    let rollout = Rollout {
        max_age_seconds: target.max_age.value().map(|age| age.value),
        poll_seconds: target.poll.value().map_or(POLL_SECONDS, |poll| poll.value),
        limit_seconds: target.limit.value().map_or(LIMIT_SECONDS, |limit| limit.value),
        to: destination(&target, mistakes)?,
    };
    if rollout.poll_seconds >= rollout.limit_seconds {
        let at = target.poll.value().or(target.limit.value()).map_or(target.at, |given| given.at);
        mistakes
            .error(at, "the limit passes before the target is looked at for the first time")
            .suggest("make poll shorter than limit");
    }
    Some(Target { service: target.service, environment: target.environment, rollout })
}

fn destination(target: &read::Target, mistakes: &mut Mistakes<'_>) -> Option<Destination> {
    match &target.kind {
        Given::Absent => {
            mistakes.error(target.at, "a target has no kind").suggest("add kind = \"lambda\"");
            None
        }
        Given::Broken => None,
        Given::Is(kind) => match kind.value {
            Kind::Lambda => lambda(target, mistakes).map(Destination::Lambda),
        },
    }
}

fn lambda(target: &read::Target, mistakes: &mut Mistakes<'_>) -> Option<LambdaAlias> {
    let function = name("function", &target.function, MAX_FUNCTION, target.at, mistakes);
    let alias = name("alias", &target.alias, MAX_ALIAS, target.at, mistakes);
    let (function, alias) = (function?, alias?);
    // An alias of digits would be taken for a version.
    if alias.bytes().all(|byte| byte.is_ascii_digit()) {
        mistakes.error(target.at, format!("the alias {alias:?} has no letter, so it means a version"));
        return None;
    }
    Some(LambdaAlias { function, alias })
}

fn name(
    key: &str,
    given: &Given<String>,
    longest: usize,
    at: usize,
    mistakes: &mut Mistakes<'_>,
) -> Option<String> {
    match given {
        Given::Absent => {
            mistakes
                .error(at, format!("a target of the kind \"lambda\" has no {key}"))
                .suggest(format!("add {key} = \"...\""));
            None
        }
        Given::Broken => None,
        Given::Is(text) => {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            let name = text.value.trim();
            if !name.is_empty() && name.len() <= longest && name.bytes().all(good) {
                return Some(name.to_owned());
            }
            mistakes
                .error(text.at, format!("{:?} is not the name of a Lambda {key}", text.value))
                .suggest(format!("write 1 to {longest} letters, digits, hyphens and underscores; no ARN"));
            None
        }
    }
}
