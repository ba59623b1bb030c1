//! The mail that tells how a request ended. It carries no link that could decide anything.

use askama::Template;

use crate::domain::{EmailAddress, Notice, Request};
use crate::ports::Mail;

use super::super::filled;
use super::super::texts::{self, Story, Tone};
use super::super::untrusted::subject;
use super::super::view::About;

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
    story: Story,
    request_id: String,
    why: Option<String>,
}

/// The mail that tells one person how a request ended.
pub fn outcome(request: &Request, notice: Notice, recipient: &EmailAddress) -> Mail {
    let view = View {
        about: About::of(request, None, 0),
        story: texts::outcome(request, notice),
        request_id: request.id.to_string(),
        why: texts::why_told(request, recipient),
    };
    let line = format!("{}: {}", texts::outcome_subject(request, notice), request.facts.title());
    Mail {
        to: recipient.clone(),
        subject: subject(&line),
        text: filled(&Text { view: &view }) + "\n",
        html: filled(&Html { view: &view }),
    }
}
