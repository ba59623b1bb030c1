//! The function behind `/slack/interactions`, as Slack and those who pretend to be it see it.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]
#![expect(clippy::indexing_slicing, reason = "what is missing fails the test")]

mod answers;
mod arbitrary;
mod clicks;
mod faults;
mod log;
mod logs;
mod modals;
mod samples;
mod signed;
mod world;
