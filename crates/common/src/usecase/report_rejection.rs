//! Reporting a rejection: everyone is told who said no, when and why.

use serde_json::{Value, json};

use super::first_stored::first_stored;
use super::keep::keep;
use super::tell::tell_everyone;
use crate::contract::outcome::Report;
use crate::contract::{FollowUp, TaskError, TaskErrorName};
use crate::domain::{Command, Notice, Request, Resume, SCHEMA, Status};
use crate::ports::{Clock, KeepRequests, SendMail, StoreError};

/// Tells requester and approvers, and answers with the error and cause that the workflow ends with.
///
/// # Errors
/// When storage fails.
pub async fn report_rejection(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    follow_up: &FollowUp,
) -> Result<Value, TaskError> {
    let Some(request) = find(store, follow_up).await? else {
        tracing::warn!("a rejection was reported whose state names no stored request");
        return Ok(as_caught(follow_up));
    };
    let notice = match request.status {
        Status::Rejected => Notice::Rejected,
        Status::Withdrawn | Status::Superseded => Notice::Closed,
        Status::Expired => Notice::Expired,
        Status::Pending | Status::Approved => {
            tracing::warn!(approval.id = %request.id, status = %request.status, "a rejection was reported that the record does not know");
            return Ok(as_caught(follow_up));
        }
    };
    // The workflow handed its outcome over, which proves that it was delivered.
    let request = keep(store, clock, request, &[Command::NoteResume(Resume::Done)]).await?;
    let request = tell_everyone(store, mail, clock, request, notice).await?;
    Ok(Report::of(&request).to_value())
}

async fn find(store: &impl KeepRequests, follow_up: &FollowUp) -> Result<Option<Request>, StoreError> {
    let named =
        [follow_up.failed_request.clone(), follow_up.approved_request.clone(), follow_up.cursor_request()];
    first_stored(store, named).await
}

fn as_caught(follow_up: &FollowUp) -> Value {
    json!({
        "schema": SCHEMA,
        "status": Status::Rejected,
        "approved": false,
        "error": follow_up.error.as_deref().unwrap_or(TaskErrorName::RejectedError.as_str()),
        "cause": follow_up.cause.as_deref().unwrap_or("the approval was rejected; no stored request says why"),
    })
}
