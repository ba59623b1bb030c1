//! What is posted in Slack, where, and what happens when that fails.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{World, name_of, now};
use crate::adapters::memory::{Call, Fault, MailRefusal};
use crate::contract::TaskErrorName;
use crate::domain::samples::{escalating, group, person};
use crate::domain::{Choice, Level, Purpose, Request, SlackTarget, Status};
use crate::ports::{Clock as _, SlackError};
use crate::telemetry::heard::Heard;

fn unavailable() -> SlackError {
    SlackError::Unavailable { code: "HTTP 502".to_owned() }
}

fn silent() -> SlackError {
    SlackError::Unavailable { code: SlackError::TIMEOUT.to_owned() }
}

fn refused() -> SlackError {
    SlackError::Refused { error: "not_in_channel".to_owned() }
}

fn limited() -> SlackError {
    SlackError::RateLimited { retry_after_seconds: 30 }
}

/// Asks for a level that was changed like this.
fn ask(world: &World, edit: impl FnOnce(&mut Level)) -> (Value, Result<Value, crate::contract::TaskError>) {
    let details = world.details_with_levels(|levels| edit(&mut levels[0]));
    let asked = world.ask(&world.own(&details, "first", 0));
    (details, asked)
}

fn only_slack(level: &mut Level) {
    level.mail = false;
}

fn direct(level: &mut Level) {
    level.slack = Some(SlackTarget { channel: None, direct: true });
}

/// Where the posts are, and in whose thread.
fn places(world: &World) -> Vec<(String, bool)> {
    world.memory.slack_posts().into_iter().map(|post| (post.place.channel, post.thread.is_some())).collect()
}

fn purposes(request: &Request) -> Vec<(Purpose, bool)> {
    request.slack.iter().map(|message| (message.purpose, message.ts.is_some())).collect()
}

#[test]
fn a_request_is_posted_once_beside_its_mail() {
    let world = World::with_slack();
    let (details, asked) = ask(&world, |_| {});
    assert_eq!(asked.unwrap()["messagesSent"], 2);
    assert_eq!((places(&world), world.mails_to("ana")), (vec![("C-releases".to_owned(), false)], 1));
    let request = world.request();
    assert_eq!(purposes(&request), [(Purpose::Ask, true)]);
    assert_eq!(request.slack[0].shows, request.slack_face());
    world.ask(&world.own(&details, "second", 1)).unwrap();
    assert_eq!((places(&world).len(), world.mails_to("ana")), (1, 1), "nor again by a retry");
}

#[test]
fn where_slack_is_off_or_the_policy_says_so_nothing_is_posted() {
    for (off, slack) in [(true, None), (false, Some(SlackTarget::NOWHERE))] {
        let mut world = World::with_slack();
        if off {
            world.settings.slack = crate::usecase::ask::SlackSettings::Off;
        }
        ask(&world, |level| level.slack = slack).1.unwrap();
        assert!(places(&world).is_empty() && world.request().slack_target.is_none());
    }
}

#[test]
fn whoever_has_an_account_gets_a_direct_message() {
    let world = World::with_slack();
    world.memory.add_slack_account("U-POLICY", None);
    let edit = |level: &mut Level| {
        direct(level);
        level.groups = vec![group("any", &["ana", "bob", "cyd", "dev"], 1)];
        level.groups[0].approvers[1].slack = Some("U-POLICY".to_owned());
    };
    ask(&world, edit).1.unwrap();
    let channels: Vec<_> = places(&world).into_iter().map(|(channel, _)| channel).collect();
    assert_eq!(channels, ["C-releases", "D-U-ANA", "D-U-POLICY"], "Cyd has no account, and Dev asked");
    let request = world.request();
    assert_eq!(request.slack[1].to, Some(person("ana")));
    assert_eq!(request.approver_in_slack("U-ANA"), None, "who votes is asked by the account");
}

#[test]
fn a_reminder_and_an_escalation_go_into_the_thread() {
    let world = World::with_slack();
    let details = ask(&world, |level| *level = Level { same_person: true, ..escalating() }).0;
    for (token, seconds) in [("second", 100), ("third", 900)] {
        world.memory.end_wait(&crate::domain::samples::task_token("first"));
        world.pass(seconds);
        world.ask(&world.own(&details, token, 0)).unwrap();
    }
    let request = world.request();
    assert_eq!(
        purposes(&request),
        [(Purpose::Ask, true), (Purpose::Reminder(0), true), (Purpose::Escalation, true)]
    );
    let posts = world.memory.slack_posts();
    let root = Some(posts[0].place.ts.clone());
    assert_eq!((&posts[1].thread, &posts[2].thread), (&root, &root));
    assert!(request.stale_slack_message().is_some(), "the message itself has to show the further group");
}

#[test]
fn case_27_slack_that_fails_is_recorded_and_holds_up_no_mail() {
    for (error, code) in
        [(unavailable(), "HTTP 502"), (refused(), "not_in_channel"), (limited(), "ratelimited")]
    {
        let world = World::with_slack();
        world.memory.fail_slack(Some(error));
        let (details, asked) = ask(&world, |_| {});
        assert_eq!(asked.unwrap()["messagesSent"], 1);
        let request = world.request();
        assert_eq!((request.status, world.mails_to("ana")), (Status::Pending, 1));
        assert_eq!(request.slack[0].failure.as_deref(), Some(code));
        assert_eq!(request.stale_slack_message(), None);
        // The next wait tries again.
        world.memory.fail_slack(None);
        world.memory.end_wait(&super::world::first());
        world.pass(100);
        world.ask(&world.own(&details, "second", 0)).unwrap();
        assert_eq!(purposes(&world.request()), [(Purpose::Ask, true)]);
    }
}

fn three_people(level: &mut Level) {
    direct(level);
    level.groups = vec![group("any", &["ana", "bob", "cyd"], 1)];
}

/// Ana, Bob and Cyd are asked, each with an account.
fn with_three_accounts() -> World {
    let world = World::with_slack();
    for (user, name) in [("U-BOB", "bob"), ("U-CYD", "cyd")] {
        world.memory.add_slack_account(user, Some(person(name)));
    }
    world
}

fn failures(request: &Request) -> Vec<Option<&str>> {
    request.slack.iter().map(|message| message.failure.as_deref()).collect()
}

#[test]
fn slack_that_does_not_answer_is_not_tried_for_every_person() {
    let world = World::with_slack();
    world.memory.fail_slack(Some(silent()));
    ask(&world, three_people).1.unwrap();
    assert_eq!((world.memory.count(Call::PostToSlack), world.memory.count(Call::AskSlackWho)), (1, 0));
    let later = Some("later");
    assert_eq!(failures(&world.request()), [Some("Timeout"), later, later, later]);
}

#[test]
fn a_channel_that_fails_keeps_nobody_from_a_direct_message() {
    for error in [refused(), unavailable(), limited()] {
        let world = with_three_accounts();
        world.memory.fail_slack_in("#releases", Some(error));
        ask(&world, three_people).1.unwrap();
        let channels: Vec<_> = places(&world).into_iter().map(|(channel, _)| channel).collect();
        assert_eq!(channels, ["D-U-ANA", "D-U-BOB", "D-U-CYD"]);
    }
}

#[test]
fn a_short_pause_is_waited_for_and_a_long_one_is_not() {
    let world = with_three_accounts();
    world.memory.limit_slack(3, 4);
    let before = world.memory.now();
    ask(&world, three_people).1.unwrap();
    let waited = world.memory.now().duration_since(before).as_secs();
    assert_eq!((places(&world).len(), failures(&world.request())), (4, vec![None; 4]));
    assert!((12..=18).contains(&waited), "three pauses of four seconds and a little more: {waited}");

    let world = with_three_accounts();
    world.memory.limit_slack(9, 4);
    ask(&world, three_people).1.unwrap();
    assert_eq!(failures(&world.request())[0], Some("ratelimited"), "time was up");
    assert!(world.memory.now().duration_since(before).as_secs() <= 20);
}

#[test]
fn whoever_has_no_turn_in_time_is_recorded_and_asked_by_the_retry() {
    let world = with_three_accounts();
    world.memory.slow_down(Call::PostToSlack, SignedDuration::from_secs(8));
    let (details, asked) = ask(&world, |level| {
        three_people(level);
        only_slack(level);
    });
    assert_eq!(name_of(asked), TaskErrorName::TemporarilyUnavailable);
    let request = world.request();
    assert_eq!(failures(&request), [None, None, None, Some("later")]);
    assert_eq!(request.slack[3].to, Some(person("cyd")));
    world.ask(&world.own(&details, "second", 1)).unwrap();
    assert_eq!((places(&world).len(), failures(&world.request())), (4, vec![None; 4]));
}

#[test]
fn where_mail_went_out_the_schedule_posts_what_is_left() {
    let world = with_three_accounts();
    world.memory.fail_slack(Some(unavailable()));
    ask(&world, three_people).1.unwrap();
    assert_eq!(world.mails_to("bob"), 1);
    let events = world.request().events.len();
    for _ in 0..5 {
        world.pass(59);
        now(world.sweep()).unwrap();
        world.pass(1);
        now(world.sweep()).unwrap();
    }
    assert_eq!(world.memory.count(Call::PostToSlack), 6, "the channel, once a minute");
    assert_eq!(world.request().events.len(), events, "the same failure is told once");
    world.memory.fail_slack(None);
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!(failures(&world.request()), [None; 4]);
    assert_eq!((places(&world).len(), world.request().owing_since()), (4, None));
    now(world.sweep()).unwrap();
    assert_eq!(places(&world).len(), 4);
}

#[test]
fn the_schedule_posts_only_what_is_left() {
    let world = with_three_accounts();
    world.memory.slow_down(Call::PostToSlack, SignedDuration::from_secs(8));
    ask(&world, three_people).1.unwrap();
    assert_eq!(failures(&world.request()), [None, None, None, Some("later")]);
    world.memory.slow_down(Call::PostToSlack, SignedDuration::ZERO);
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!((places(&world).len(), failures(&world.request())), (4, vec![None; 4]));
}

#[test]
fn alarms_hear_of_a_message_that_nobody_will_post_any_more() {
    for (error, counted) in [(refused(), 4), (unavailable(), 0)] {
        let world = with_three_accounts();
        world.memory.fail_slack(Some(error));
        let heard = Heard::from_here();
        ask(&world, three_people).1.unwrap();
        let slack = heard.of("SendFailures", "what").into_iter().filter(|what| what == "slack");
        assert_eq!(slack.count(), counted);
    }
}

#[test]
fn what_slack_refuses_or_nobody_waits_for_any_more_is_not_owed() {
    let world = with_three_accounts();
    world.memory.fail_slack(Some(refused()));
    ask(&world, three_people).1.unwrap();
    assert_eq!(world.request().owing_since(), None);
    let world = with_three_accounts();
    world.memory.fail_slack(Some(unavailable()));
    ask(&world, three_people).1.unwrap();
    assert!(world.request().owing_since().is_some());
    world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(world.request().owing_since(), None, "it is decided");
    let world = with_three_accounts();
    world.memory.fail_slack(Some(unavailable()));
    ask(&world, three_people).1.unwrap();
    world.pass(3_600);
    now(world.sweep()).unwrap();
    assert_eq!(world.request().owing_since(), None, "the next wait tries again");
}

#[test]
fn a_death_while_posting_repeats_a_few_messages_and_not_all() {
    let world = World::with_slack();
    let names: Vec<_> = (0..30).map(|number| format!("p{number}")).collect();
    for name in &names {
        world.memory.add_slack_account(&format!("U-{name}"), Some(person(name)));
    }
    let details = world.details_with_levels(|levels| {
        direct(&mut levels[0]);
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        levels[0].groups = vec![group("any", &names, 1)];
    });
    let payload = world.own(&details, "first", 0);
    world.memory.inject_nth(Call::PostToSlack, 25, Fault::DeathAfter);
    world.memory.wait(super::world::EXECUTION, &super::world::first());
    assert!(crate::adapters::memory::until_death(world.run_ask(&payload)).is_none());
    now(world.run_ask(&payload)).unwrap();
    assert_eq!((world.request().slack.len(), places(&world).len()), (31, 36));
}

#[test]
fn slack_alone_sends_no_mail_to_approvers() {
    let world = World::with_slack();
    ask(&world, only_slack).1.unwrap();
    assert_eq!((places(&world).len(), world.mails_to("ana")), (1, 0));
    assert_eq!(world.request().status, Status::Pending);
}

#[test]
fn a_level_that_is_asked_in_slack_alone_never_waits_in_silence() {
    let world = World::with_slack();
    world.memory.fail_slack(Some(refused()));
    let (_, asked) = ask(&world, only_slack);
    assert_eq!((name_of(asked), world.request().status), (TaskErrorName::NobodyAsked, Status::Withdrawn));

    let world = World::with_slack();
    world.memory.fail_slack(Some(unavailable()));
    let (details, asked) = ask(&world, only_slack);
    assert_eq!(
        (name_of(asked), world.request().status),
        (TaskErrorName::TemporarilyUnavailable, Status::Pending)
    );
    assert_eq!(name_of(world.ask(&world.own(&details, "last", 3))), TaskErrorName::NobodyAsked);
    assert_eq!(world.request().status, Status::Withdrawn);

    let mut world = World::with_slack();
    world.settings.slack = crate::usecase::ask::SlackSettings::Off;
    let failed = ask(&world, only_slack).1.unwrap_err();
    assert_eq!(failed.name(), TaskErrorName::NobodyAsked);
    assert!(failed.to_string().contains("Slack only"), "{failed}");

    let mut world = World::with_slack();
    world.settings.slack = crate::usecase::ask::SlackSettings::On { channel: None };
    let edit = |level: &mut Level| {
        only_slack(level);
        direct(level);
        level.groups = vec![group("any", &["bob"], 1)];
    };
    let failed = ask(&world, edit).1.unwrap_err();
    assert!(failed.to_string().contains("no approver has an account"), "{failed}");
}

#[test]
fn one_channel_that_works_is_enough() {
    let world = World::with_slack();
    world.memory.refuse_mail(&person("ana"), MailRefusal::Final);
    ask(&world, |_| {}).1.unwrap();
    assert_eq!(world.request().status, Status::Pending);
}

#[test]
fn a_message_whose_note_was_lost_is_posted_once_more_by_the_retry() {
    let world = World::with_slack();
    let details = world.details();
    let payload = world.own(&details, "first", 0);
    world.memory.inject(Call::PostToSlack, Fault::DeathAfter);
    world.memory.wait(super::world::EXECUTION, &super::world::first());
    assert!(crate::adapters::memory::until_death(world.run_ask(&payload)).is_none());
    assert!(world.request().slack.is_empty());
    now(world.run_ask(&payload)).unwrap();
    let (posts, request) = (world.memory.slack_posts(), world.request());
    assert_eq!((posts.len(), request.slack.len(), world.mails_to("ana")), (2, 1, 1));
    assert!(request.may_be_asked_in(&posts[0].place.channel, None), "the first one's buttons work");
}

#[test]
fn what_was_decided_by_mail_in_the_meantime_is_not_posted() {
    let world = World::with_slack();
    let details = world.details();
    world.memory.inject_nth(Call::Keep, 2, Fault::DeathAfter);
    world.memory.wait(super::world::EXECUTION, &super::world::first());
    let payload = world.own(&details, "first", 0);
    assert!(crate::adapters::memory::until_death(world.run_ask(&payload)).is_none());
    world.vote("ana", Choice::Approve).unwrap();
    now(world.run_ask(&payload)).unwrap();
    assert!(places(&world).is_empty());
}

#[test]
fn errors_and_answers_name_nobody() {
    let world = World::with_slack();
    world.memory.fail_slack(Some(refused()));
    let failed = ask(&world, |level| {
        only_slack(level);
        direct(level);
    });
    let failed = failed.1.unwrap_err().to_string();
    assert!(
        failed.contains("not_in_channel") && !failed.contains("ana@") && !failed.contains("U-ANA"),
        "{failed}"
    );
    assert_eq!(json!(world.request().slack[0].failure), "not_in_channel");
}

#[test]
fn nothing_is_posted_when_the_time_is_up() {
    let world = with_three_accounts();
    world.memory.fail_slack(Some(unavailable()));
    ask(&world, three_people).1.unwrap();
    world.memory.fail_slack(None);
    world.pass(60);
    now(world.settle_until(crate::ports::Clock::now(&world.memory))).unwrap();
    assert!(places(&world).is_empty());
    now(world.pay()).unwrap();
    assert_eq!(places(&world).len(), 4);
}
