//! Writing an export.

use std::io::{self, Write};

use common::domain::RequestId;
use common::ports::{Clock, ReadPlans, ReadRequests, Span, WalkRequests};
use sha2::{Digest as _, Sha256};

use super::ticker::Ticker;
use super::walk::{Looked, walk};
use crate::error::Error;

/// What was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Export {
    /// How many requests.
    pub(crate) requests: u64,
    /// Those that are stored and cannot be read.
    pub(crate) unreadable: Vec<RequestId>,
    /// SHA-256 of all that was written, in hex.
    pub(crate) hash: String,
}

/// Writes a line for every request that was opened in a span.
pub(crate) async fn export<S, C>(
    store: &S,
    span: Span,
    to: &mut dyn Write,
    failure: impl Fn(io::Error) -> Error,
    ticker: &mut Ticker<'_, C>,
) -> Result<Export, Error>
where
    S: WalkRequests + ReadRequests + ReadPlans,
    C: Clock,
{
    let mut export = Export::default();
    let mut hasher = Sha256::new();
    walk(store, span, |id, looked| {
        ticker.tick();
        match looked {
            Looked::Nothing => {}
            Looked::Unreadable(_) => export.unreadable.push(id.clone()),
            Looked::There(trail) => {
                let line = trail.line() + "\n";
                hasher.update(line.as_bytes());
                to.write_all(line.as_bytes()).map_err(&failure)?;
                export.requests += 1;
            }
        }
        Ok(())
    })
    .await?;
    to.flush().map_err(failure)?;
    export.hash = hex::encode(hasher.finalize());
    Ok(export)
}
