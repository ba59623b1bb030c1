//! HTTP: methods, sizes, origins, headers, and the JSON for programs.

use common::domain::Status;
use countersign_tests::{Page, Run};

const APPROVAL: [(&str, &str); 2] = [("action", "approve"), ("phrase", "production")];

#[test]
fn other_methods_are_refused() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let page = link.send(method);
        assert_eq!(page.status, 405, "{method}: {}", page.text());
        assert_eq!(page.header("allow"), "GET, HEAD, POST", "{method}");
    }
    assert_eq!(checkout.record().status, Status::Pending);
    link.confirm("production");
    checkout.end().success();
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let page = link.post(&[&APPROVAL[..], &[("reason", &"x".repeat(70 * 1024))]].concat());
    assert_eq!(page.status, 413, "{}", page.text());
    assert_eq!(checkout.record().status, Status::Pending);
    link.confirm("production");
    checkout.end().success();
}

#[test]
fn a_form_on_another_site_is_refused() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let foreign: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://attacker.example")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://attacker.example"), ("host", "attacker.example")],
    ];
    for headers in foreign {
        let page = link.post_with(&APPROVAL, headers);
        assert_eq!(page.status, 403, "{headers:?}: {}", page.text());
    }
    assert_eq!(checkout.record().status, Status::Pending);

    let origin = link.origin();
    let ours = [("origin", "null"), ("sec-fetch-site", "same-origin")];
    assert_eq!(
        link.post_with(&[("action", "approve")], &ours).status,
        422,
        "our own form, as browsers send it"
    );
    assert_eq!(link.post_with(&APPROVAL, &[("origin", &origin)]).status, 200);
    checkout.end().success();
}

#[test]
fn programs_get_json() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let open = link.open_as_json();
    assert_eq!(open.status, 200);
    let answer = open.json();
    assert_eq!(answer["status"], "pending");
    assert_eq!(answer["request"]["id"], checkout.request_id().as_str());
    assert!(answer.get("refusal").is_none(), "{answer}");
    assert_eq!(link.with_token("abcd").open_as_json().json()["refusal"], "not_found");

    let done = link.post_as_json(&APPROVAL);
    assert_eq!((done.status, &done.json()["status"]), (200, &"approved".into()));
    checkout.end().success();
    let record = checkout.record();
    for answer in [&open, &done, &link.open_as_json()] {
        assert!(!answer.body.contains(record.task_token.expose()), "the task token is in {}", answer.json());
        assert!(!answer.body.contains(link.token()), "the link's token is in {}", answer.json());
    }
}

#[test]
fn every_answer_keeps_browsers_careful() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    for (what, page) in [
        ("form", link.open()),
        ("HEAD", link.head()),
        ("JSON", link.open_as_json()),
        ("404", link.with_token("abcd").open()),
        ("400", link.open_with(&[])),
        ("405", link.send("DELETE")),
        ("422", link.confirm("staging")),
        ("recorded", link.confirm("production")),
        ("409", link.refuse("production", "too late")),
    ] {
        careful(what, &page);
    }
    checkout.end().success();
}

#[test]
fn slack_is_not_believed_without_its_signature() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let slack = link.at("/slack/interactions");
    let payload = [("payload", r#"{"type":"block_actions"}"#)];
    assert_eq!(slack.post(&payload).status, 401);
    let signed = [("x-slack-signature", "v0=00"), ("x-slack-request-timestamp", "1767606067")];
    assert_eq!(slack.post_with(&payload, &signed).status, 401);
    assert_eq!(checkout.record().status, Status::Pending);
    link.confirm("production");
    checkout.end().success();
}

fn careful(what: &str, page: &Page) {
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|found| found == part), "{what}: {policy:?} lacks {part}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.header(name), value, "{what}: {name}");
    }
}
