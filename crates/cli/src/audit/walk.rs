//! Every request of the table in a stable order, with its plan, as a stream: of a long list only a page is held.

use common::domain::RequestId;
use common::ports::{Opened, ReadPlans, ReadRequests, Span, StoreError, WalkRequests};
use futures_util::future::join_all;

use super::line::Trail;
use super::problem::Trouble;
use super::time::months;
use crate::error::Error;

/// How many records are read at once.
const AT_ONCE: usize = 8;

/// What is stored under an id.
pub(super) enum Looked {
    /// A request with its plan.
    There(Box<Trail>),
    /// Nothing: it was dropped a moment ago, or the list is behind.
    Nothing,
    /// Something that is no request.
    Unreadable(Trouble),
}

/// Looks at a request and the plan that it names.
pub(super) async fn look<S: ReadRequests + ReadPlans>(
    store: &S,
    id: &RequestId,
) -> Result<Looked, StoreError> {
    let trail = async {
        let Some(request) = store.request(id).await? else { return Ok(Looked::Nothing) };
        let plan = match &request.plan {
            Some(key) => store.plan(key).await?,
            None => None,
        };
        Ok(Looked::There(Box::new(Trail { request, plan })))
    };
    match trail.await {
        Err(error) => Trouble::of_store(&error).map(Looked::Unreadable).ok_or(error),
        looked => looked,
    }
}

/// Shows every request that was opened in a span, in the order of opening, and of ids at the same moment.
pub(super) async fn walk<S: WalkRequests + ReadRequests + ReadPlans>(
    store: &S,
    span: Span,
    mut show: impl FnMut(&RequestId, Looked) -> Result<(), Error>,
) -> Result<(), Error> {
    for month in months(span) {
        let mut waiting: Vec<Opened> = Vec::new();
        let mut last = None;
        loop {
            let page = store.opened_requests(month, last.as_ref()).await?;
            last = page.requests.last().cloned();
            waiting.extend(page.requests);
            // The list has no order for requests of one moment, and more of the last one may come with the next page.
            let held = match waiting.last().filter(|_| page.more).map(|last| last.at.clone()) {
                Some(at) => waiting.iter().position(|opened| opened.at == at).unwrap_or(waiting.len()),
                None => waiting.len(),
            };
            let mut ready: Vec<_> = waiting.drain(..held).collect();
            ready.sort();
            for some in ready.chunks(AT_ONCE) {
                let looked = join_all(some.iter().map(|opened| look(store, &opened.id))).await;
                for (opened, looked) in some.iter().zip(looked) {
                    show(&opened.id, looked?)?;
                }
            }
            if !page.more || last.is_none() {
                break;
            }
        }
    }
    Ok(())
}
