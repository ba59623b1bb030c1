//! Messages, modals and private notices in Slack. A request goes in, Slack's JSON comes out.
//!
//! **Invariant:** nothing that people wrote is expanded: it stands in `plain_text`, or is escaped in the fallback.
//! A message has at most 50 blocks and 10,000 characters, and no link that could decide anything.

mod blocks;
mod message;
mod modal;
mod notice;
mod reply;

pub use message::{MAX_CHARACTERS, message};
pub use modal::{closing, everything, field_error, question};
pub use notice::{
    not_confirmed, not_recorded, not_set_up, recorded, refused, slack_did_not_help, wrong_place,
};
pub use reply::reply;

/// The button that approves; also the name of the modal behind it.
pub const APPROVE: &str = "approve_deployment";
/// The button that rejects; also the name of the modal behind it.
pub const REJECT: &str = "reject_deployment";
/// The button that shows what a message has no room for.
pub const EVERYTHING: &str = "show_everything";
/// The field of a modal in which the phrase is typed.
pub const PHRASE: &str = "phrase";
/// The field of a modal in which the reason is typed.
pub const REASON: &str = "reason";
