//! Each guard that is taken out of the model makes the checker find how a property fails.

use model::properties::{AT_REST, DONE, FOLLOWED, GONE, NEWEST_PLAN, NEWEST_TOKEN, ONE_DECISION, VOTES_STAY};
use model::{Bounds, Break, History, Protocol};
use stateright::{Checker as _, HasDiscoveries, Model as _, Path};

/// The bounds in which it shows, and the properties that fail then, among others perhaps.
fn expected(guard: Break) -> (Bounds, &'static [&'static str]) {
    match guard {
        Break::WriteAnyway => (Bounds::any_of_two(), &[ONE_DECISION, FOLLOWED]),
        Break::VoteAgain => (Bounds { ballots: 2, quorum: 2, ..Bounds::early() }, &[VOTES_STAY]),
        Break::OweLater | Break::NobodySweeps => (Bounds::early(), &[AT_REST]),
        Break::MarkFirst => (Bounds::early(), &[DONE, AT_REST]),
        Break::ExpireUnasked => (Bounds::early(), &[FOLLOWED]),
        Break::AnyAttempt => (Bounds::retried(), &[NEWEST_TOKEN]),
        Break::GoneUnproven => (Bounds::early(), &[GONE]),
        Break::SettleAtOnce => (Bounds::unreadable(), &[GONE]),
        Break::PointerIgnored => (Bounds::newer_plan(), &[NEWEST_PLAN]),
    }
}

#[test]
fn every_guard_is_needed() {
    for guard in Break::ALL {
        let (bounds, properties) = expected(guard);
        for property in properties.iter().copied() {
            let protocol = Protocol { bounds: bounds.without(guard) };
            let checker =
                protocol.checker().finish_when(HasDiscoveries::AllOf([property].into())).spawn_bfs().join();
            let found = checker.discovery(property);
            assert!(found.is_some(), "{guard:?}: {property} holds all the same");
            println!(
                "{guard:?} after {} steps: {property}",
                found.map_or(0, |path| path.into_actions().len())
            );
        }
    }
}

/// What the protocol relies on, and the checker shows why.
#[test]
fn every_assumption_is_needed() {
    let assumptions = [
        ("a history is whole once its workflow is shown as ended", History::Behind),
        ("a history can be read, where somebody else may answer before the decider", History::Unreadable),
    ];
    for (assumption, history) in assumptions {
        let protocol = Protocol { bounds: Bounds { history, ..Bounds::early() } };
        let checker = protocol.checker().finish_when(HasDiscoveries::AllOf([GONE].into())).spawn_bfs().join();
        let found = checker.discovery(GONE);
        assert!(found.is_some(), "{assumption}: it holds without");
        println!("{assumption}, or after these steps it does not hold: {:?}", found.map(Path::into_actions));
    }
}
