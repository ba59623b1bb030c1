//! Slack, as far as it calls us.

pub mod signature;
