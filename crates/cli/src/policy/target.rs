//! From a written target to one that counts.

use common::domain::{Destination, LambdaAlias, LambdaTarget, Rollout, Target};

use super::mistakes::Mistakes;
use super::read::{self, About, At, Given, Kind};
use super::shift;
use crate::duration;

const POLL_SECONDS: u32 = 15;
const LIMIT_SECONDS: u32 = 60 * 60;
/// The longest `poll`: nobody wants to learn later than that what became of a deployment.
const MAX_POLL_SECONDS: u32 = 60 * 60;
/// The longest `limit`: what has not got there by then needs somebody to look at it.
const MAX_LIMIT_SECONDS: u32 = 7 * 24 * 60 * 60;
/// What Lambda allows in the name of a function.
const MAX_FUNCTION: usize = 64;
/// What Lambda allows in the name of an alias.
const MAX_ALIAS: usize = 128;

/// A compiled target with the place that later checks point at.
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) target: Target,
}

/// Compiles a target and notes what is wrong with it; absent when it cannot be used.
pub(super) fn compile(target: read::Target, mistakes: &mut Mistakes<'_>) -> Option<Placed> {
    let times = times(&target, mistakes);
    let to = destination(&target, times, mistakes);
    let (About { service, environment }, to, (poll_seconds, limit_seconds)) = (target.about?, to?, times?);
    let max_age_seconds = target.max_age.value().map(|age| age.value);
    let rollout = Rollout { to, max_age_seconds, poll_seconds, limit_seconds };
    Some(Placed { at: target.at, target: Target { service, environment, rollout } })
}

/// How often it is looked at, and until when.
fn times(target: &read::Target, mistakes: &mut Mistakes<'_>) -> Option<(u32, u32)> {
    let poll = at_most("poll", &target.poll, POLL_SECONDS, MAX_POLL_SECONDS, mistakes);
    let limit = at_most("limit", &target.limit, LIMIT_SECONDS, MAX_LIMIT_SECONDS, mistakes);
    let (poll, limit) = (poll?, limit?);
    let at = target.poll.value().or(target.limit.value()).map_or(target.at, |given| given.at);
    let polls = limit.div_ceil(poll);
    if poll >= limit {
        let (poll, limit) = (duration::show(poll), duration::show(limit));
        mistakes
            .error(at, format!("poll is {poll}, so the limit of {limit} is over before the second look"))
            .suggest(format!(
                "make poll shorter than limit; unless given, poll is {} and limit is {}",
                duration::show(POLL_SECONDS),
                duration::show(LIMIT_SECONDS)
            ));
        return None;
    }
    if polls > Rollout::MAX_POLLS {
        mistakes
            .error(
                at,
                format!("a workflow would look {polls} times; at most {} are possible", Rollout::MAX_POLLS),
            )
            .suggest(format!(
                "for a limit of {}, make poll at least {:?}",
                duration::show(limit),
                duration::show(limit.div_ceil(Rollout::MAX_POLLS))
            ));
        return None;
    }
    Some((poll, limit))
}

fn at_most(
    key: &str,
    given: &Given<u32>,
    default: u32,
    most: u32,
    mistakes: &mut Mistakes<'_>,
) -> Option<u32> {
    match given {
        Given::Absent => Some(default),
        Given::Broken => None,
        Given::Is(At { value, .. }) if *value <= most => Some(*value),
        Given::Is(At { value, at }) => {
            let (value, most) = (duration::show(*value), duration::show(most));
            mistakes.error(*at, format!("{key} is {value}; at most {most} is possible"));
            None
        }
    }
}

fn destination(
    target: &read::Target,
    times: Option<(u32, u32)>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Destination> {
    match &target.kind {
        Given::Absent => {
            mistakes.error(target.at, "a target has no kind").suggest("add kind = \"lambda\"");
            None
        }
        Given::Broken => None,
        Given::Is(kind) => match kind.value {
            Kind::Lambda => {
                let (place, shift) = (lambda(target, mistakes), shift::compile(target, times, mistakes));
                let shift = match shift {
                    Given::Broken => return None,
                    Given::Absent => None,
                    Given::Is(shift) => Some(shift.value),
                };
                Some(Destination::Lambda(LambdaTarget { place: place?, shift }))
            }
        },
    }
}

fn lambda(target: &read::Target, mistakes: &mut Mistakes<'_>) -> Option<LambdaAlias> {
    let function = name("function", &target.function, MAX_FUNCTION, target.at, mistakes);
    let alias = name("alias", &target.alias, MAX_ALIAS, target.at, mistakes)?;
    if alias.value.bytes().all(|byte| byte.is_ascii_digit()) {
        mistakes
            .error(alias.at, format!("{:?} has digits only, so Lambda takes it for a version", alias.value))
            .suggest(
                "name the alias that callers use, such as \"live\"; the version comes with each request",
            );
        return None;
    }
    Some(LambdaAlias { function: function?.value, alias: alias.value })
}

fn name(
    key: &str,
    given: &Given<String>,
    longest: usize,
    at: usize,
    mistakes: &mut Mistakes<'_>,
) -> Option<At<String>> {
    match given {
        Given::Absent => {
            mistakes
                .error(at, format!("a target of the kind \"lambda\" has no {key}"))
                .suggest(format!("add {key} = \"...\""));
            None
        }
        Given::Broken => None,
        Given::Is(At { value, at }) => {
            let name = value.trim();
            if is_name(name, longest) {
                return Some(At { value: name.to_owned(), at: *at });
            }
            let bare = bare_function(name).filter(|bare| key == "function" && is_name(bare, longest));
            mistakes.error(*at, format!("{value:?} is not the name of a Lambda {key}")).suggest(match bare {
                Some(bare) => format!(
                    "write only its name: function = {bare:?}; the alias is a key of its own, account and Region are the stack's"
                ),
                None => format!("write 1 to {longest} letters, digits, hyphens and underscores"),
            });
            None
        }
    }
}

fn is_name(text: &str, longest: usize) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=longest).contains(&text.len()) && text.bytes().all(good)
}

/// The name in an ARN, a part of an ARN, or a name with a version or an alias behind it.
fn bare_function(text: &str) -> Option<&str> {
    let behind = text.rsplit_once("function:").map_or(text, |(_, behind)| behind);
    behind.split(':').next()
}
