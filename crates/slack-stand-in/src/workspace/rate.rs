//! How many messages a channel takes: one a second, after a burst
//! (<https://docs.slack.dev/apis/web-api/rate-limits>).

use std::collections::HashMap;
use std::time::Duration;

/// Slack allows bursts without saying how long. This many lets several requests start at once, and still stops
/// a loop that posts without end.
pub(crate) const BURST: u32 = 10;

/// The messages that each channel has taken lately.
#[derive(Debug)]
pub(crate) struct Rate {
    pub(crate) is_on: bool,
    channels: HashMap<String, Bucket>,
}

/// It fills by one a second.
#[derive(Debug)]
struct Bucket {
    level: f64,
    at: Duration,
}

impl Default for Rate {
    fn default() -> Self {
        Self { is_on: true, channels: HashMap::new() }
    }
}

impl Rate {
    /// Counts a message; an error says after how many seconds the next one is taken.
    pub(crate) fn take(&mut self, channel: &str, now: Duration) -> Result<(), u64> {
        if !self.is_on {
            return Ok(());
        }
        let full = f64::from(BURST);
        let bucket = self.channels.entry(channel.to_owned()).or_insert(Bucket { level: full, at: now });
        bucket.level = (bucket.level + now.saturating_sub(bucket.at).as_secs_f64()).min(full);
        bucket.at = now;
        if bucket.level < 1.0 {
            return Err(1);
        }
        bucket.level -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_burst_a_channel_takes_one_message_a_second() {
        let mut rate = Rate::default();
        let start = Duration::from_hours(491_000);
        for _ in 0..BURST {
            assert_eq!(rate.take("C1", start), Ok(()));
        }
        assert_eq!(rate.take("C1", start + Duration::from_millis(900)), Err(1));
        assert_eq!(rate.take("C2", start), Ok(()));
        let later = start + Duration::from_millis(1100);
        assert_eq!((rate.take("C1", later), rate.take("C1", later)), (Ok(()), Err(1)));
        rate.is_on = false;
        assert_eq!(rate.take("C1", later), Ok(()));
    }
}
