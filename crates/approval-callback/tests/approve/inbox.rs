//! What else waits for the holder of a link, and having a link mailed.

use common::adapters::memory::{Call, Fault};
use common::domain::{Request, RequestId};
use serde_json::{Value, json};

use crate::world::{Answer, World, event, link, request};

const OTHER: &str = "0ther0ther0ther0ther0ther0ther00-1";

fn other_id() -> RequestId {
    RequestId::parse(OTHER).unwrap()
}

/// Ana's link opens one request; another one waits for her and Bob, and a third one for Bob alone.
fn world() -> World {
    let world = World::new();
    let other = Request { id: other_id(), links: Vec::new(), ..request(&["ana", "bob"], 2) };
    world.memory.put_request(other);
    let third = RequestId::parse("third000third000third000third000-1").unwrap();
    world.memory.put_request(Request { id: third, links: Vec::new(), ..request(&["bob"], 1) });
    world
}

fn at_inbox(method: &str, headers: &[(&str, &str)], query: &[(&str, &str)], body: &str) -> Value {
    let Value::Object(event) = event(method, headers, query, body) else { panic!("an object") };
    let path = [("path".to_owned(), json!("/inbox"))];
    event.into_iter().chain(path).collect()
}

async fn look(world: &World, headers: &[(&str, &str)], name: &str) -> Answer {
    world.send(at_inbox("GET", headers, &[("token", &link(name))], "")).await
}

async fn want(world: &World, request: &str) -> Answer {
    let body = format!("token={}&request={request}", link("ana"));
    world.send(at_inbox("POST", &[], &[], &body)).await
}

fn wanted(world: &World) -> usize {
    world.memory.stored_request(&other_id()).unwrap().wanted_links.len()
}

#[tokio::test]
async fn it_shows_what_else_waits_for_this_person_and_nothing_of_others() {
    let world = world();
    let page = look(&world, &[], "ana").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.text().matches("Mail me its link").count(), 1, "{}", page.text());
    assert!(page.text().contains(OTHER) && !page.text().contains("third000"));
    let json = look(&world, &[("Accept", "application/json")], "ana").await.json();
    assert_eq!(json["requests"].as_array().unwrap().len(), 1);
    assert_eq!(json["requests"][0]["id"], OTHER);
    assert_eq!(world.memory.calls(), [Call::ReadRequest, Call::Browse, Call::ReadRequest, Call::Browse]);
}

#[tokio::test]
async fn looking_changes_nothing() {
    let world = world();
    for method in ["GET", "HEAD"] {
        world.send(at_inbox(method, &[], &[("token", &link("ana")), ("request", OTHER)], "")).await;
    }
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_link_is_wanted_once_and_only_where_somebody_is_awaited() {
    let world = world();
    let page = want(&world, OTHER).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("is on its way to ana@example.com"), "{}", page.text());
    assert_eq!((wanted(&world), world.writes()), (1, 1));
    let again = want(&world, OTHER).await;
    assert!(again.text().contains("a moment ago"), "{}", again.text());
    assert_eq!((wanted(&world), world.writes()), (1, 1));
    for nobodys in ["third000third000third000third000-1", "unknown0unknown0unknown0unknown0-1"] {
        let page = want(&world, nobodys).await;
        assert!(page.text().contains("does not wait for you"), "{}", page.text());
    }
    assert_eq!(world.writes(), 1);
}

#[tokio::test]
async fn only_a_link_of_ours_and_a_form_of_ours_open_it() {
    let world = world();
    for (query, status) in [(vec![], 400), (vec![("token", "AAAA")], 404), (vec![("token", "a b")], 400)] {
        assert_eq!(world.send(at_inbox("GET", &[], &query, "")).await.status, status, "{query:?}");
    }
    let body = format!("token={}&request={OTHER}", link("ana"));
    let foreign = at_inbox("POST", &[("Sec-Fetch-Site", "cross-site")], &[], &body);
    assert_eq!(world.send(foreign).await.status, 403);
    for request in ["", "&request=", "&request=a&request=b", "&request=%3Cscript%3E"] {
        let body = format!("token={}{request}", link("ana"));
        assert_eq!(world.send(at_inbox("POST", &[], &[], &body)).await.status, 400, "{request}");
    }
    assert_eq!(world.send(at_inbox("DELETE", &[], &[("token", &link("ana"))], "")).await.status, 405);
    assert_eq!(wanted(&world), 0);
}

#[tokio::test]
async fn storage_that_fails_is_never_a_false_promise() {
    for call in [Call::ReadRequest, Call::Browse] {
        let world = world();
        world.memory.inject(call, Fault::BeforeEffect);
        assert_eq!(look(&world, &[], "ana").await.status, 503, "{call:?}");
    }
    let world = world();
    world.memory.inject(Call::Keep, Fault::BeforeEffect);
    assert_eq!(want(&world, OTHER).await.status, 503);
    assert_eq!(wanted(&world), 0);
}
