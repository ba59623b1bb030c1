//! People with mail, and machines that open it before them.

use std::collections::BTreeSet;

use aws_lambda_events::encodings::Body;
use common::domain::{Choice, EmailAddress, LinkToken, Request};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::check::Reply;
use crate::functions::{Answer, Role};
use crate::queue::Event;
use crate::scenario::moment;
use crate::world::{Ended, Purpose, World};

/// Everybody there is; Eve is nobody's approver.
pub(crate) const EVERYBODY: [&str; 7] = ["ana", "bob", "cai", "dan", "hana", "ivo", "eve"];
/// How often somebody tries again whose browser shows an error.
const TRIES: u32 = 3;

/// What people have seen so far.
#[derive(Debug, Default)]
pub(crate) struct People {
    mails: usize,
    pub(crate) messages: usize,
}

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// Opens a link.
    Open {
        /// The link's token.
        token: String,
        /// By which method.
        method: &'static str,
    },
    /// Sends the form.
    Post(Form),
    /// Presses a button in Slack.
    Press(crate::slack::Press),
    /// Submits a modal in Slack.
    Submit(crate::slack::Submission),
}

/// A form that somebody sends.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    token: String,
    by: Option<EmailAddress>,
    choice: Choice,
    /// Whether the phrase, or the reason, is as it should be.
    is_right: bool,
    tries: u32,
}

/// Somebody who waits for an answer.
#[derive(Clone, Debug)]
pub(crate) enum Visit {
    /// Of a page that they opened.
    Page,
    /// Of a form that they sent.
    Form(Form),
    /// Of something in Slack.
    Slack(crate::slack::Waiting),
}

impl World {
    /// Mail has come: somebody will read it.
    pub(crate) fn notice_mail(&mut self) {
        let mails = self.memory.sent_from(self.people.mails);
        self.people.mails += mails.len();
        for mail in mails {
            self.trace.say(self.now(), || format!("mail to {}: {}", mail.to, mail.subject));
            let tokens: BTreeSet<_> = tokens(&mail.text).collect();
            self.checks.mailed(&mail, tokens.iter().cloned());
            let is_question = mail.text.contains("action=approve");
            for token in tokens.into_iter().filter(|_| is_question) {
                if self.scenario.scanner {
                    self.scan(&token);
                }
                self.make_up_mind(&mail.to, &token);
            }
        }
    }

    /// A machine opens the link, and sends the form as it stands.
    fn scan(&mut self, token: &str) {
        let soon = SignedDuration::from_secs(1);
        for method in ["HEAD", "GET"] {
            self.plan_in(soon, Event::Deed(Deed::Open { token: token.to_owned(), method }));
        }
        for choice in [Choice::Approve, Choice::Reject] {
            let form = Form { token: token.to_owned(), by: None, choice, is_right: false, tries: TRIES };
            self.plan_in(soon, Event::Deed(Deed::Post(form)));
        }
    }

    fn make_up_mind(&mut self, by: &EmailAddress, token: &str) {
        let at = moment(&mut self.choices);
        let form = |choice, is_right| {
            let (token, by) = (token.to_owned(), Some(by.clone()));
            Event::Deed(Deed::Post(Form { token, by, choice, is_right, tries: 1 }))
        };
        let second = SignedDuration::from_secs(1);
        match self.choices.below(10) {
            0..3 => self.plan_in(at, form(Choice::Approve, true)),
            3 | 4 => self.plan_in(at, form(Choice::Reject, true)),
            5 => {
                self.plan_in(at, form(Choice::Approve, true));
                self.plan_in(at, form(Choice::Approve, true));
            }
            6 => {
                self.plan_in(at, form(Choice::Approve, true));
                self.plan_in(at, form(Choice::Reject, true));
            }
            7 => {
                self.plan_in(at, form(Choice::Approve, false));
                self.plan_in(at + second, form(Choice::Approve, true));
            }
            _ => {}
        }
        if self.choices.chance(200) {
            let again = moment(&mut self.choices);
            self.plan_in(again, Event::Deed(Deed::Open { token: token.to_owned(), method: "GET" }));
        }
    }

    pub(crate) fn do_deed(&mut self, deed: Deed) {
        self.trace.say(self.now(), || format!("{deed:?}"));
        match deed {
            Deed::Open { token, method } => {
                let event = request(method, &token, "");
                self.invoke(Role::ApprovalCallback, event, Purpose::Visit(Visit::Page));
            }
            Deed::Post(form) => {
                if let (Some(by), true, Some(about)) = (&form.by, form.is_right, self.request_of(&form.token))
                {
                    self.checks.means(&about.id, by, form.choice);
                }
                let event = request("POST", "", &self.filled_in(&form));
                self.invoke(Role::ApprovalCallback, event, Purpose::Visit(Visit::Form(form)));
            }
            Deed::Press(press) => self.press(press),
            Deed::Submit(submission) => self.submit(submission),
        }
    }

    fn filled_in(&self, form: &Form) -> String {
        let Form { token, choice, is_right, .. } = form;
        let about = self.request_of(token);
        let phrase = about.as_ref().map(Request::phrase).filter(|_| *is_right).unwrap_or_default();
        let reason = if *is_right && *choice == Choice::Reject { "&reason=not+on+a+Friday" } else { "" };
        format!("token={token}&action={}&phrase={phrase}{reason}", choice.as_str())
    }

    fn request_of(&self, token: &str) -> Option<Request> {
        self.memory.stored_request(LinkToken::parse(token).ok()?.request())
    }

    /// A browser shows what it got; where that is an error, somebody tries again.
    pub(crate) fn end_visit(&mut self, visit: Visit, ended: &Ended) {
        let response = match &ended.answer {
            Ok(Answer::Http(response)) => Some(response.as_ref()),
            _ => None,
        };
        match visit {
            Visit::Page => self.checks.looked(&ended.calls),
            Visit::Form(form) => {
                if let Some(response) = response {
                    let body = match &response.body {
                        Some(Body::Text(text)) => text.as_str(),
                        _ => "",
                    };
                    let (status, log, by) = (response.status_code, ended.log.as_str(), form.by.as_ref());
                    let reply = Reply { status, body, log, by, choice: form.choice };
                    self.checks.answered(&reply, self.request_of(&form.token).as_ref());
                }
                let failed = response.is_none_or(|response| response.status_code >= 500);
                if failed && form.by.is_some() && form.tries < TRIES {
                    let again = Form { tries: form.tries + 1, ..form };
                    self.plan_in(SignedDuration::from_secs(10), Event::Deed(Deed::Post(again)));
                }
            }
            Visit::Slack(waiting) => self.hear_in_slack(waiting, response, &ended.calls),
        }
    }
}

/// The tokens of the links in a text.
fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("token=").skip(1).map(|rest| {
        let is_part = |letter: &char| letter.is_ascii_alphanumeric() || ['-', '_'].contains(letter);
        rest.chars().take_while(is_part).collect()
    })
}

/// What the gateway makes of a request.
fn request(method: &str, token: &str, body: &str) -> Value {
    json!({
        "httpMethod": method, "path": "/approve", "headers": null, "multiValueHeaders": {},
        "queryStringParameters": null,
        "multiValueQueryStringParameters": { "token": [token], "action": ["approve"] },
        "requestContext": { "httpMethod": method }, "body": body, "isBase64Encoded": false,
    })
}
