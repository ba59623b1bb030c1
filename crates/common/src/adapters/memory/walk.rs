//! Walking through all requests, in small pages.

use super::store::failure;
use super::{Call, Memory, State};
use crate::ports::{Opened, OpenedPage, Span, StoreError, WalkRequests};

/// How many requests a page has at most: few, so that a walk takes several.
const PAGE: usize = 2;

impl WalkRequests for Memory {
    async fn opened_requests(&self, span: Span, after: Option<&Opened>) -> Result<OpenedPage, StoreError> {
        let after = after.cloned();
        let effect = move |state: &mut State| {
            let within =
                state.store.all().filter(|request| (span.since..span.until).contains(&request.opened_at));
            let mut found: Vec<_> = within
                .map(|request| Opened { at: format!("{:.9}", request.opened_at), id: request.id.clone() })
                .filter(|opened| after.as_ref().is_none_or(|after| opened > after))
                .collect();
            found.sort();
            let more = found.len() > PAGE;
            found.truncate(PAGE);
            Ok(OpenedPage { requests: found, more })
        };
        self.call(Call::Walk, effect, || failure("walk through the requests", "no reply")).await
    }
}
