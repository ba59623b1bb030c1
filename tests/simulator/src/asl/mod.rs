//! An interpreter of the state machines' files, as far as they go: what Step Functions does between two outside effects,
//! with nothing of it left to the imagination. What a file uses and the interpreter does not know is refused.

mod data;
mod definition;
mod execution;
#[cfg(test)]
mod tests;

pub(crate) use self::definition::Definition;
pub(crate) use self::execution::{Edge, Execution, Outcome, Step, edges};
