//! The table of the HTTP contract, a test per rule.

use approval_callback::{MAX_BODY, status_of};
use common::domain::{
    Ballot, Channel, Choice, Command, Refusal, Request, Resume, SlackTarget, Status, Strength,
};
use jiff::SignedDuration;

use crate::world::{EXECUTION, World, after, event, form, link, person, request};

fn ballot(name: &str, choice: Choice) -> Command {
    Command::Vote(Ballot {
        approver: person(name),
        choice,
        reason: Some("freeze".into()),
        channel: Channel::Email,
        strength: Strength::Link,
    })
}

fn pending() -> Request {
    request(&["ana"], 1)
}

#[tokio::test]
async fn get_shows_the_facts_and_the_form_and_changes_nothing() {
    let world = World::new();
    for action in ["approve", "reject"] {
        let page = world.get(&link("ana"), action).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("checkout") && page.text().contains("2.4.1"));
        assert!(page.text().contains(&link("ana")), "the form carries the token");
    }
    assert_eq!(world.stored(), pending());
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let world = World::new();
    for (token, action) in [(link("ana"), "approve"), (link("nobody"), "approve"), (link("ana"), "")] {
        let query = [("token", token.as_str()), ("action", action)];
        let get = world.send(event("GET", &[], &query, "")).await;
        let head = world.send(event("HEAD", &[], &query, "")).await;
        assert_eq!((head.status, &head.response.headers), (get.status, &get.response.headers));
        assert_eq!(head.body, None);
    }
}

#[tokio::test]
async fn a_confirmed_approval_is_recorded_and_resumes_the_workflow() {
    let world = World::new();
    assert_eq!(world.vote("ana", "approve").await.status, 200);
    let stored = world.stored();
    assert_eq!((stored.status, stored.resume), (Status::Approved, Resume::Done));
    assert_eq!(stored.votes[0].strength, Strength::Link);
    assert!(world.memory.answer_to(&stored.task_token).is_some());
}

#[tokio::test]
async fn a_confirmed_rejection_is_recorded_with_its_reason() {
    let world = World::new();
    let body = format!("token={}&action=reject&phrase=Production&reason=too+late%0D%0Atoday", link("ana"));
    assert_eq!(world.post(&body).await.status, 200);
    let stored = world.stored();
    assert_eq!((stored.status, stored.resume), (Status::Rejected, Resume::Done));
    assert_eq!(stored.votes[0].reason.as_deref(), Some("too late\ntoday"));
}

#[tokio::test]
async fn case_07_the_same_vote_again_is_recorded_once_and_answered_200() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(world.vote("ana", "approve").await.status, 200);
    }
    assert_eq!(world.stored().votes.len(), 1);
    let without_phrase = format!("token={}&action=approve", link("ana"));
    assert_eq!(world.post(&without_phrase).await.status, 200, "what is recorded needs no confirmation");
    assert_eq!(world.get(&link("ana"), "approve").await.status, 200);
}

#[tokio::test]
async fn a_token_missing_over_200_characters_or_outside_its_alphabet_is_400() {
    let world = World::new();
    let long = "A".repeat(201);
    for token in ["", "a b", "a+b", "../x", "a=", "é", "<script>", &long] {
        assert_eq!(world.get(token, "approve").await.status, 400, "{token}");
        assert_eq!(world.post(&form(&urlencoded(token), "approve")).await.status, 400, "{token}");
    }
    assert_eq!(world.send(event("GET", &[], &[("action", "approve")], "")).await.status, 400);
    assert_eq!(world.post("action=approve&phrase=production").await.status, 400);
}

#[tokio::test]
async fn an_action_missing_or_unknown_is_400() {
    let world = World::new();
    for action in ["", "approved", "APPROVE", "delete"] {
        assert_eq!(world.get(&link("ana"), action).await.status, 400, "{action}");
        assert_eq!(world.post(&form(&link("ana"), action)).await.status, 400, "{action}");
    }
    assert_eq!(world.send(event("GET", &[], &[("token", &link("ana"))], "")).await.status, 400);
}

#[tokio::test]
async fn case_36_any_other_token_that_opens_nothing_is_404_with_one_body_and_one_read() {
    let world = World::new();
    let known = link("ana");
    let other_request = known.replacen('N', "M", 1);
    let truncated = &known[..known.len() - 4];
    let mut bodies = Vec::new();
    for token in [link("nobody").as_str(), &other_request, truncated, "a", &"A".repeat(43), &"A".repeat(200)]
    {
        for answer in [world.get(token, "approve").await, world.post(&form(token, "reject")).await] {
            assert_eq!(answer.status, 404, "{token}");
            bodies.push(answer.text().to_owned());
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "nothing tells what is wrong with the token");
    assert_eq!(world.memory.calls().len(), 12, "each costs the same one read");
}

#[tokio::test]
async fn whoever_is_not_an_approver_of_the_level_is_403() {
    let world = World::new();
    assert_eq!(world.get(&link("eve"), "approve").await.status, 403);
    assert_eq!(world.vote("eve", "approve").await.status, 403);
    assert_eq!(world.stored(), pending());
}

#[tokio::test]
async fn the_requester_is_403_even_as_an_approver() {
    let world = World::with(request(&["ana", "dev"], 1));
    assert_eq!(world.get(&link("dev"), "approve").await.status, 403);
    assert_eq!(world.vote("dev", "approve").await.status, 403);
    assert!(world.stored().votes.is_empty());
}

#[tokio::test]
async fn case_41_a_cross_site_post_is_403_and_decides_nothing() {
    let world = World::new();
    for header in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://attacker.example")] {
        let answer = world.send(event("POST", &[header], &[], &form(&link("ana"), "approve"))).await;
        assert_eq!(answer.status, 403, "{header:?}");
        let unknown = world.send(event("POST", &[header], &[], &form(&link("nobody"), "approve"))).await;
        assert_eq!(unknown.status, 404, "a link that opens nothing is told nothing more");
    }
    assert_eq!(world.stored(), pending());
}

#[tokio::test]
async fn a_post_of_our_own_page_passes() {
    for origin in ["null", "https://abcde12345.execute-api.us-east-1.amazonaws.com"] {
        let headers = [("Origin", origin), ("Sec-Fetch-Site", "same-origin")];
        let answer = World::new().send(event("POST", &headers, &[], &form(&link("ana"), "approve"))).await;
        assert_eq!(answer.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn case_05_a_page_that_is_fetched_ahead_or_opened_from_webmail_is_only_a_page() {
    let world = World::new();
    let headers = [("Sec-Fetch-Site", "cross-site"), ("Sec-Purpose", "prefetch;prerender")];
    let query = [("token", &*link("ana")), ("action", "approve")];
    assert_eq!(world.send(event("GET", &headers, &query, "")).await.status, 200);
    assert_eq!((world.writes(), world.stored()), (0, pending()));
}

#[tokio::test]
async fn the_other_vote_of_one_approver_is_409() {
    let world = World::with(request(&["ana", "bob"], 2));
    assert_eq!(world.vote("ana", "approve").await.status, 200);
    assert_eq!(world.vote("ana", "reject").await.status, 409);
    assert_eq!(world.get(&link("ana"), "reject").await.status, 409);
    assert_eq!(world.stored().status, Status::Pending);
}

#[tokio::test]
async fn what_others_decided_is_409_and_the_page_says_who() {
    for (action, status) in [("approve", Status::Approved), ("reject", Status::Rejected)] {
        let world = World::with(request(&["ana", "bob"], 1));
        assert_eq!(world.vote("ana", action).await.status, 200);
        for choice in ["approve", "reject"] {
            let page = world.get(&link("bob"), choice).await;
            assert_eq!(page.status, 409);
            assert!(page.text().contains("ana@example.com"));
            let without_phrase = format!("token={}&action={choice}", link("bob"));
            assert_eq!(world.post(&without_phrase).await.status, 409, "the truth comes before the phrase");
        }
        assert_eq!(world.stored().status, status);
    }
}

#[tokio::test]
async fn expired_withdrawn_and_superseded_are_410() {
    let superseded = Request { status: Status::Superseded, ..pending() };
    for closed in [
        after(&pending(), Command::Expire),
        after(&pending(), Command::Withdraw { reason: "undeliverable".into() }),
        superseded,
    ] {
        let world = World::with(closed.clone());
        assert_eq!(world.get(&link("ana"), "approve").await.status, 410, "{}", closed.status);
        assert_eq!(world.vote("ana", "reject").await.status, 410, "{}", closed.status);
        assert_eq!(world.stored(), closed);
    }
}

#[tokio::test]
async fn at_its_deadline_a_request_is_410_even_before_anyone_closed_it() {
    let world = World::new();
    world.memory.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(world.get(&link("ana"), "approve").await.status, 200);
    world.memory.advance(SignedDuration::from_secs(1));
    assert_eq!(world.get(&link("ana"), "approve").await.status, 410);
    assert_eq!(world.vote("ana", "approve").await.status, 410);
    assert_eq!(world.stored(), pending());
}

#[tokio::test]
async fn a_vote_for_a_workflow_that_is_gone_is_410() {
    let world = World::with(request(&["ana", "bob"], 1));
    world.memory.end_workflow(EXECUTION);
    assert_eq!(world.vote("ana", "approve").await.status, 410, "nobody is told that it will go on");
    let stored = world.stored();
    assert_eq!((stored.status, stored.resume), (Status::Approved, Resume::Gone));
    for name in ["ana", "bob"] {
        for action in ["approve", "reject"] {
            assert_eq!(world.get(&link(name), action).await.status, 410);
            assert_eq!(world.vote(name, action).await.status, 410);
        }
    }
}

#[tokio::test]
async fn a_phrase_missing_or_wrong_is_422_and_keeps_what_was_typed() {
    let world = World::new();
    for (phrase, code) in [("", "phrase_missing"), ("++", "phrase_missing"), ("staging", "phrase_wrong")] {
        let body = format!("token={}&action=reject&phrase={phrase}&reason=my+own+words", link("ana"));
        let page = world.post(&body).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("my own words"));
        let headers = [("Accept", "application/json")];
        let json = world.send(event("POST", &headers, &[], &body)).await.json();
        assert_eq!((&json["refusal"], &json["status"]), (&code.into(), &"pending".into()));
    }
    assert_eq!(world.stored(), pending());
}

#[tokio::test]
async fn a_rejection_without_a_reason_or_with_an_endless_one_is_422() {
    let world = World::new();
    for reason in ["", "++%0D%0A", &"x".repeat(2001)] {
        let body = format!("token={}&action=reject&phrase=production&reason={reason}", link("ana"));
        assert_eq!(world.post(&body).await.status, 422);
    }
    assert_eq!(world.stored(), pending());
}

#[tokio::test]
async fn other_methods_are_405_and_name_the_allowed_ones() {
    let world = World::new();
    let query = [("token", &*link("ana")), ("action", "approve")];
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "BREW"] {
        let answer = world.send(event(method, &[], &query, &form(&link("ana"), "approve"))).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"), "{method}");
    }
    assert!(world.memory.calls().is_empty());
}

#[tokio::test]
async fn a_body_over_64_kb_is_413() {
    let world = World::new();
    let filled = |length: usize| {
        let start = format!("{}&padding=", form(&link("ana"), "approve"));
        let padding = "x".repeat(length - start.len());
        start + &padding
    };
    assert_eq!(world.post(&filled(MAX_BODY + 1)).await.status, 413);
    assert_eq!(world.stored(), pending());
    assert_eq!(world.post(&filled(MAX_BODY)).await.status, 200);
}

#[test]
fn every_refusal_has_its_status() {
    let status = Status::Approved;
    for (refusal, expected) in [
        (Refusal::NotAnApprover, 403),
        (Refusal::SelfApproval, 403),
        (Refusal::LinkNotEnough, 403),
        (Refusal::AlreadyVoted { choice: Choice::Reject }, 409),
        (Refusal::AlreadyDecided { status }, 409),
        (Refusal::Expired, 410),
        (Refusal::Withdrawn, 410),
        (Refusal::Superseded, 410),
        (Refusal::WorkflowGone, 410),
        (Refusal::PhraseMissing, 422),
        (Refusal::PhraseWrong, 422),
        (Refusal::ReasonMissing, 422),
        (Refusal::ReasonTooLong, 422),
    ] {
        assert_eq!(status_of(refusal), expected, "{refusal}");
    }
}

#[tokio::test]
async fn a_vote_by_another_channel_is_the_same_vote() {
    let world = World::with(after(&pending(), ballot("ana", Choice::Approve)));
    assert_eq!(world.vote("ana", "approve").await.status, 200);
    assert_eq!(world.stored().resume, Resume::Done, "and the debt that it found is paid");
}

fn urlencoded(text: &str) -> String {
    let digits = hex::encode(text);
    digits.as_bytes().chunks(2).flat_map(|byte| [b"%", byte].concat()).map(char::from).collect()
}

/// The page shows all of it and where to decide; the form that is not there is refused as well.
#[tokio::test]
async fn where_a_link_is_not_enough_it_shows_and_decides_nothing() {
    let mut strict = pending();
    strict.level.strength = Strength::Slack;
    strict.slack_target = Some(SlackTarget { channel: Some("#releases".into()), direct: false });
    let world = World::with(strict.clone());
    let page = world.get(&link("ana"), "approve").await;
    assert_eq!(page.status, 403, "as a vote would be answered");
    assert!(
        page.text().contains("2.4.1") && page.text().contains("in the channel #releases"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("<form"), "{}", page.text());
    for action in ["approve", "reject"] {
        let refused = world.vote("ana", action).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("Please decide in Slack"), "{}", refused.text());
    }
    let asked = event("POST", &[("Accept", "application/json")], &[], &form(&link("ana"), "approve"));
    let refused = world.send(asked).await;
    assert_eq!((refused.status, refused.json()["refusal"].as_str()), (403, Some("link_not_enough")));
    assert_eq!(world.stored(), strict);
}
