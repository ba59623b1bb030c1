//! The audit trail: what is checked of every record, the lines of an export, and what an earlier export proves.
//!
//! What a record says of itself is checked in `common::domain::audit`; here is where records come from and what is
//! told of them. Nothing here writes to the table.

mod earlier;
mod export;
mod line;
mod problem;
mod report;
#[cfg(test)]
mod tests;
mod ticker;
mod time;
mod verify;
mod walk;

pub(crate) use earlier::Earlier;
pub(crate) use export::{Export, export};
pub(crate) use ticker::Ticker;
pub(crate) use time::{parse as parse_time, span};
pub(crate) use verify::{verify_all, verify_found, verify_lines, verify_rest};
