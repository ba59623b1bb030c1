//! What targets mean together: the first that matches counts, and two that lead to one place are hardly meant.

use common::domain::Target;

use super::mistakes::Mistakes;
use super::overlap::{Shape, all_covered, shapes};
use super::target::Placed;

/// A target and what its patterns look like.
struct Shaped<'a> {
    placed: &'a Placed,
    service: Vec<Shape>,
    environment: Vec<Shape>,
    subject_kind: Vec<Shape>,
}

/// Notes what is wrong with the targets as a whole.
pub(super) fn check(targets: &[Placed], mistakes: &mut Mistakes<'_>) {
    let mut earlier: Vec<Shaped<'_>> = Vec::new();
    for placed in targets {
        let shaped = Shaped::of(placed);
        if let Some(wider) = earlier.iter().find(|wider| wider.hides(&shaped)) {
            tell_hidden(placed, wider, mistakes);
        } else if let Some(other) = earlier.iter().find(|other| other.leads_where(&shaped)) {
            warn_of_shared_place(placed, other.placed, mistakes);
        }
        earlier.push(shaped);
    }
}

fn tell_hidden(placed: &Placed, wider: &Shaped<'_>, mistakes: &mut Mistakes<'_>) {
    let line = mistakes.line(wider.placed.at);
    if wider.is_catch_all() {
        mistakes
            .error(
                placed.at,
                format!("this target is never reached: the one in line {line} matches everything"),
            )
            .suggest("move it up, before that one");
    } else {
        mistakes
            .warning(
                placed.at,
                format!("this target never counts: the one in line {line} matches all that it does"),
            )
            .suggest("put the narrower target first, or leave one of them out");
    }
}

fn warn_of_shared_place(placed: &Placed, other: &Placed, mistakes: &mut Mistakes<'_>) {
    let line = mistakes.line(other.at);
    mistakes
        .warning(
            placed.at,
            format!("this target leads where the one in line {line} does: {}", placed.target.rollout.to),
        )
        .suggest("one place has one version at a time; if that is meant, make them one target with lists");
}

impl<'a> Shaped<'a> {
    fn of(placed: &'a Placed) -> Self {
        let Target { service, environment, subject_kind, .. } = &placed.target;
        let [service, environment, subject_kind] =
            [service, environment, subject_kind].map(|globs| shapes(globs));
        Self { placed, service, environment, subject_kind }
    }

    /// Whether it matches all that a later target does.
    fn hides(&self, later: &Self) -> bool {
        all_covered(&later.service, &self.service)
            && all_covered(&later.environment, &self.environment)
            && all_covered(&later.subject_kind, &self.subject_kind)
    }

    fn leads_where(&self, other: &Self) -> bool {
        self.placed.target.rollout.to.is_same_place(&other.placed.target.rollout.to)
    }

    fn is_catch_all(&self) -> bool {
        [&self.service, &self.environment]
            .into_iter()
            .all(|shapes| shapes.iter().any(|shape| shape.glob.is_any()))
    }
}
