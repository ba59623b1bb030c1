//! Slack: whether a request comes from it, and the calls of its API.

mod access;
mod answer;
mod client;
mod methods;
pub mod signature;

pub use self::access::{BotToken, GiveAccess, SlackAccess, SlackUrlError};
pub use self::client::{Patience, SlackClient};

#[cfg(test)]
mod tests;
