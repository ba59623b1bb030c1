//! A median with its spread: the quarter of the values below it that is nearest, and the one above it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Of values that are milliseconds, or KB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    /// A quarter of the values is below.
    pub(crate) low: f64,
    /// A quarter of the values is above.
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let sorted = sorted(values);
        Self { median: share(&sorted, 50), low: share(&sorted, 25), high: share(&sorted, 75) }
    }

    pub(crate) fn of_times(values: impl Iterator<Item = Duration>) -> Self {
        Self::of(values.map(milliseconds))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ({:.1}-{:.1})", self.median, self.low, self.high)
    }
}

/// The time below which so many of a hundred are.
pub(crate) fn percentile(values: impl Iterator<Item = Duration>, percent: usize) -> f64 {
    share(&sorted(values.map(milliseconds)), percent)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// To the microsecond: more is noise in a file that is read and compared.
fn share(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    (sorted.get(at).copied().unwrap_or_default() * 1_000.0).round() / 1_000.0
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_values_are_between_the_ends_of_the_spread() {
        let spread = Spread::of((1..=9).rev().map(f64::from));
        assert_eq!(spread, Spread { median: 5.0, low: 3.0, high: 7.0 });
        assert_eq!(spread.to_string(), "5.0 (3.0-7.0)");
        assert_eq!(Spread::of(std::iter::empty()), Spread::default());
    }

    #[test]
    fn one_slow_call_of_a_hundred_is_the_last_percent() {
        let mut times = vec![Duration::from_millis(1); 99];
        times.push(Duration::from_millis(80));
        assert!((percentile(times.iter().copied(), 50) - 1.0).abs() < 0.001);
        assert!((percentile(times.into_iter(), 99) - 80.0).abs() < 0.001);
    }
}
