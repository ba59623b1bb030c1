//! What would change if it were approved, in words.

use crate::domain::{Called, Outlook, Preview};

use super::super::untrusted::Shown;
use super::super::when::Moment;
use super::{SAY, Tone, fill};

/// The longest of a target's own names that stands beside what people call it. The number of a version does; an image
/// does not, and what people call it says enough.
const SHORT: usize = 12;

/// What is said of a preview, and what else is to be said of it.
pub(in super::super) struct Foreseen {
    /// How it feels, where that is anything.
    pub(in super::super) tone: Option<Tone>,
    /// What would change.
    pub(in super::super) says: String,
    /// Where, and as of when.
    pub(in super::super) note: String,
}

/// As short as it can be: what somebody sees first.
pub(in super::super) fn in_short(preview: &Preview) -> Foreseen {
    foreseen(preview, called)
}

/// With every name in full.
pub(in super::super) fn in_full(preview: &Preview) -> Foreseen {
    let seen = foreseen(preview, fully);
    match preview.outlook {
        Outlook::Unknown { .. } => seen,
        Outlook::Change { .. } | Outlook::CarriedOut | Outlook::Impossible { .. } => {
            Foreseen { note: fill(SAY.preview_not_covered, &[("note", &seen.note)]), ..seen }
        }
    }
}

/// In one line: what would change, and where.
pub(in super::super) fn line(preview: &Preview) -> String {
    let Foreseen { says, note, .. } = in_short(preview);
    fill(SAY.preview_line, &[("says", &says), ("note", &note)])
}

fn foreseen(preview: &Preview, name: impl Fn(&Called) -> String) -> Foreseen {
    let (place, at) = (Shown::line(&preview.place), Moment(preview.at));
    let note = fill(SAY.preview_note, &[("place", &place), ("at", &at)]);
    let with = |reason: &str| Shown::line(reason.trim_end_matches('.'));
    let tone = match &preview.outlook {
        Outlook::Change { .. } | Outlook::CarriedOut => None,
        Outlook::Impossible { .. } => Some(Tone::Bad),
        Outlook::Unknown { .. } => Some(Tone::Calm),
    };
    let says = match &preview.outlook {
        outlook @ Outlook::Change { after, .. } if outlook.is_there_already() => {
            fill(SAY.preview_there, &[("after", &name(after))])
        }
        Outlook::Change { before: Some(before), after } => {
            fill(SAY.preview_change, &[("before", &name(before)), ("after", &name(after))])
        }
        Outlook::Change { before: None, after } => fill(SAY.preview_then, &[("after", &name(after))]),
        Outlook::CarriedOut => SAY.preview_carried_out.to_owned(),
        Outlook::Impossible { reason } => fill(SAY.preview_impossible, &[("reason", &with(reason))]),
        Outlook::Unknown { reason, missing } => {
            let why = match missing {
                Some(action) => fill(SAY.preview_missing, &[("action", &Shown::line(action))]),
                None => with(reason).to_string(),
            };
            let note = fill(SAY.preview_unseen, &[("place", &place), ("why", &why)]);
            return Foreseen { tone, says: SAY.preview_unknown.to_owned(), note };
        }
    };
    Foreseen { tone, says, note }
}

/// What people call it, with the target's own name where that is short.
fn called(version: &Called) -> String {
    match &version.name {
        Some(name) if version.exactly.chars().count() > SHORT => Shown::line(name).to_string(),
        _ => fully(version),
    }
}

fn fully(version: &Called) -> String {
    let exactly = Shown::line(&version.exactly);
    match &version.name {
        Some(name) => fill(SAY.preview_called, &[("name", &Shown::line(name)), ("exactly", &exactly)]),
        None => exactly.to_string(),
    }
}
