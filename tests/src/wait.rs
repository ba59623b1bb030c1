//! Waiting: a condition is asked again and again until it holds, and a test that waits too long fails.

use std::time::{Duration, Instant};

/// Longer than anything takes that does not wait for a time limit of its own, on a machine with other work; and less
/// than the minute after which a schedule makes good what should have happened by itself.
const PATIENCE: Duration = Duration::from_secs(45);
/// Before it is asked again: a tenth of what it was waited for already, within these bounds. To ask is work for the
/// emulator, and everybody waits for it.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);
const PART: u32 = 10;

/// Waits until there is something, and gives it.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look)
}

/// Waits until there is something, at most for so long.
pub fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        let waited = start.elapsed();
        assert!(waited < patience, "after {} s, still no {what}", patience.as_secs());
        std::thread::sleep((waited / PART).clamp(SHORTEST, LONGEST));
    }
}
