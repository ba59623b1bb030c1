//! What a failed call says.

use aws_sdk_sfn::config::http::HttpResponse;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};

use crate::ports::CallError;

/// A failed call in the words of the service, or in ours where it did not speak.
pub(super) fn of<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> CallError {
    let ours = |code: &str, message: &str| (code.to_owned(), message.to_owned());
    let (code, message) = match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            let code = context.err().code().map_or_else(|| format!("HTTP {status}"), str::to_owned);
            (code, common::render::words::line(context.err().message().unwrap_or_default()))
        }
        SdkError::TimeoutError(_) => ours("Timeout", "it took too long"),
        SdkError::ResponseError(_) => ours("UnreadableResponse", "its answer cannot be read"),
        SdkError::DispatchFailure(failure) if failure.is_user() || failure.is_other() => {
            ours("NotSent", "the credentials or the Region are missing or wrong; see `aws configure`")
        }
        SdkError::DispatchFailure(_) => {
            ours("NoConnection", "there is no connection; check the Region and AWS_ENDPOINT_URL")
        }
        // The request could not even be put together.
        _ => ours("InvalidRequest", "the credentials or the Region are missing; see `aws configure`"),
    };
    CallError { operation, code, message }
}
