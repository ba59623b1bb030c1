//! The mail that asks somebody to decide, and the one that reminds them.

use askama::Template;
use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, LinkToken, Purpose, Request};
use crate::ports::Mail;

use super::super::texts::{SAY, count, fill};
use super::super::untrusted::{More, Shown, subject};
use super::super::view::{About, GroupView, groups};
use super::super::{filled, texts};
use super::guard::{Guard, Key, key};

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
    key: Vec<Key>,
    more_facts: Option<String>,
    /// `Reminder: Deployment approval required`.
    asking: String,
    preheader: Option<String>,
    asked_as: String,
    /// Why others are asked as well, or why this person is asked only now.
    escalation: Option<String>,
    /// That the longer text is cut.
    shortened: Option<String>,
    groups: Vec<(GroupView, Option<String>)>,
    others: bool,
    /// Where a vote counts, where none by link does; then the link only shows.
    decide_in_slack: Option<String>,
    approve_url: String,
    reject_url: String,
    sent_to: String,
    compare: String,
    note: Option<&'static str>,
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
    let guard = Guard::of(request);
    let groups = groups(request, Some(recipient));
    let others = groups.iter().flat_map(|group| &group.people).any(|person| !person.reader);
    let (about, more_facts) = guard.about(About::of(request, Some(now), DETAILS_LIMIT));
    let role = request.group_of(recipient).map(|group| Shown::line(&group.role));
    let asked_as = role.map_or_else(|| SAY.asked.to_owned(), |role| fill(SAY.asked_as, &[("role", &role)]));
    let rest = about.details.as_ref().and_then(|details| details.rest.as_ref());
    let decide_in_slack = texts::decide_in_slack(request).map(|line| guard.line(&line));
    let sent_to = if decide_in_slack.is_some() { SAY.sent_to_look } else { SAY.sent_to };
    let view = View {
        key: key(&about).into_iter().chain([decide_by(&about)]).collect(),
        asking: asking(purpose, &about.required.to_string()),
        preheader: preheader(&about),
        asked_as: guard.line(&asked_as),
        escalation: texts::escalation(request, recipient).map(|line| guard.line(&line)),
        shortened: rest.map(|rest| count(SAY.shortened, rest.length)),
        groups: guard.groups(groups),
        others,
        decide_in_slack,
        approve_url: link(request, token, Choice::Approve),
        reject_url: link(request, token, Choice::Reject),
        sent_to: fill(sent_to, &[("person", recipient)]),
        compare: fill(SAY.compare, &[("fingerprint", &about.fingerprint)]),
        note: guard.note(),
        about,
        more_facts,
    };
    let required = asking(purpose, &texts::required(&request.facts));
    let line = fill(SAY.about_title, &[("heading", &required), ("title", &request.facts.title())]);
    Mail {
        to: recipient.clone(),
        subject: subject(&line),
        text: filled(&Text { view: &view }) + "\n",
        html: filled(&Html { view: &view }),
    }
}

fn asking(purpose: Purpose, required: &str) -> String {
    match texts::asking_prefix(purpose) {
        None => required.to_owned(),
        Some(prefix) => fill(SAY.about_title, &[("heading", &prefix), ("title", &required)]),
    }
}

/// A mail is read later than it is written, so what is left is counted from then.
fn decide_by(about: &About) -> Key {
    let (value, note) = match (about.deadline, &about.left) {
        (Some(deadline), Some(span)) => (deadline.to_string(), fill(SAY.after_this_mail, &[("span", span)])),
        (Some(deadline), None) => (deadline.to_string(), SAY.time_is_up.to_owned()),
        (None, _) => (SAY.no_deadline.to_owned(), SAY.no_deadline_note.to_owned()),
    };
    Key { label: SAY.decide_by.to_owned(), value, note: Some(note) }
}

/// What lists of mails show beside the subject.
fn preheader(about: &About) -> Option<String> {
    match (&about.requester, about.deadline) {
        (Some(requester), Some(deadline)) => {
            Some(fill(SAY.preheader, &[("requester", requester), ("deadline", &deadline)]))
        }
        (Some(requester), None) => Some(fill(SAY.preheader_requester, &[("requester", requester)])),
        (None, Some(deadline)) => Some(fill(SAY.preheader_deadline, &[("deadline", &deadline)])),
        (None, None) => None,
    }
}

fn link(request: &Request, token: &LinkToken, choice: Choice) -> String {
    let base = request.base_url.trim_end_matches('/');
    format!("{base}/approve?token={}&action={}", token.expose(), choice.as_str())
}
