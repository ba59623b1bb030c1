//! Each check finds what breaks its promise: it could otherwise be one that finds nothing.

use common::adapters::memory::START;
use common::domain::freeze::When;
use common::domain::{Change, Command, Deployment, Freeze, Policy, Strength};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::place::DEPLOYED;
use super::*;
use crate::choices::Choices;
use crate::scenario::{ALIAS, FUNCTION, person};
use crate::trace::Trace;
use crate::world::World;

/// A calm run, over: Ana was asked and has approved.
fn over() -> World {
    let mut world = World::new(Choices::listed(Vec::new()), 0, Trace::default());
    assert_eq!(world.run(), Ok(()));
    world
}

fn approved(world: &World) -> Request {
    let request = world.memory.stored_requests().remove(0);
    assert_eq!((request.status, request.resume), (Status::Approved, Resume::Done));
    request
}

/// The promise that the checks find broken by a write.
fn found(world: &mut World, next: Request) -> Option<&'static str> {
    world.checks.changed(&StoreChange::Request(Box::new(next)));
    world.checks.step().err().map(|violation| violation.promise)
}

fn next(request: &Request, edit: impl FnOnce(&mut Request)) -> Request {
    let mut next = Request { version: request.version + 1, ..request.clone() };
    edit(&mut next);
    next
}

#[test]
fn a_decision_that_changes_is_found() {
    let mut world = over();
    let request = approved(&world);
    assert_eq!(found(&mut world, next(&request, |_| {})), None);
    assert_eq!(found(&mut over(), next(&request, |next| next.status = Status::Rejected)), Some("I1"));
    assert_eq!(found(&mut over(), next(&request, |next| next.decision = None)), Some("I1"));
    assert_eq!(found(&mut over(), next(&request, |next| next.version = request.version)), Some("I1"));
}

#[test]
fn a_trail_that_does_not_go_on_is_found() {
    let request = approved(&over());
    assert_eq!(found(&mut over(), next(&request, |next| drop(next.events.remove(1)))), Some("I6"));
    assert_eq!(found(&mut over(), next(&request, |next| next.votes.clear())), Some("I6"));
}

#[test]
fn a_vote_of_somebody_who_may_not_or_did_not_mean_it_is_found() {
    let request = approved(&over());
    let with_vote = |name: &str| {
        next(&request, |next| {
            let vote = Vote { approver: person(name), strength: Strength::Link, ..next.votes.remove(0) };
            next.id = RequestId::parse("another-1").unwrap();
            next.votes.push(vote);
        })
    };
    for name in ["eve", "dev", "ana"] {
        assert_eq!(found(&mut over(), with_vote(name)), Some("I4"), "{name}");
    }
    let mut world = over();
    world.checks.means(&RequestId::parse("another-1").unwrap(), &person("ana"), Choice::Approve);
    let alone = Request { plan: None, ..with_vote("ana") };
    assert_eq!(found(&mut world, alone), None);
}

#[test]
fn a_workflow_that_was_told_something_else_is_found() {
    let mut world = over();
    let request = approved(&world);
    let text = format!("{{\"requestId\":\"{}\"}}", request.id);
    let mut broken = |told| {
        world.checks.told(&told, &world.memory);
        world.checks.step().err().map(|violation| violation.promise)
    };
    assert_eq!(broken(Answer::Success { output: text.clone() }), None);
    assert_eq!(broken(Answer::Failure { error: "RejectedError", cause: text }), Some("I2"));
    assert_eq!(broken(Answer::Success { output: "{}".to_owned() }), Some("I2"));
}

#[test]
fn a_workflow_that_ended_against_its_record_is_found() {
    for (status, resume, promise) in [
        (Status::Rejected, Resume::Done, "I2"),
        (Status::Pending, Resume::None, "I2"),
        (Status::Approved, Resume::Owed, "I3"),
    ] {
        let mut world = over();
        world.memory.put_request(Request { status, resume, ..approved(&world) });
        let ended = world.checks.at_the_end(&world.memory, &world.runs);
        assert_eq!(ended.map_err(|violation| violation.promise), Err(promise), "{status}");
    }
}

#[test]
fn a_secret_that_gets_out_is_found() {
    let mut world = over();
    let mail = world.memory.sent().remove(0);
    let mut broken = |log: &str| {
        world.checks.logged(log);
        world.checks.step().err().map(|violation| violation.promise)
    };
    let link = mail.text.split("token=").nth(1).and_then(|rest| rest.get(..60)).unwrap().to_owned();
    assert_eq!(broken("a line"), None);
    for log in [&format!("{TASK_TOKEN}0-1"), crate::slack::SECRET, "ana@example.com"] {
        assert_eq!(broken(log), Some("I5"), "{log}");
    }
    let token = mail.text.split("token=").nth(1).unwrap();
    let token: String = token.chars().take_while(|letter| !"&\n ".contains(*letter)).collect();
    assert!(token.starts_with(&link));
    assert_eq!(broken(&token), Some("I5"));
    let leaking = Mail { text: format!("{TASK_TOKEN}0-1"), ..mail };
    world.checks.mailed(&leaking, std::iter::empty());
    assert!(world.checks.step().is_err());
}

#[test]
fn an_answer_that_is_not_true_is_found() {
    let mut world = over();
    let request = approved(&world);
    let (ana, bob) = (person("ana"), person("bob"));
    let refused = "attempt refused RefusedAttempts";
    let mut broken = |status, by, log| {
        let reply = Reply { status, body: "", log, by: Some(by), choice: Choice::Approve };
        world.checks.answered(&reply, Some(&request));
        world.checks.step().err().map(|violation| violation.promise)
    };
    assert_eq!(broken(200, &ana, ""), None);
    assert_eq!(broken(200, &bob, ""), Some("I3"), "his vote is not there");
    assert_eq!(broken(409, &bob, refused), None);
    assert_eq!(broken(409, &bob, ""), Some("I6"), "the log says nothing");
}

#[test]
fn opening_a_link_that_changes_something_is_found() {
    let mut world = over();
    world.checks.looked(&[Call::ReadRequest]);
    assert_eq!(world.checks.step(), Ok(()));
    world.checks.looked(&[Call::ReadRequest, Call::Keep]);
    assert!(world.checks.step().is_err());
}

#[test]
fn a_run_that_never_ends_is_found() {
    let mut world = World::new(Choices::listed(Vec::new()), 0, Trace::default());
    world.memory.set_now(START + SignedDuration::from_hours(24 * 11));
    assert_eq!(world.run().map_err(|violation| violation.promise), Err("every run ends"));
}

#[test]
fn what_is_begun_while_a_freeze_holds_is_found() {
    let mut world = over();
    let request = Request { deployment: None, ..approved(&world) };
    let at = world
        .memory
        .stored_requests()
        .iter()
        .flat_map(|request| &request.events)
        .map(|event| event.at)
        .max()
        .unwrap();
    let freeze = |from: i64, to: i64| {
        let civil = |seconds| TimeZone::UTC.to_datetime(at + SignedDuration::from_secs(seconds));
        Freeze {
            name: "quiet".to_owned(),
            service: Vec::new(),
            environment: Vec::new(),
            except_services: Vec::new(),
            zone: "UTC".to_owned(),
            when: When::Once { starts: civil(from), ends: civil(to) },
        }
    };
    let change = Change {
        at,
        until: at,
        place: "alias live of the function checkout".to_owned(),
        before: None,
        after: "2".to_owned(),
        seal: "revision".to_owned(),
        way_back: None,
    };
    let mut begun = |from, to| {
        let claimed = request.clone().after(Command::Claim(change.clone()), at);
        let mut policy = Policy {
            schema: 1,
            protected_environments: Vec::new(),
            rules: Vec::new(),
            targets: Vec::new(),
            freezes: Vec::new(),
        };
        policy.freezes.push(freeze(from, to));
        world.checks.policy_stored(&policy);
        world.checks.check_claim(Some(&request), &claimed);
        world.checks.step().map_err(|violation| violation.promise)
    };
    assert_eq!(begun(-60, 0), Ok(()));
    assert_eq!(begun(1, 60), Ok(()));
    assert_eq!(begun(0, 60), Err("nothing is begun while a freeze holds"));
}

#[test]
fn a_deployment_that_nobody_approved_or_claimed_is_found() {
    let mut world = over();
    let request = approved(&world);
    world.checks.look_at_place(&world.memory);
    assert_eq!(world.checks.step(), Ok(()), "nothing has changed");
    world.memory.put_alias(FUNCTION, ALIAS, "2");
    world.checks.look_at_place(&world.memory);
    assert_eq!(world.checks.step().map_err(|violation| violation.promise), Err(DEPLOYED));

    let deployed = next(&request, |next| {
        let end = Deployment::done(next.opened_at);
        next.deployment = Some(end);
    });
    world.checks.check_use(&deployed, &world.memory);
    assert_eq!(world.checks.step().map_err(|violation| violation.promise), Err(DEPLOYED), "it was not");
    world.checks.check_use(&request, &world.memory);
    assert_eq!(world.checks.step(), Ok(()));
}
