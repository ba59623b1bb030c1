//! What a language consists of: texts with gaps, and texts that depend on a number.
//!
//! [`english`](super::english) names them all. A further language is one more file with a value of the same type: the
//! compiler finds what it lacks, and a test finds gaps that are missing or unknown.

use std::fmt::{Display, Write as _};

/// A text in each form that numbers ask for; what `form` of the language picks from.
pub(in crate::render) type Forms = &'static [&'static str];

/// Declares the texts and says them in the first language.
macro_rules! texts {
    (form: $form:path, $($name:ident: $text:tt,)*) => {
        /// Everything that people read.
        pub(in crate::render) struct Texts {
            /// Which of several forms a number asks for.
            pub(in crate::render) form: fn(i64) -> usize,
            $(pub(in crate::render) $name: $crate::render::texts::catalogue::texts!(@type $text),)*
        }

        pub(in crate::render) const TEXTS: Texts = Texts {
            form: $form,
            $($name: $crate::render::texts::catalogue::texts!(@value $text),)*
        };

        #[cfg(test)]
        impl Texts {
            /// Every text with its name.
            pub(in crate::render) fn all(&self) -> Vec<(&'static str, Vec<&'static str>)> {
                vec![$((stringify!($name), $crate::render::texts::catalogue::texts!(@list self, $name, $text)),)*]
            }
        }
    };
    (@type [$($form:literal),+ $(,)?]) => { $crate::render::texts::catalogue::Forms };
    (@type $text:literal) => { &'static str };
    (@value [$($form:literal),+ $(,)?]) => { &[$($form),+] };
    (@value $text:literal) => { $text };
    (@list $texts:ident, $name:ident, [$($form:literal),+ $(,)?]) => { $texts.$name.to_vec() };
    (@list $texts:ident, $name:ident, $text:literal) => { vec![$texts.$name] };
}

pub(in crate::render) use texts;

/// What belongs into a gap, by the gap's name.
pub(in crate::render) type Gap<'a> = (&'static str, &'a dyn Display);

/// A text with its gaps filled. What is filled in is not read for gaps again, whoever wrote it.
pub(in crate::render) fn fill(text: &str, gaps: &[Gap<'_>]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Gap(name) => {
                let value = gaps.iter().find(|(known, _)| *known == name);
                debug_assert!(value.is_some(), "nothing fills the gap {name} of {text:?}");
                if let Some((_, value)) = value {
                    // Writing to a String does not fail.
                    write!(out, "{value}").ok();
                }
            }
        }
    }
    out
}

/// What stands before the only gap of a text and behind it, for markup around what fills it.
pub(in crate::render) fn around(text: &'static str) -> (&'static str, &'static str) {
    let before = text.split_once('{').map_or(text, |(before, _)| before);
    let behind = text.split_once('}').map_or("", |(_, behind)| behind);
    (before, behind)
}

/// The form that a number asks for, with the number in its gap `n`.
pub(in crate::render) fn count(language: &super::Texts, forms: Forms, number: i64) -> String {
    fill(pick(language, forms, number), &[("n", &number)])
}

/// The form that a number asks for.
pub(in crate::render) fn pick(language: &super::Texts, forms: Forms, number: i64) -> &'static str {
    forms.get((language.form)(number)).or(forms.last()).copied().unwrap_or_default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Gap(&'a str),
}

/// A text's words and gaps, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, gap, behind)) = rest
        .split_once('{')
        .and_then(|(words, tail)| tail.split_once('}').map(|(gap, tail)| (words, gap, tail)))
    {
        pieces.extend([Piece::Words(words), Piece::Gap(gap)]);
        rest = behind;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::SAY;
    use super::*;

    #[test]
    fn what_fills_a_gap_opens_no_other() {
        assert_eq!(fill("{a}, {b}!", &[("a", &"{b}"), ("b", &"x")]), "{b}, x!");
        assert_eq!(around("Type {phrase} now"), ("Type ", " now"));
    }

    #[test]
    fn numbers_pick_their_form() {
        assert_eq!(count(SAY, SAY.days, 1), "1 day");
        assert_eq!(count(SAY, SAY.days, 14), "14 days");
    }

    /// The reader of a language sees no brace, and every gap has a name that a call can give.
    #[test]
    fn every_text_is_well_formed() {
        for (name, forms) in SAY.all() {
            for form in forms {
                for piece in pieces(form) {
                    match piece {
                        Piece::Words(words) => assert!(!words.contains(['{', '}']), "{name}: {form:?}"),
                        Piece::Gap(gap) => {
                            let plain = !gap.is_empty() && gap.bytes().all(|byte| byte.is_ascii_lowercase());
                            assert!(plain, "{name}: {form:?}");
                        }
                    }
                }
                assert!(!form.is_empty() && form.trim() == form, "{name}: {form:?}");
            }
        }
    }
}
