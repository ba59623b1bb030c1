//! The operators' command line against a whole stack. It stores a policy for the stack, so it is a target of its own,
//! which runs while no other test does.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]

mod audited;
mod binary;
mod dry_run;
mod job;
mod pipelines;
mod policies;
mod shown;
mod stored;
mod terminal;
mod waiting;
mod withdrawn;
