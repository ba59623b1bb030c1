//! Freezes as they are written.

use common::domain::Glob;

use super::keys::{Given, Keys};
use super::{Freeze, Mistakes, Scope, values};

/// `[[freeze]]`
pub(super) fn freezes(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Freeze>> {
    let given = file.tables("freeze", "a freeze", mistakes);
    given.and(|tables| Some(tables.value.into_iter().map(|keys| freeze(keys, mistakes)).collect()))
}

fn freeze(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Freeze {
    let name = values::name(&mut keys, "name", "the name of a freeze", mistakes);
    let before = mistakes.errors();
    let mut globs = |key, default| values::globs(&mut keys, key, default, mistakes);
    let about = Scope {
        service: globs("service", vec![Glob::any()]),
        environment: globs("environment", vec![Glob::any()]),
    };
    let except_services = globs("except_services", Vec::new());
    let freeze = Freeze {
        at: keys.at,
        name,
        about: (mistakes.errors() == before).then_some(about),
        except_services,
        zone: keys.text("zone", mistakes),
        days: keys.text_or_texts("days", mistakes),
        from: keys.text("from", mistakes),
        to: keys.text("to", mistakes),
        except_dates: keys.text_or_texts("except_dates", mistakes),
        starts: keys.text("starts", mistakes),
        ends: keys.text("ends", mistakes),
    };
    let elsewhere = [
        ("kind", "a rule or a target; a freeze holds whatever brings a version to its place"),
        ("except", "a freeze by two names: except_services and except_dates"),
    ];
    keys.refuse_others(&elsewhere, mistakes);
    freeze
}
