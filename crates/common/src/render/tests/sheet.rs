//! The record that an auditor keeps.

use crate::domain::event::head;
use crate::domain::{Choice, Fact, Facts, GeneralFacts, Plan, PlanKey, Request, Resume, SCHEMA};
use crate::render::sheet::{Record, sheet};

use super::check;
use super::sample::{
    TASK_TOKEN, approved, at, executed, foreseen, of_two_groups, rejected, request, token, under_policy,
    voted,
};
use super::slack::clicked;

const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:deploy:checkout-2-4-1";

fn plan(of: &Request) -> Plan {
    Plan {
        schema: SCHEMA,
        key: PlanKey::parse(&"7c".repeat(16)).unwrap(),
        execution: Some(EXECUTION.into()),
        can_wait: true,
        prepared_at: at(-1),
        facts: of.facts.clone(),
        requested_by: of.requested_by.clone(),
        fingerprint: of.fingerprint.clone(),
        policy: of.policy.clone(),
        subject: None,
        rollout: None,
        preview: of.preview.clone(),
        levels: vec![of_two_groups().level, under_policy().level, under_policy().level],
    }
}

fn page(plan: Option<&Plan>, requests: &[Request]) -> String {
    let state = Some("running");
    sheet(&Record { plan, requests, execution: Some(EXECUTION), state, at: at(2_000) }).unwrap()
}

/// The first level is approved, the second waits for one more vote, the third was not asked.
fn requests() -> [Request; 2] {
    let mut first = executed(&approved(Resume::Done), false);
    first.level_count = 3;
    [first, voted(&under_policy(), "ana", Choice::Approve, Some("Reviewed with <security>."), 600)]
}

/// Every record there is, by name.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let two = requests();
    vec![
        ("record", page(Some(&plan(&two[1])), &two)),
        ("record_of_one_request", page(None, &[rejected()])),
        ("record_foreseen", page(None, &[foreseen()])),
        ("record_of_a_click", page(None, &[clicked()])),
        ("record_of_nobody", page(Some(&Plan { levels: Vec::new(), ..plan(&two[1]) }), &[])),
    ]
}

#[test]
fn each_record_is_as_it_was_looked_at() {
    for (name, page) in all() {
        check(&format!("page_{name}"), &page);
    }
}

#[test]
fn it_says_how_surely_each_vote_is_that_persons() {
    assert!(page(None, &[rejected()]).contains("held the personal link that was sent to this address"));
    assert!(page(None, &[clicked()]).contains("signed in to Slack with the account of this approver"));
}

#[test]
fn it_names_the_heads_of_the_chains_and_what_does_not_fit() {
    let [first, second] = requests();
    let whole = page(None, &[first.clone(), second.clone()]);
    for request in [&first, &second] {
        assert!(whole.contains(&head(&request.events)), "{whole}");
        assert!(whole.contains(request.fingerprint.as_str()));
    }
    assert!(!whole.contains("BROKEN") && !whole.contains("NOT equal"));

    let mut changed = first;
    changed.votes[0].reason = None;
    changed.events.remove(1);
    assert!(page(None, &[changed.clone()]).contains("BROKEN: entry 2 does not follow"));
    let Facts::Deployment(facts) = &mut changed.facts else { panic!("a deployment") };
    facts.version = "2.4.2".into();
    assert!(page(None, &[changed]).contains("NOT equal, it would be"));
}

#[test]
fn no_secret_is_in_it_and_it_leads_nowhere() {
    let hash = serde_json::to_string(&token().hash()).unwrap();
    let text = "<img src=x>https://evil.example\u{202e}";
    let mut hostile = request(Facts::General(GeneralFacts {
        kind: Some(text.into()),
        title: text.into(),
        amount: None,
        facts: vec![Fact { label: text.into(), value: text.into() }],
        details: Some(text.into()),
        link: Some("https://evil.example/".into()),
    }));
    hostile.level.groups[0].role = text.into();
    hostile.workflow.state_machine = Some(text.into());
    let hostile = page(None, &[voted(&hostile, "ana", Choice::Reject, Some(text), 5)]);
    for (name, page) in all().into_iter().chain([("hostile", hostile)]) {
        for unwanted in [TASK_TOKEN, hash.trim_matches('"'), &token().expose(), "<img", "\u{202e}", "<form"] {
            assert!(!page.contains(unwanted), "{unwanted} in {name}");
        }
        assert_eq!(page.matches(" href=").count(), 1, "{name} leads to its own content only");
        assert!(
            !page.contains(" src=\"") && page.contains("default-src &#39;none&#39;; style-src"),
            "{name}"
        );
    }
}
