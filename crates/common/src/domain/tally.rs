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
    let met = |group: &super::Group| group.count(approved) >= group.quorum as usize;
    if level.groups.iter().all(met) { Tally::Approved } else { Tally::Open }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{after, group, level, request_of, vote};

    fn tally_of(groups: Vec<super::super::Group>, votes: &[(&str, Choice)]) -> Tally {
        let mut everyone = request_of(vec![group("all", &["ana", "bob", "cyd", "eve"], 4)]);
        for (name, choice) in votes {
            everyone = after(&everyone, vote(name, *choice));
        }
        tally(&level(groups), &everyone.votes)
    }

    #[test]
    fn a_level_is_open_until_every_group_has_its_quorum() {
        use Choice::Approve;
        let groups = || vec![group("manager", &["ana", "bob", "cyd"], 2), group("security", &["eve"], 1)];
        assert_eq!(tally_of(groups(), &[]), Tally::Open);
        assert_eq!(tally_of(groups(), &[("ana", Approve), ("bob", Approve)]), Tally::Open);
        assert_eq!(tally_of(groups(), &[("ana", Approve), ("eve", Approve)]), Tally::Open);
        assert_eq!(
            tally_of(groups(), &[("ana", Approve), ("eve", Approve), ("bob", Approve)]),
            Tally::Approved
        );
    }

    #[test]
    fn one_rejection_ends_the_level_whatever_others_said() {
        let groups = vec![group("manager", &["ana", "bob"], 1)];
        assert_eq!(tally_of(groups, &[("ana", Choice::Approve), ("bob", Choice::Reject)]), Tally::Rejected);
    }

    #[test]
    fn somebody_listed_twice_counts_once() {
        let groups = vec![group("manager", &["ana", "ana", "bob"], 2)];
        assert_eq!(tally_of(groups, &[("ana", Choice::Approve)]), Tally::Open);
    }

    #[test]
    fn votes_of_others_do_not_count() {
        let groups = vec![group("manager", &["ana"], 1)];
        assert_eq!(tally_of(groups, &[("bob", Choice::Approve)]), Tally::Open);
    }
}
