//! What a function does before its first event, where a person waits for that event's answer.
//!
//! The first call to a service takes longest: an address is looked up, a connection made, keys are agreed on. Lambda gives
//! a function a whole CPU until it is ready, and only its share of one afterwards.

use std::time::Duration;

/// How long the first event may be kept waiting. Slack's three seconds run already.
const LIMIT: Duration = Duration::from_millis(800);

/// Does this, unless it takes too long. What is not there by then is made when it is first needed.
pub async fn warm(work: impl Future) {
    within(LIMIT, work).await;
}

async fn within(limit: Duration, work: impl Future) {
    tokio::time::timeout(limit, work).await.ok();
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn what_never_ends_keeps_no_event_waiting() {
        within(Duration::ZERO, std::future::pending::<()>()).await;
    }

    #[tokio::test]
    async fn what_is_done_in_time_is_done() {
        let done = Cell::new(false);
        warm(async { done.set(true) }).await;
        assert!(done.get());
    }
}
