//! What rules mean together: the first that matches counts, so their order and their width matter.

use std::collections::BTreeSet;

use common::domain::{Glob, Rule, Silence};

use super::mistakes::Mistakes;
use super::overlap::{covers, overlap};
use super::rule::Placed;

/// Notes what is wrong with the rules as a whole. `end` is where the file ends.
pub(super) fn check(rules: &[Placed], protected: &[Glob], end: usize, mistakes: &mut Mistakes<'_>) {
    check_names(rules, mistakes);
    check_catch_all(rules, end, mistakes);
    for (index, placed) in rules.iter().enumerate().filter(|(_, placed)| placed.has_patterns) {
        let earlier = rules.get(..index).unwrap_or_default();
        check_protected(placed, earlier, protected, mistakes);
        warn_of_shadow(placed, earlier, mistakes);
    }
}

fn check_names(rules: &[Placed], mistakes: &mut Mistakes<'_>) {
    let mut seen = BTreeSet::new();
    for Placed { at, rule, .. } in rules.iter().filter(|placed| !placed.rule.name.is_empty()) {
        if !seen.insert(rule.name.as_str()) {
            mistakes
                .error(*at, format!("two rules are called {:?}", rule.name))
                .suggest("records name the rule that counted, so each needs a name of its own");
        }
    }
}

fn check_catch_all(rules: &[Placed], end: usize, mistakes: &mut Mistakes<'_>) {
    let first = rules.iter().position(|placed| placed.rule.is_catch_all());
    let behind = first.and_then(|index| rules.get(index + 1..)).unwrap_or_default();
    for placed in behind {
        mistakes
            .error(
                placed.at,
                format!("the rule {:?} is never reached: one before it matches everything", placed.rule.name),
            )
            .suggest("move it up, before the catch-all");
    }
    if first.is_none() && rules.iter().all(|placed| placed.has_patterns) {
        mistakes
            .error(end, "no rule matches everything, so some requests would have no rule")
            .suggest("end with a rule that has no service, environment and kind, or \"*\" for each");
    }
}

/// A protected environment is entered through an approval by a person.
///
/// A rule that can match a protected environment must have levels, and silence must approve at none of them. It can
/// match one when one of its environment patterns and one of the protected patterns have a name in common; its service
/// and kind do not matter. The only exception is a rule that comes too late: one before it has levels, every service
/// and every kind, and an environment pattern that is the same as or wider than one of these two.
fn check_protected(placed: &Placed, earlier: &[Placed], protected: &[Glob], mistakes: &mut Mistakes<'_>) {
    let rule = &placed.rule;
    let silent = rule.levels.iter().find(|level| level.silence == Silence::Approve);
    let unguarded = rule.levels.is_empty() && placed.has_known_levels;
    if !unguarded && silent.is_none() {
        return;
    }
    let Some((environment, protected)) = protected_match(rule, earlier, protected) else {
        return;
    };
    let reach = format!(
        "the rule {:?} can match the protected environment {protected} (its {environment})",
        rule.name
    );
    match silent {
        None => mistakes
            .error(placed.at, format!("{reach} and asks nobody"))
            .suggest("give it a level, narrow its environment, or put a rule with levels for every service and kind before it"),
        Some(level) => mistakes
            .error(placed.at, format!("{reach}, and silence approves at its level {:?}", level.name))
            .suggest("write on_silence = \"reject\" or \"escalate\", or narrow its environment"),
    };
}

/// The first of the rule's environments that shares a name with a protected one, as far as no earlier rule takes it.
fn protected_match<'a>(
    rule: &'a Rule,
    earlier: &[Placed],
    protected: &'a [Glob],
) -> Option<(&'a Glob, &'a Glob)> {
    let pairs =
        rule.environment.iter().flat_map(|own| protected.iter().map(move |protected| (own, protected)));
    pairs.filter(|(own, protected)| overlap(own, protected)).find(|(own, protected)| {
        !earlier.iter().any(|placed| guards(&placed.rule, own) || guards(&placed.rule, protected))
    })
}

/// Whether a rule asks people about everything in these environments.
fn guards(rule: &Rule, environment: &Glob) -> bool {
    let every = |globs: &[Glob]| globs.iter().any(Glob::is_any);
    !rule.levels.is_empty()
        && every(&rule.service)
        && every(&rule.kind)
        && rule.environment.iter().any(|wider| covers(wider, environment))
}

fn warn_of_shadow(placed: &Placed, earlier: &[Placed], mistakes: &mut Mistakes<'_>) {
    // Behind a catch-all it is an error already.
    let wider = earlier.iter().find(|wider| wider.has_patterns && hides(&wider.rule, &placed.rule));
    if let Some(wider) = wider.filter(|wider| !wider.rule.is_catch_all()) {
        mistakes
            .warning(
                placed.at,
                format!(
                    "the rule {:?} never counts: {:?} before it matches all that it does",
                    placed.rule.name, wider.rule.name
                ),
            )
            .suggest("put the narrower rule first");
    }
}

fn hides(wider: &Rule, rule: &Rule) -> bool {
    let all = |wider: &[Glob], globs: &[Glob]| {
        globs.iter().all(|glob| wider.iter().any(|wider| covers(wider, glob)))
    };
    all(&wider.service, &rule.service)
        && all(&wider.environment, &rule.environment)
        && all(&wider.kind, &rule.kind)
}
