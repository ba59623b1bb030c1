//! Timing out: a timer fired in the workflow, so the record is asked what that means.

use serde_json::{Value, json};

use super::first_stored::first_stored;
use super::keep::keep;
use super::supersede::close_if_superseded;
use super::tell::tell_everyone;
use crate::contract::outcome::Report;
use crate::contract::{Cursor, FollowUp, TaskError, TaskErrorName};
use crate::domain::{Command, Notice, Request, Resume, SCHEMA, Status};
use crate::ports::{Clock, KeepRequests, ReadPointers, SendMail, StoreError};

/// Answers a workflow whose wait has ended: wait again, or this is the outcome.
///
/// # Errors
/// When storage fails.
pub async fn time_out(
    store: &(impl KeepRequests + ReadPointers),
    mail: &impl SendMail,
    clock: &impl Clock,
    follow_up: &FollowUp,
) -> Result<Value, TaskError> {
    let Some(request) = find(store, follow_up).await? else {
        tracing::warn!("a workflow timed out whose state names no stored request");
        return Ok(nothing_recorded());
    };
    let request = close_if_superseded(store, clock, request).await?;
    if request.status == Status::Pending
        && request.can_wait
        && let Some(seconds) = request.next_wait_seconds(clock.now())
        && let Some(key) = request.plan.clone()
    {
        let cursor =
            Cursor { needed: true, key, level: Some(request.level_number), wait_seconds: Some(seconds) };
        return Ok(Report::waiting(&request, cursor).to_value());
    }
    // A vote that comes before this write wins: the condition fails, and the outcome is the vote's. If the
    // process dies after it, the retried task finds the outcome and answers the same.
    let request = keep(store, clock, request, &[Command::Expire]).await?;
    let request = settle(store, mail, clock, request).await?;
    Ok(Report::of(&request).to_value())
}

/// The cursor names the level that timed out. An approval's output in the state does not: it belongs to an
/// earlier wait, one that ended well.
async fn find(store: &impl KeepRequests, follow_up: &FollowUp) -> Result<Option<Request>, StoreError> {
    first_stored(store, [follow_up.cursor_request(), follow_up.failed_request.clone()]).await
}

async fn settle(
    store: &impl KeepRequests,
    mail: &impl SendMail,
    clock: &impl Clock,
    request: Request,
) -> Result<Request, TaskError> {
    // A caller that waits again has branches, and the tasks behind them do the rest. Any other goes on to its
    // failure: an approval came too late for it, and no other task may tell people of a rejection.
    let (resume, notice) = match (request.status, request.resume) {
        (Status::Expired, _) => (Resume::None, Notice::Expired),
        _ if request.can_wait => return Ok(request),
        (Status::Approved, Resume::Owed | Resume::Gone) => (Resume::Gone, Notice::TooLate),
        (Status::Rejected, _) => (Resume::Done, Notice::Rejected),
        (Status::Withdrawn | Status::Superseded, _) => (Resume::Done, Notice::Closed),
        (Status::Pending | Status::Approved, _) => return Ok(request),
    };
    let request = keep(store, clock, request, &[Command::NoteResume(resume)]).await?;
    Ok(tell_everyone(store, mail, clock, request, notice).await?)
}

fn nothing_recorded() -> Value {
    let message = "the workflow timed out, and its state names no stored request";
    json!({
        "schema": SCHEMA,
        "status": Status::Expired,
        "approved": false,
        "error": TaskErrorName::ApprovalExpired.as_str(),
        "cause": json!({"schema": SCHEMA, "message": message, "status": Status::Expired}).to_string(),
    })
}
