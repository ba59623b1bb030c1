//! What a page says when there is nothing to show, or when a field of the form needs another look.

use crate::domain::Refusal;
use crate::domain::apply::MAX_REASON;

use super::super::page::Problem;
use super::super::untrusted::Shown;
use super::{SAY, fill};

/// The form's field that a refusal is about, and what to do there. `None`: not about a field.
pub(in super::super) fn field_error(refusal: Refusal, phrase: &Shown) -> Option<(&'static str, String)> {
    match refusal {
        Refusal::PhraseMissing => Some(("phrase", fill(SAY.phrase_missing, &[("phrase", phrase)]))),
        Refusal::PhraseWrong => Some(("phrase", fill(SAY.phrase_wrong, &[("phrase", phrase)]))),
        Refusal::ReasonMissing => Some(("reason", SAY.reason_missing.to_owned())),
        Refusal::ReasonTooLong => Some(("reason", fill(SAY.reason_too_long, &[("most", &MAX_REASON)]))),
        _ => None,
    }
}

/// A headline and a sentence.
pub(in super::super) fn problem(problem: Problem) -> (&'static str, &'static str) {
    match problem {
        Problem::BadLink => (SAY.bad_link, SAY.bad_link_line),
        Problem::NotFound => (SAY.not_found, SAY.not_found_line),
        Problem::CrossSite => (SAY.cross_site, SAY.cross_site_line),
        Problem::MethodNotAllowed => (SAY.wrong_method, SAY.wrong_method_line),
        Problem::TooLarge => (SAY.too_large, SAY.too_large_line),
        Problem::Unavailable => (SAY.unavailable, SAY.unavailable_line),
    }
}
