//! The windows of each week: the same hours on some days, or one span from day to day.

use common::domain::freeze::{Day, Window};
use jiff::civil::Time;

use crate::policy::mistakes::Mistakes;
use crate::policy::read::{self, At, Given};
use crate::policy::suggest::instead;

/// A time on a clock, with the day that is written before it.
type Moment = (Option<Day>, Time);

/// The windows; absent when something is wrong with them.
pub(super) fn windows(written: &read::Freeze, mistakes: &mut Mistakes<'_>) -> Option<Vec<Window>> {
    let (from, to) = (moment("from", &written.from, mistakes), moment("to", &written.to, mistakes));
    let hours = match (from, to) {
        (Given::Broken, _) | (_, Given::Broken) => return None,
        (Given::Absent, Given::Absent) => None,
        (Given::Is(from), Given::Is(to)) => Some((from, to)),
        (from, _) => {
            let missing = if from.value().is_none() { "from" } else { "to" };
            mistakes
                .error(written.at, format!("a freeze with hours has no {missing}"))
                .suggest(format!("add {missing} = \"08:00\""));
            return None;
        }
    };
    match (&written.days, hours) {
        (Given::Broken, _) | (Given::Absent, None) => None,
        (Given::Absent, Some((from, to))) => span(&from, &to, mistakes),
        (Given::Is(days), hours) => on_days(days, hours, mistakes),
    }
}

/// `fri 16:00` or `16:00`
fn moment(key: &str, given: &Given<String>, mistakes: &mut Mistakes<'_>) -> Given<Moment> {
    let At { value, at } = match given {
        Given::Absent => return Given::Absent,
        Given::Broken => return Given::Broken,
        Given::Is(text) => text,
    };
    let text = value.trim();
    let (day, clock) = text.split_once(' ').map_or((None, text), |(day, clock)| (Some(day), clock.trim()));
    let day = match day {
        None => None,
        Some(word) => match day_of(word) {
            None => return not_a_day(word, *at, mistakes),
            day => day,
        },
    };
    // Hours and minutes and nothing else.
    let time = clock.parse::<Time>().ok().filter(|_| clock.len() == "16:00".len());
    let Some(time) = time else {
        mistakes.error(*at, format!("{key}: {value:?} is not a time")).suggest(
            "write hours and minutes, from \"00:00\" to \"23:59\"; with a day before them, \"fri 16:00\"",
        );
        return Given::Broken;
    };
    Given::Is(At { value: (day, time), at: *at })
}

fn day_of(word: &str) -> Option<Day> {
    Day::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, day)| day)
}

fn not_a_day<T>(word: &str, at: usize, mistakes: &mut Mistakes<'_>) -> Given<T> {
    let mistake = mistakes.error(at, format!("{word:?} is not a day"));
    let known = Day::ALL.map(|(known, _)| known);
    let written_out = known.into_iter().find(|known| word.to_lowercase().starts_with(known));
    mistake.suggestion = match written_out {
        Some(day) => Some(format!("write {day:?}")),
        None => instead(word, known, "the days are"),
    };
    Given::Broken
}

/// One span from a day to a day.
fn span(from: &At<Moment>, to: &At<Moment>, mistakes: &mut Mistakes<'_>) -> Option<Vec<Window>> {
    let ((Some(first), begins), (Some(last), ends)) = (from.value, to.value) else {
        let at = if from.value.0.is_none() { from.at } else { to.at };
        mistakes.error(at, "a freeze of each week does not say on which days").suggest(
            "add days = [\"sat\", \"sun\"] for the same hours on each, or write the days with the times: \
             from = \"fri 16:00\" and to = \"mon 08:00\"",
        );
        return None;
    };
    if (first, begins) == (last, ends) {
        mistakes
            .error(to.at, "it ends when it begins, so it never ends")
            .suggest("make to earlier than from");
        return None;
    }
    let number = |day| Day::ALL.iter().position(|(_, known)| *known == day).unwrap_or_default();
    let later = (number(last) + 7 - number(first)) % 7;
    // On the same day at an earlier time it is the one of the week after.
    let days = if later == 0 && ends < begins { 7 } else { later };
    Some(vec![Window { day: first, from: begins, days: u8::try_from(days).unwrap_or(7), to: ends }])
}

/// The same hours on each of the days, or the whole of them.
fn on_days(
    given: &At<Vec<At<String>>>,
    hours: Option<(At<Moment>, At<Moment>)>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<Window>> {
    let before = mistakes.errors();
    let mut named = Vec::new();
    for At { value, at } in &given.value {
        match day_of(value.trim()) {
            Some(day) => named.push(day),
            None => drop(not_a_day::<Day>(value, *at, mistakes)),
        }
    }
    if given.value.is_empty() {
        mistakes.error(given.at, "days names no day").suggest("for every day write all seven");
    }
    let (from, days, to) = match hours {
        None => (Time::midnight(), 1, Time::midnight()),
        Some((from, to)) => {
            if let Some(with_day) = [&from, &to].into_iter().find(|moment| moment.value.0.is_some()) {
                mistakes
                    .error(with_day.at, "the freeze names its days twice")
                    .suggest("leave out days, or the days before the times");
            }
            let (At { value: (_, begins), .. }, At { value: (_, ends), at }) = (from, to);
            if begins == ends {
                mistakes.error(at, "it ends when it begins").suggest("leave out from and to for whole days");
            }
            (begins, u8::from(ends < begins), ends)
        }
    };
    let days_in_order = Day::ALL.into_iter().map(|(_, day)| day).filter(|day| named.contains(day));
    let windows = days_in_order.map(|day| Window { day, from, days, to }).collect();
    (mistakes.errors() == before).then_some(windows)
}
