//! Withdrawing a request for somebody at the command line, who gets the answer.

use common::domain::apply::MAX_REASON;
use common::domain::{Request, RequestId};
use common::ports::{Clock, DescribeWorkflows, KeepRequests, ResumeWorkflows};
use common::usecase::take_back::{TakeBackError, take_back};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

/// Withdraws, and answers with how the request stands: `refusal` is there when that was not done.
///
/// # Errors
/// `InvalidInput` when there is no id or no reason; `TemporarilyUnavailable` when storage fails.
pub(crate) async fn withdraw<S, W, C>(
    store: &S,
    workflows: &W,
    clock: &C,
    request: Option<RequestId>,
    reason: &str,
) -> Result<Value, Diagnostic>
where
    S: KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let id = request.ok_or_else(|| invalid("withdraw.requestId is missing, or no request's id"))?;
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(invalid(&format!("withdraw.reason is missing, or longer than {MAX_REASON} characters")));
    }
    match take_back(store, workflows, clock, &id, reason).await {
        Ok(request) => Ok(standing(&request)),
        Err(TakeBackError::NotFound) => Ok(json!({ "requestId": id, "refusal": "not_found" })),
        Err(TakeBackError::Refused { refusal, request }) => {
            let mut answer = standing(&request);
            if let Some(answer) = answer.as_object_mut() {
                answer.insert("refusal".to_owned(), json!(refusal.code()));
            }
            Ok(answer)
        }
        Err(error @ TakeBackError::Store(_)) => Err(crate::failure("TemporarilyUnavailable", &error)),
    }
}

fn standing(request: &Request) -> Value {
    json!({ "requestId": request.id, "status": request.status, "resume": request.resume })
}

fn invalid(message: &str) -> Diagnostic {
    Diagnostic { error_type: "InvalidInput".to_owned(), error_message: message.to_owned() }
}
