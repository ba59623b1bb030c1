//! Targets as they are written.

use super::keys::{Given, Keys};
use super::{About, Kind, Mistakes, Target, values};

const KINDS: [(&str, Kind); 1] = [("lambda", Kind::Lambda)];

/// `[[target]]`
pub(super) fn targets(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Target>> {
    let given = file.tables("target", "a target", mistakes);
    given.and(|tables| Some(tables.value.into_iter().map(|keys| target(keys, mistakes)).collect()))
}

fn target(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Target {
    let target = Target {
        at: keys.at,
        about: about(&mut keys, mistakes),
        kind: values::word(&mut keys, "kind", &KINDS, mistakes),
        function: keys.text("function", mistakes),
        alias: keys.text("alias", mistakes),
        steps: keys.numbers("steps", mistakes),
        hold: values::duration(&mut keys, "hold", mistakes),
        alarms: keys.text_or_texts("alarms", mistakes),
        max_age: values::duration(&mut keys, "max_age", mistakes),
        poll: values::duration(&mut keys, "poll", mistakes),
        limit: values::duration(&mut keys, "limit", mistakes),
    };
    let elsewhere = [
        ("name", "a rule; a target is known by its service and environment"),
        ("version", "the request: what was approved is what is deployed"),
        ("deadline", "a rule; how long a deployment may take is its limit"),
        ("level", "a rule: [[rule.level]]"),
    ];
    keys.refuse_others(&elsewhere, mistakes);
    target
}

/// What a target is about is always written: one that was forgotten must not be about everything.
fn about(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<About> {
    let before = mistakes.errors();
    let mut globs = |key| values::required_globs(keys, key, "a target", mistakes);
    let about = About { service: globs("service"), environment: globs("environment") };
    (mistakes.errors() == before).then_some(about)
}
