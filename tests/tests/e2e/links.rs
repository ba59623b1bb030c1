//! What links withstand: clicks in a hurry, machines that open them, and people who make up their own.

use std::thread;

use common::domain::{Happening, Status};
use countersign_tests::{Link, Run};

#[test]
fn a_double_click_decides_once() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| link.confirm("production"));
        let second = scope.spawn(|| link.confirm("production"));
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_eq!((first.status, second.status), (200, 200));
    // Going back and sending the form once more is the same again.
    assert_eq!(link.confirm("production").status, 200);

    checkout.end().success();
    let record = checkout.record();
    let votes = record.events.iter().filter(|event| matches!(event.what, Happening::Voted { .. }));
    let decisions = record.events.iter().filter(|event| matches!(event.what, Happening::Decided { .. }));
    assert_eq!((votes.count(), decisions.count(), record.votes.len()), (1, 1, 1));
}

#[test]
fn machines_that_open_links_change_nothing() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let mail = checkout.mail();
    let asked = checkout.asked();

    for _ in 0..25 {
        for link in [mail.approve(), mail.reject()] {
            assert_eq!(link.open().status, 200);
            let head = link.head();
            assert_eq!((head.status, head.body.as_str()), (200, ""));
        }
    }
    let record = checkout.record();
    assert_eq!((record.status, record.version), (Status::Pending, asked.version));
    assert!(checkout.workflow.is_running());

    assert_eq!(mail.approve().confirm("production").status, 200);
    checkout.end().success();
}

#[test]
fn every_token_that_opens_nothing_gets_the_same_answer() {
    let run = Run::connect();
    let [checkout, other] = ["checkout", "billing"].map(|service| run.ask_to_deploy_in_no_hurry(service));
    let link = checkout.mail().approve();
    let foreign = other.mail().approve();

    let token = link.token();
    let last = if token.ends_with('A') { 'E' } else { 'A' };
    let changed = format!("{}{last}", &token[..token.len() - 1]);
    let truncated = &token[..token.len() - 4];
    // The secret of one request behind the name of another.
    let split = token.len() - 40;
    let grafted = format!("{}{}", &token[..split], &foreign.token()[foreign.token().len() - 40..]);
    let made_up = "A".repeat(token.len());
    let pages: Vec<_> = [&*changed, truncated, &grafted, &made_up, "A", "abcd"]
        .into_iter()
        .flat_map(|token| {
            let forged = link.with_token(token);
            [forged.open(), forged.confirm("production"), forged.refuse("production", "because")]
        })
        .collect();
    for page in &pages {
        assert_eq!(page.status, 404, "{}", page.text());
        assert_eq!(page.body, pages[0].body);
    }
    assert!(!pages[0].body.contains(&checkout.service));
    // A real token opens its own request only.
    assert!(foreign.open().says(&other.service) && !foreign.open().says(&checkout.service));
    assert_eq!(checkout.record().status, Status::Pending);
    for (deployment, link) in [(checkout, link), (other, foreign)] {
        link.confirm("production");
        deployment.end().success();
    }
}

#[test]
fn a_link_that_no_mail_has_is_a_bad_request() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let token = link.token();
    let queries: [&[(&str, &str)]; 8] = [
        &[],
        &[("action", "approve")],
        &[("token", ""), ("action", "approve")],
        &[("token", &"A".repeat(201)), ("action", "approve")],
        &[("token", "a+b/c="), ("action", "approve")],
        &[("token", token)],
        &[("token", token), ("action", "")],
        &[("token", token), ("action", "delete")],
    ];
    for query in queries {
        let page = link.open_with(query);
        assert_eq!(page.status, 400, "{}", page.text());
        let field = |name: &str| query.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
        let form = [("action", field("action")), ("phrase", Some("production"))];
        let form: Vec<_> = form.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        assert_eq!(posted(&link, field("token"), &form), 400, "{form:?}");
    }
    assert_eq!(checkout.record().status, Status::Pending);
    link.confirm("production");
    checkout.end().success();
}

fn posted(link: &Link, token: Option<&str>, form: &[(&str, &str)]) -> u16 {
    link.with_token(token.unwrap_or_default()).post(form).status
}
