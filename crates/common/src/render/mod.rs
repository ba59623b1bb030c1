//! What people see: mails, pages and messages in Slack. A view goes in, text comes out.
//!
//! Nothing here reads a clock or talks to anyone; the use cases and the HTTP layer call it. The markup
//! stands in `templates/` (compiled in), every word in `texts`.
//! Whatever a requester or an approver wrote passes through `untrusted` before any template sees it.
//!
//! **Invariant:** no output carries a task token or a link's hash; only the asking mail and its approver's own
//! pages carry the link token. Pages hold no script, and their only style is the one whose hash the content
//! security policy names.

pub mod email;
pub mod page;
pub mod sheet;
pub mod slack;
pub mod words;

mod texts;
mod unlinked;
mod untrusted;
mod view;
mod when;

#[cfg(test)]
mod tests;

use askama::Template;

fn filled(template: &impl Template) -> String {
    #[expect(clippy::expect_used, reason = "no filter or value of ours fails, and a String takes everything")]
    template.render().expect("a template is written to a String, which cannot fail")
}
