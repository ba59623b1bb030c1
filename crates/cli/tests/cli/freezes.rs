//! What a freeze may say, and what counts then.

use common::domain::Freeze;
use common::domain::freeze::{Day, When, Window};
use countersign::policy::compile;
use jiff::civil::time;

/// What becomes of a freeze with these keys; or what is wrong with it.
fn freeze(keys: &str) -> Result<Freeze, Vec<String>> {
    let text = format!("schema = 1\n[[rule]]\nname = \"all\"\n[[freeze]]\nname = \"one\"\n{keys}\n");
    let compiled = compile(text.as_bytes());
    let messages = compiled.mistakes.into_iter().map(|mistake| mistake.message).collect();
    compiled.policy.map(|policy| policy.freezes[0].clone()).ok_or(messages)
}

/// The windows of a freeze in UTC with these keys.
fn windows(keys: &str) -> Result<Vec<Window>, Vec<String>> {
    match freeze(&format!("zone = \"UTC\"\n{keys}"))?.when {
        When::Weekly { windows, .. } => Ok(windows),
        When::Once { .. } => panic!("another kind"),
    }
}

fn window(day: Day, from: i8, days: u8, to: i8) -> Window {
    Window { day, from: time(from, 0, 0, 0), days, to: time(to, 0, 0, 0) }
}

#[test]
fn it_is_about_everything_that_it_does_not_spare() {
    let all = freeze("zone = \"utc\"\ndays = \"sat\"").unwrap();
    let shown = |globs: &[common::domain::Glob]| {
        globs.iter().map(|glob| glob.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((shown(&all.service), shown(&all.environment)), (vec!["*".to_owned()], vec!["*".to_owned()]));
    assert!(all.except_services.is_empty());
    assert_eq!(all.zone, "UTC", "as the database writes it");
    let some = freeze(
        "zone = \"europe/berlin\"\ndays = \"sat\"\nservice = [\"a\", \"b*\"]\nenvironment = \"prod\"\nexcept_services = \"bc\"",
    )
    .unwrap();
    assert_eq!(shown(&some.service), ["a", "b*"]);
    assert_eq!(shown(&some.except_services), ["bc"]);
    assert_eq!(some.zone, "Europe/Berlin");
}

#[test]
fn whole_days_last_until_midnight() {
    assert_eq!(
        windows("days = [\"Sun\", \"sat\", \"sat\"]"),
        Ok(vec![window(Day::Sat, 0, 1, 0), window(Day::Sun, 0, 1, 0)])
    );
}

#[test]
fn hours_are_those_of_each_day_and_may_pass_midnight() {
    assert_eq!(
        windows("days = \"mon\"\nfrom = \"09:00\"\nto = \"17:00\""),
        Ok(vec![window(Day::Mon, 9, 0, 17)])
    );
    assert_eq!(
        windows("days = \"mon\"\nfrom = \"18:00\"\nto = \"08:00\""),
        Ok(vec![window(Day::Mon, 18, 1, 8)])
    );
    assert_eq!(
        windows("days = \"mon\"\nfrom = \"18:00\"\nto = \"00:00\""),
        Ok(vec![window(Day::Mon, 18, 1, 0)])
    );
}

#[test]
fn a_span_goes_from_a_day_to_a_day() {
    assert_eq!(windows("from = \"fri 16:00\"\nto = \"mon 08:00\""), Ok(vec![window(Day::Fri, 16, 3, 8)]));
    assert_eq!(windows("from = \"mon 08:00\"\nto = \"mon 09:00\""), Ok(vec![window(Day::Mon, 8, 0, 9)]));
    assert_eq!(windows("from = \"mon 09:00\"\nto = \"mon 08:00\""), Ok(vec![window(Day::Mon, 9, 7, 8)]));
    assert_eq!(windows("from = \"sun 09:00\"\nto = \"sat 08:00\""), Ok(vec![window(Day::Sun, 9, 6, 8)]));
}

#[test]
fn one_window_is_between_two_moments() {
    let once = |starts: &str, ends: &str| {
        freeze(&format!("zone = \"UTC\"\nstarts = \"{starts}\"\nends = \"{ends}\"")).map(|freeze| freeze.when)
    };
    let (starts, ends) = ("2026-12-20T00:00".parse().unwrap(), "2026-12-20T00:01".parse().unwrap());
    assert_eq!(once("2026-12-20T00:00", "2026-12-20 00:01"), Ok(When::Once { starts, ends }));
    assert_eq!(once("2026-12-20T00:00", "2026-12-20T00:00").unwrap_err(), ["it ends before it starts"]);
    for wrong in [
        "2026-12-21",
        "2026-12-21T00:00Z",
        "2026-12-21T00:00+01:00",
        "2026-12-21T00:00[UTC]",
        "2026-02-30T00:00",
        "",
    ] {
        assert_eq!(
            once("2026-12-20T00:00", wrong).unwrap_err(),
            [format!("ends: {wrong:?} is not a date with a time")]
        );
    }
}

#[test]
fn so_many_that_each_is_looked_at_in_no_time() {
    let many = |count: usize| {
        let one = |number| {
            format!(
                "[[freeze]]\nname = \"{number}\"\nzone = \"UTC\"\nstarts = \"2026-12-20T00:00\"\nends = \"2026-12-21T00:00\"\n"
            )
        };
        let freezes: String = (0..count).map(one).collect();
        let text = format!("schema = 1\n[[rule]]\nname = \"all\"\n{freezes}");
        compile(text.as_bytes()).mistakes.into_iter().map(|mistake| mistake.message).collect::<Vec<_>>()
    };
    assert!(many(50).is_empty());
    assert_eq!(many(51), ["more than 50 freezes"]);
    let dates = |count: usize| {
        windows(&format!("days = \"sat\"\nexcept_dates = [{}]", vec!["\"2026-12-26\""; count].join(", ")))
    };
    assert!(dates(100).is_ok());
    assert_eq!(dates(101).unwrap_err(), ["more than 100 dates"]);
}
