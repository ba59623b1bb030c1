//! Who is told how it ended.

use super::world::{World, now};
use crate::domain::samples::{group, person, request_of};
use crate::domain::{Exclusion, Notice, Request, Why};
use crate::usecase::tell::tell_everyone;

/// Who gets a mail about this request.
fn told(request: Request, notice: Notice) -> Vec<String> {
    let world = World::new();
    world.memory.put_request(request.clone());
    now(tell_everyone(&world.memory, &world.memory, &world.memory, request, notice)).unwrap();
    let mut told: Vec<_> = world.memory.sent().into_iter().map(|mail| mail.to.to_string()).collect();
    told.sort();
    told
}

#[test]
fn whoever_was_never_asked_does_not_hear_that_nothing_is_asked_any_more() {
    let request = request_of(vec![group("manager", &["ana"], 1)]);
    assert_eq!(told(request.clone(), Notice::Closed), ["dev@example.com"]);
    assert_eq!(told(request, Notice::Expired), ["ana@example.com", "dev@example.com"]);
}

#[test]
fn whoever_may_not_vote_is_not_told_as_an_approver() {
    let request = request_of(vec![group("manager", &["ana", "bob"], 1)]);
    let excluded = vec![Exclusion { approver: person("bob"), why: Why::VotedAt { level: 1 } }];
    assert_eq!(
        told(Request { excluded, ..request }, Notice::Expired),
        ["ana@example.com", "dev@example.com"]
    );
}
