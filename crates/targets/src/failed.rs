//! What a service's error means for a deployment.

use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use common::adapters::failure::Failure;
use common::ports::TargetError;

/// Another call is at work on the same thing, or as many things are under way as the account allows.
const BUSY: [&str; 3] =
    ["ResourceConflictException", "AccountLimitExceededException", "ExecutionLimitExceeded"];

/// What ECS says where two revisions of one family are registered at once, which has no code of its own.
const AT_ONCE: &str = "concurrent attempts";

/// What the service says is for people: it names functions, services, images and roles, and nothing that is secret.
pub(super) fn failed<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> TargetError {
    let Failure { code, passing } = Failure::of(error);
    let said = error.as_service_error().and_then(ProvideErrorMetadata::message);
    let is_at_once = said.is_some_and(|said| said.contains(AT_ONCE));
    if passing || is_at_once || BUSY.contains(&code.as_str()) {
        return TargetError::Unavailable { operation, code };
    }
    TargetError::Refused { operation, reason: said.map_or(code.clone(), |said| format!("{code}, {said}")) }
}
