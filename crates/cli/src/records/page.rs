//! A plan with its levels, or one request, as a page to keep.

use common::render::sheet::{Record, sheet};
use jiff::Timestamp;

use super::find::Found;
use super::show::state;
use crate::ports::Execution;

/// The page; `None` where the table knows neither a plan nor a request.
pub(crate) fn page(found: &Found, execution: Option<&Execution>, now: Timestamp) -> Option<String> {
    let state = execution.map(state);
    sheet(&Record {
        plan: found.plan.as_ref(),
        requests: &found.requests,
        execution: found.execution.as_deref(),
        state: state.as_deref(),
        at: now,
    })
}
