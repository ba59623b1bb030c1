//! The history of an execution: whether one of its waiting tasks was told how a request ended.
//!
//! What is read here holds task tokens and payloads; nothing of it goes any further.

use std::time::{Duration, Instant};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::{HistoryEvent, HistoryEventType};

use crate::adapters::failure::Failure;
use crate::adapters::proof::is_about;
use crate::domain::RequestId;
use crate::ports::HistoryError;

/// How many pages are read at most. A history has at most 25,000 events, a page at most 1,000; with large
/// payloads it has fewer.
const PAGES: u32 = 40;
/// How many events a page has at most.
const EVENTS: i32 = 1_000;
/// How the resource of a task ends that waits for an answer.
const WAITS: &str = ".waitForTaskToken";

/// Reads from the newest event back, until the answer about this request is found, nothing is left, or the
/// time is up.
pub(super) async fn tells_of(
    client: &Client,
    execution: &str,
    id: &RequestId,
    patience: Duration,
) -> Result<bool, HistoryError> {
    let call = client.get_execution_history().execution_arn(execution).max_results(EVENTS);
    let call = call.reverse_order(true).include_execution_data(true);
    let started = Instant::now();
    let mut next = None;
    for _ in 0..PAGES {
        let page = call.clone().set_next_token(next).send().await;
        let page = page.map_err(|error| history_error(Failure::of(&error)))?;
        if page.events.iter().any(|event| tells(event, id)) {
            return Ok(true);
        }
        if page.next_token.is_none() {
            return Ok(false);
        }
        next = page.next_token;
        if started.elapsed() >= patience {
            return Err(HistoryError::Temporary { code: "Timeout".to_owned() });
        }
    }
    Err(HistoryError::Unreadable { code: "HistoryTooLong".to_owned() })
}

fn tells(event: &HistoryEvent, id: &RequestId) -> bool {
    let (resource, answer) = match event.r#type {
        HistoryEventType::TaskSucceeded => event
            .task_succeeded_event_details
            .as_ref()
            .map(|details| (details.resource.as_str(), details.output.as_deref())),
        HistoryEventType::TaskFailed => event
            .task_failed_event_details
            .as_ref()
            .map(|details| (details.resource.as_str(), details.cause.as_deref())),
        _ => None,
    }
    .unwrap_or_default();
    resource.ends_with(WAITS) && answer.is_some_and(|answer| is_about(answer, id))
}

fn history_error(failure: Failure) -> HistoryError {
    let Failure { code, passing } = failure;
    if passing { HistoryError::Temporary { code } } else { HistoryError::Unreadable { code } }
}

#[cfg(test)]
mod tests;
