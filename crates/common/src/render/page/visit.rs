//! Pages about one request, for the holder of one of its links.

use askama::Template;
use jiff::Timestamp;

use crate::domain::{Choice, Confirmation, EmailAddress, LinkToken, Refusal, Request};

use super::super::filled;
use super::super::texts::{self, SAY, Seen, Story, around, fill};
use super::super::untrusted::{More, Shown};
use super::super::view::{self, About, GroupView, LevelStep, Timeline};
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
    about: About,
    badge: &'static str,
    badge_class: &'static str,
    levels: Vec<LevelStep>,
    groups: Vec<GroupView>,
    /// What is still needed, and what would end it.
    needed: Option<String>,
    timeline: Timeline,
    belongs: String,
    request_id: String,
    token: String,
    action: &'static str,
}

impl Common {
    fn of(visit: &Visit<'_>) -> Self {
        let Visit { request, holder, token, choice, now } = visit;
        let (tone, badge) = texts::status_badge(request, *now);
        Self {
            about: About::of(request, Some(*now), DETAILS_LIMIT),
            badge,
            badge_class: tone.class(),
            levels: view::levels(request),
            groups: view::groups(request, Some(holder)),
            needed: texts::needed(request, *now),
            timeline: view::timeline(request),
            belongs: fill(SAY.holder, &[("person", holder)]),
            request_id: fill(SAY.request_id, &[("id", &request.id)]),
            token: token.expose(),
            action: choice.as_str(),
        }
    }

    /// `heading: checkout 2.4.1 to production`.
    fn titled(&self, heading: &dyn std::fmt::Display) -> String {
        fill(SAY.about_title, &[("heading", heading), ("title", &self.about.title)])
    }
}

/// What has to be typed, with the words around it.
struct Phrase {
    before: &'static str,
    words: Shown,
    behind: &'static str,
}

#[derive(Template)]
#[template(path = "page/form.html")]
struct FormPage<'a> {
    common: Common,
    title: String,
    question: String,
    record_note: String,
    rejecting: bool,
    /// `None` where a button is enough.
    phrase: Option<Phrase>,
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
    title: String,
    story: Story,
}

impl StoryPage {
    fn of(visit: &Visit<'_>, story: Story) -> Self {
        let common = Common::of(visit);
        Self { title: common.titled(&story.heading), common, story }
    }
}

/// The page of a pending request, with the form. After a refusal that is about a field, the page says so and
/// keeps what was typed.
pub fn form(visit: &Visit<'_>, refusal: Option<Refusal>, phrase: &str, reason: &str) -> String {
    // A closed request takes no votes, so it has no form.
    if let Some(closed) = Refusal::of_status(visit.request.status) {
        return refused(visit, closed);
    }
    let common = Common::of(visit);
    let wanted = Shown::line(visit.request.phrase());
    let error = refusal.and_then(|refusal| texts::field_error(refusal, &wanted));
    let title = common.titled(&common.about.required);
    let (before, behind) = around(SAY.type_phrase);
    filled(&FormPage {
        title: if error.is_some() { fill(SAY.error_title, &[("title", &title)]) } else { title },
        question: fill(SAY.approve_or_reject, &[("title", &common.about.title)]),
        record_note: fill(SAY.record_note, &[("person", visit.holder)]),
        rejecting: visit.choice == Choice::Reject,
        phrase: (visit.request.level.confirmation == Confirmation::Phrase).then_some(Phrase {
            before,
            words: wanted,
            behind,
        }),
        error,
        typed_phrase: phrase,
        typed_reason: reason,
        common,
    })
}

/// The page that says that this person's vote is recorded, and what happens now.
pub fn recorded(visit: &Visit<'_>) -> String {
    let story = texts::recorded(visit.request, visit.holder, visit.choice, visit.now, Seen::OnPage);
    filled(&StoryPage::of(visit, story))
}

/// The page that says why no vote is taken, and what holds instead. A refusal that is about a field of the
/// form shows the form.
pub fn refused(visit: &Visit<'_>, refusal: Refusal) -> String {
    let open = Refusal::of_status(visit.request.status).is_none();
    if open && texts::field_error(refusal, &Shown::line("")).is_some() {
        return form(visit, Some(refusal), "", "");
    }
    let story = texts::refused(visit.request, visit.holder, refusal, visit.now, Seen::OnPage);
    filled(&StoryPage::of(visit, story))
}
