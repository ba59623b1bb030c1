//! One request and a crowd.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use common::domain::{Choice, EmailAddress, Request, Resume, Status};
use countersign_tests::crowd::{Client, crowded, insist, once};
use countersign_tests::invariants::{Told, one_decision, workflow_follows};
use countersign_tests::{Link, Release};

use crate::{CROWD, rules, size};

/// A request by a rule, and the link of each of its approvers.
fn asked(rule: &str, approvers: usize) -> (Release, BTreeMap<String, Link>) {
    let release = Release::by(rules, rule);
    release.when(1, "mails to all", |record| record.contacts.len() == approvers);
    let mails =
        release.run.mails().into_iter().filter(|mail| mail.asks() && mail.subject.ends_with(&release.title));
    let links: BTreeMap<_, _> = mails.map(|mail| (mail.to.clone(), mail.approve())).collect();
    assert_eq!(links.len(), approvers);
    (release, links)
}

/// What this person was told is what the record says.
fn is_true(record: &Request, approver: &str, told: &Told) -> bool {
    let person = EmailAddress::parse(approver).unwrap();
    let vote = record.vote_of(&person).map(|vote| vote.choice);
    match (told.http, told.refusal.as_deref()) {
        (200, None) => {
            vote == Some(told.choice) && ["pending", record.status.as_str()].contains(&told.status.as_str())
        }
        (409, Some("already_voted")) => vote.is_some_and(|choice| choice != told.choice),
        (409, Some("already_decided")) => vote.is_none() && told.status == record.status.as_str(),
        _ => false,
    }
}

#[test]
fn a_crowd_of_votes_on_one_request_is_one_decision_and_everybody_is_told_it() {
    let (_run, _turn) = crowded();
    let (release, links) = asked("crowd", CROWD);
    let people: Vec<_> = links.keys().collect();
    let clients: Vec<_> = (0..size().votes)
        .map(|number| {
            // Each person sends both, many times.
            let choice = if (number / people.len()) % 2 == 0 { Choice::Approve } else { Choice::Reject };
            Client { link: links[people[number % people.len()]].clone(), choice, phrase: "production" }
        })
        .collect();
    let started = Instant::now();
    let (told, unanswered) = insist(&clients);
    let took = started.elapsed();
    let end = release.end();
    let record = release.when(1, "note of the delivery", |record| record.resume == Resume::Done);
    println!("{} votes in {took:.1?}: {:?}, {unanswered:?}", told.len(), record.status);
    workflow_follows(&record, &end);
    for (number, told) in told.iter().enumerate() {
        let person = people[number % people.len()];
        assert!(is_true(&record, person, told), "{person}: {told:?}, but {:?}", record.votes);
    }
}

#[test]
fn who_was_told_so_is_in_the_record_and_whoever_was_not_finds_out_by_trying_again() {
    let (_run, _turn) = crowded();
    let (release, links) = asked("everybody", size().everybody);
    let people: Vec<_> = links.keys().cloned().collect();
    let clients: Vec<_> = links
        .into_values()
        .map(|link| Client { link, choice: Choice::Approve, phrase: "production" })
        .collect();
    let first = once(&clients);
    let recorded: BTreeSet<_> = people
        .iter()
        .zip(&first)
        .filter(|(_, told)| told.as_ref().is_some_and(|told| told.http == 200))
        .map(|(person, _)| person.clone())
        .collect();
    let answered = first.iter().flatten().count();
    assert_eq!(recorded.len(), answered, "there is nothing to refuse: {first:?}");
    let record = release.record(1).unwrap();
    let voted: BTreeSet<_> = record.votes.iter().map(|vote| vote.approver.to_string()).collect();
    let unconfirmed = voted.difference(&recorded).count();
    println!(
        "{} of {} were recorded at once, and {unconfirmed} without confirmation",
        recorded.len(),
        people.len()
    );
    assert!(
        recorded.is_subset(&voted),
        "a vote was confirmed that is not recorded: {recorded:?}, but {voted:?}"
    );

    // A write whose reply is lost may stand, and nobody can know it at that moment, which is why the page says "not confirmed". So the others try
    // again, as they are asked to; for those who were recorded that is the same form once more.
    let (told, _) = insist(&clients);
    assert!(told.iter().all(|told| told.http == 200), "{told:?}");
    let end = release.end();
    let record = release.when(1, "note of the delivery", |record| record.resume == Resume::Done);
    workflow_follows(&record, &end);
    one_decision(&record);
    assert_eq!((record.status, record.votes.len()), (Status::Approved, people.len()));
}
