//! The Web API: who may call, what goes wrong on purpose, and which method answers.

mod arguments;
mod chat;
mod conversations;
mod fault;
mod refusal;
mod respond;
mod users;
mod views;

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{self, HeaderMap};
use hyper::{Request, StatusCode};
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::workspace::{BOT, BOT_USER, Call, Workspace};
use crate::{Credentials, StandIn, clock};
use arguments::Arguments;
use refusal::Refusal;

pub(crate) use respond::respond;

type Result<T> = std::result::Result<T, Refusal>;

/// What a method works with.
struct Context<'a> {
    workspace: &'a mut Workspace,
    credentials: &'a Credentials,
    now: Duration,
}

/// Answers a call.
pub(crate) async fn answer(stand_in: &Arc<StandIn>, method: &str, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let Some(body) = http::read(body).await else {
        return Refusal::Named("request_timeout").to_answer();
    };
    let arguments = Arguments::read(method, &head, &body);
    let said = arguments.to_json();
    let (number, fault) = {
        let mut workspace = stand_in.workspace();
        let number = workspace.number();
        let call = Call {
            at: clock::now(),
            method: method.to_owned(),
            arguments: said.clone(),
            status: None,
            error: None,
        };
        workspace.calls.add(number, call);
        (number, workspace.faults.take(method, &said.to_string()))
    };
    let work = || carry_out(stand_in, method, &head.headers, &arguments);
    let (answer, error) = match fault {
        Some(fault) => fault::answer(&fault, work).await,
        None => finish(work()),
    };
    stand_in.workspace().calls.answered(number, answer.status().as_u16(), error);
    answer
}

/// The answer to a call, and the name of its error.
fn finish(done: Result<Value>) -> (Answer, Option<String>) {
    match done {
        Ok(mut body) => {
            if let Some(fields) = body.as_object_mut() {
                fields.insert("ok".to_owned(), true.into());
            }
            (http::json(StatusCode::OK, &body), None)
        }
        Err(refusal) => (refusal.to_answer(), Some(refusal.name().to_owned())),
    }
}

fn carry_out(stand_in: &StandIn, method: &str, headers: &HeaderMap, arguments: &Arguments) -> Result<Value> {
    authenticate(&stand_in.credentials, headers)?;
    arguments.check()?;
    let mut workspace = stand_in.workspace();
    let mut context =
        Context { workspace: &mut workspace, credentials: &stand_in.credentials, now: clock::now() };
    match method {
        "auth.test" => Ok(auth_test(&stand_in.credentials)),
        "chat.postMessage" => chat::post_message(&mut context, arguments),
        "chat.postEphemeral" => chat::post_ephemeral(&mut context, arguments),
        "chat.update" => chat::update(&mut context, arguments),
        "conversations.open" => conversations::open(&mut context, arguments),
        "users.info" => users::info(&context, arguments),
        "users.lookupByEmail" => users::look_up_by_email(&context, arguments),
        "views.open" => views::open(&mut context, arguments),
        "views.update" => views::update(&mut context, arguments),
        _ => Err(Refusal::Named("unknown_method")),
    }
}

fn authenticate(credentials: &Credentials, headers: &HeaderMap) -> Result<()> {
    let given = http::header(headers, &header::AUTHORIZATION);
    match given.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && token == credentials.bot_token => {
            Ok(())
        }
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("bearer") => Err(Refusal::Named("invalid_auth")),
        _ => Err(Refusal::Named("not_authed")),
    }
}

fn auth_test(credentials: &Credentials) -> Value {
    json!({
        "url": "https://stand-in.slack.example/", "team": "Stand-in", "user": "countersign",
        "team_id": credentials.team_id, "user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": false,
    })
}
