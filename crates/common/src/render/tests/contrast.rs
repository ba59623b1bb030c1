//! Every text can be read on what is behind it, in light and in dark: WCAG 2.2 asks for 4.5 to 1.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Node, Selector};

use super::super::page::STYLE;
use super::mails;

const LEAST: f64 = 4.5;
/// Edges of controls and other signs.
const LEAST_OF_SIGNS: f64 = 3.0;

fn channel(value: u8) -> f64 {
    let share = f64::from(value) / 255.0;
    if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

/// The relative luminance of `#rgb` or `#rrggbb`.
fn luminance(color: &str) -> f64 {
    let digits = color.strip_prefix('#').unwrap_or_else(|| panic!("{color} is no colour"));
    let whole = if digits.len() == 3 {
        digits.chars().flat_map(|digit| [digit, digit]).collect()
    } else {
        digits.to_owned()
    };
    let part = |at: usize| channel(u8::from_str_radix(&whole[at..at + 2], 16).unwrap());
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_computed_as_it_is_defined() {
    assert!((contrast("#000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#fff") - 4.478).abs() < 1e-3);
}

/// The declarations between the braces behind `start`.
fn declarations<'a>(css: &'a str, start: &str) -> BTreeMap<&'a str, &'a str> {
    let (_, rest) = css.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    let (block, _) = rest.split_once('}').unwrap();
    block
        .split(';')
        .filter_map(|one| one.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect()
}

/// What is written on what, on pages.
const TEXTS: [(&str, &[&str]); 10] = [
    ("--ink", &["--bg", "--card", "--good-bg", "--bad-bg", "--calm-bg"]),
    ("--soft", &["--bg", "--card"]),
    ("--accent", &["--bg", "--card"]),
    ("--on", &["--accent"]),
    ("--card", &["--good", "--bad"]),
    ("--good", &["--card", "--good-bg"]),
    ("--bad", &["--card", "--bad-bg"]),
    ("--calm", &["--card", "--calm-bg"]),
    ("--good-bg", &["--good"]),
    ("--bad-bg", &["--bad"]),
];

#[test]
fn the_palette_of_pages_can_be_read_in_light_and_dark() {
    let light = declarations(STYLE, ":root{");
    let dark = declarations(STYLE, "(prefers-color-scheme:dark){:root{");
    let names = |palette: &BTreeMap<&str, &str>| {
        palette.keys().filter(|name| name.starts_with("--")).map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&light), names(&dark));
    for palette in [light, dark] {
        for (text, behind) in TEXTS {
            for behind in behind {
                let found = contrast(palette[text], palette[behind]);
                assert!(found >= LEAST, "{text} on {behind}: {found:.2}");
            }
        }
        for behind in ["--card", "--bg"] {
            let found = contrast(palette["--edge"], palette[behind]);
            assert!(found >= LEAST_OF_SIGNS, "--edge on {behind}: {found:.2}");
        }
    }
}

/// Every colour comes from the palette, so that none is in one scheme only.
#[test]
fn pages_use_no_colour_outside_the_palette() {
    let screen = STYLE.split_once("@media print").unwrap().0;
    for line in screen.lines().filter(|line| !line.contains(":root{")) {
        assert!(!line.contains('#') || line.starts_with('#'), "{line}");
    }
}

#[derive(Clone)]
struct Colors {
    text: String,
    behind: String,
}

/// The colours of an element: its own, or those around it. The classes of the dark scheme outweigh its style.
fn colors(element: ElementRef<'_>, around: &Colors, dark: Option<&str>) -> Colors {
    let mut own = around.clone();
    let mut take = |declared: &BTreeMap<&str, &str>| {
        let value =
            |name: &str| declared.get(name).map(|value| value.trim_end_matches("!important").to_owned());
        own.text = value("color").unwrap_or_else(|| own.text.clone());
        own.behind = value("background-color").unwrap_or_else(|| own.behind.clone());
    };
    let style = format!("{{{}}}", element.attr("style").unwrap_or_default());
    take(&declarations(&style, "{"));
    if let Some(css) = dark {
        for class in element.value().classes() {
            take(&declarations(css, &format!(".{class}{{")));
        }
    }
    own
}

fn check(name: &str, element: ElementRef<'_>, around: &Colors, dark: Option<&str>) {
    if element.attr("style").is_some_and(|style| style.contains("display:none")) {
        return;
    }
    let own = colors(element, around, dark);
    for child in element.children() {
        if let Node::Text(text) = child.value()
            && !text.trim().is_empty()
        {
            let found = contrast(&own.text, &own.behind);
            assert!(
                found >= LEAST,
                "{name}: {:?} in {} on {}: {found:.2}",
                text.trim(),
                own.text,
                own.behind
            );
        }
        if let Some(inner) = ElementRef::wrap(child) {
            check(name, inner, &own, dark);
        }
    }
}

#[test]
fn every_text_of_a_mail_can_be_read_in_light_and_dark() {
    for (name, mail) in mails::all() {
        let document = Html::parse_document(&mail.html);
        let body = document.select(&Selector::parse("body").unwrap()).next().unwrap();
        let (_, dark) = mail.html.split_once("prefers-color-scheme:dark").unwrap();
        let none = Colors { text: "#000000".to_owned(), behind: "#ffffff".to_owned() };
        check(name, body, &none, None);
        check(name, body, &none, Some(dark));
    }
}
