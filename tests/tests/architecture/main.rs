//! The shape of the code, held by reading it: layers, who may decide, who reads the environment, and that template,
//! configuration, samples and functions fit together.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod alarms;
mod anchor;
mod builds;
mod cases;
mod code;
mod files;
mod functions;
mod layers;
mod operators;
mod pipelines;
mod samples;
mod schemas;
mod slack;
mod template;
