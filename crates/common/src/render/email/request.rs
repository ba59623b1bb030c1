//! The mail that asks somebody to decide, and the one that reminds them.

use askama::Template;
use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, LinkToken, Purpose, Request};
use crate::ports::Mail;

use super::super::untrusted::{More, Shown, subject};
use super::super::view::{About, GroupView, PersonSays, groups};
use super::super::{filled, texts};

/// How many characters of the longer text a mail carries; the page has all of it.
const DETAILS_LIMIT: usize = 2_000;

#[derive(Template)]
#[template(path = "email/request/body.html")]
struct Html<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "email/request/body.txt")]
struct Text<'a> {
    view: &'a View,
}

struct View {
    about: About,
    reminder: bool,
    /// Why others are asked as well, or why this person is asked only now.
    escalation: Option<String>,
    recipient: EmailAddress,
    role: Option<Shown>,
    groups: Vec<GroupView>,
    others: bool,
    approve_url: String,
    reject_url: String,
}

/// The mail that asks one approver, or reminds them, with their personal link in it.
///
/// The link opens the page and decides nothing; `token` is what the page shows and the form sends back.
pub fn approval_request(
    request: &Request,
    recipient: &EmailAddress,
    token: &LinkToken,
    purpose: Purpose,
    now: Timestamp,
) -> Mail {
    let reminder = matches!(purpose, Purpose::Reminder(_));
    let groups: Vec<_> = groups(request, recipient);
    let prefix = texts::asking_prefix(purpose);
    let view = View {
        about: About::of(request, Some(now), DETAILS_LIMIT),
        reminder,
        escalation: texts::escalation(request, recipient),
        recipient: recipient.clone(),
        role: request.group_of(recipient).map(|group| Shown::line(&group.role)),
        others: groups.iter().flat_map(|group| &group.people).any(|person| !person.reader),
        groups,
        approve_url: link(request, token, Choice::Approve),
        reject_url: link(request, token, Choice::Reject),
    };
    Mail {
        to: recipient.clone(),
        subject: subject(&format!("{prefix}{}: {}", texts::required(&request.facts), request.facts.title())),
        text: filled(&Text { view: &view }) + "\n",
        html: filled(&Html { view: &view }),
    }
}

fn link(request: &Request, token: &LinkToken, choice: Choice) -> String {
    let base = request.base_url.trim_end_matches('/');
    format!("{base}/approve?token={}&action={}", token.expose(), choice.as_str())
}
