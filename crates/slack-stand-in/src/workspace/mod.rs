//! What the workspace knows: people, channels, messages, views, and what is to go wrong. It answers no requests.

mod calls;
mod channels;
mod faults;
mod messages;
mod notices;
mod rate;
mod triggers;
mod users;
mod views;

use std::time::Duration;

pub(crate) use calls::{Call, Calls, Requests};
pub(crate) use channels::{Channel, Channels};
pub(crate) use faults::{Fault, Faults, Kind};
pub(crate) use messages::{Draft, Message, Messages, Version};
pub(crate) use notices::Notices;
pub(crate) use rate::Rate;
pub(crate) use triggers::{NotExchanged, ResponseUrl, Triggers};
pub(crate) use users::{User, Users};
pub(crate) use views::{Status, View, Views};

use crate::clock;

/// The user that the app posts as.
pub(crate) const BOT_USER: &str = "U0BOT";
/// The app's bot.
pub(crate) const BOT: &str = "B0BOT";

/// Everything, from the start of the run to its end.
pub(crate) struct Workspace {
    pub(crate) users: Users,
    pub(crate) channels: Channels,
    pub(crate) messages: Messages,
    pub(crate) views: Views,
    pub(crate) triggers: Triggers,
    pub(crate) faults: Faults,
    pub(crate) rate: Rate,
    pub(crate) calls: Calls,
    pub(crate) requests: Requests,
    pub(crate) notices: Notices,
    last_stamp: Duration,
    last_number: u64,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        Self {
            users: Users::pretend(),
            channels: Channels::pretend(),
            messages: Messages::default(),
            views: Views::default(),
            triggers: Triggers::default(),
            faults: Faults::default(),
            rate: Rate::default(),
            calls: Calls::default(),
            requests: Requests::default(),
            notices: Notices::default(),
            last_stamp: Duration::ZERO,
            last_number: 0,
        }
    }

    /// A time stamp that no message has yet.
    pub(crate) fn stamp(&mut self, now: Duration) -> String {
        self.last_stamp = now.max(self.last_stamp + Duration::from_micros(1));
        clock::stamp(self.last_stamp)
    }

    /// A number that was not given before.
    pub(crate) fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_unique_even_at_one_moment() {
        let mut workspace = Workspace::new();
        let now = Duration::from_micros(1_767_600_000_000_100);
        assert_eq!(workspace.stamp(now), "1767600000.000100");
        assert_eq!(workspace.stamp(now), "1767600000.000101");
        assert_eq!(workspace.stamp(Duration::ZERO), "1767600000.000102");
    }
}
