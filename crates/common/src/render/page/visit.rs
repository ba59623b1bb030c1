//! Pages about one request, for the holder of one of its links.

use askama::Template;
use jiff::Timestamp;

use crate::domain::{Choice, Confirmation, EmailAddress, LinkToken, Refusal, Request};

use super::super::filled;
use super::super::texts::{self, Seen, Story};
use super::super::untrusted::{More, Shown};
use super::super::view::{self, About, GroupView, PersonSays, TimelineEntry};
use super::style::STYLE;

/// How much of the longer text is unfolded.
const DETAILS_LIMIT: usize = 1_500;

/// Somebody opened a personal link.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The request that it opens.
    pub request: &'a Request,
    /// To whom the link was sent.
    pub holder: &'a EmailAddress,
    /// The link's token; the page hands it back with the form.
    pub token: &'a LinkToken,
    /// Which of the two links it was, or what was chosen in the form.
    pub choice: Choice,
    /// When.
    pub now: Timestamp,
}

/// What every page about a request shows.
struct Common {
    style: &'static str,
    about: About,
    badge: &'static str,
    badge_class: &'static str,
    groups: Vec<GroupView>,
    missing: String,
    rejection: String,
    timeline: Vec<TimelineEntry>,
    request_id: String,
    holder: String,
    token: String,
    action: &'static str,
}

impl Common {
    fn of(visit: &Visit<'_>) -> Self {
        let Visit { request, holder, token, choice, now } = visit;
        let (tone, badge) = texts::status_badge(request, *now);
        Self {
            style: STYLE,
            about: About::of(request, Some(*now), DETAILS_LIMIT),
            badge,
            badge_class: tone.class(),
            groups: view::groups(request, holder),
            missing: texts::list(&texts::missing_votes(request, *now)),
            rejection: texts::rejection(request.level.reject_quorum),
            timeline: view::timeline(request),
            request_id: request.id.to_string(),
            holder: holder.to_string(),
            token: token.expose(),
            action: choice.as_str(),
        }
    }
}

#[derive(Template)]
#[template(path = "page/form.html")]
struct FormPage<'a> {
    common: Common,
    rejecting: bool,
    /// What has to be typed; `None` where a button is enough.
    phrase: Option<Shown>,
    error: Option<(&'static str, String)>,
    typed_phrase: &'a str,
    typed_reason: &'a str,
}

impl FormPage<'_> {
    /// What is wrong with this field.
    fn error_of(&self, field: &str) -> Option<&str> {
        self.error.as_ref().filter(|(about, _)| *about == field).map(|(_, message)| message.as_str())
    }
}

#[derive(Template)]
#[template(path = "page/story.html")]
struct StoryPage {
    common: Common,
    story: Story,
}

/// The page of a pending request, with the form. After a refusal that is about a field, the page says so and
/// keeps what was typed.
pub fn form(visit: &Visit<'_>, refusal: Option<Refusal>, phrase: &str, reason: &str) -> String {
    // A closed request takes no votes, so it has no form.
    if let Some(closed) = Refusal::of_status(visit.request.status) {
        return refused(visit, closed);
    }
    let wanted = Shown::line(visit.request.phrase());
    filled(&FormPage {
        common: Common::of(visit),
        rejecting: visit.choice == Choice::Reject,
        error: refusal.and_then(|refusal| texts::field_error(refusal, &wanted)),
        phrase: (visit.request.level.confirmation == Confirmation::Phrase).then_some(wanted),
        typed_phrase: phrase,
        typed_reason: reason,
    })
}

/// The page that says that this person's vote is recorded, and what happens now.
pub fn recorded(visit: &Visit<'_>) -> String {
    let story = texts::recorded(visit.request, visit.holder, visit.choice, visit.now, Seen::OnPage);
    filled(&StoryPage { common: Common::of(visit), story })
}

/// The page that says why no vote is taken, and what holds instead. A refusal that is about a field of the
/// form shows the form.
pub fn refused(visit: &Visit<'_>, refusal: Refusal) -> String {
    let open = Refusal::of_status(visit.request.status).is_none();
    if open && texts::field_error(refusal, &Shown::line("")).is_some() {
        return form(visit, Some(refusal), "", "");
    }
    let story = texts::refused(visit.request, visit.holder, refusal, visit.now, Seen::OnPage);
    filled(&StoryPage { common: Common::of(visit), story })
}
