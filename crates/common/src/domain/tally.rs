//! Counting votes: what a level's votes amount to.

use super::{Choice, EmailAddress, Level, Vote};

/// Where a level stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// More votes are needed.
    Open,
    /// Every group reached its quorum.
    Approved,
    /// One rejection ends the level.
    Rejected,
}

/// Counts a level's votes. The order of votes does not matter; a person counts once.
pub fn tally(level: &Level, votes: &[Vote]) -> Tally {
    if votes.iter().any(|vote| vote.choice == Choice::Reject) {
        return Tally::Rejected;
    }
    let approved = |person: &EmailAddress| votes.iter().any(|vote| vote.approver == *person);
    let met = |group: &super::Group| {
        let count = group.approvers.iter().filter(|approver| approved(&approver.email)).count();
        count >= group.quorum as usize
    };
    if level.groups.iter().all(met) { Tally::Approved } else { Tally::Open }
}
