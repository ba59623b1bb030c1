//! The mail that tells how a request ended. It carries no link that could decide anything.

use askama::Template;

use crate::domain::{EmailAddress, Notice, Request};
use crate::ports::Mail;

use super::super::filled;
use super::super::texts::{self, SAY, Story, Tone, fill};
use super::super::untrusted::{More, subject};
use super::super::view::About;
use super::guard::Guard;

#[derive(Template)]
#[template(path = "email/outcome/body.html")]
struct Html<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "email/outcome/body.txt")]
struct Text<'a> {
    view: &'a View,
}

struct View {
    about: About,
    more_facts: Option<String>,
    story: Story,
    request_id: String,
    why: Option<String>,
    note: Option<&'static str>,
}

/// The mail that tells one person how a request ended.
pub fn outcome(request: &Request, notice: Notice, recipient: &EmailAddress) -> Mail {
    let guard = Guard::of(request);
    let (about, more_facts) = guard.about(About { more: None, ..About::of(request, None, 0) });
    let view = View {
        about,
        more_facts,
        story: guard.story(texts::outcome(request, notice)),
        request_id: fill(SAY.request_id, &[("id", &request.id)]),
        why: texts::why_told(request, recipient).map(|why| guard.line(&why)),
        note: guard.note(),
    };
    let line = fill(
        SAY.about_title,
        &[("heading", &texts::outcome_subject(request, notice)), ("title", &request.facts.title())],
    );
    Mail {
        to: recipient.clone(),
        subject: subject(&line),
        text: filled(&Text { view: &view }) + "\n",
        html: filled(&Html { view: &view }),
    }
}
