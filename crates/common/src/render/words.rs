//! Words for whoever prints a request somewhere else than in a mail or on a page: the same as there, and as safe.

use super::texts;
use super::untrusted::Shown;
use crate::domain::{Facts, Happening, Outlook, Preview, Progress};

/// What somebody wrote, in one line: nothing in it is invisible, steers a terminal or turns the reading direction.
pub fn line(text: &str) -> String {
    Shown::line(text).to_string()
}

/// What somebody wrote, in its lines, as safe.
pub fn block(text: &str) -> String {
    Shown::block(text).to_string()
}

/// What happened to a request for this, and the words that somebody gave with it.
pub fn happening(what: &Happening, facts: &Facts) -> (String, Option<String>) {
    let (told, said) = texts::happening(what, facts);
    (told, said.map(|words| words.to_string()))
}

/// What would change, with every name in full; of what is not known, why.
pub fn preview(preview: &Preview) -> String {
    let texts::preview::Foreseen { says, note, .. } = texts::preview::in_full(preview);
    match preview.outlook {
        Outlook::Unknown { .. } => format!("{says}: {note}"),
        Outlook::Change { .. } | Outlook::CarriedOut | Outlook::Impossible { .. } => says,
    }
}

/// How far the use of an approval of this has come, in a word or two.
pub fn progress(progress: Progress, facts: &Facts) -> &'static str {
    match (progress, facts) {
        (Progress::Deploying, Facts::General(_)) => "being carried out",
        (Progress::Deployed, Facts::General(_)) => "carried out",
        (Progress::NotDeployed, Facts::General(_)) => "nothing was to be done",
        (Progress::NotDeployed, Facts::Deployment(_)) => "nothing was deployed",
        (progress, _) => progress.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(line("a\x1b[31mb\nc"), "a⟨U+001B⟩[31mb c");
        assert_eq!(block("a\x07\nb\u{202e}"), "a⟨U+0007⟩\nb⟨U+202E⟩");
    }
}
