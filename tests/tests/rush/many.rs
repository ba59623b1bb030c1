//! Many requests, each decided twice, all at once.

use std::collections::BTreeMap;
use std::time::Instant;

use common::domain::{Choice, PlanKey, RequestId};
use countersign_tests::crowd::{Client, crowded, insist};
use countersign_tests::invariants::{all_were_told, workflow_follows};
use countersign_tests::{Deployment, Link, Run, Workflow, unique, until};

use crate::{rules, size};

/// Starts so many workflows, and waits until somebody was asked by each.
fn ask(run: &Run, count: usize) -> Vec<(Workflow, RequestId, Link)> {
    let started: Vec<_> = (0..count)
        .map(|_| {
            let service = unique("many");
            let workflow = run.start(&Deployment::input(&service, "dev@example.com"));
            let id = RequestId::of_level(&PlanKey::of_execution(workflow.arn()), 1);
            (format!("{service} 2.4.1 to production"), workflow, id)
        })
        .collect();
    for (title, _, id) in &started {
        until(&format!("mail about {title}"), || run.record(id).filter(|record| !record.contacts.is_empty()));
    }
    let mut mails: BTreeMap<_, _> = run
        .mails()
        .into_iter()
        .filter(countersign_tests::Mail::asks)
        .filter_map(|mail| Some((mail.subject.split_once(": ")?.1.to_owned(), mail)))
        .collect();
    let link = |title: &str| mails.remove(title).unwrap_or_else(|| panic!("no mail about {title}")).approve();
    let mut link = link;
    started.into_iter().map(|(title, workflow, id)| (workflow, id, link(&title))).collect()
}

#[test]
fn each_of_many_requests_decided_at_once_has_one_decision_which_its_workflow_follows() {
    let (run, _turn) = crowded();
    let _policy = run.hold_policy(rules);
    let started = Instant::now();
    let asked = ask(&run, size().requests);
    let opened = started.elapsed();
    let clients: Vec<_> = asked
        .iter()
        .flat_map(|(_, _, link)| {
            [Choice::Approve, Choice::Reject].map(|choice| Client {
                link: link.clone(),
                choice,
                phrase: "production",
            })
        })
        .collect();
    let started = Instant::now();
    let (told, unanswered) = insist(&clients);
    let decided = started.elapsed();
    let mut told = told.into_iter();
    let mut statuses = BTreeMap::<_, usize>::new();
    for (workflow, id, _) in &asked {
        let end = workflow.end();
        let record = run.record(id).unwrap();
        workflow_follows(&record, &end);
        all_were_told(&record, &told.by_ref().take(2).collect::<Vec<_>>());
        *statuses.entry(record.status.as_str()).or_default() += 1;
    }
    println!(
        "{} requests opened in {opened:.1?}, decided by {} clients in {decided:.1?}, followed after {:.1?}: {statuses:?}, {unanswered:?}",
        asked.len(),
        clients.len(),
        started.elapsed()
    );
}
