//! What a failed AWS call means: the service's name for it, and whether it may pass by itself.
//!
//! SDK errors are not handed on: they carry whole responses, and a response of the table may carry an
//! item with its task token.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Failures that pass, by the names that the services give them. Whatever comes with a status of 5xx or
/// 429 passes as well.
const PASSING: &[&str] = &[
    "InternalServerError",
    "InternalServiceError",
    "KmsThrottlingException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
    // A sandbox whose credentials ran out; the next one has new ones.
    "ExpiredToken",
    "ExpiredTokenException",
];

/// A failed call, safe to log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Failure {
    /// The service's name for it, or ours where the service did not speak.
    pub code: String,
    /// Whether another try may work.
    pub passing: bool,
}

impl Failure {
    /// What a failed call means.
    pub fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        let unanswered = |code: &str| Self { code: code.to_owned(), passing: true };
        match error {
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                let code = context.err().code().map_or_else(|| format!("HTTP {status}"), ToOwned::to_owned);
                Self::answered(status, code)
            }
            SdkError::TimeoutError(_) => unanswered("Timeout"),
            SdkError::ResponseError(_) => unanswered("UnreadableResponse"),
            SdkError::DispatchFailure(_) => unanswered("NoConnection"),
            // The request could not even be put together.
            _ => Self { code: "InvalidRequest".to_owned(), passing: false },
        }
    }

    /// The service answered with this status and name.
    pub(crate) fn answered(status: u16, code: String) -> Self {
        let passing = status >= 500 || status == 429 || PASSING.contains(&code.as_str());
        Self { code, passing }
    }
}
