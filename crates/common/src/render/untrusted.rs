//! The one gate for text that people wrote: requester, caller of the workflow, approvers.
//!
//! It makes visible what would otherwise deceive the eye (bidirectional controls, zero-width and control
//! characters) and bounds the length. It does not escape: HTML templates do that for every value.

use std::fmt;

use super::texts::{SAY, fill};
use super::unlinked::unlinked;

/// Text that may be shown: nothing in it is invisible or turns the reading direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown(String);

impl Shown {
    /// One line: line breaks and tabs become blanks.
    pub(super) fn line(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for (character, context) in with_context(text.trim()) {
            match character {
                '\n' | '\r' | '\t' => out.push(' '),
                _ => push(&mut out, character, context),
            }
        }
        Self(out)
    }

    /// Text of several lines.
    pub(super) fn block(text: &str) -> Self {
        Self::beginning(text, usize::MAX).0
    }

    /// As much of a text as fits into so many characters as they are shown, and what is left over. The cut
    /// falls behind a blank if one is near.
    pub(super) fn beginning(text: &str, limit: usize) -> (Self, &str) {
        let text = text.trim_end().trim_start_matches(['\n', '\r']);
        let mut out = String::new();
        let (mut shown, mut position) = (0_usize, 0_usize);
        let mut blank: Option<(usize, usize, usize)> = None;
        for (character, context) in with_context(text) {
            let before = out.len();
            match character {
                '\r' if context.1 == Some('\n') => {}
                '\n' | '\r' => out.push('\n'),
                '\t' => out.push_str("    "),
                _ => push(&mut out, character, context),
            }
            shown += out.get(before..).map_or(0, |piece| piece.chars().count());
            if shown > limit {
                out.truncate(before);
                if let Some((_, kept, read)) = blank.filter(|(at, ..)| limit.saturating_sub(*at) < 100) {
                    out.truncate(kept);
                    position = read;
                }
                return (Self(out.trim_end().to_owned()), text.get(position..).unwrap_or_default());
            }
            position += character.len_utf8();
            if character.is_whitespace() {
                blank = Some((shown, out.len(), position));
            }
        }
        (Self(out), "")
    }

    /// At most so many characters of it; what is cut off shows as a mark.
    pub(super) fn cut(self, limit: usize) -> Self {
        if self.0.chars().count() <= limit {
            return self;
        }
        let kept: String = self.0.chars().take(limit.saturating_sub(1)).collect();
        Self(kept.trim_end().to_owned() + "…")
    }

    /// The same for mails, whose readers' programs would make links of it.
    pub(super) fn unlinked(&self) -> Self {
        Self(unlinked(&self.0))
    }

    /// Its lines.
    pub(super) fn lines(&self) -> std::str::Lines<'_> {
        self.0.lines()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mail's subject: one line, no control characters, at most 200 characters.
pub(super) fn subject(text: &str) -> String {
    const MAX: usize = 200;
    let blanks: String =
        text.chars().map(|letter| if matches!(letter, '\n' | '\r' | '\t') { ' ' } else { letter }).collect();
    let printable: String = blanks.chars().filter(|letter| !letter.is_control()).collect();
    let words = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = Shown::line(&words).0;
    if line.chars().count() <= MAX {
        return line;
    }
    line.chars().take(MAX - 1).chain(['…']).collect()
}

/// How much of an address is shown where it can be followed.
const MAX_LINK: usize = 120;

/// An address with more about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum More {
    /// An https address that can be followed; the host is spelled out beside it.
    Link {
        /// The address.
        url: String,
        /// What of it is shown where it can be followed.
        shown: String,
        /// Where it leads, in words.
        leads: String,
    },
    /// Anything else stays text.
    Text(Shown),
}

impl More {
    /// Reads what a caller gave as a link.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        match https_host(text) {
            Some(host) => Self::Link {
                url: text.to_owned(),
                shown: Shown(text.to_owned()).cut(MAX_LINK).0,
                leads: fill(SAY.leads_to, &[("host", &host.to_ascii_lowercase())]),
            },
            None => Self::Text(Shown::line(text)),
        }
    }
}

/// The host of a plain https address; `None` for everything that could mean something else to some browser.
fn https_host(text: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
    if text.len() > 2_000 || !text.bytes().all(plain) {
        return None;
    }
    let rest = text.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let label = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_port && host.contains('.') && host.split('.').all(label)).then_some(host)
}

type Context = (Option<char>, Option<char>);

/// Each character with the one before it and the one behind.
fn with_context(text: &str) -> impl Iterator<Item = (char, Context)> {
    let before = std::iter::once(None).chain(text.chars().map(Some));
    let behind = text.chars().skip(1).map(Some).chain(std::iter::once(None));
    text.chars().zip(before.zip(behind))
}

fn push(out: &mut String, character: char, (before, behind): Context) {
    use std::fmt::Write as _;

    let joins_emoji = match character {
        '\u{200d}' => before.is_some_and(in_emoji) && behind.is_some_and(in_emoji),
        '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(|sign| !sign.is_alphabetic() && !is_hidden(sign)),
        _ => false,
    };
    if is_hidden(character) && !joins_emoji {
        // Writing to a String does not fail; were it to, the character would be gone, which is safe too.
        if write!(out, "⟨U+{:04X}⟩", u32::from(character)).is_err() {
            out.push('\u{fffd}');
        }
    } else {
        out.push(character);
    }
}

/// Pictographs, their skin tones and the selector behind them: what a zero-width joiner legitimately joins.
fn in_emoji(character: char) -> bool {
    matches!(character, '\u{fe0f}' | '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Controls, format characters and everything else that takes no room or changes how its neighbours look.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_deceives_the_eye_is_spelled_out() {
        assert_eq!(Shown::line("check\u{202e}tuo").0, "check⟨U+202E⟩tuo");
        assert_eq!(Shown::line("pay\u{200b}pal\u{0}").0, "pay⟨U+200B⟩pal⟨U+0000⟩");
        assert_eq!(Shown::block("a\r\nb\rc\n\td\u{7}").0, "a\nb\nc\n    d⟨U+0007⟩");
        assert_eq!(Shown::line("a\r\nBcc: eve").0, "a  Bcc: eve");
    }

    #[test]
    fn emoji_stay_whole_and_joiners_elsewhere_do_not_hide() {
        for whole in ["👩‍💻", "❤️‍🔥", "🏳️‍🌈", "1️⃣", "👍🏽"] {
            assert_eq!(Shown::line(whole).0, whole);
        }
        assert_eq!(Shown::line("a\u{200d}b\u{fe0f}").0, "a⟨U+200D⟩b⟨U+FE0F⟩");
    }

    #[test]
    fn a_long_text_is_cut_behind_a_blank_and_nothing_is_lost() {
        let (start, rest) = Shown::beginning("one two three", 9);
        assert_eq!((start.0.as_str(), rest), ("one two", "three"));
        let (start, rest) = Shown::beginning("ééééé", 3);
        assert_eq!((start.0.as_str(), rest), ("ééé", "éé"));
    }

    #[test]
    fn only_plain_https_addresses_become_links() {
        for (text, host) in [
            ("https://expenses.example.com/reports/4711?a=b#c", "expenses.example.com"),
            ("https://Example.com:8443", "example.com"),
        ] {
            assert!(
                matches!(More::read(text), More::Link { leads, .. } if leads.ends_with(&format!(" {host}"))),
                "{text}"
            );
        }
        for text in [
            "javascript:alert(1)",
            "http://example.com",
            "https://example.com@evil.example",
            "https://example.com\\@evil.example",
            "https://exаmple.com/cyrillic-a",
            "https://example.com/\u{202e}gpj",
            "https://example.com/\"onmouseover=x",
            "https://localhost/x",
            "https:///x",
            "data:text/html,x",
        ] {
            assert!(matches!(More::read(text), More::Text(_)), "{text}");
        }
    }

    #[test]
    fn a_subject_is_one_bounded_line() {
        assert_eq!(subject("a\r\nBcc: eve\u{0}@x"), "a Bcc: eve@x");
        assert_eq!(subject(&"é".repeat(300)).chars().count(), 200);
    }

    proptest! {
        #[test]
        fn nothing_shown_is_hidden(text in "[\\PC\\p{Cf}\\p{Cc}]{0,200}", limit in 0_usize..200) {
            let (start, _) = Shown::beginning(&text, limit);
            prop_assert!(start.0.chars().count() <= limit);
            let hidden = |sign| is_hidden(sign) && !['\n', '\u{200d}', '\u{fe0e}', '\u{fe0f}'].contains(&sign);
            for shown in [Shown::line(&text), Shown::block(&text)] {
                let found = shown.0.chars().find(|sign| hidden(*sign));
                prop_assert_eq!(found, None);
            }
        }
    }
}
