//! The mailbox: every mail that the emulator has taken, as its reader would see it. It keeps nothing itself.
//!
//! A mail is shown in a frame without scripts, forms or an origin; its links open in a tab of their own.

use std::time::{Duration, SystemTime};

use http_body_util::Full;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde_json::Value;

use super::front::{Answer, plain};
use crate::http::{self, HttpError};

const OWN_PAGE: &str =
    "default-src 'none'; connect-src 'self'; frame-src 'self'; script-src 'self'; style-src 'self'";
const MAIL_CONTENT: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// A mail as it was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mail {
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    text: String,
    html: String,
    /// Seconds since 1970.
    sent_at: f64,
}

/// Every mail so far, the oldest first.
pub(crate) async fn mails(emulator: &str) -> Result<Vec<Mail>, HttpError> {
    http::get_json(emulator, "/_ministack/ses/messages").await.map(|answer| read(&answer))
}

fn read(answer: &Value) -> Vec<Mail> {
    let accounts = answer.get("messages").and_then(Value::as_object);
    let messages =
        accounts.into_iter().flat_map(|accounts| accounts.values().filter_map(Value::as_array).flatten());
    let mut mails: Vec<_> = messages.map(mail).collect();
    mails.sort_by(|one, other| one.sent_at.total_cmp(&other.sent_at));
    mails
}

fn mail(message: &Value) -> Mail {
    let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let to = message.get("To").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Mail {
        id: text("MessageId"),
        from: text("Source"),
        to: to.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        subject: text("Subject"),
        text: text("BodyText"),
        html: text("BodyHtml"),
        sent_at: message.get("Timestamp").and_then(Value::as_f64).unwrap_or_default(),
    }
}

/// Answers a request for one of the mailbox's addresses.
pub(crate) async fn answer(emulator: &str, method: &Method, path: &str) -> Answer {
    if method != Method::GET && method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
    }
    match path {
        "/mailbox.css" => {
            return page("text/css", OWN_PAGE, include_str!("../../assets/mailbox.css").to_owned());
        }
        "/mailbox.js" => {
            return page("text/javascript", OWN_PAGE, include_str!("../../assets/mailbox.js").to_owned());
        }
        "/" | "/mails" | "/mail" => {}
        _ if path.starts_with("/mail/") => {}
        _ => return plain(StatusCode::NOT_FOUND, "nothing is here"),
    }
    let mails = match mails(emulator).await {
        Ok(mails) => mails,
        Err(error) => {
            return plain(StatusCode::BAD_GATEWAY, &format!("the emulator does not answer: {error}"));
        }
    };
    let now = seconds_since_1970();
    let wanted = path.strip_prefix("/mail/").unwrap_or_default();
    let (id, part) = wanted.split_once('/').unwrap_or((wanted, ""));
    match (path, mails.iter().find(|mail| mail.id == id), part) {
        ("/", _, _) => {
            html(OWN_PAGE, fill(include_str!("../../assets/mailbox.html"), &[("list", list(&mails, now))]))
        }
        ("/mails", _, _) => html(OWN_PAGE, list(&mails, now)),
        ("/mail", _, _) => html(OWN_PAGE, nothing_open()),
        (_, Some(mail), "") => html(OWN_PAGE, reading(mail, now)),
        (_, Some(mail), "content") => html(MAIL_CONTENT, content(mail)),
        _ => plain(StatusCode::NOT_FOUND, "no such mail"),
    }
}

fn list(mails: &[Mail], now: f64) -> String {
    if mails.is_empty() {
        return r#"<li class="none">No mail yet.</li>"#.to_owned();
    }
    let item = |mail: &Mail| {
        let (id, to, subject) = (escape(&mail.id), escape(&mail.to), escape(&mail.subject));
        let age = age(mail.sent_at, now);
        format!(
            r#"<li><a href="/mail/{id}" target="mail"><b>{subject}</b><small>to {to}, {age}</small></a></li>"#
        )
    };
    mails.iter().rev().map(item).collect()
}

fn nothing_open() -> String {
    r#"<!doctype html><title>Mail</title><link rel="stylesheet" href="/mailbox.css"><p class="none">Choose a mail to read it.</p>"#.to_owned()
}

fn reading(mail: &Mail, now: f64) -> String {
    let text = escape(&mail.text);
    let body = if mail.html.is_empty() {
        format!("<pre>{text}</pre>")
    } else {
        let source = format!("/mail/{}/content", escape(&mail.id));
        format!(
            "<iframe title=\"Content\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"{source}\"></iframe>\n\
             <details><summary>As plain text</summary><pre>{text}</pre></details>"
        )
    };
    let parts = [
        ("subject", escape(&mail.subject)),
        ("from", escape(&mail.from)),
        ("to", escape(&mail.to)),
        ("age", age(mail.sent_at, now)),
        ("body", body),
    ];
    fill(include_str!("../../assets/mail.html"), &parts)
}

/// The HTML part, with its links led out of the frame.
fn content(mail: &Mail) -> String {
    let base = r#"<base target="_blank">"#;
    let head = mail.html.to_ascii_lowercase().find("<head>").map(|at| at + "<head>".len());
    match head.and_then(|at| mail.html.split_at_checked(at)) {
        Some((before, after)) => format!("{before}{base}{after}"),
        None => format!("{base}{}", mail.html),
    }
}

/// Fills in a page. Each part is put in once, so that what it contains is not taken for a placeholder.
fn fill(page: &str, parts: &[(&str, String)]) -> String {
    let mut pieces = page.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let part = parts.iter().find(|(part, _)| *part == name).map_or("", |(_, text)| text);
        filled.push_str(part);
        filled.push_str(rest);
    }
    filled
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn age(sent_at: f64, now: f64) -> String {
    let seconds = Duration::try_from_secs_f64((now - sent_at).max(0.0)).unwrap_or_default().as_secs();
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86400),
    }
}

#[expect(clippy::disallowed_methods, reason = "the age of a mail is for the reader's eye only")]
fn seconds_since_1970() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

fn html(policy: &'static str, body: String) -> Answer {
    page("text/html", policy, body)
}

fn page(kind: &str, policy: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::from(body));
    let headers = answer.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&format!("{kind}; charset=utf-8")) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

#[cfg(test)]
mod tests;
