//! Paying a debt: telling Step Functions the decision that a record owes it. Paying twice is harmless.

use super::keep::keep;
use crate::contract::{TaskErrorName, outcome};
use crate::domain::{Command, Request, Resume, Status};
use crate::ports::{
    Answer, Clock, DescribeWorkflows, KeepRequests, ResumeError, ResumeWorkflows, WorkflowState,
};

/// Tells the workflow what the record owes it, and answers with the record as it then stands.
///
/// It never fails: a debt that cannot be paid now stays in the record for whoever comes by next.
pub async fn resume<S, W, C>(store: &S, workflows: &W, clock: &C, request: Request) -> Request
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    if request.resume != Resume::Owed {
        return request;
    }
    match workflows.answer(&request.task_token, &answer(&request)).await {
        // If the process dies before the mark, the next payer meets "not waiting" and looks at the workflow.
        Ok(()) => note(store, clock, request, Resume::Done).await,
        Err(ResumeError::NotWaiting { code }) => {
            tracing::info!(approval.id = %request.id, code, "nothing waits for the task token any more");
            settle(store, workflows, clock, request).await
        }
        Err(error @ ResumeError::Temporary { .. }) => {
            tracing::warn!(approval.id = %request.id, %error, "the workflow will be told later");
            request
        }
        Err(error @ ResumeError::Impossible { .. }) => {
            tracing::error!(approval.id = %request.id, %error, "the workflow cannot be told");
            request
        }
    }
}

/// What the waiting task is told. To a task that waits, everything but an approval is `RejectedError`.
pub(crate) fn answer(request: &Request) -> Answer {
    match request.status {
        Status::Approved => Answer::Success { output: outcome::output(request) },
        _ => Answer::Failure { error: TaskErrorName::RejectedError.as_str(), cause: outcome::cause(request) },
    }
}

/// A token that nothing waits for has three meanings: the answer was delivered before, the workflow is
/// between two waits, or it has ended. The record knows the first, the workflow service the other two.
async fn settle<S, W, C>(store: &S, workflows: &W, clock: &C, request: Request) -> Request
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let current = match store.request(&request.id).await {
        Ok(Some(current)) => current,
        Ok(None) => return request,
        Err(error) => {
            tracing::warn!(approval.id = %request.id, error = &error as &dyn std::error::Error, "the record could not be read again");
            return request;
        }
    };
    if current.resume != Resume::Owed {
        return current;
    }
    let Some(execution) = current.workflow.execution.clone() else {
        return current;
    };
    match workflows.describe(&execution).await {
        Ok(WorkflowState::Ended) => note(store, clock, current, Resume::Gone).await,
        Ok(WorkflowState::Running) => current,
        Err(error) => {
            tracing::warn!(approval.id = %current.id, %error, "the workflow could not be looked at");
            current
        }
    }
}

async fn note(store: &impl KeepRequests, clock: &impl Clock, request: Request, resume: Resume) -> Request {
    match keep(store, clock, request.clone(), &[Command::NoteResume(resume)]).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::warn!(approval.id = %request.id, error = &error as &dyn std::error::Error, "the delivery could not be noted");
            Request { resume, ..request }
        }
    }
}
