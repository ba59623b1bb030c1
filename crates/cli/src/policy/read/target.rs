//! Targets as they are written.

use common::domain::Glob;

use super::keys::{Given, Keys};
use super::{Kind, Mistakes, Target, values};

const KINDS: [(&str, Kind); 1] = [("lambda", Kind::Lambda)];

/// `[[target]]`
pub(super) fn targets(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Target>> {
    let given = file.tables("target", "a target", mistakes);
    given.and(|tables| Some(tables.value.into_iter().map(|keys| target(keys, mistakes)).collect()))
}

fn target(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Target {
    let target = Target {
        at: keys.at,
        service: named(&mut keys, "service", mistakes),
        environment: named(&mut keys, "environment", mistakes),
        kind: values::word(&mut keys, "kind", &KINDS, mistakes),
        function: keys.text("function", mistakes),
        alias: keys.text("alias", mistakes),
        max_age: values::duration(&mut keys, "max_age", mistakes),
        poll: values::duration(&mut keys, "poll", mistakes),
        limit: values::duration(&mut keys, "limit", mistakes),
    };
    keys.refuse_others(&[("name", "a rule; a target is known by its service and environment")], mistakes);
    target
}

/// What a target is about is always written: one that was forgotten must not be about everything.
fn named(keys: &mut Keys<'_, '_>, key: &'static str, mistakes: &mut Mistakes<'_>) -> Vec<Glob> {
    let before = mistakes.errors();
    let globs = values::globs(keys, key, Vec::new(), mistakes);
    if globs.is_empty() && mistakes.errors() == before {
        mistakes
            .error(keys.at, format!("a target has no {key}"))
            .suggest(format!("add {key} = \"...\"; \"*\" stands for every one"));
    }
    globs
}
