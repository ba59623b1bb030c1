//! The whole of Countersign on the emulator: the real template, state machine and binaries, driven only by AWS's
//! APIs, mail and HTTP. Each test asks for something of its own, so they run at the same time against one stack.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod approve;
mod callers;
mod contracts;
mod delivered;
mod deploy;
mod forms;
mod http;
mod links;
mod prepare;
mod reconcile;
mod reject;
mod throttled;
mod time;
mod unreported;
