//! A vote around the moment at which the time is up, in both orders.

use std::thread;
use std::time::Duration;

use common::domain::{Choice, Request, Status};
use countersign_tests::crowd::{crowded, vote};
use countersign_tests::invariants::{Told, all_were_told, caller_follows, workflow_follows};
use countersign_tests::{Caller, Deployment, Link};
use jiff::{SignedDuration, Timestamp};

use crate::own_workflow;

/// How many workflows race with their timers, each with a vote at another moment.
const ROUNDS: i32 = 34;
/// The first round's vote is sent so long before its timer, because a vote takes a while to be recorded.
const AHEAD: SignedDuration = SignedDuration::from_millis(1_300);
/// From one round's vote to the next one's, relative to their timers.
const STEP: SignedDuration = SignedDuration::from_millis(45);

/// Aims; whether it hits is nobody's condition.
#[expect(clippy::disallowed_methods, reason = "the time limit in the record is one of the wall clock")]
fn sleep_until(moment: Timestamp) {
    let left = moment.duration_since(Timestamp::now());
    thread::sleep(Duration::try_from(left).unwrap_or_default());
}

/// When the vote of a round is sent: the first ones are recorded before the timer, the last ones after it.
fn moment(timer: Timestamp, round: i32) -> Timestamp {
    timer - AHEAD + STEP * round
}

/// What one round ended with.
struct Round {
    deployment: Deployment,
    link: Link,
    timer: Timestamp,
}

/// Votes in all rounds, each at its moment, and gives what each voter was told.
fn race(rounds: &[Round]) -> Vec<Told> {
    thread::scope(|scope| {
        let voters: Vec<_> = (0..ROUNDS)
            .zip(rounds)
            .map(|(number, round)| {
                scope.spawn(move || {
                    sleep_until(moment(round.timer, number));
                    vote(&round.link, Choice::Approve, "production")
                })
            })
            .collect();
        voters.into_iter().map(|voter| voter.join().unwrap()).collect()
    })
}

/// Asks in every round, and waits until everybody has a link.
fn rounds(ask: impl Fn() -> Deployment, timer: impl Fn(&Request) -> Timestamp) -> Vec<Round> {
    let asked: Vec<_> = (0..ROUNDS).map(|_| ask()).collect();
    asked
        .into_iter()
        .map(|deployment| {
            let link = deployment.mail().approve();
            let timer = timer(&deployment.asked());
            Round { deployment, link, timer }
        })
        .collect()
}

/// The end of the wait that the record belongs to.
fn end_of_wait(seconds: u32) -> impl Fn(&Request) -> Timestamp {
    move |record| record.generation.entered_at + SignedDuration::from_secs(seconds.into())
}

/// A caller without branches: an approval that it does not get any more says that it came too late.
#[test]
fn an_approval_at_the_timeout_of_a_caller_reaches_it_or_is_told_to_be_late() {
    const SECONDS: u32 = 10;
    let (run, _turn) = crowded();
    let machine = Caller::with_a_plan_of_its_own().waiting(SECONDS).machine(&run);
    let rounds = rounds(|| run.ask_to_deploy_through("race", &machine), end_of_wait(SECONDS));
    let told = race(&rounds);
    for (round, told) in rounds.iter().zip(told) {
        let end = round.deployment.end();
        let record = round.deployment.record();
        caller_follows(&record, &end);
        all_were_told(&record, &[told]);
    }
}

/// At the deadline itself: votes count until then, and not afterwards.
#[test]
fn an_approval_at_the_deadline_counts_or_finds_the_request_expired() {
    let (run, turn) = crowded();
    let rounds = rounds(|| run.ask_to_deploy("race"), |record| record.deadline.unwrap());
    // The deadline is far away; the others do not have to wait for it.
    drop(turn);
    let told = race(&rounds);
    for (round, told) in rounds.iter().zip(told) {
        let end = round.deployment.end();
        let record = round.deployment.record();
        workflow_follows(&record, &end);
        all_were_told(&record, &[told]);
    }
}

/// At the end of one wait of several: whether the wait, the timeout task or the next wait delivers it, it counts.
#[test]
fn an_approval_between_two_waits_always_counts() {
    const SECONDS: u32 = 10;
    let (run, _turn) = crowded();
    let machine = run.machine(&own_workflow(SECONDS));
    let rounds = rounds(|| run.ask_to_deploy_through("race", &machine), end_of_wait(SECONDS));
    let told = race(&rounds);
    for (round, told) in rounds.iter().zip(told) {
        let end = round.deployment.end();
        let record = round.deployment.record();
        workflow_follows(&record, &end);
        assert_eq!((record.status, told.http), (Status::Approved, 200), "{told:?}");
        all_were_told(&record, &[told]);
    }
}
