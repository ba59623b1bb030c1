//! Counting votes: what a request's votes amount to.

use super::{Choice, EmailAddress, Group, Request};

/// Where a level stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// More votes are needed.
    Open,
    /// Every group reached its quorum, or the one that silence brought in did.
    Approved,
    /// Enough people rejected, or the approval can no longer be reached.
    Rejected,
}

/// Counts a request's votes. The order of votes does not matter; a person counts once.
pub fn tally(request: &Request) -> Tally {
    let rejections = request.votes.iter().filter(|vote| vote.choice == Choice::Reject).count();
    if rejections > 0 && rejections >= request.level.reject_quorum as usize
        || !one_way(request, |group| possible_approvals(request, group))
    {
        Tally::Rejected
    } else if one_way(request, |group| approvals(request, group)) {
        Tally::Approved
    } else {
        Tally::Open
    }
}

/// How many of a group have approved.
pub fn approvals(request: &Request, group: &Group) -> usize {
    group.count(|person| approved(request, person))
}

/// Whether one of the ways to approve is complete: all groups of the level, or the further group alone.
fn one_way(request: &Request, count: impl Fn(&Group) -> usize) -> bool {
    let met = |group: &Group| count(group) >= group.quorum as usize;
    request.level.groups.iter().all(met) || request.further_group().is_some_and(met)
}

fn possible_approvals(request: &Request, group: &Group) -> usize {
    group.count(|person| {
        approved(request, person)
            || (request.vote_of(person).is_none() && request.check_entitled(person).is_ok())
    })
}

fn approved(request: &Request, person: &EmailAddress) -> bool {
    request.vote_of(person).is_some_and(|vote| vote.choice == Choice::Approve)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{after, at, escalating_request, group, level, request_of, vote};
    use crate::domain::{Command, Status, Transition, apply};

    fn tally_of(groups: Vec<super::super::Group>, votes: &[(&str, Choice)]) -> Tally {
        let mut everyone = request_of(vec![group("all", &["ana", "bob", "cyd", "eve", "fay"], 5)]);
        everyone.level.reject_quorum = 5;
        for (name, choice) in votes {
            everyone = after(&everyone, vote(name, *choice));
        }
        tally(&Request { level: level(groups), ..everyone })
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
    fn nobody_has_rejected_where_no_rejection_is_needed() {
        let mut request = request_of(vec![group("manager", &["ana"], 1)]);
        request.level.reject_quorum = 0;
        assert_eq!(tally(&request), Tally::Open);
    }

    #[test]
    fn with_a_quorum_of_rejections_one_is_not_enough() {
        use Choice::{Approve, Reject};
        let of = |votes: &[(&str, Choice)]| {
            let mut request = request_of(vec![group("security", &["ana", "bob", "cyd", "eve"], 2)]);
            request.level.reject_quorum = 2;
            votes.iter().fold(request, |request, (name, choice)| after(&request, vote(name, *choice)))
        };
        assert_eq!(tally(&of(&[("ana", Reject)])), Tally::Open);
        assert_eq!(of(&[("ana", Reject), ("bob", Approve), ("cyd", Approve)]).status, Status::Approved);
        assert_eq!(of(&[("ana", Reject), ("bob", Approve), ("cyd", Reject)]).status, Status::Rejected);
    }

    #[test]
    fn a_level_is_rejected_as_soon_as_its_approval_is_out_of_reach() {
        let mut request = request_of(vec![group("security", &["ana", "bob", "dev"], 2)]);
        request.level.reject_quorum = 3;
        // Dev asked, so both others are needed.
        let request = after(&request, vote("ana", Choice::Reject));
        assert_eq!(request.status, Status::Rejected);
    }

    #[test]
    fn the_group_that_silence_brings_in_can_approve_alone() {
        let mut request = escalating_request();
        request.level.reject_quorum = 3;
        let Ok(Transition::Changed(escalated)) = apply(&request, Command::Escalate, at(1_000)) else {
            panic!("the deadline has passed")
        };
        let later = |request: &Request, command| match apply(request, command, at(1_001)) {
            Ok(Transition::Changed(next)) => *next,
            other => panic!("expected a change, got {other:?}"),
        };
        assert_eq!(later(&escalated, vote("hana", Choice::Approve)).status, Status::Approved);
        assert_eq!(later(&escalated, vote("ana", Choice::Approve)).status, Status::Approved);
        // Ana can no longer be had, but Hana can; without both, nobody can.
        let rejected_by_ana = later(&escalated, vote("ana", Choice::Reject));
        assert_eq!(rejected_by_ana.status, Status::Pending);
        assert_eq!(later(&rejected_by_ana, vote("hana", Choice::Approve)).status, Status::Approved);
        assert_eq!(later(&rejected_by_ana, vote("hana", Choice::Reject)).status, Status::Rejected);
    }

    #[test]
    fn votes_of_others_do_not_count() {
        let groups = vec![group("manager", &["ana"], 1)];
        assert_eq!(tally_of(groups, &[("bob", Choice::Approve)]), Tally::Open);
    }
}
