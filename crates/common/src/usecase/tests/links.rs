//! Links that approvers ask for are mailed to them, and to nobody else.

use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, MailRefusal, until_death};
use crate::domain::samples::person;
use crate::domain::{Choice, Purpose, Status, Wanted};
use crate::usecase::settle::Settled;
use crate::usecase::want_link::want_link;

fn asked() -> World {
    let world = World::new();
    let details = world.details();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world
}

fn want(world: &World, name: &str) -> Wanted {
    let id = world.request().id;
    now(want_link(&world.memory, &world.memory, &id, &person(name))).unwrap()
}

#[test]
fn the_new_link_opens_the_request_and_the_old_one_too() {
    let world = asked();
    assert_eq!(want(&world, "ana"), Wanted::Noted);
    assert_eq!(world.mails_to("ana"), 1, "the page itself sends nothing");
    assert_eq!(now(world.pay()).unwrap(), Settled::Done);
    let request = world.request();
    assert_eq!((world.mails_to("ana"), request.links.len()), (2, 2));
    assert!(request.was_contacted(&person("ana"), Purpose::Link) && request.owing_since().is_none());
    now(world.pay()).unwrap();
    assert_eq!((world.mails_to("ana"), want(&world, "ana")), (2, Wanted::Lately));
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(world.request().status, Status::Approved);
}

#[test]
fn whoever_is_not_awaited_gets_none() {
    let world = asked();
    assert_eq!(want(&world, "eve"), Wanted::NotAwaited);
    world.vote("ana", Choice::Reject).unwrap();
    assert_eq!(want(&world, "ana"), Wanted::NotAwaited);
}

#[test]
fn a_mail_that_is_not_taken_for_now_stays_owed_and_one_that_is_refused_does_not() {
    let world = asked();
    want(&world, "ana");
    world.memory.refuse_mail(&person("ana"), MailRefusal::Temporary);
    now(world.pay()).unwrap();
    assert!(world.request().owing_since().is_some());
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    now(world.pay()).unwrap();
    assert!(world.request().owing_since().is_none());
    assert!(world.request().contacts.iter().any(|contact| contact.failure.is_some()));
}

#[test]
fn a_process_that_dies_on_the_way_leaves_the_debt_and_links_that_work() {
    for call in [Call::Keep, Call::SendMail] {
        for fault in [Fault::DeathBefore, Fault::DeathAfter] {
            let world = asked();
            want(&world, "ana");
            world.memory.inject(call, fault);
            assert!(until_death(world.pay()).is_none(), "{call:?} {fault:?}");
            assert!(world.request().is_link_wanted(&person("ana")));
            now(world.pay()).unwrap();
            let request = world.request();
            assert!(!request.is_link_wanted(&person("ana")));
            assert!((2..=3).contains(&world.mails_to("ana")) && request.links.len() <= 3);
        }
    }
}

#[test]
fn what_is_decided_in_between_needs_no_link() {
    let world = asked();
    want(&world, "ana");
    world.vote("ana", Choice::Approve).unwrap();
    now(world.pay()).unwrap();
    assert_eq!((world.mails_to("ana"), world.request().wanted_links.len()), (1, 0));
}
