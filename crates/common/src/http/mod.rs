//! The edge to API Gateway: reading its requests, writing its responses, and the public view of a request.
//!
//! What an answer says is decided by the function behind the path; how it travels is decided here.

pub mod fields;
pub mod format;
pub mod headers;
pub mod origin;
pub mod request;
pub mod response;
pub mod view;

pub use fields::{Fields, FormError};
pub use format::Format;
pub use headers::Headers;
pub use request::{Body, HttpRequest, Method, Unreadable};
pub use view::{Outcome, RequestView};
