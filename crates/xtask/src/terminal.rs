//! What the person at the terminal sees: lines, errors, and the progress of what takes long.
//!
//! A terminal that is gone is no reason to fail: whatever cannot be written is dropped.

use std::cell::RefCell;
use std::error::Error as _;
use std::io::{IsTerminal as _, Write as _};
use std::pin::pin;
use std::time::{Duration, Instant};

use crate::error::Error;

/// The longest line of progress; a longer one would wrap and could not be erased.
const WIDTH: usize = 78;

/// Prints one line.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// Prints one line to the error stream.
pub(crate) fn warn(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").ok();
}

/// Prints why a command failed, with the causes behind it.
pub(crate) fn complain(error: &Error) {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let text = source.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        cause = source.source();
    }
    warn(&line);
}

/// What a step is at right now; shown behind its elapsed time.
#[derive(Default)]
pub(crate) struct Note(RefCell<String>);

impl Note {
    pub(crate) fn set(&self, text: &str) {
        text.clone_into(&mut self.0.borrow_mut());
    }
}

/// Does work while one line says what it is and how long it takes.
///
/// On a terminal the line keeps moving and is erased at the end; elsewhere there is one line at the start and
/// one at the end.
pub(crate) async fn step<T>(label: &str, note: &Note, work: impl Future<Output = T>) -> T {
    let line = Line::begin(label);
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                line.end();
                return done;
            }
            _ = tick.tick() => line.refresh(&note.0.borrow()),
        }
    }
}

struct Line<'a> {
    label: &'a str,
    started: Instant,
    moving: bool,
}

impl<'a> Line<'a> {
    fn begin(label: &'a str) -> Self {
        let moving = std::io::stdout().is_terminal();
        if !moving {
            say(&format!("{label} ..."));
        }
        Self { label, started: Instant::now(), moving }
    }

    fn refresh(&self, note: &str) {
        if self.moving {
            let mut out = std::io::stdout().lock();
            write!(out, "\r\x1b[2K{}", progress(self.label, self.started.elapsed(), note))
                .and_then(|()| out.flush())
                .ok();
        }
    }

    fn end(&self) {
        if !self.moving {
            say(&format!("{}: {}", self.label, duration(self.started.elapsed())));
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if self.moving {
            let mut out = std::io::stdout().lock();
            write!(out, "\r\x1b[2K").and_then(|()| out.flush()).ok();
        }
    }
}

fn progress(label: &str, elapsed: Duration, note: &str) -> String {
    let line = format!("{label} ... {}", duration(elapsed));
    let line = if note.is_empty() { line } else { format!("{line} ({note})") };
    if line.chars().count() <= WIDTH {
        line
    } else {
        line.chars().take(WIDTH - 3).chain("...".chars()).collect()
    }
}

/// A duration in words: `12 s`, `3 min 05 s`.
pub(crate) fn duration(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        assert_eq!(duration(Duration::from_millis(900)), "0 s");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn progress_fits_on_one_line() {
        assert_eq!(progress("Building", Duration::from_secs(3), ""), "Building ... 3 s");
        assert_eq!(progress("Building", Duration::from_secs(3), "1 of 2"), "Building ... 3 s (1 of 2)");
        let long = progress("Building", Duration::from_secs(3), &"é".repeat(100));
        assert_eq!((long.chars().count(), long.ends_with("...")), (WIDTH, true));
    }
}
