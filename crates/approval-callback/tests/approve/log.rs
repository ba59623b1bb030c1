//! The log of one test, at every level.

use std::cell::RefCell;
use std::io;

use serde_json::Value;

thread_local! {
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What this thread has logged since [`Log::capture`].
pub(crate) struct Log;

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Starts anew. One subscriber serves all threads: `tracing` remembers for the whole process whether
    /// anyone listens to a line, so subscribers per test would sometimes miss some.
    pub(crate) fn capture() -> Self {
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| Writer);
        subscriber.try_init().ok();
        WRITTEN.with_borrow_mut(Vec::clear);
        Self
    }

    #[expect(clippy::unused_self, reason = "only a log that was captured has a text")]
    pub(crate) fn text(&self) -> String {
        WRITTEN.with_borrow(|written| String::from_utf8(written.clone()).unwrap())
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn with_message(&self, message: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["message"] == message).collect()
    }
}
