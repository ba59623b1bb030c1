//! From a written freeze to one that counts.

mod together;
mod weekly;

use std::collections::BTreeMap;

use common::domain::Freeze;
use common::domain::freeze::{When, zones};
use jiff::civil::{Date, DateTime};

use super::mistakes::Mistakes;
use super::read::{self, At, Given, Scope};
use super::suggest::closest;

/// The most freezes: each is looked at before anything is begun.
const MAX_FREEZES: usize = 50;
/// The most dates that a freeze leaves out.
const MAX_DATES: usize = 100;

/// A compiled freeze with the place that later checks point at.
pub(super) struct Placed {
    at: usize,
    freeze: Freeze,
}

/// Compiles the freezes and notes what is wrong with them, each by itself and all together.
pub(super) fn compile(written: Vec<read::Freeze>, mistakes: &mut Mistakes<'_>) -> Vec<Freeze> {
    if let Some(first_too_many) = written.get(MAX_FREEZES) {
        mistakes.error(first_too_many.at, format!("more than {MAX_FREEZES} freezes"));
        return Vec::new();
    }
    let mut names = BTreeMap::new();
    let mut placed = Vec::new();
    for freeze in written {
        if let Some(line) = names.insert(freeze.name.clone(), mistakes.line(freeze.at))
            && !freeze.name.is_empty()
        {
            mistakes
                .error(freeze.at, format!("the freeze in line {line} is called {:?} as well", freeze.name));
        }
        placed.extend(one(freeze, mistakes));
    }
    together::check(&placed, mistakes);
    placed.into_iter().map(|placed| placed.freeze).collect()
}

fn one(written: read::Freeze, mistakes: &mut Mistakes<'_>) -> Option<Placed> {
    let zone = zone(&written, mistakes);
    let when = when(&written, mistakes);
    let read::Freeze { at, name, about, except_services, .. } = written;
    let (Scope { service, environment }, zone, when) = (about?, zone?, when?);
    Some(Placed { at, freeze: Freeze { name, service, environment, except_services, zone, when } })
}

fn zone(written: &read::Freeze, mistakes: &mut Mistakes<'_>) -> Option<String> {
    let At { value, at } = match &written.zone {
        Given::Is(zone) => zone,
        Given::Broken => return None,
        Given::Absent => {
            mistakes
                .error(written.at, "a freeze has no zone")
                .suggest("add the zone whose clocks its times are on: zone = \"Europe/Berlin\"");
            return None;
        }
    };
    let known = zones().find(|known| known.eq_ignore_ascii_case(value.trim()));
    if known.is_none() {
        let way_out = closest(value, zones()).map_or_else(
            || {
                "write the name of a zone in the IANA database, such as \"Europe/Berlin\" or \"UTC\""
                    .to_owned()
            },
            |zone| format!("did you mean {zone:?}?"),
        );
        mistakes.error(*at, format!("{value:?} is not the name of a zone")).suggest(way_out);
    }
    known.map(str::to_owned)
}

fn when(written: &read::Freeze, mistakes: &mut Mistakes<'_>) -> Option<When> {
    let read::Freeze { days, from, to, except_dates, starts, ends, .. } = written;
    let once = starts != &Given::Absent || ends != &Given::Absent;
    let weekly = days != &Given::Absent || from != &Given::Absent || to != &Given::Absent;
    match (once, weekly) {
        (true, true) => {
            mistakes
                .error(written.at, "starts and ends are of one window, and days, from and to of each week's")
                .suggest("make two freezes of it");
            None
        }
        (true, false) => {
            if let Some(dates) = except_dates.value() {
                mistakes
                    .error(dates.at, "except_dates is for a freeze of each week")
                    .suggest("make two freezes of it, one before and one after these dates");
            }
            once_from(written, mistakes)
        }
        (false, true) => weekly::windows(written, mistakes)
            .and_then(|windows| Some(When::Weekly { windows, except_dates: dates(except_dates, mistakes)? })),
        (false, false) => {
            mistakes.error(written.at, "a freeze has no time").suggest(
                "add days = [\"sat\", \"sun\"]; or from = \"fri 16:00\" and to = \"mon 08:00\"; or starts and ends",
            );
            None
        }
    }
}

/// One window between two moments.
fn once_from(written: &read::Freeze, mistakes: &mut Mistakes<'_>) -> Option<When> {
    let mut moment = |key: &str, given: &Given<String>| match given {
        Given::Broken => None,
        Given::Absent => {
            mistakes
                .error(written.at, format!("a freeze of one window has no {key}"))
                .suggest(format!("add {key} = \"2026-12-20T00:00\""));
            None
        }
        Given::Is(At { value, at }) => {
            let read = date_time(value);
            if read.is_none() {
                mistakes
                    .error(*at, format!("{key}: {value:?} is not a date with a time"))
                    .suggest("write both as on a clock of the zone, such as \"2026-12-20T00:00\"");
            }
            read
        }
    };
    let (starts, ends) = (moment("starts", &written.starts), moment("ends", &written.ends));
    let (starts, ends) = (starts?, ends?);
    if ends <= starts {
        let at = written.ends.value().map_or(written.at, |ends| ends.at);
        mistakes.error(at, "it ends before it starts").suggest("is one of the two in another year?");
        return None;
    }
    Some(When::Once { starts, ends })
}

/// Nothing but a date and a time: an offset would be one too many beside the zone.
fn date_time(text: &str) -> Option<DateTime> {
    let plain = |letter: char| letter.is_ascii_digit() || "-T :".contains(letter);
    let text = text.trim();
    (text.chars().all(plain) && text.len() >= "2026-12-20T00:00".len()).then(|| text.parse().ok())?
}

fn dates(given: &Given<Vec<At<String>>>, mistakes: &mut Mistakes<'_>) -> Option<Vec<Date>> {
    let written = match given {
        Given::Absent => return Some(Vec::new()),
        Given::Broken => return None,
        Given::Is(written) => written,
    };
    if written.value.len() > MAX_DATES {
        mistakes.error(written.at, format!("more than {MAX_DATES} dates"));
        return None;
    }
    let read = written.value.iter().map(|At { value, at }| {
        let date = value.trim().parse().ok().filter(|_| value.trim().len() == "2026-12-24".len());
        if date.is_none() {
            mistakes
                .error(*at, format!("except_dates: {value:?} is not a date"))
                .suggest("write a date such as \"2026-12-24\"");
        }
        date
    });
    let read: Vec<_> = read.collect();
    read.into_iter().collect()
}
