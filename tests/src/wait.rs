//! Waiting: a condition is asked again and again until it holds, and a test that waits too long fails.

use std::time::{Duration, Instant};

/// Longer than anything takes that does not wait for a time limit of its own, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until there is something, and gives it.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look)
}

/// Waits until there is something, at most for so long.
pub fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "after {} s, still no {what}", patience.as_secs());
        std::thread::sleep(PAUSE);
    }
}
