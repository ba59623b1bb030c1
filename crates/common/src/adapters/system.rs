//! The process's own clock and source of random bits.

use jiff::Timestamp;

use crate::ports::{Clock, Pause, Random};

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock behind the Clock port")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // People read these times, and Step Functions' own have no finer grain.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl Pause for SystemClock {
    async fn pause(&self, duration: std::time::Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// The operating system's random bits.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "no link may be minted from bits that somebody could guess")]
    fn bits(&self) -> [u8; 32] {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).expect("Lambda's Linux has a source of random bits from its start");
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_moves_and_bits_differ() {
        assert!(SystemClock.now() > Timestamp::UNIX_EPOCH);
        assert_ne!(SystemRandom.bits(), SystemRandom.bits());
    }
}
