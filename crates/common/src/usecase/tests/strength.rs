//! A level at which a link is not enough: its mail shows, and only Slack decides.

use serde_json::Value;

use super::world::{World, name_of, now};
use crate::adapters::memory::MailRefusal;
use crate::contract::{TaskError, TaskErrorName};
use crate::domain::samples::{ballot, person};
use crate::domain::{Ballot, Channel, Choice, Refusal, SlackTarget, Status, Strength, audit};
use crate::ports::SlackError;
use crate::usecase::ask::SlackSettings;
use crate::usecase::decide::{DecideError, decide};

/// Asks Ana where only Slack decides.
fn ask(world: &World, slack: Option<SlackTarget>) -> (Value, Result<Value, TaskError>) {
    let details = world.details_with_levels(|levels| {
        levels[0].strength = Strength::Slack;
        levels[0].slack = slack;
    });
    let asked = world.ask(&world.own(&details, "first", 0));
    (details, asked)
}

#[test]
fn the_mail_says_where_to_decide_and_its_link_decides_nothing() {
    let world = World::with_slack();
    ask(&world, None).1.unwrap();
    let mail = world.memory.sent_to(&person("ana")).remove(0);
    let text = mail.text.replace('\n', " ");
    assert!(text.contains("Decide in Slack, in the channel #releases"), "{}", mail.text);
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("token=") && !part.contains("action=reject"), "{part}");
    }
    for choice in [Choice::Approve, Choice::Reject] {
        let refused = world.vote("ana", choice);
        let not_enough = matches!(refused, Err(DecideError::Refused { refusal: Refusal::LinkNotEnough, .. }));
        assert!(not_enough, "{refused:?}");
    }
    let request = world.request();
    assert_eq!((request.status, request.votes.len(), world.waits("first")), (Status::Pending, 0, true));

    let in_slack =
        Ballot { channel: Channel::Slack, strength: Strength::Slack, ..ballot("ana", Choice::Approve) };
    let memory = &world.memory;
    let approved = now(decide(memory, memory, memory, request, in_slack)).unwrap();
    assert_eq!((approved.status, world.was_approved("first")), (Status::Approved, Some(true)));
    assert_eq!(audit::check(&approved, Some(&world.memory.stored_plans()[0])), Vec::new());
}

/// A mail alone would let everybody look, and nobody decide.
#[test]
fn without_a_message_in_slack_nobody_is_asked_whatever_was_mailed() {
    let mut world = World::with_slack();
    world.settings.slack = SlackSettings::Off;
    let failed = ask(&world, None).1.unwrap_err();
    assert_eq!(failed.name(), TaskErrorName::NobodyAsked);
    assert!(failed.to_string().contains("decided in Slack only, and there is no channel"), "{failed}");
    assert_eq!((world.request().status, world.mails_to("ana")), (Status::Withdrawn, 0));

    let world = World::with_slack();
    world.memory.fail_slack(Some(SlackError::Refused { error: "not_in_channel".to_owned() }));
    assert_eq!(name_of(ask(&world, None).1), TaskErrorName::NobodyAsked);
    assert_eq!(world.request().status, Status::Withdrawn);

    let world = World::with_slack();
    world.memory.fail_slack(Some(SlackError::Unavailable { code: "HTTP 502".to_owned() }));
    let (details, asked) = ask(&world, None);
    assert_eq!(
        (name_of(asked), world.request().status),
        (TaskErrorName::TemporarilyUnavailable, Status::Pending)
    );
    world.memory.fail_slack(None);
    world.ask(&world.own(&details, "second", 1)).unwrap();
    assert_eq!((world.memory.slack_posts().len(), world.mails_to("ana")), (1, 1), "and no second mail");
}

#[test]
fn a_message_in_slack_is_enough_where_no_mail_went_out() {
    let world = World::with_slack();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    ask(&world, None).1.unwrap();
    assert_eq!(world.request().status, Status::Pending);
}

/// Whoever can write to the table cannot make a link count, either.
#[test]
fn a_vote_by_link_at_such_a_level_does_not_pass_the_audit() {
    let world = World::with_slack();
    let details = world.asked();
    assert!(details.is_object());
    let mut forged = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(audit::check(&forged, Some(&world.memory.stored_plans()[0])), Vec::new());
    forged.level.strength = Strength::Slack;
    let found = audit::check(&forged, None);
    assert!(found.contains(&audit::Finding::VoteNotAllowed { approver: person("ana") }), "{found:?}");
}
