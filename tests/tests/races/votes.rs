//! Many votes at once, by the one person who may.

use std::sync::Barrier;
use std::thread;

use common::domain::{Choice, Status};
use countersign_tests::{Link, Mail, until};

use crate::crowded;
use crate::invariants::{Told, all_were_told, caller_follows, workflow_follows};

const VOTERS: usize = 50;
const REPETITIONS: usize = 100;
/// From here on an answer says nothing about the vote: this machine is too busy for so many clients, and the
/// page (503) or the gateway (502, 504) says so.
const NO_ANSWER: u16 = 500;

/// Sends the form, and again, as a person does, for as long as that gets no answer.
pub(crate) fn vote(link: &Link, choice: Choice, phrase: &str) -> Told {
    let (action, reason) = match choice {
        Choice::Approve => ("approve", ""),
        Choice::Reject => ("reject", "not like this"),
    };
    let fields = [("action", action), ("phrase", phrase), ("reason", reason)];
    let answer = || Some(link.post_as_json(&fields)).filter(|page| page.status < NO_ANSWER);
    Told::read(choice, &until("answer to a vote", answer))
}

/// Sends the form that many times at the same moment; `choice` says what each of them chooses.
pub(crate) fn votes(mail: &Mail, phrase: &str, count: usize, choice: impl Fn(usize) -> Choice) -> Vec<Told> {
    let barrier = Barrier::new(count);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..count)
            .map(|number| {
                let (link, choice, barrier) = (mail.approve(), choice(number), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    vote(&link, choice, phrase)
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn approvals_and_rejections_at_once_are_one_decision() {
    let (run, _turn) = crowded();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let mail = checkout.mail();
    checkout.asked();
    let either = |number| if number % 2 == 0 { Choice::Approve } else { Choice::Reject };
    let told = votes(&mail, "production", VOTERS, either);
    let end = checkout.end();
    let record = checkout.record();
    caller_follows(&record, &end);
    all_were_told(&record, &told);
    let recorded = told.iter().filter(|told| told.http == 200).count();
    assert_eq!(recorded, VOTERS / 2, "everyone who chose what holds, and nobody else");
}

#[test]
fn the_stacks_own_workflow_follows_the_one_decision_too() {
    let (run, _turn) = crowded();
    let checkout = run.ask_to_deploy("checkout");
    let mail = checkout.mail();
    let either = |number| if number % 2 == 0 { Choice::Reject } else { Choice::Approve };
    let told = votes(&mail, "production", VOTERS, either);
    let end = checkout.end();
    let record = checkout.record();
    workflow_follows(&record, &end);
    all_were_told(&record, &told);
}

#[test]
fn the_same_form_sent_a_hundred_times_at_once_is_one_vote() {
    let (run, _turn) = crowded();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let mail = checkout.mail();
    checkout.asked();
    let told = votes(&mail, "production", REPETITIONS, |_| Choice::Approve);
    let end = checkout.end();
    let record = checkout.record();
    caller_follows(&record, &end);
    all_were_told(&record, &told);
    assert!(told.iter().all(|told| told.http == 200), "{told:?}");
    assert_eq!((record.votes.len(), record.status), (1, Status::Approved));
}
