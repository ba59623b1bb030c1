//! What a service's error means for a deployment.

use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use common::adapters::failure::Failure;
use common::ports::TargetError;

/// Another call is at work on the same thing.
const BUSY: &str = "ResourceConflictException";

/// What the service says is for people: it names functions and roles, and nothing that is secret.
pub(super) fn failed<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> TargetError {
    let Failure { code, passing } = Failure::of(error);
    if passing || code == BUSY {
        return TargetError::Unavailable { operation, code };
    }
    let said = error.as_service_error().and_then(ProvideErrorMetadata::message);
    TargetError::Refused { operation, reason: said.map_or(code.clone(), |said| format!("{code}, {said}")) }
}
