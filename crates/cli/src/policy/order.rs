//! What rules mean together: the first that matches counts, so their order and their width matter.

use std::collections::BTreeSet;

use common::domain::{Amount, Glob, Rule, Silence};

use super::mistakes::Mistakes;
use super::overlap::{Shape, all_covered, shapes};
use super::rule::Placed;

/// A rule and what its patterns look like.
struct Shaped<'a> {
    placed: &'a Placed,
    service: Vec<Shape>,
    environment: Vec<Shape>,
    kind: Vec<Shape>,
}

/// Notes what is wrong with the rules as a whole. `end` is where the file ends.
pub(super) fn check(rules: &[Placed], protected: &[Glob], end: usize, mistakes: &mut Mistakes<'_>) {
    check_names(rules, mistakes);
    check_catch_all(rules, end, mistakes);
    let protected = shapes(protected);
    let mut earlier: Vec<Shaped<'_>> = Vec::new();
    for placed in rules.iter().filter(|placed| placed.has_patterns) {
        let shaped = Shaped::of(placed);
        check_protected(&shaped, &earlier, &protected, mistakes);
        check_amounts(&shaped, &earlier, mistakes);
        warn_of_shadow(&shaped, &earlier, mistakes);
        earlier.push(shaped);
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
fn check_protected(
    shaped: &Shaped<'_>,
    earlier: &[Shaped<'_>],
    protected: &[Shape],
    mistakes: &mut Mistakes<'_>,
) {
    let Placed { at, rule, .. } = shaped.placed;
    let silent = rule.levels.iter().find(|level| level.silence == Silence::Approve);
    if !shaped.needs_nobody() {
        return;
    }
    let Some((environment, protected)) = shaped.protected_match(earlier, protected) else {
        return;
    };
    let reach = format!(
        "the rule {:?} can match the protected environment {protected}, by its environment {environment}",
        rule.name
    );
    match silent {
        None => mistakes.error(*at, format!("{reach}, and asks nobody")).suggest(
            "give it a level, narrow its environment, or put a rule with levels for every service and kind before it",
        ),
        Some(level) => mistakes
            .error(*at, format!("{reach}, and silence approves at its level {:?}", level.name))
            .suggest("write on_silence = \"reject\" or \"escalate\", or narrow its environment"),
    }
}

/// What has no amount, a larger one, or one in another currency falls through the rules with `amount_up_to` to the next
/// one for its kind, which must not be the one that asks less.
fn check_amounts(shaped: &Shaped<'_>, earlier: &[Shaped<'_>], mistakes: &mut Mistakes<'_>) {
    let Placed { at, rule, .. } = shaped.placed;
    if !shaped.needs_nobody() || !rule.amount_up_to.is_empty() || !shaped.is_for_subjects() {
        return;
    }
    let falls_through = |small: &&Shaped<'_>| {
        let is_met = small.kind.iter().any(|kind| shaped.kind.iter().any(|own| own.overlaps(kind)));
        let is_caught = earlier.iter().any(|rule| rule.catches_the_rest_of(small));
        !small.placed.rule.amount_up_to.is_empty() && is_met && !is_caught
    };
    if let Some(small) = earlier.iter().find(falls_through) {
        mistakes
            .error(
                *at,
                format!(
                    "what {:?} is not about, because its amount is larger, in another currency or not there, is let through by the rule {:?} without a person's approval",
                    small.placed.rule.name, rule.name
                ),
            )
            .suggest("put a rule with levels for the same kind, and without amount_up_to, before it");
    }
}

fn warn_of_shadow(shaped: &Shaped<'_>, earlier: &[Shaped<'_>], mistakes: &mut Mistakes<'_>) {
    // Behind a catch-all it is an error already.
    let wider = earlier.iter().find(|wider| wider.hides(shaped)).map(|wider| &wider.placed.rule);
    if let Some(wider) = wider.filter(|wider| !wider.is_catch_all()) {
        let Placed { at, rule, .. } = shaped.placed;
        mistakes
            .warning(
                *at,
                format!(
                    "the rule {:?} never counts: {:?} before it matches all that it does",
                    rule.name, wider.name
                ),
            )
            .suggest("put the narrower rule first");
    }
}

impl<'a> Shaped<'a> {
    fn of(placed: &'a Placed) -> Self {
        let [service, environment, kind] =
            [&placed.rule.service, &placed.rule.environment, &placed.rule.kind].map(|globs| shapes(globs));
        Self { placed, service, environment, kind }
    }

    /// The first of its environments that shares a name with a protected one, as far as no earlier rule takes it.
    fn protected_match<'b>(
        &'b self,
        earlier: &[Shaped<'_>],
        protected: &'b [Shape],
    ) -> Option<(&'b Glob, &'b Glob)> {
        let pairs = self.environment.iter().flat_map(|own| protected.iter().map(move |other| (own, other)));
        // What has an amount has no environment.
        let of_subjects = !self.placed.rule.amount_up_to.is_empty();
        pairs
            .filter(|_| !of_subjects)
            .filter(|(own, protected)| own.overlaps(protected))
            .find(|(own, protected)| !earlier.iter().any(|rule| rule.guards(own) || rule.guards(protected)))
            .map(|(own, protected)| (&own.glob, &protected.glob))
    }

    /// Whether something gets by without a person's approval, as far as its levels are known.
    fn needs_nobody(&self) -> bool {
        let Placed { rule, has_known_levels, .. } = self.placed;
        let silent = rule.levels.iter().any(|level| level.silence == Silence::Approve);
        silent || (rule.levels.is_empty() && *has_known_levels)
    }

    /// Whether it is about what has neither a service nor an environment.
    fn is_for_subjects(&self) -> bool {
        [&self.service, &self.environment].iter().all(|shapes| shapes.iter().any(|shape| shape.glob.is_any()))
    }

    /// Whether it asks people about everything of these kinds, whatever its amount is.
    fn catches_the_rest_of(&self, small: &Self) -> bool {
        !self.needs_nobody()
            && self.placed.rule.amount_up_to.is_empty()
            && self.is_for_subjects()
            && all_covered(&small.kind, &self.kind)
    }

    /// Whether it asks people about everything in these environments.
    fn guards(&self, environment: &Shape) -> bool {
        let every = |shapes: &[Shape]| shapes.iter().any(|shape| shape.glob.is_any());
        !self.placed.rule.levels.is_empty()
            && self.placed.rule.amount_up_to.is_empty()
            && every(&self.service)
            && every(&self.kind)
            && self.environment.iter().any(|wider| wider.covers(environment))
    }

    /// Whether every amount that a later rule is about is one that this is about.
    fn takes_the_amounts_of(&self, later: &Rule) -> bool {
        let own = &self.placed.rule.amount_up_to;
        let taken = |amount: &Amount| own.iter().any(|most| amount.is_at_most(most));
        own.is_empty() || (!later.amount_up_to.is_empty() && later.amount_up_to.iter().all(taken))
    }

    /// Whether it matches all that a later rule does.
    fn hides(&self, later: &Self) -> bool {
        all_covered(&later.service, &self.service)
            && all_covered(&later.environment, &self.environment)
            && all_covered(&later.kind, &self.kind)
            && self.takes_the_amounts_of(&later.placed.rule)
    }
}
