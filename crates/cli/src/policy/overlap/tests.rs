//! What patterns have in common, by examples and against real names.

use std::sync::LazyLock;

use common::domain::Glob;
use proptest::prelude::*;

use super::Shape;

fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

fn overlap(one: &Glob, other: &Glob) -> bool {
    Shape::of(one).overlaps(&Shape::of(other))
}

fn covers(outer: &Glob, inner: &Glob) -> bool {
    Shape::of(outer).covers(&Shape::of(inner))
}

#[test]
fn patterns_that_share_a_name_overlap() {
    for (one, other) in [
        ("production", "production"),
        ("production", "PRODUCTION"),
        ("prod-*", "prod-eu"),
        ("prod*", "*tion"),
        ("*-eu", "prod-*"),
        ("*", "production"),
        ("*", "*"),
        ("prod?", "prod1"),
        ("a?c", "ab*"),
        ("prod-[eu]*", "prod-us"),
        ("[a-m]x", "[k-z]x"),
        ("[!a]", "[!b]"),
        ("[!a-z]", "é"),
        ("[à-é]", "[è-ü]"),
        ("*a*b*", "*b*a*"),
        ("data release", "data?release"),
        ("x[]]", "x]"),
        ("**/prod", "prod"),
        ("a/**/b", "a/b"),
        ("p[R]od", "PrOD"),
    ] {
        assert!(overlap(&glob(one), &glob(other)), "{one} {other}");
        assert!(overlap(&glob(other), &glob(one)), "{other} {one}");
    }
}

#[test]
fn patterns_that_share_no_name_do_not_overlap() {
    for (one, other) in [
        ("production", "staging"),
        ("prod-*", "production"),
        ("prod", "prod?"),
        ("dev*", "prod*"),
        ("*-eu", "*-us"),
        ("?", "??"),
        ("[a-c]", "[d-f]"),
        ("[!a]", "a"),
        ("[!a]", "A"),
        ("[à-é]", "[ê-ü]"),
        ("dev?", "dev"),
    ] {
        assert!(!overlap(&glob(one), &glob(other)), "{one} {other}");
        assert!(!overlap(&glob(other), &glob(one)), "{other} {one}");
    }
}

#[test]
fn a_wider_pattern_covers_a_narrower_one() {
    for (outer, inner) in [
        ("*", "prod-*"),
        ("*", "**/a"),
        ("prod*", "production"),
        ("prod*", "PROD-*"),
        ("*o*", "prod"),
        ("*-eu", "prod-*-eu"),
        ("prod-?", "prod-[ab]"),
        ("prod-[a-f]", "prod-[B-D]"),
        ("[!a]", "b"),
        ("a/**", "a/**"),
    ] {
        assert!(covers(&glob(outer), &glob(inner)), "{outer} {inner}");
    }
    for (outer, inner) in [
        ("prod-*", "prod*"),
        ("production", "prod*"),
        ("prod-[ab]", "prod-?"),
        ("?*", "*"),
        ("**/prod", "prod"),
        ("[!a]", "?"),
        ("[a-z]", "[à-é]"),
    ] {
        assert!(!covers(&glob(outer), &glob(inner)), "{outer} {inner}");
    }
}

fn any_glob() -> impl Strategy<Value = Glob> {
    let piece = prop::sample::select(vec![
        "a", "b", "B", "é", " ", "/", "*", "?", "[ab]", "[!a]", "[a-c]", "[!à-ü]", "[]a]", "**/", "/**",
    ]);
    prop::collection::vec(piece, 1..6)
        .prop_filter_map("no pattern", |parts| Glob::parse(&parts.concat()).ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_common_name_is_never_missed(one in any_glob(), other in any_glob()) {
        if !(overlap(&one, &other) && overlap(&other, &one)) {
            for name in NAMES.iter() {
                prop_assert!(!(one.matches(name) && other.matches(name)), "{one} {other} {name:?}");
            }
        }
    }

    #[test]
    fn what_is_covered_matches(outer in any_glob(), inner in any_glob()) {
        if covers(&outer, &inner) {
            for name in NAMES.iter() {
                prop_assert!(!inner.matches(name) || outer.matches(name), "{outer} {inner} {name:?}");
            }
        }
    }

    /// Covering implies overlapping, because every pattern matches something.
    #[test]
    fn whatever_is_covered_overlaps(outer in any_glob(), inner in any_glob()) {
        prop_assert!(!covers(&outer, &inner) || overlap(&outer, &inner), "{outer} {inner}");
    }
}

/// Every short name over a few telling characters.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names = vec![String::new()];
    for _ in 0..4 {
        let longer: Vec<_> = names
            .iter()
            .flat_map(|name| ["a", "B", "d", "é", "/", " ", "]"].map(|letter| format!("{name}{letter}")))
            .collect();
        names.extend(longer);
    }
    names.sort();
    names.dedup();
    names
});
