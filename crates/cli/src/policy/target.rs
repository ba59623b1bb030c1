//! From a written target to one that counts.

use common::domain::{Destination, Rollout, Target};

use super::mistakes::Mistakes;
use super::read::{self, About, At, Given, Kind, Scope};
use super::{codebuild, ecs, lambda, step_functions, webhook};
use crate::duration;

const POLL_SECONDS: u32 = 15;
const LIMIT_SECONDS: u32 = 60 * 60;
/// The longest `poll`: nobody wants to learn later than that what became of a deployment.
const MAX_POLL_SECONDS: u32 = 60 * 60;
/// The longest `limit`: what has not got there by then needs somebody to look at it.
const MAX_LIMIT_SECONDS: u32 = 7 * 24 * 60 * 60;

/// A compiled target with the place that later checks point at.
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) target: Target,
}

/// Compiles a target and notes what is wrong with it; absent when it cannot be used.
pub(super) fn compile(target: read::Target, mistakes: &mut Mistakes<'_>) -> Option<Placed> {
    let times = times(&target, mistakes);
    let to = destination(&target, times, mistakes);
    let (about, to, (poll_seconds, limit_seconds)) = (target.about?, to?, times?);
    let max_age_seconds = target.max_age.value().map(|age| age.value);
    let needs_version = to.needs_version();
    let rollout = Rollout { to, max_age_seconds, poll_seconds, limit_seconds };
    let compiled = match about {
        About::Deployments(Scope { service, environment }) => {
            Target::of_deployments(service, environment, rollout)
        }
        About::Subjects { .. } if needs_version => {
            let at = target.kind.value().map_or(target.at, |kind| kind.at);
            mistakes.error(at, "a target of this kind is brought a version, and a subject has none").suggest(
                "use kind = \"codebuild\", \"step-functions\" or \"webhook\" for what subject_kind names",
            );
            return None;
        }
        About::Subjects { kind } => Target::of_subjects(kind, rollout),
    };
    Some(Placed { at: target.at, target: compiled })
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
            mistakes
                .error(target.at, "a target has no kind")
                .suggest("add kind = \"lambda\", \"ecs\", \"codebuild\", \"step-functions\" or \"webhook\"");
            None
        }
        Given::Broken => None,
        Given::Is(kind) => match &kind.value {
            Kind::Lambda(lambda) => {
                lambda::compile(lambda, target.at, times, mistakes).map(Destination::Lambda)
            }
            Kind::Ecs(ecs) => ecs::compile(ecs, target.at, mistakes).map(Destination::Ecs),
            Kind::Codebuild(codebuild) => {
                codebuild::compile(codebuild, target.at, mistakes).map(Destination::Codebuild)
            }
            Kind::StepFunctions(machine) => {
                step_functions::compile(machine, target.at, mistakes).map(Destination::StepFunctions)
            }
            Kind::Webhook(webhook) => {
                webhook::compile(webhook, target.at, mistakes).map(Destination::Webhook)
            }
        },
    }
}

/// A name that a target of this kind must have.
pub(super) fn required<'a>(
    kind: &str,
    key: &str,
    given: &'a Given<String>,
    at: usize,
    mistakes: &mut Mistakes<'_>,
) -> Option<&'a At<String>> {
    if let Given::Absent = given {
        mistakes
            .error(at, format!("a target of the kind {kind:?} has no {key}"))
            .suggest(format!("add {key} = \"...\""));
    }
    given.value()
}

/// Whether AWS takes this as a name of so many characters at most.
pub(super) fn is_name(text: &str, longest: usize) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=longest).contains(&text.len()) && text.bytes().all(good)
}
