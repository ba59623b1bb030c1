//! Somebody is faster: what happens to a record while a use case thinks or writes.

use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::json;

use super::world::{World, link_in, name_of, now, timed_out};
use crate::adapters::memory::Memory;
use crate::contract::TaskErrorName;
use crate::contract::send_approval::Payload;
use crate::domain::samples::task_token;
use crate::domain::{Choice, LinkToken, Notice, Resume, Status};
use crate::ports::{Clock, Mail, MailError, Random, SendMail};
use crate::usecase::ask::Ask;
use crate::usecase::time_out::time_out;

/// What happens; it learns the link, if it happens while a mail is sent.
type Something<'a> = Box<dyn FnOnce(Option<LinkToken>) + Send + 'a>;

/// Lets something happen the first time that the clock, chance or the mail is asked.
struct Meanwhile<'a> {
    memory: &'a Memory,
    something: Mutex<Option<Something<'a>>>,
}

impl<'a> Meanwhile<'a> {
    fn new(world: &'a World, something: impl FnOnce(Option<LinkToken>) + Send + 'a) -> Self {
        Self { memory: &world.memory, something: Mutex::new(Some(Box::new(something))) }
    }

    fn happen(&self, link: Option<LinkToken>) {
        let something = self.something.lock().unwrap().take();
        if let Some(something) = something {
            something(link);
        }
    }
}

impl Clock for Meanwhile<'_> {
    fn now(&self) -> Timestamp {
        self.happen(None);
        self.memory.now()
    }
}

impl Random for Meanwhile<'_> {
    fn bits(&self) -> [u8; 32] {
        self.happen(None);
        self.memory.bits()
    }
}

/// The mail goes out and is read at once, but the reply is lost.
impl SendMail for Meanwhile<'_> {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.memory.send(mail).await?;
        self.happen(link_in(mail));
        Err(MailError::Temporary { code: "NoReply".to_owned() })
    }
}

#[test]
fn case_12_a_vote_a_moment_before_the_timeouts_write_wins() {
    for details in [World::details, World::minimal_details] {
        let world = World::new();
        let details = details(&world);
        world.ask(&world.own(&details, "first", 0)).unwrap();
        world.pass(999);
        let vote = |_| {
            world.vote("ana", Choice::Approve).unwrap();
            world.pass(2);
        };
        let clock = Meanwhile::new(&world, vote);
        let state = crate::contract::FollowUp::read(&timed_out(&details));
        let answer = now(time_out(&world.memory, &world.memory, &clock, &state)).unwrap();
        assert_eq!((&answer["status"], world.request().status), (&json!("approved"), Status::Approved));
        assert!(!world.request().notices.contains(&Notice::Expired));
    }
}

fn ask<'a>(
    world: &'a World,
    mail: &'a impl SendMail,
    random: &'a impl Random,
    payload: &serde_json::Value,
) -> Result<serde_json::Value, crate::contract::TaskError> {
    let memory = &world.memory;
    let token = task_token(payload["taskToken"].as_str().unwrap());
    memory.wait(super::world::EXECUTION, &token);
    let ask = Ask {
        store: memory,
        mail,
        slack: memory,
        workflows: memory,
        clock: memory,
        random,
        settings: &world.settings,
    };
    now(ask.run(&Payload::read(payload).unwrap()))
}

#[test]
fn case_47_a_vote_that_comes_before_the_reminder_is_delivered_instead_of_it() {
    let world = World::new();
    let details = world.asked();
    world.memory.end_wait(&super::world::first());
    world.pass(100);
    // The voter's process dies after its write, so the one who asks has to pay.
    let vote = |_| {
        world
            .memory
            .inject(crate::adapters::memory::Call::Answer, crate::adapters::memory::Fault::BeforeEffect);
        world.vote("ana", Choice::Approve).unwrap();
    };
    let random = Meanwhile::new(&world, vote);
    ask(&world, &world.memory, &random, &world.own(&details, "second", 0)).unwrap();
    assert_eq!((world.was_approved("second"), world.request().resume), (Some(true), Resume::Done));
    assert_eq!(world.mails_to("ana"), 1, "there is nothing to remind of");
}

#[test]
fn a_mail_that_seemed_lost_but_was_answered_is_not_withdrawn() {
    for owed in [false, true] {
        let world = World::new();
        let vote = |link: Option<LinkToken>| {
            if owed {
                world.memory.inject(
                    crate::adapters::memory::Call::Answer,
                    crate::adapters::memory::Fault::BeforeEffect,
                );
            }
            now(world.vote_with(&link.expect("the mail has a link"), Choice::Approve)).unwrap();
        };
        let mail = Meanwhile::new(&world, vote);
        let payload = world.own(&world.details(), "first", 3);
        let asked = ask(&world, &mail, &world.memory, &payload);
        assert!(asked.is_ok(), "the last retry does not fail a workflow that is approved");
        assert_eq!((world.request().status, world.was_approved("first")), (Status::Approved, Some(true)));
    }
}

#[test]
fn on_an_earlier_retry_the_answered_mail_is_found_by_the_next() {
    let world = World::new();
    let details = world.details();
    let vote = |link: Option<LinkToken>| {
        world.memory.end_wait(&super::world::first());
        now(world.vote_with(&link.expect("the mail has a link"), Choice::Approve)).unwrap();
    };
    let mail = Meanwhile::new(&world, vote);
    let failed = ask(&world, &mail, &world.memory, &world.own(&details, "first", 0));
    assert_eq!(name_of(failed), TaskErrorName::TemporarilyUnavailable);
    world.ask(&world.own(&details, "second", 1)).unwrap();
    assert_eq!(world.was_approved("second"), Some(true));
}
