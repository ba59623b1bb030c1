//! What is logged and counted about each interaction. `docs/LOGGING.md` names the fields. Slack's accounts, the words
//! that somebody typed and the triggers of modals stand nowhere.

use common::adapters::slack::signature::SignatureError;
use common::domain::{Choice, EmailAddress, Request, RequestId};
use common::http::Method;
use common::ports::{SlackError, StoreError};
use common::telemetry::{causes, count, masked};
use tracing::{error, info, warn};

/// A request that was not taken for Slack's, or cannot be read.
pub(crate) fn refused_request(method: Method, refusal: &'static str) {
    warn!(http.method = method.as_str(), refusal, "attempt refused");
    count("RefusedAttempts", &[("refusal", refusal)]);
}

/// A request that Slack did not sign, or not with a secret that we know.
pub(crate) fn not_from_slack(method: Method, cause: SignatureError) {
    refused_request(method, cause.code());
    // Where Slack is off there is nothing that could have matched.
    if cause != SignatureError::NoSecret {
        count("SignatureFailures", &[]);
    }
}

/// Somebody did something in Slack that counts for nothing.
pub(crate) fn refused(about: Option<&RequestId>, person: Option<&EmailAddress>, refusal: &'static str) {
    let approver = person.map(|person| masked(person.as_str()));
    warn!(
        approval.id = about.map(tracing::field::display),
        approver.hash = approver,
        channel = "slack",
        refusal,
        "attempt refused"
    );
    count("RefusedAttempts", &[("refusal", refusal)]);
}

/// A vote was recorded.
pub(crate) fn voted(request: &Request, person: &EmailAddress, choice: Choice) {
    info!(
        approval.id = %request.id,
        approval.status = request.status.as_str(),
        approval.resume = ?request.resume,
        approver.hash = masked(person.as_str()),
        choice = choice.as_str(),
        channel = "slack",
        "vote recorded"
    );
    count("RecordedVotes", &[("choice", choice.as_str()), ("channel", "slack")]);
}

/// Storage did not answer: somebody may have to act.
pub(crate) fn store_failed(failure: &StoreError) {
    error!(error = causes(failure), "storage does not answer, so nothing is confirmed");
    count("StorageFailures", &[("operation", failure.operation)]);
}

/// Slack did not do what it was asked while somebody waited.
pub(crate) fn slack_failed(about: Option<&RequestId>, failure: &SlackError, what: &'static str) {
    warn!(
        approval.id = about.map(tracing::field::display),
        code = failure.code(),
        what,
        "Slack did not help"
    );
    count("SlackFailures", &[("what", what)]);
}

/// Time was up before everything was done.
pub(crate) fn too_slow(kind: &'static str) {
    warn!(slack.interaction = kind, "an interaction took too long and was given up");
    count("SlackTimeouts", &[]);
}

/// An interaction was dealt with.
pub(crate) fn answered(kind: &'static str) {
    info!(slack.interaction = kind, "interaction answered");
}
