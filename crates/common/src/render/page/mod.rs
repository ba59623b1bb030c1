//! Pages: full HTML documents that work without scripts.
//!
//! The page lives at `<base>/approve`; the form's action and every link to itself are relative, so that no
//! function behind the API needs to know its address.

mod inbox;
mod problem;
mod style;
mod visit;

pub use inbox::{Inbox, inbox};
pub use problem::{Problem, problem};
pub(super) use style::STYLE;
pub use style::style_hash;
pub use visit::{Visit, form, recorded, refused};
