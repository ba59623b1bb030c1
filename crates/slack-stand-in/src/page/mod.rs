//! The page for people: one workspace, seen as one of its users. It needs no script except to keep itself current.

mod blocks;
mod date;
mod feed;
mod frame;
mod modal;
mod mrkdwn;

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::Value;

use crate::http::{self, Answer, field};
use crate::interaction::{self, Click, Submission};
use crate::workspace::Workspace;
use crate::{PATH, StandIn, clock};

/// Who looks at what.
struct Seat {
    user: String,
    channel: String,
}

impl Seat {
    /// Takes the seat that the address names, or the first one that there is.
    fn read(workspace: &Workspace, fields: &[(String, String)]) -> Self {
        let wanted = field(fields, "as");
        let user = workspace.users.people().find(|user| user.id == wanted);
        let user = user.or_else(|| workspace.users.people().next()).map(|user| user.id.clone());
        let user = user.unwrap_or_default();
        let wanted = field(fields, "channel");
        let all = workspace.channels.all();
        let channel = all.iter().find(|channel| channel.id == wanted && channel.has(&user)).or(all.first());
        let channel = channel.map(|channel| channel.id.clone()).unwrap_or_default();
        Self { user, channel }
    }

    /// Its address, below the page's own.
    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("as", &self.user).append_pair("channel", &self.channel).finish()
    }

    /// The hidden fields that keep a form in its seat.
    fn fields(&self) -> String {
        let [user, channel] = [&self.user, &self.channel].map(|text| escape(text));
        format!(
            r#"<input type="hidden" name="as" value="{user}"><input type="hidden" name="channel" value="{channel}">"#
        )
    }
}

/// Answers a request for the page or one of its forms.
pub(crate) async fn answer(stand_in: &Arc<StandIn>, path: &str, request: Request<Incoming>) -> Answer {
    let query = http::fields(request.uri().query().unwrap_or_default().as_bytes());
    match (request.method(), path) {
        (&Method::GET | &Method::HEAD, "") => http::see(&format!("{PATH}/")),
        (&Method::GET | &Method::HEAD, _) => show(stand_in, path, &query),
        (&Method::POST, _) => {
            let body = http::read(request.into_body()).await.unwrap_or_default();
            act(stand_in, path, &http::fields(&body)).await
        }
        _ => http::plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and POST"),
    }
}

fn show(stand_in: &StandIn, path: &str, query: &[(String, String)]) -> Answer {
    let html = "text/html; charset=utf-8";
    let workspace = stand_in.workspace();
    let seat = Seat::read(&workspace, query);
    let now = clock::now();
    match path {
        "/" => http::page(html, frame::page(&workspace, &seat, now)),
        "/feed" => http::page(html, feed::feed(&workspace, &seat, now)),
        "/page.css" => http::page("text/css; charset=utf-8", include_str!("../../assets/page.css")),
        "/page.js" => http::page("text/javascript; charset=utf-8", include_str!("../../assets/page.js")),
        _ => http::plain(StatusCode::NOT_FOUND, "nothing is here"),
    }
}

async fn act(stand_in: &Arc<StandIn>, path: &str, form: &[(String, String)]) -> Answer {
    let seat = Seat::read(&stand_in.workspace(), form);
    let text = |name: &str| field(form, name).to_owned();
    let done = match path {
        "/click" => {
            let click = Click {
                user: seat.user.clone(),
                channel: text("in"),
                ts: text("ts"),
                action_id: text("action_id"),
                patch: Value::Null,
            };
            interaction::click(stand_in, &click).await.map(drop)
        }
        "/submit" => {
            let values = form.iter().filter_map(|(name, value)| {
                // A browser sends a line end as two characters.
                Some((name.strip_prefix("input:")?.to_owned(), value.replace("\r\n", "\n").into()))
            });
            let submission = Submission {
                user: seat.user.clone(),
                view: text("view"),
                values: Value::Object(values.collect()),
                patch: Value::Null,
                is_unchecked: false,
            };
            interaction::submit(stand_in, &submission).await.map(drop)
        }
        "/close" => interaction::close(stand_in, &seat.user, field(form, "view")).await.map(drop),
        "/email" => {
            stand_in.workspace().users.set_email(&seat.user, field(form, "email"));
            Ok(())
        }
        _ => return http::plain(StatusCode::NOT_FOUND, "nothing is here"),
    };
    match done {
        // What the client does not submit is said in the modal.
        Ok(()) | Err(interaction::NotPossible::Incomplete(_)) => {
            http::see(&format!("{PATH}/?{}", seat.query()))
        }
        Err(error) => http::plain(StatusCode::CONFLICT, &format!("that cannot be done: {error}")),
    }
}

/// Text as HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
