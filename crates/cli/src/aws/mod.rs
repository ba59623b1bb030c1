//! The stack on AWS: where it is, and one service per file. Nothing else in this crate knows AWS's clients.

mod cloud_formation;
mod connection;
mod failure;
mod lambda;
mod outputs;
mod place;
mod step_functions;
#[cfg(test)]
mod tests;

pub use connection::{Connection, ConnectionError, Online};
pub use outputs::OutputsError;
