//! What is logged and counted about each answer. `docs/LOGGING.md` names the fields.
//!
//! Opening a page is no attempt at anything, even when the page says that it is too late. A link that opens
//! nothing is: it was forged or cut off.

use common::domain::{Refusal, RequestId, Wanted};
use common::http::Method;
use common::ports::StoreError;
use common::render::page::Problem;
use common::telemetry::{causes, count, masked};
use tracing::{error, info, warn};

use crate::answer::{Answer, Seen};

/// Writes the one line of an answer.
pub(crate) fn note(method: Method, answer: &Answer) {
    match answer {
        Answer::Problem { problem: Problem::Unavailable, .. } => {} // `store_failed` has said more
        Answer::Problem { problem, about } => refused(method, about.as_ref(), None, problem.code()),
        Answer::Form { seen, refusal: Some(refusal), .. } | Answer::Refused { seen, refusal }
            if method == Method::Post =>
        {
            refused_vote(method, seen, *refusal);
        }
        Answer::Form { seen, .. }
        | Answer::Recorded { seen }
        | Answer::Refused { seen, .. }
        | Answer::Inbox { seen, .. } => {
            shown(method, seen, answer.status());
        }
    }
}

/// Storage did not answer: somebody may have to act.
pub(crate) fn store_failed(failure: &StoreError) {
    error!(error = causes(failure), "storage does not answer, so nothing is confirmed");
    count("StorageFailures", &[("operation", failure.operation)]);
}

/// A vote was recorded. It is told apart from the answer, which may be that nobody waits for it any more.
pub(crate) fn voted(seen: &Seen) {
    info!(
        approval.id = %seen.request.id,
        approval.status = seen.request.status.as_str(),
        approval.resume = ?seen.request.resume,
        approver.hash = masked(seen.holder.as_str()),
        choice = seen.choice.as_str(),
        channel = "email",
        "vote recorded"
    );
    count("RecordedVotes", &[("choice", seen.choice.as_str()), ("channel", "email")]);
}

/// Somebody wants a link to another request, and gets it or not.
pub(crate) fn wanted(id: &RequestId, seen: &Seen, answer: Wanted) {
    let approver = masked(seen.holder.as_str());
    match answer {
        Wanted::Noted => info!(approval.id = %id, approver.hash = approver, "link wanted"),
        Wanted::Lately => refused(Method::Post, Some(id), Some(&approver), "link_sent_lately"),
        Wanted::NotAwaited => refused(Method::Post, Some(id), Some(&approver), "not_awaited"),
    }
}

fn shown(method: Method, seen: &Seen, status: u16) {
    info!(
        approval.id = %seen.request.id,
        approval.status = seen.request.status.as_str(),
        approver.hash = masked(seen.holder.as_str()),
        http.method = method.as_str(),
        http.status = status,
        "page shown"
    );
}

fn refused_vote(method: Method, seen: &Seen, refusal: Refusal) {
    refused(method, Some(&seen.request.id), Some(&masked(seen.holder.as_str())), refusal.code());
}

fn refused(method: Method, about: Option<&RequestId>, approver: Option<&str>, refusal: &'static str) {
    warn!(
        approval.id = about.map(tracing::field::display),
        approver.hash = approver,
        http.method = method.as_str(),
        refusal,
        "attempt refused"
    );
    count("RefusedAttempts", &[("refusal", refusal)]);
}
