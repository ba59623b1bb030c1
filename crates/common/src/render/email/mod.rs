//! Mails: the ask and its reminders, and how it ended. One mail goes to one person.

mod guard;
mod outcome;
mod request;

pub use outcome::outcome;
pub use request::approval_request;
