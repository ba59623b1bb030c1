//! Walking through every request, for those who audit.

use std::future::Future;

use jiff::Timestamp;

use super::StoreError;
use crate::domain::RequestId;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it begins.
    pub since: Timestamp,
    /// When it is over: the first moment that is not in it.
    pub until: Timestamp,
}

/// A request, and its place among all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    /// When it was opened, as the list has it: RFC 3339 with nine digits of fraction, so that it sorts.
    pub at: String,
    /// Its name.
    pub id: RequestId,
}

/// Some of the requests that were opened in a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenedPage {
    /// The oldest first.
    pub requests: Vec<Opened>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// Walks through all requests, by when they were opened. The list may be a moment behind what is stored.
pub trait WalkRequests: Send + Sync {
    /// A page of the requests that were opened in a span, which lies in one month in UTC: the first page, or the one
    /// that comes after the last request of the page before.
    fn opened_requests(
        &self,
        span: Span,
        after: Option<&Opened>,
    ) -> impl Future<Output = Result<OpenedPage, StoreError>> + Send;
}
