//! What a function called: how often each operation, how many of them one after the other, and over how many
//! connections.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
}

/// The calls of one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Calls {
    /// How often each operation was called.
    pub(crate) operations: BTreeMap<String, u32>,
    /// The most calls of which each began after the one before it had ended.
    pub(crate) in_sequence: u32,
    /// How many TLS connections were made.
    pub(crate) connections: u32,
}

impl Calls {
    pub(crate) fn of(mut calls: Vec<Call>, connections: u32) -> Self {
        calls.sort_by_key(|call| call.began);
        let mut operations = BTreeMap::new();
        let mut chains: Vec<(Instant, u32)> = Vec::new();
        for call in calls {
            let before = chains.iter().filter(|(ended, _)| *ended <= call.began).map(|(_, length)| *length);
            let length = before.max().unwrap_or_default() + 1;
            chains.push((call.ended, length));
            *operations.entry(call.operation).or_default() += 1;
        }
        let in_sequence = chains.iter().map(|(_, length)| *length).max().unwrap_or_default();
        Self { operations, in_sequence, connections }
    }

    pub(crate) fn in_words(&self) -> String {
        let words: Vec<_> = self
            .operations
            .iter()
            .map(|(name, count)| if *count == 1 { name.clone() } else { format!("{count} {name}") })
            .collect();
        if words.is_empty() { "none".to_owned() } else { words.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn calls(spans: &[(u64, u64)]) -> Calls {
        let start = Instant::now();
        let at = |millis: u64| start + Duration::from_millis(millis);
        let call = |(began, ended): &(u64, u64)| Call {
            operation: "GetItem".to_owned(),
            began: at(*began),
            ended: at(*ended),
        };
        Calls::of(spans.iter().map(call).collect(), 0)
    }

    #[test]
    fn calls_that_overlap_are_one_step() {
        assert_eq!(calls(&[]).in_sequence, 0);
        assert_eq!(calls(&[(0, 5), (1, 4)]).in_sequence, 1);
        assert_eq!(calls(&[(0, 5), (5, 10), (10, 11)]).in_sequence, 3);
    }

    #[test]
    fn the_longest_chain_counts_and_not_the_last_one() {
        // The long call has three short ones beside it.
        assert_eq!(calls(&[(0, 30), (1, 5), (6, 10), (11, 15), (30, 31)]).in_sequence, 4);
        assert_eq!(calls(&[(11, 15), (6, 10), (0, 30)]).in_sequence, 2, "in whatever order they are given");
    }

    #[test]
    fn calls_are_said_with_their_number() {
        assert_eq!(calls(&[(0, 1), (1, 2)]).in_words(), "2 GetItem");
        assert_eq!(calls(&[]).in_words(), "none");
    }
}
