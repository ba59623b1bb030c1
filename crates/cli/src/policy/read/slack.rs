//! By which channels people are asked, and where in Slack.

use common::domain::slack::SHARED_NAMES;

use super::keys::{Given, Keys};
use super::{At, Channels, Mistakes};
use crate::policy::suggest::instead;

const WORDS: [&str; 2] = ["email", "slack"];
/// The longest name of a channel that Slack takes, in characters.
const MAX_NAME: usize = 80;

/// `channels`
pub(super) fn channels(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Channels> {
    keys.text_or_texts("channels", mistakes).and(|words| {
        if words.value.is_empty() {
            mistakes
                .error(words.at, "channels is empty, so nobody could be asked")
                .suggest("keep \"email\" or \"slack\", or leave the key out for both");
            return None;
        }
        let unknown: Vec<_> =
            words.value.iter().filter(|word| !WORDS.contains(&word.value.as_str())).collect();
        for word in &unknown {
            let mistake = mistakes.error(word.at, format!("channels cannot have {:?}", word.value));
            mistake.suggestion = instead(&word.value, WORDS, "it is one of");
        }
        let has = |name: &str| words.value.iter().any(|word| word.value == name);
        unknown.is_empty().then(|| Channels { email: has("email"), slack: has("slack") })
    })
}

/// `slack_channel`
pub(super) fn channel(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<String> {
    keys.text("slack_channel", mistakes).and(|At { value, at }| {
        let name = value.strip_prefix('#');
        if name.is_some_and(|name| SHARED_NAMES.contains(&name)) {
            mistakes
                .error(at, format!("{value:?} is what Slack calls every private conversation"))
                .suggest("write the channel's id, such as \"C0123ABC\"; Slack shows it below the channel's details");
            return None;
        }
        let good = is_id(&value) || name.is_some_and(is_name);
        if !good {
            mistakes.error(at, format!("{value:?} is not a channel in Slack")).suggest(
                "write its id, such as \"C0123ABC\" (Slack shows it below the channel's details), or \"#name\"",
            );
        }
        good.then_some(value)
    })
}

fn is_id(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    text.starts_with(['C', 'G']) && text.bytes().all(sign) && (3..=21).contains(&text.len())
}

/// No stricter than Slack, which takes what every script has but capital letters, blanks and a few signs; the template
/// says the same of `SlackChannel`.
fn is_name(text: &str) -> bool {
    let no_sign = |letter: char| {
        letter.is_whitespace() || letter.is_control() || letter.is_uppercase() || "#@<>.,".contains(letter)
    };
    !text.is_empty() && text.chars().count() <= MAX_NAME && !text.contains(no_sign)
}
