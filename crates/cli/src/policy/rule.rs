//! From a written rule to one that counts, and what its levels must add up to.

use common::domain::{Escalation, Glob, Level, Plan, Rule, Silence, separation};

use super::directory::Directory;
use super::level::{self, Surroundings};
use super::mistakes::Mistakes;
use super::read::{self, Given};

/// The most levels that a rule may have.
const MAX_LEVELS: usize = 20;

/// A compiled rule with the places that later checks point at.
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) rule: Rule,
    /// Whether its patterns are all good.
    pub(super) has_patterns: bool,
    /// Whether it is known which levels it has.
    pub(super) has_known_levels: bool,
}

/// Compiles a rule and notes what is wrong with it; what is left is only used when nothing is.
pub(super) fn compile(rule: read::Rule, directory: &mut Directory, mistakes: &mut Mistakes<'_>) -> Placed {
    let before = (mistakes.errors(), directory.incomplete());
    let low_risk = rule.low_risk.value().is_some_and(|flag| flag.value);
    let surroundings = Surroundings { terms: &rule.terms, low_risk };
    let written = rule.levels.value().map(|levels| levels.value.as_slice()).unwrap_or_default();
    let levels: Vec<_> =
        written.iter().map(|level| level::compile(level, &surroundings, directory, mistakes)).collect();
    if levels.len() > MAX_LEVELS {
        let message = format!(
            "the rule {:?} has {} levels; at most {MAX_LEVELS} are possible",
            rule.name,
            levels.len()
        );
        mistakes.error(rule.at, message);
    }
    if (mistakes.errors(), directory.incomplete()) == before {
        check_plan(&rule, written, &levels, mistakes);
        warn_of_futile_escalations(written, &levels, mistakes);
    }
    warn_of_risk(&rule, &levels, mistakes);
    refuse_amounts_of_deployments(&rule, mistakes);
    let has_amounts = !matches!(rule.amount_up_to, Given::Broken);
    let amount_up_to = rule.amount_up_to.value().map(|amounts| amounts.value.clone()).unwrap_or_default();
    // Without its amount it would seem to match everything.
    let patterns = rule.patterns.filter(|_| has_amounts);
    let has_patterns = patterns.is_some();
    let (service, environment, kind) =
        patterns.map(|patterns| (patterns.service, patterns.environment, patterns.kind)).unwrap_or_default();
    Placed {
        at: rule.at,
        has_patterns,
        has_known_levels: !matches!(rule.levels, Given::Broken),
        rule: Rule {
            name: rule.name,
            service,
            environment,
            kind,
            amount_up_to,
            supersede: rule.supersede,
            levels,
        },
    }
}

fn check_plan(rule: &read::Rule, written: &[read::Level], levels: &[Level], mistakes: &mut Mistakes<'_>) {
    let waits: usize = levels.iter().map(Level::waits).sum();
    if waits > Plan::MAX_WAITS as usize {
        mistakes
            .error(
                rule.at,
                format!("a workflow would wait {waits} times; at most {} are possible", Plan::MAX_WAITS),
            )
            .suggest("every reminder and every deadline is a wait: remind less often");
    }
    // A level or group that is empty is a mistake of its own, and has been named.
    let complete = levels.iter().all(|level| !level.groups.is_empty());
    if complete && let Err(dead_end) = separation::check(levels, None) {
        let number = usize::try_from(dead_end.level).unwrap_or(0);
        let level = number.checked_sub(1).and_then(|index| written.get(index));
        let groups = level.and_then(|level| level.groups.value()).map(|groups| groups.value.as_slice());
        let group = groups.into_iter().flatten().find(|group| group.role == dead_end.role);
        let at = group.map(|group| group.at).or(level.map(|level| level.at)).unwrap_or(rule.at);
        mistakes
            .error(at, format!("no request could ever pass the rule {:?}: {dead_end}", rule.name))
            .suggest("add people to the group, or allow same_person = true where one may serve twice");
    }
}

/// An escalation is no way out when its people are kept for a later level.
fn warn_of_futile_escalations(written: &[read::Level], levels: &[Level], mistakes: &mut Mistakes<'_>) {
    for ((number, level), written) in (1..).zip(levels).zip(written) {
        let Some(Escalation { group, .. }) = level.escalation() else {
            continue;
        };
        let excluded = separation::exclusions(levels, number, None, &[]).unwrap_or_default();
        let able = group.count(|person| !excluded.iter().any(|excluded| excluded.approver == *person));
        if able < group.quorum as usize {
            let at = written.escalate.value().map_or(written.at, |escalate| escalate.at);
            mistakes
                .warning(
                    at,
                    format!(
                        "the escalation of the level {:?} can never approve: {:?} is needed at a later level",
                        level.name, group.role
                    ),
                )
                .suggest("nobody may serve at two levels: name somebody else, or allow same_person = true");
        }
    }
}

/// Only deployments have a service and an environment, and only subjects have an amount.
fn refuse_amounts_of_deployments(rule: &read::Rule, mistakes: &mut Mistakes<'_>) {
    let (Some(patterns), Given::Is(amounts)) = (&rule.patterns, &rule.amount_up_to) else { return };
    let every = |globs: &[Glob]| globs.iter().any(Glob::is_any);
    if !every(&patterns.service) || !every(&patterns.environment) {
        mistakes
            .error(
                amounts.at,
                format!(
                    "the rule {:?} matches nothing: what has a service or an environment has no amount",
                    rule.name
                ),
            )
            .suggest("leave out service and environment, and choose by kind");
    }
}

fn warn_of_risk(rule: &read::Rule, levels: &[Level], mistakes: &mut Mistakes<'_>) {
    let approves = levels.iter().any(|level| level.silence == Silence::Approve);
    if let Some(flag) = rule.low_risk.value().filter(|flag| flag.value && !approves) {
        mistakes
            .warning(flag.at, "low_risk has no effect: silence approves at no level of this rule")
            .suggest("leave it out, or write on_silence = \"approve\"");
    }
}
