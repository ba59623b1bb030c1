//! Finding the record behind a caller's state, which may name several requests or none.

use crate::domain::{Request, RequestId};
use crate::ports::{ReadRequests, StoreError};

/// The first of these requests that is stored.
///
/// # Errors
/// When storage fails.
pub(super) async fn first_stored(
    store: &impl ReadRequests,
    named: impl IntoIterator<Item = Option<RequestId>>,
) -> Result<Option<Request>, StoreError> {
    for id in named.into_iter().flatten() {
        if let Some(request) = store.request(&id).await? {
            return Ok(Some(request));
        }
    }
    Ok(None)
}
