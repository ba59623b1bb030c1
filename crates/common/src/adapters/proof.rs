//! What proves that a waiting task was told: its answer names the request.

use serde::Deserialize;

use crate::domain::RequestId;

/// What every answer of ours has, the output of a success and the cause of a failure.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    request_id: RequestId,
}

/// Whether this output or cause is our answer about this request. What others answered is in any form.
pub(super) fn is_about(answer: &str, id: &RequestId) -> bool {
    serde_json::from_str::<Answer>(answer).is_ok_and(|answer| answer.request_id == *id)
}
