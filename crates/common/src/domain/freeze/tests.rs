//! Freezes on the clocks of real zones.

use jiff::civil::{DateTime, time};
use proptest::prelude::*;

use super::*;

const CHECKOUT: Matter<'static> =
    Matter { service: "checkout", environment: "production", kind: "deployment", amount: None };

fn globs(texts: &[&str]) -> Vec<Glob> {
    texts.iter().map(|text| Glob::parse(text).unwrap()).collect()
}

fn freeze(name: &str, zone: &str, when: When) -> Freeze {
    Freeze {
        name: name.to_owned(),
        service: globs(&["*"]),
        environment: globs(&["prod*"]),
        except_services: Vec::new(),
        zone: zone.to_owned(),
        when,
    }
}

fn window(day: Day, from: Time, days: u8, to: Time) -> Window {
    Window { day, from, days, to }
}

fn weekly(name: &str, zone: &str, windows: &[Window]) -> Freeze {
    freeze(name, zone, When::Weekly { windows: windows.to_vec(), except_dates: Vec::new() })
}

fn once(name: &str, zone: &str, starts: &str, ends: &str) -> Freeze {
    freeze(name, zone, When::Once { starts: starts.parse().unwrap(), ends: ends.parse().unwrap() })
}

fn weekend() -> Freeze {
    weekly("weekend", "Europe/Berlin", &[window(Day::Fri, time(16, 0, 0, 0), 3, time(8, 0, 0, 0))])
}

/// Which freeze holds at this moment, and what the clocks of its zone show when it opens.
fn held(freezes: &[Freeze], now: &str) -> String {
    let Some(found) = frozen(freezes, CHECKOUT, now.parse().unwrap()).unwrap() else {
        return OPEN.to_owned();
    };
    assert_eq!(found.since, now.parse().unwrap());
    is(&found.name, &found.opens)
}

const OPEN: &str = "open";

fn is(name: &str, opens: &str) -> String {
    format!("{name} until {opens}")
}

#[test]
fn a_weekend_holds_from_its_first_minute_to_the_one_after_its_last() {
    let freezes = [weekend()];
    let monday = is("weekend", "2026-12-21 08:00 Europe/Berlin");
    assert_eq!(held(&freezes, "2026-12-18T14:59:59.999Z"), OPEN);
    assert_eq!(held(&freezes, "2026-12-18T15:00:00Z"), monday);
    assert_eq!(held(&freezes, "2026-12-21T06:59:59.999Z"), monday);
    assert_eq!(held(&freezes, "2026-12-21T07:00:00Z"), OPEN);
    assert_eq!(held(&freezes, "2026-12-23T12:00:00Z"), OPEN);
}

#[test]
fn a_window_may_last_a_whole_week_but_a_moment() {
    let freezes = [weekly("but lunch", "UTC", &[window(Day::Wed, time(13, 0, 0, 0), 7, time(12, 0, 0, 0))])];
    assert_eq!(held(&freezes, "2026-12-23T11:59:00Z"), is("but lunch", "2026-12-23 12:00 UTC"));
    assert_eq!(held(&freezes, "2026-12-23T12:30:00Z"), OPEN);
    assert_eq!(held(&freezes, "2026-12-23T13:00:00Z"), is("but lunch", "2026-12-30 12:00 UTC"));
}

#[test]
fn dates_that_are_left_out_open_it_from_midnight_to_midnight() {
    let Freeze { when: When::Weekly { windows, .. }, .. } = weekend() else { panic!() };
    let except_dates = vec!["2026-12-19".parse().unwrap(), "2026-12-20".parse().unwrap()];
    let freezes = [Freeze { when: When::Weekly { windows, except_dates }, ..weekend() }];
    assert_eq!(held(&freezes, "2026-12-18T15:00:00Z"), is("weekend", "2026-12-19 00:00 Europe/Berlin"));
    for open in ["2026-12-18T23:00:00Z", "2026-12-19T12:00:00Z", "2026-12-20T22:59:59Z"] {
        assert_eq!(held(&freezes, open), OPEN, "{open}");
    }
    assert_eq!(held(&freezes, "2026-12-20T23:00:00Z"), is("weekend", "2026-12-21 08:00 Europe/Berlin"));
    assert_eq!(held(&freezes, "2026-12-26T12:00:00Z"), is("weekend", "2026-12-28 08:00 Europe/Berlin"));
}

#[test]
fn windows_that_overlap_or_meet_are_one_and_the_last_of_them_is_named() {
    let freezes = [
        weekend(),
        once("year's end", "America/New_York", "2026-12-20T12:00", "2027-01-01T12:00"),
        once("moving", "UTC", "2027-01-01T17:00", "2027-01-02T09:00"),
    ];
    // The weekend of the new year overlaps with the move, and outlasts it.
    let monday = is("weekend", "2027-01-04 08:00 Europe/Berlin");
    assert_eq!(held(&freezes, "2026-12-19T00:00:00Z"), monday);
    assert_eq!(held(&freezes, "2027-01-01T16:59:00Z"), monday);
    assert_eq!(held(&freezes[1..], "2026-12-24T00:00:00Z"), is("moving", "2027-01-02 09:00 UTC"));
    assert_eq!(held(&freezes[..1], "2026-12-24T00:00:00Z"), OPEN);
}

#[test]
fn of_two_that_end_together_the_first_is_named() {
    let two = [
        once("one", "UTC", "2026-12-01T00:00", "2026-12-02T00:00"),
        once("two", "UTC", "2026-11-30T00:00", "2026-12-02T00:00"),
    ];
    assert_eq!(held(&two, "2026-12-01T12:00:00Z"), is("one", "2026-12-02 00:00 UTC"));
}

#[test]
fn only_what_is_about_it_holds_it() {
    let now = "2026-12-19T12:00:00Z".parse().unwrap();
    let about = |freeze: Freeze, matter| frozen(&[freeze], matter, now).unwrap().is_some();
    assert!(about(weekend(), CHECKOUT));
    assert!(!about(weekend(), Matter { environment: "staging", ..CHECKOUT }));
    assert!(!about(Freeze { service: globs(&["cart"]), ..weekend() }, CHECKOUT));
    assert!(!about(Freeze { except_services: globs(&["check*"]), ..weekend() }, CHECKOUT));
    assert!(about(Freeze { except_services: globs(&["cart"]), ..weekend() }, CHECKOUT));
}

#[test]
fn nobody_guesses_in_a_zone_that_is_not_known() {
    let now = "2026-12-23T12:00:00Z".parse().unwrap();
    let lost = weekly("lost", "Europe/Atlantis", &[]);
    let error = frozen(std::slice::from_ref(&lost), CHECKOUT, now).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the freeze \"lost\" is in the zone \"Europe/Atlantis\", which is not known"
    );
    let elsewhere = Freeze { environment: globs(&["staging"]), ..lost };
    assert_eq!(frozen(&[elsewhere], CHECKOUT, now), Ok(None), "where it is about something else");
}

#[test]
fn what_never_opens_is_told_for_a_year() {
    let always = [
        weekly("days", "UTC", &Day::ALL.map(|(_, day)| window(day, time(8, 0, 0, 0), 0, time(20, 0, 0, 0)))),
        weekly(
            "nights",
            "UTC",
            &Day::ALL.map(|(_, day)| window(day, time(20, 0, 0, 0), 1, time(8, 0, 0, 0))),
        ),
    ];
    let now: Timestamp = "2026-12-23T12:00:00Z".parse().unwrap();
    let held = frozen(&always, CHECKOUT, now).unwrap().unwrap();
    assert!(held.until >= now + HORIZON, "{held:?}");
}

/// Berlin skips from 02:00 to 03:00 on 29 March 2026, and shows 02:00 to 03:00 twice on 25 October.
#[test]
fn a_time_that_clocks_skip_is_when_they_skip_it() {
    let night = |from, to| weekly("night", "Europe/Berlin", &[window(Day::Sun, from, 0, to)]);
    let ends = [night(time(0, 0, 0, 0), time(2, 30, 0, 0))];
    assert_eq!(held(&ends, "2026-03-29T00:59:59Z"), is("night", "2026-03-29 03:00 Europe/Berlin"));
    assert_eq!(held(&ends, "2026-03-29T01:00:00Z"), OPEN);
    let begins = [night(time(2, 30, 0, 0), time(6, 0, 0, 0))];
    assert_eq!(held(&begins, "2026-03-29T00:59:59Z"), OPEN);
    assert_eq!(held(&begins, "2026-03-29T01:00:00Z"), is("night", "2026-03-29 06:00 Europe/Berlin"));
}

#[test]
fn of_a_time_that_clocks_show_twice_the_first_begins_and_the_second_ends_it() {
    let night = |from, to| weekly("night", "Europe/Berlin", &[window(Day::Sun, from, 0, to)]);
    let ends = [night(time(0, 0, 0, 0), time(2, 30, 0, 0))];
    assert_eq!(held(&ends, "2026-10-25T00:45:00Z"), is("night", "2026-10-25 02:30 Europe/Berlin"));
    assert_eq!(held(&ends, "2026-10-25T01:29:59Z"), is("night", "2026-10-25 02:30 Europe/Berlin"));
    assert_eq!(held(&ends, "2026-10-25T01:30:00Z"), OPEN);
    let begins = [night(time(2, 30, 0, 0), time(6, 0, 0, 0))];
    assert_eq!(held(&begins, "2026-10-25T00:29:59Z"), OPEN);
    assert_eq!(held(&begins, "2026-10-25T00:30:00Z"), is("night", "2026-10-25 06:00 Europe/Berlin"));
}

/// What stands in the table of a stack, letter by letter.
#[test]
fn it_is_stored_so() {
    let except_dates = vec!["2026-12-26".parse().unwrap()];
    let Freeze { when: When::Weekly { windows, .. }, .. } = weekend() else { panic!() };
    let stored = Freeze { when: When::Weekly { windows, except_dates }, ..weekend() };
    let text = r#"{"name":"weekend","service":["*"],"environment":["prod*"],"zone":"Europe/Berlin","when":{"kind":"weekly","windows":[{"day":"fri","from":"16:00:00","days":3,"to":"08:00:00"}],"exceptDates":["2026-12-26"]}}"#;
    assert_eq!(serde_json::to_string(&stored).unwrap(), text);
    assert_eq!(serde_json::from_str::<Freeze>(text).unwrap(), stored);
    let text = r#"{"name":"end","service":["*"],"environment":["prod*"],"exceptServices":["cart"],"zone":"UTC","when":{"kind":"once","starts":"2026-12-20T00:00:00","ends":"2027-01-04T08:00:00"}}"#;
    let stored = Freeze {
        except_services: globs(&["cart"]),
        ..once("end", "UTC", "2026-12-20T00:00", "2027-01-04T08:00")
    };
    assert_eq!(serde_json::to_string(&stored).unwrap(), text);
    assert_eq!(serde_json::from_str::<Freeze>(text).unwrap(), stored);
}

/// What the clocks of a zone show, minute by minute, for a while.
struct Clocks(Vec<DateTime>);

impl Clocks {
    const START: &'static str = "2026-03-25T00:00:00Z";

    /// Around the weekend in which the zone's clocks change.
    fn of(zone: &TimeZone, start: Timestamp, days: i64) -> Self {
        let minute = |minute| zone.to_datetime(start + SignedDuration::from_mins(minute));
        Self((0..days * 24 * 60).map(minute).collect())
    }

    /// Whether a window holds at each minute: its begin has been shown, and its end is still to be shown.
    fn within(&self, from: DateTime, to: DateTime) -> Vec<bool> {
        let mut held = vec![false; self.0.len()];
        let mut begun = false;
        for (shown, held) in self.0.iter().zip(&mut held) {
            begun |= *shown >= from;
            *held = begun;
        }
        let mut ahead = false;
        for (shown, held) in self.0.iter().zip(&mut held).rev() {
            *held &= *shown < to || ahead;
            ahead |= *shown <= to;
        }
        held
    }
}

/// A window of a week as a person would read it off a calendar.
fn on_calendar(clocks: &Clocks, window: &Window, except: &[Date]) -> Vec<bool> {
    let mut held = vec![false; clocks.0.len()];
    let mut date = clocks.0.first().unwrap().date() - 8.days();
    let mut open = vec![false; clocks.0.len()];
    while date <= clocks.0.last().unwrap().date() {
        if date.weekday() == window.day.weekday() {
            let ends = date + i64::from(window.days).days();
            let of_date = clocks.within(date.to_datetime(window.from), ends.to_datetime(window.to));
            held.iter_mut().zip(of_date).for_each(|(held, more)| *held |= more);
        }
        date = date.tomorrow().unwrap();
    }
    for date in except {
        for (shown, open) in clocks.0.iter().zip(&mut open) {
            *open |= shown.date() == *date;
        }
    }
    held.iter().zip(open).map(|(held, open)| *held && !open).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the windows, the zone and the season: the answer is what a calendar says, minute by minute where anything
    /// may change, and the end is the first minute after it that nothing holds.
    #[test]
    fn every_minute_is_as_the_calendar_says(
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana"]),
        start in prop::sample::select(vec![Clocks::START, "2026-03-05T00:00:00Z", "2026-04-02T00:00:00Z", "2026-10-22T00:00:00Z", "2026-10-29T00:00:00Z"]),
        drawn in prop::collection::vec((0usize..7, 0i8..24, prop::sample::select(vec![0i8, 15, 30]), 0u8..=7, 0i8..24), 1..4),
        except in prop::collection::vec(0i64..6, 0..3),
    ) {
        let start: Timestamp = start.parse().unwrap();
        let tz = super::zone(zone).unwrap();
        let clocks = Clocks::of(&tz, start, 12);
        let windows: Vec<_> = drawn
            .into_iter()
            .map(|(day, from, minute, days, to)| Window { day: Day::ALL[day].1, from: time(from, minute, 0, 0), days, to: time(to, 0, 0, 0) })
            .filter(|window| window.days > 0 || window.to > window.from)
            .filter(|window| window.days < 7 || window.to < window.from)
            .collect();
        let first_day = clocks.0[0].date();
        let except_dates: Vec<_> = except.into_iter().map(|later| first_day + later.days()).collect();
        let mut expected = vec![false; clocks.0.len()];
        for window in &windows {
            let of_window = on_calendar(&clocks, window, &except_dates);
            expected.iter_mut().zip(of_window).for_each(|(held, more)| *held |= more);
        }
        let freezes = [freeze("any", zone, When::Weekly { windows, except_dates })];
        // What begins or ends beyond what was looked at is judged from the middle only.
        let seen = 24 * 60..4 * 24 * 60;
        for minute in seen.filter(|minute| [0, 1, 14].contains(&(minute % 15))) {
            let now = start + SignedDuration::from_mins(i64::try_from(minute).unwrap());
            let found = frozen(&freezes, CHECKOUT, now).unwrap();
            prop_assert_eq!(found.is_some(), expected[minute], "{} {}", now, clocks.0[minute]);
            let opens = expected[minute..].iter().position(|held| !held);
            if let (Some(found), Some(opens)) = (found, opens) {
                let opens = now + SignedDuration::from_mins(i64::try_from(opens).unwrap());
                prop_assert_eq!(found.until, opens);
            }
        }
    }
}
