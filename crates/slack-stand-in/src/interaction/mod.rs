//! What a pretend user does: press a button, submit or close a modal. The app hears of it as from Slack.

mod click;
mod deliver;
mod modal;
mod payload;
mod reply;
mod values;

use serde_json::{Map, Value};

pub(crate) use click::{Click, click};
pub(crate) use deliver::{Delivered, deliver, replay, send_raw};
pub(crate) use modal::{Submission, close, submit};
pub(crate) use values::{Input, inputs};

use crate::check;
use crate::json::list;
use crate::workspace::{Status, View, Workspace};

/// Why a person cannot do it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum NotPossible {
    #[error("no such user")]
    NoSuchUser,
    #[error("no such message, or this user does not see it")]
    NoSuchMessage,
    #[error("the message never had such a button")]
    NoSuchButton,
    #[error("this user has no such view open")]
    NoSuchView,
    #[error("nothing was sent yet, or not under this id")]
    NothingSent,
    /// What the client says instead of submitting, by block.
    #[error("the client does not submit this")]
    Incomplete(Map<String, Value>),
}

/// Puts a view before a person.
pub(crate) fn open(
    workspace: &mut Workspace,
    user: &str,
    trigger: &str,
    previous: Option<&View>,
    content: Value,
) -> View {
    let number = workspace.number();
    let id = format!("V0{number}");
    let mut view = View {
        root: previous.map_or_else(|| id.clone(), |previous| previous.root.clone()),
        previous: previous.map(|previous| previous.id.clone()),
        id,
        user: user.to_owned(),
        trigger: trigger.to_owned(),
        hash: String::new(),
        content: Value::Null,
        status: Status::Open,
        errors: Map::new(),
        trouble: None,
        typed: Map::new(),
    };
    replace(&mut view, content, number);
    workspace.views.push(view.clone());
    view
}

/// Puts something else into a view.
pub(crate) fn replace(view: &mut View, mut content: Value, number: u64) {
    let mut blocks = list(&content, "blocks").to_vec();
    check::complete(&mut blocks);
    if let Some(fields) = content.as_object_mut() {
        fields.insert("blocks".to_owned(), Value::Array(blocks));
    }
    view.content = content;
    view.hash = format!("{number}.{number:08x}");
    view.errors = Map::new();
    view.trouble = None;
}
