//! Pages that know no request.

use askama::Template;

use super::super::filled;
use super::super::texts::{self, SAY};
use super::style::STYLE;

/// Why there is no request to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The link lacks its token or its action, or has one that no link of ours has.
    BadLink,
    /// The link opens nothing, whatever is wrong with it.
    NotFound,
    /// The form was sent from another site.
    CrossSite,
    /// Neither GET, HEAD nor POST.
    MethodNotAllowed,
    /// The body is larger than any form of ours.
    TooLarge,
    /// Storage does not answer: nothing can be said about the vote, so it is not confirmed.
    Unavailable,
}

impl Problem {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::BadLink => 400,
            Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooLarge => 413,
            Self::Unavailable => 503,
        }
    }

    /// The name in JSON answers and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadLink => "bad_link",
            Self::CrossSite => "cross_site",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::TooLarge => "too_large",
            Self::Unavailable => "unavailable",
        }
    }
}

#[derive(Template)]
#[template(path = "page/problem.html")]
struct Page {
    heading: &'static str,
    line: &'static str,
}

/// The page for a problem. It depends on nothing else, so every 404 has the same body.
pub fn problem(problem: Problem) -> String {
    let (heading, line) = texts::problem(problem);
    filled(&Page { heading, line })
}
