//! Many votes at once, by the one person who may.

use common::domain::{Choice, Status};
use countersign_tests::Mail;
use countersign_tests::crowd::{Client, crowded, insist};
use countersign_tests::invariants::{Told, all_were_told, caller_follows, workflow_follows};

const VOTERS: usize = 50;
const REPETITIONS: usize = 100;

/// Sends the form that many times at the same moment; `choice` says what each of them chooses.
pub(crate) fn votes(mail: &Mail, phrase: &str, count: usize, choice: impl Fn(usize) -> Choice) -> Vec<Told> {
    let client = |number| Client { link: mail.approve(), choice: choice(number), phrase };
    insist(&(0..count).map(client).collect::<Vec<_>>()).0
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
fn the_same_form_sent_a_hundred_times_is_one_vote() {
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
