//! The JSON that crosses our borders: task payloads and answers, and the error names that the state
//! machine branches on. Conversions into the domain live beside each shape; rules do not live here.

pub mod cursor;
pub mod deployment;
pub mod errors;
pub mod follow_up;
pub mod mistakes;
pub mod outcome;
pub mod prepare;
pub mod schedule;
pub mod send_approval;
pub mod subject;

pub use cursor::Cursor;
pub use errors::{TaskError, TaskErrorName};
pub use follow_up::FollowUp;
pub use mistakes::Mistakes;
pub use schedule::is_schedule;

#[cfg(test)]
mod tests;
