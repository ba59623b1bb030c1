//! The whole stand-in over loopback, with a tiny app behind it.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod app;
mod calls;
mod clicks;
mod faults;
mod modals;
mod pages;
mod run;
mod wire;
