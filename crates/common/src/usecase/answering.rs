//! Answering a waiting task, and counting what became of it. `docs/RESUMING.md` has a row for every case.

use crate::domain::Request;
use crate::ports::{Answer, ResumeError, ResumeWorkflows};
use crate::telemetry::count;

/// What became of a debt that somebody came to pay; the dimension `outcome` of the metric `Answers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The task took the answer.
    Told,
    /// It had it before: the record says so by now, or the workflow's history does.
    ToldBefore,
    /// Nothing waits for the token, and the workflow runs.
    BetweenWaits,
    /// The workflow ended without it.
    Gone,
    /// Nothing waits for the token, and the workflow is not known.
    Unconfirmed,
    /// The decider may still be about to note the delivery.
    LeftAlone,
    /// Step Functions can never take the answer as things are.
    Refused,
    /// A service did not answer.
    Unanswered,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::ToldBefore => "told_before",
            Self::BetweenWaits => "between_waits",
            Self::Gone => "gone",
            Self::Unconfirmed => "unconfirmed",
            Self::LeftAlone => "left_alone",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
        }
    }

    pub(super) fn count(self) {
        count("Answers", &[("outcome", self.as_str())]);
    }
}

/// Gives the task that waits its answer. What somebody has to act on is an error in the log, and counted.
pub(super) async fn tell(
    workflows: &impl ResumeWorkflows,
    request: &Request,
    answer: &Answer,
) -> Result<(), ResumeError> {
    let told = workflows.answer(&request.task_token, answer).await;
    match &told {
        Ok(()) => {}
        Err(ResumeError::NotWaiting { code }) => {
            tracing::info!(approval.id = %request.id, code, "nothing waits for the task token any more");
        }
        Err(error @ ResumeError::Temporary { .. }) => {
            tracing::warn!(approval.id = %request.id, %error, "the workflow will be told later");
        }
        Err(error @ ResumeError::Impossible { code }) => {
            tracing::error!(approval.id = %request.id, %error, "the workflow cannot be told");
            count("RefusedAnswers", &[("what", refused(code))]);
        }
    }
    told
}

/// What was refused, by the service's name for it: whoever sees the alarm looks there first.
fn refused(code: &str) -> &'static str {
    match code {
        "InvalidToken" => "token",
        "InvalidOutput" | "ValidationException" => "output",
        _ if code.starts_with("Kms") => "key",
        _ if code.contains("AccessDenied") => "permission",
        _ => "other",
    }
}
