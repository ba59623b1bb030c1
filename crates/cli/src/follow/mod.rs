//! Following a workflow by its records until it has ended.

mod ending;
mod progress;
#[cfg(test)]
mod tests;
mod watch;

pub(crate) use ending::{End, Seen, of_status};
pub(crate) use progress::Progress;
pub(crate) use watch::{Sleep, follow, unless_interrupted};
