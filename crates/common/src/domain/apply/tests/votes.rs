//! Votes: who may, when, and with what.

use crate::domain::apply::{MAX_REASON, check_confirmation, check_vote};
use crate::domain::samples::{after, at, ballot, closed, group, person, request, request_of, vote};
use crate::domain::{
    Ballot, Choice, Command, GeneralFacts, Happening, Refusal, Request, Resume, Status, Strength, Transition,
    apply,
};
use crate::domain::{Facts, Fingerprint};

fn refusal(request: &Request, ballot: Ballot, seconds: i64) -> Refusal {
    let checked = check_vote(request, &ballot.approver, ballot.choice, ballot.strength, at(seconds));
    let refused = apply(request, Command::Vote(ballot), at(seconds)).unwrap_err();
    assert!(checked.is_ok() || checked == Err(refused), "the page and the vote say the same");
    refused
}

#[test]
fn the_vote_that_decides_owes_the_workflow_an_answer() {
    let approved = after(&request(), vote("ana", Choice::Approve));
    assert_eq!((approved.status, approved.resume, approved.version), (Status::Approved, Resume::Owed, 2));
    let decision = approved.decision.unwrap();
    assert_eq!((decision.status, decision.by, decision.at), (Status::Approved, Some(person("ana")), at(10)));

    let rejected = after(&request(), vote("ana", Choice::Reject));
    assert_eq!((rejected.status, rejected.resume), (Status::Rejected, Resume::Owed));
    assert_eq!(rejected.decision.unwrap().reason.as_deref(), Some("freeze until Monday"));
}

#[test]
fn a_vote_below_the_quorum_is_recorded_and_decides_nothing() {
    let request = request_of(vec![group("manager", &["ana", "bob", "cyd"], 2)]);
    let once = after(&request, vote("ana", Choice::Approve));
    assert_eq!((once.status, once.resume, once.votes.len()), (Status::Pending, Resume::None, 1));
    let twice = after(&once, vote("cyd", Choice::Approve));
    assert_eq!((twice.status, twice.resume), (Status::Approved, Resume::Owed));
}

#[test]
fn every_vote_stores_what_its_voter_was_shown() {
    let approved = after(&request(), vote("ana", Choice::Approve));
    let voted = approved.events.iter().find_map(|event| match &event.what {
        Happening::Voted { vote, fingerprint } => Some((vote.clone(), fingerprint.clone())),
        _ => None,
    });
    assert_eq!(voted, Some((approved.votes[0].clone(), approved.fingerprint.clone())));
}

#[test]
fn a_closed_request_never_gets_another_decision() {
    for closed in closed() {
        for (name, choice) in [
            ("ana", Choice::Approve),
            ("ana", Choice::Reject),
            ("bob", Choice::Approve),
            ("dev", Choice::Reject),
        ] {
            let result = apply(&closed, vote(name, choice), at(20));
            assert!(!matches!(result, Ok(Transition::Changed(_))), "{name} on {}", closed.status);
        }
        for command in [Command::Expire, Command::Withdraw { reason: "late".to_owned() }] {
            assert_eq!(apply(&closed, command, at(20)), Ok(Transition::Unchanged), "{}", closed.status);
        }
    }
}

#[test]
fn the_identical_vote_again_is_recorded_already() {
    for choice in [Choice::Approve, Choice::Reject] {
        let decided = after(&request(), vote("ana", choice));
        // Even long after the deadline.
        assert_eq!(apply(&decided, vote("ana", choice), at(5_000)), Ok(Transition::Unchanged));
        assert_eq!(check_vote(&decided, &person("ana"), choice, Strength::Link, at(5_000)), Ok(()));
    }
}

#[test]
fn nobody_may_change_their_mind() {
    let request = request_of(vec![group("manager", &["ana", "bob"], 2)]);
    let request = after(&request, vote("ana", Choice::Approve));
    let refused = refusal(&request, ballot("ana", Choice::Reject), 20);
    assert_eq!(refused, Refusal::AlreadyVoted { choice: Choice::Approve });
}

#[test]
fn a_vote_on_a_closed_request_learns_how_it_ended() {
    for closed in closed() {
        let refused = refusal(&closed, ballot("bob", Choice::Approve), 20);
        assert_eq!(Some(refused), Refusal::of_status(closed.status));
    }
}

#[test]
fn strangers_have_no_vote() {
    assert_eq!(refusal(&request(), ballot("eve", Choice::Approve), 10), Refusal::NotAnApprover);
    assert_eq!(refusal(&request(), ballot("dev", Choice::Approve), 10), Refusal::NotAnApprover);
}

#[test]
fn the_requester_has_no_vote_unless_the_level_lets_them() {
    let mut request = request_of(vec![group("manager", &["ana", "dev"], 1)]);
    for choice in [Choice::Approve, Choice::Reject] {
        assert_eq!(refusal(&request, ballot("dev", choice), 10), Refusal::SelfApproval);
    }
    request.level.self_approval = true;
    assert_eq!(after(&request, vote("dev", Choice::Approve)).status, Status::Approved);
}

#[test]
fn from_the_deadline_on_votes_no_longer_count() {
    assert!(apply(&request(), vote("ana", Choice::Approve), at(999)).is_ok());
    for seconds in [1_000, 1_001, 1_000_000] {
        assert_eq!(refusal(&request(), ballot("ana", Choice::Approve), seconds), Refusal::Expired);
    }
}

#[test]
fn a_rejection_needs_a_reason_and_an_approval_may_have_one() {
    let with = |choice, reason: Option<&str>| Ballot {
        reason: reason.map(ToOwned::to_owned),
        ..ballot("ana", choice)
    };
    for reason in [None, Some(""), Some(" \n")] {
        assert_eq!(refusal(&request(), with(Choice::Reject, reason), 10), Refusal::ReasonMissing);
        let approved = after(&request(), Command::Vote(with(Choice::Approve, reason)));
        assert_eq!(approved.votes[0].reason, None, "a blank reason is none");
    }
    let approved = after(&request(), Command::Vote(with(Choice::Approve, Some(" tested "))));
    assert_eq!(approved.votes[0].reason.as_deref(), Some("tested"));
}

#[test]
fn a_reason_has_a_limit_in_characters() {
    let with = |length| Ballot { reason: Some("ä".repeat(length)), ..ballot("ana", Choice::Reject) };
    assert!(apply(&request(), Command::Vote(with(MAX_REASON)), at(10)).is_ok());
    assert_eq!(refusal(&request(), with(MAX_REASON + 1), 10), Refusal::ReasonTooLong);
}

#[test]
fn the_phrase_confirms_whatever_its_case_and_blanks() {
    let check = |phrase, choice, reason| check_confirmation(&request(), choice, phrase, reason);
    assert_eq!(check("production", Choice::Approve, None), Ok(()));
    assert_eq!(check(" Production\n", Choice::Approve, None), Ok(()));
    assert_eq!(check("", Choice::Approve, None), Err(Refusal::PhraseMissing));
    assert_eq!(check(" ", Choice::Approve, None), Err(Refusal::PhraseMissing));
    for wrong in ["staging", "prod", "productions", "yes"] {
        assert_eq!(check(wrong, Choice::Approve, None), Err(Refusal::PhraseWrong), "{wrong}");
    }
    assert_eq!(check("production", Choice::Reject, None), Err(Refusal::ReasonMissing));
    assert_eq!(check("staging", Choice::Reject, Some("no")), Err(Refusal::PhraseWrong));
    assert_eq!(check("production", Choice::Reject, Some("no")), Ok(()));
}

#[test]
fn without_an_environment_the_start_of_the_fingerprint_confirms() {
    let mut request = request();
    request.facts = Facts::General(GeneralFacts {
        kind: None,
        title: "Access".to_owned(),
        amount: None,
        facts: Vec::new(),
        details: None,
        link: None,
    });
    request.fingerprint = Fingerprint::of(&request.facts, None);
    let phrase = request.fingerprint.as_str()[..4].to_uppercase();
    assert_eq!(check_confirmation(&request, Choice::Approve, &phrase, None), Ok(()));
    let refused = check_confirmation(&request, Choice::Approve, "production", None);
    assert_eq!(refused, Err(Refusal::PhraseWrong));
}

/// Somebody who may vote there is told why this way does not count; everyone else is told what they always are.
#[test]
fn where_only_slack_counts_a_link_decides_nothing() {
    let mut strict = request();
    strict.level.strength = Strength::Slack;
    for choice in [Choice::Approve, Choice::Reject] {
        let by_link = Ballot { reason: Some("no".to_owned()), ..ballot("ana", choice) };
        assert_eq!(refusal(&strict, by_link.clone(), 10), Refusal::LinkNotEnough);
        assert_eq!(refusal(&strict, ballot("eve", choice), 10), Refusal::NotAnApprover);
        assert_eq!(refusal(&strict, ballot("ana", choice), 5_000), Refusal::Expired);
        let in_slack = Ballot { strength: Strength::Slack, ..by_link };
        let decided = after(&strict, Command::Vote(in_slack));
        assert_eq!((decided.votes.len(), decided.votes[0].strength), (1, Strength::Slack));
        // Their own vote is shown to whoever comes back by the link.
        let checked = check_vote(&decided, &person("ana"), choice, Strength::Link, at(11));
        assert_eq!(checked, Ok(()));
    }
}
