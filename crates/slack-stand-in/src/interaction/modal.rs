//! Submitting and closing a modal.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::payload::{view_closed, view_submission};
use super::reply::{self, Reply};
use super::{Delivered, NotPossible, deliver, values};
use crate::json::{flag, patch};
use crate::workspace::{Status, User, View, Workspace};
use crate::{StandIn, clock};

/// Who submits what.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub(crate) user: String,
    pub(crate) view: String,
    /// By block: a text, or an object with a text by action.
    pub(crate) values: Value,
    /// Changes to the payload before it is signed.
    pub(crate) patch: Value,
    /// Sends even what the client would not.
    pub(crate) is_unchecked: bool,
}

/// Submits a modal, and does with it what the app answers.
pub(crate) async fn submit(
    stand_in: &Arc<StandIn>,
    submission: &Submission,
) -> Result<Delivered, NotPossible> {
    let (payload, trigger) = prepare(stand_in, submission)?;
    let delivered = deliver(stand_in, &payload, Some(trigger.clone())).await;
    let mut workspace = stand_in.workspace();
    if let Some(view) = workspace.views.find(&submission.view).cloned() {
        let reply = reply::read(&view, &delivered.answered);
        apply(&mut workspace, &view, &trigger, reply);
    }
    Ok(delivered)
}

fn prepare(stand_in: &StandIn, submission: &Submission) -> Result<(Value, String), NotPossible> {
    let mut workspace = stand_in.workspace();
    let (user, view) = before(&workspace, &submission.user, &submission.view)?;
    let wrong = values::incomplete(&view, &submission.values);
    if let Some(view) = workspace.views.find_mut(&submission.view) {
        view.typed = values::kept(view, &submission.values);
        view.errors = if submission.is_unchecked { Map::new() } else { wrong.clone() };
        view.trouble = None;
    }
    if !wrong.is_empty() && !submission.is_unchecked {
        return Err(NotPossible::Incomplete(wrong));
    }
    let number = workspace.number();
    let trigger = workspace.triggers.pull(number, &user.id, clock::now());
    let state = values::state(&view, &submission.values);
    let mut payload = view_submission(stand_in, &user, &view, &state, &trigger);
    if !submission.patch.is_null() {
        patch(&mut payload, &submission.patch);
    }
    Ok((payload, trigger))
}

/// A person and the view that they have before them.
fn before(workspace: &Workspace, user: &str, view: &str) -> Result<(User, View), NotPossible> {
    let user = workspace.users.find(user).ok_or(NotPossible::NoSuchUser)?;
    let view = workspace.views.find(view).filter(|view| view.user == user.id && view.status == Status::Open);
    Ok((user.clone(), view.ok_or(NotPossible::NoSuchView)?.clone()))
}

fn apply(workspace: &mut Workspace, view: &View, trigger: &str, reply: Reply) {
    let number = workspace.number();
    if let (Reply::Push(content), true) = (&reply, view.status == Status::Open) {
        super::open(workspace, &view.user, trigger, Some(view), content.clone());
        return;
    }
    if reply == Reply::Clear {
        workspace.views.clear(&view.user, Status::Submitted);
        return;
    }
    let Some(view) = workspace.views.find_mut(&view.id) else { return };
    match reply {
        Reply::Close => view.status = Status::Submitted,
        Reply::Errors(errors) => view.errors = errors,
        Reply::Update(content) => {
            super::replace(view, content, number);
            view.typed = Map::new();
        }
        Reply::Trouble(why) => view.trouble = Some(why),
        Reply::Push(_) | Reply::Clear => {}
    }
}

/// Closes a modal. The app hears of it only where the view asked for that.
pub(crate) async fn close(
    stand_in: &Arc<StandIn>,
    user: &str,
    view: &str,
) -> Result<Option<Delivered>, NotPossible> {
    let payload = {
        let mut workspace = stand_in.workspace();
        let (user, view) = before(&workspace, user, view)?;
        if flag(&view.content, "clear_on_close") {
            workspace.views.clear(&user.id, Status::Closed);
        } else if let Some(view) = workspace.views.find_mut(&view.id) {
            view.status = Status::Closed;
        }
        flag(&view.content, "notify_on_close").then(|| view_closed(stand_in, &user, &view))
    };
    match payload {
        Some(payload) => Ok(Some(deliver(stand_in, &payload, None).await)),
        None => Ok(None),
    }
}
