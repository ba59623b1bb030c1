//! The JSON that crosses our borders: task payloads and answers, and the error names that the state
//! machine branches on. Conversions into the domain live beside each shape; rules do not live here.

pub mod cursor;
pub mod errors;

pub use cursor::Cursor;
pub use errors::{TaskError, TaskErrorName};
