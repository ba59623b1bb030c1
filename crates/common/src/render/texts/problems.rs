//! What a page says when there is nothing to show, or when a field of the form needs another look.

use crate::domain::Refusal;
use crate::domain::apply::MAX_REASON;

use super::super::page::Problem;
use super::super::untrusted::Shown;

/// The form's field that a refusal is about, and what to do there. `None`: not about a field.
pub(in super::super) fn field_error(refusal: Refusal, phrase: &Shown) -> Option<(&'static str, String)> {
    match refusal {
        Refusal::PhraseMissing => Some(("phrase", format!("Type “{phrase}” to confirm your decision"))),
        Refusal::PhraseWrong => {
            Some(("phrase", format!("What you typed is not “{phrase}”: type it as it is shown")))
        }
        Refusal::ReasonMissing => Some(("reason", "Give a reason: a rejection needs one".to_owned())),
        Refusal::ReasonTooLong => {
            Some(("reason", format!("Shorten the reason: it may have {MAX_REASON} characters")))
        }
        _ => None,
    }
}

/// A headline and a sentence.
pub(in super::super) fn problem(problem: Problem) -> (&'static str, &'static str) {
    match problem {
        Problem::BadLink => (
            "This link is not complete",
            "Some mail programs cut long links. Open it from the mail again, or copy all of it into the browser.",
        ),
        Problem::NotFound => (
            "This link opens nothing",
            "Links are personal and belong to one request. Open the newest mail about the request and use the link there.",
        ),
        Problem::CrossSite => (
            "Nothing was recorded",
            "This form was sent from another site. Open the link in your mail and decide on the page that it shows.",
        ),
        Problem::MethodNotAllowed => {
            ("This page cannot do that", "Open the link in your mail and decide on the page that it shows.")
        }
        Problem::TooLarge => {
            ("Nothing was recorded: that is too much text", "Go back, shorten the reason, and send it again.")
        }
        Problem::Unavailable => (
            "Not recorded, please try again",
            "Countersign could not reach its records just now. Your decision was not confirmed. Sending it again is safe: it counts once.",
        ),
    }
}
