//! How far a long command is, for whoever waits for it.

use std::io::Write;

use common::ports::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::output::write;

/// Nothing is said of what takes no longer.
const FIRST: SignedDuration = SignedDuration::from_secs(1);
const NEXT: SignedDuration = SignedDuration::from_secs(10);

/// Counts requests, and says how many there were from time to time.
pub(crate) struct Ticker<'a, C> {
    clock: &'a C,
    to: &'a mut dyn Write,
    due: Timestamp,
    count: u64,
}

impl<'a, C: Clock> Ticker<'a, C> {
    pub(crate) fn new(clock: &'a C, to: &'a mut dyn Write) -> Self {
        Self { clock, to, due: clock.now() + FIRST, count: 0 }
    }

    /// One more. What cannot be said is no reason to stop.
    pub(super) fn tick(&mut self) {
        self.count += 1;
        let now = self.clock.now();
        if now >= self.due {
            self.due = now + NEXT;
            write(self.to, &format!("requests so far: {}\n", self.count)).ok();
        }
    }
}
