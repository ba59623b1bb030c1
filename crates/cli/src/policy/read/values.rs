//! Values with rules of their own: names, patterns, durations, words.

use common::domain::{Amount, Glob};

use super::keys::{Given, Keys};
use super::{At, Mistakes};
use crate::duration;
use crate::policy::suggest::instead;

/// The longest name, in characters.
const MAX_NAME: usize = 100;
/// The longest pattern, in characters: no name that it could match is longer.
const MAX_GLOB: usize = 200;
/// The most patterns in a list.
const MAX_GLOBS: usize = 100;

/// Notes what keeps a text from being a name that people are shown; whether nothing does.
pub(super) fn is_name(what: &str, name: &At<String>, mistakes: &mut Mistakes<'_>) -> bool {
    let text = name.value.trim();
    let problem = if text.is_empty() {
        "is empty".to_owned()
    } else if text.chars().count() > MAX_NAME {
        format!("is longer than {MAX_NAME} characters")
    } else if text.chars().any(char::is_control) {
        "has control characters".to_owned()
    } else {
        return true;
    };
    mistakes.error(name.at, format!("{what} {problem}"));
    false
}

/// A name that may be left out.
pub(super) fn optional_name(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    what: &str,
    mistakes: &mut Mistakes<'_>,
) -> Given<String> {
    let given = keys.text(key, mistakes);
    given.and(|name| is_name(what, &name, mistakes).then(|| name.value.trim().to_owned()))
}

/// A name that must be there; empty when it is noted as a mistake.
pub(super) fn name(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    what: &str,
    mistakes: &mut Mistakes<'_>,
) -> String {
    let given = optional_name(keys, key, what, mistakes);
    if given == Given::Absent {
        mistakes.error(keys.at, format!("{what} is missing")).suggest(format!("add {key} = \"...\""));
    }
    given.value().map(|name| name.value.clone()).unwrap_or_default()
}

/// One pattern or a list of them.
pub(super) fn globs(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    default: Vec<Glob>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Glob> {
    match keys.text_or_texts(key, mistakes) {
        Given::Absent => default,
        Given::Broken => Vec::new(),
        Given::Is(texts) => {
            if texts.value.is_empty() && !default.is_empty() {
                refuse_none(key, texts.at, "write \"*\" for every name, or leave the key out", mistakes);
            }
            each_glob(key, &texts, mistakes)
        }
    }
}

/// One pattern or a list of them, where there is no default.
pub(super) fn required_globs(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    what: &str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Glob> {
    match keys.text_or_texts(key, mistakes) {
        Given::Absent => {
            mistakes
                .error(keys.at, format!("{what} has no {key}"))
                .suggest(format!("add {key} = \"...\"; \"*\" stands for every name"));
            Vec::new()
        }
        Given::Broken => Vec::new(),
        Given::Is(texts) => {
            if texts.value.is_empty() {
                refuse_none(key, texts.at, "write \"*\" for every name", mistakes);
            }
            each_glob(key, &texts, mistakes)
        }
    }
}

fn refuse_none(key: &str, at: usize, way_out: &str, mistakes: &mut Mistakes<'_>) {
    mistakes.error(at, format!("{key} has no pattern, so nothing matches")).suggest(way_out);
}

fn each_glob(key: &str, texts: &At<Vec<At<String>>>, mistakes: &mut Mistakes<'_>) -> Vec<Glob> {
    let count = texts.value.len();
    if count > MAX_GLOBS {
        mistakes.error(texts.at, format!("{key} has {count} patterns; at most {MAX_GLOBS} may be listed"));
        return Vec::new();
    }
    texts.value.iter().filter_map(|text| glob(key, text, mistakes)).collect()
}

fn glob(key: &str, text: &At<String>, mistakes: &mut Mistakes<'_>) -> Option<Glob> {
    if text.value.chars().count() > MAX_GLOB {
        mistakes.error(text.at, format!("a pattern of {key} is longer than {MAX_GLOB} characters"));
        return None;
    }
    match Glob::parse(&text.value) {
        Ok(glob) => Some(glob),
        Err(error) => {
            mistakes
                .error(text.at, format!("{:?} is not a pattern: {error}", text.value))
                .suggest("* stands for any text, ? for one character, [ab] for one of several");
            None
        }
    }
}

/// A duration, in seconds.
pub(super) fn duration(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    mistakes: &mut Mistakes<'_>,
) -> Given<u32> {
    keys.text(key, mistakes).and(|text| seconds(key, &text, mistakes))
}

/// A list of durations, in seconds.
pub(super) fn durations(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    mistakes: &mut Mistakes<'_>,
) -> Given<Vec<At<u32>>> {
    keys.text_or_texts(key, mistakes).and(|texts| {
        let read: Vec<_> = texts
            .value
            .iter()
            .map(|text| seconds(key, text, mistakes).map(|value| At { value, at: text.at }))
            .collect();
        read.into_iter().collect()
    })
}

/// Amounts, one for each currency.
pub(super) fn amounts(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    mistakes: &mut Mistakes<'_>,
) -> Given<Vec<Amount>> {
    keys.text_or_texts(key, mistakes).and(|texts| {
        if texts.value.is_empty() {
            mistakes
                .error(texts.at, format!("{key} has no amount, so nothing matches"))
                .suggest("write \"500 EUR\", or leave the key out");
            return None;
        }
        let mut found: Vec<Amount> = Vec::new();
        for text in &texts.value {
            match Amount::parse(&text.value) {
                Ok(amount) if found.iter().any(|other| other.currency == amount.currency) => {
                    mistakes.error(text.at, format!("{key} has two amounts of one currency"));
                    return None;
                }
                Ok(amount) => found.push(amount),
                Err(error) => {
                    mistakes.error(text.at, format!("{key}: {:?} {error}", text.value));
                    return None;
                }
            }
        }
        Some(found)
    })
}

fn seconds(key: &str, text: &At<String>, mistakes: &mut Mistakes<'_>) -> Option<u32> {
    let read = duration::parse(&text.value);
    if let Err(error) = read {
        mistakes
            .error(text.at, format!("{key}: {:?} {error}", text.value))
            .suggest("write a duration such as \"90m\", \"1h 30m\" or \"2d\"");
    }
    read.ok()
}

/// One of a few words.
pub(super) fn word<T: Copy>(
    keys: &mut Keys<'_, '_>,
    key: &'static str,
    words: &[(&'static str, T)],
    mistakes: &mut Mistakes<'_>,
) -> Given<T> {
    keys.text(key, mistakes).and(|text| {
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let mistake = mistakes.error(text.at, format!("{key} cannot be {:?}", text.value));
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            mistake.suggestion = instead(&text.value, known, "it is one of");
        }
        found
    })
}
