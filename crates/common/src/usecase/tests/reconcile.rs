//! Nobody else comes by: what the stream, the schedule and the news of a workflow's end lead to.

use serde_json::json;

use super::world::{EXECUTION, World, approved, first, id_of, now, rejected, timed_out};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::task_token;
use crate::domain::{Choice, Notice, Refusal, Request, RequestId, Resume, Status};
use crate::ports::Ending;
use crate::usecase::decide::DecideError;
use crate::usecase::settle::Settled;
use crate::usecase::sweep::{DEBTS, PENDING, Swept, sweep};

/// A request that was decided by a process that died before it told the workflow.
fn owing(choice: Choice) -> World {
    let world = World::new();
    world.asked();
    world.memory.inject(Call::Answer, Fault::DeathBefore);
    assert!(until_death(world.vote_with(&world.links("ana")[0], choice)).is_none());
    assert_eq!(world.request().resume, Resume::Owed);
    world.memory.forget_calls();
    world
}

/// A request whose workflow has ended in this way; a minute old, so that the schedule looks.
fn left_behind(how: Ending) -> World {
    let world = World::new();
    world.asked();
    world.pass(60);
    world.memory.end_workflow_as(EXECUTION, how);
    world.memory.forget_calls();
    world
}

fn reason(world: &World) -> String {
    world.request().decision.unwrap().reason.unwrap_or_default()
}

#[test]
fn the_stream_pays_what_a_dead_process_owed() {
    for (choice, is_approved) in [(Choice::Approve, true), (Choice::Reject, false)] {
        let world = owing(choice);
        assert!(matches!(now(world.pay()), Ok(Settled::Done)));
        assert_eq!((world.was_approved("first"), world.request().resume), (Some(is_approved), Resume::Done));
        let before = world.request();
        now(world.pay()).unwrap();
        assert_eq!(
            (world.request(), world.memory.count(Call::Answer)),
            (before, 1),
            "the stream delivers twice"
        );
    }
}

#[test]
fn the_schedule_pays_what_the_stream_did_not() {
    let world = owing(Choice::Approve);
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    assert!(matches!(now(world.pay()), Ok(Settled::Interrupted)), "the stream tries it again");
    assert_eq!(now(world.sweep()).unwrap(), Swept { owing: 1, seen: 1, ..Swept::default() });
    assert_eq!((world.was_approved("first"), world.request().resume), (Some(true), Resume::Done));
    assert_eq!(now(world.sweep()).unwrap(), Swept::default(), "and has nothing left to do");
}

#[test]
fn a_debt_of_no_stored_record_is_no_debt() {
    let world = World::new();
    let memory = &world.memory;
    let id = RequestId::parse("unknown").unwrap();
    assert_eq!(now(crate::usecase::pay::pay(memory, memory, memory, memory, &id)).unwrap(), None);
}

#[test]
fn a_pending_request_is_not_touched_by_a_wrong_alarm() {
    let world = World::new();
    world.asked();
    world.pass(60);
    let before = world.request();
    now(world.pay()).unwrap();
    assert_eq!(now(world.close_ended()).unwrap(), 0, "its workflow runs, whatever the event says");
    assert_eq!(now(world.sweep()).unwrap(), Swept { pending: 1, seen: 1, ..Swept::default() });
    assert_eq!((world.request(), world.memory.sent().len()), (before, 1));
    assert!(world.waits("first"));
}

#[test]
fn a_request_whose_workflow_ended_is_withdrawn_and_says_why() {
    for (how, why) in [
        (Ending::Stopped, "the workflow was stopped"),
        (Ending::Failed, "the workflow failed"),
        (Ending::TimedOut, "the workflow timed out"),
        (Ending::Succeeded, "the workflow ended"),
        (Ending::Forgotten, "the workflow ended"),
    ] {
        let by_event = left_behind(how);
        assert_eq!(now(by_event.close_ended()).unwrap(), 1);
        let by_schedule = left_behind(how);
        now(by_schedule.sweep()).unwrap();
        for world in [by_event, by_schedule] {
            let request = world.request();
            assert_eq!((request.status, request.resume), (Status::Withdrawn, Resume::None), "{how:?}");
            assert_eq!(reason(&world), why);
            let late = world.vote("ana", Choice::Approve).unwrap_err();
            assert!(matches!(late, DecideError::Refused { refusal: Refusal::Withdrawn, .. }));
        }
    }
}

#[test]
fn those_who_were_asked_and_the_requester_are_told_once_that_it_was_withdrawn() {
    let world = left_behind(Ending::Stopped);
    now(world.close_ended()).unwrap();
    world.pass(14);
    now(world.sweep()).unwrap();
    assert_eq!(world.memory.sent().len(), 1, "a task of the workflow may be about to tell");
    world.pass(1);
    for _ in 0..2 {
        now(world.sweep()).unwrap();
        assert_eq!((world.mails_to("ana"), world.mails_to("dev")), (2, 1));
        assert_eq!(world.request().notices, [Notice::Closed]);
    }
    let mail = &world.memory.sent_to(&crate::domain::samples::person("dev"))[0];
    assert!(mail.subject.starts_with("Withdrawn: ") && mail.text.contains("the workflow was stopped"));
}

#[test]
fn nobody_is_told_of_what_nobody_was_asked() {
    let world = left_behind(Ending::Stopped);
    world.memory.put_request(Request { contacts: Vec::new(), ..world.request() });
    now(world.close_ended()).unwrap();
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!((world.request().status, world.memory.sent().len()), (Status::Withdrawn, 1));
}

#[test]
fn a_decision_whose_workflow_was_stopped_is_gone_and_people_are_told() {
    for (choice, notice) in [(Choice::Approve, Notice::TooLate), (Choice::Reject, Notice::Rejected)] {
        let world = owing(choice);
        world.memory.end_workflow(EXECUTION);
        now(world.close_ended()).unwrap();
        now(world.pay()).unwrap();
        assert_eq!(world.request().resume, Resume::Owed, "it is left to the handler that made it");
        world.pass(15);
        now(world.sweep()).unwrap();
        assert_eq!((world.request().resume, world.mails_to("dev")), (Resume::Gone, 0));
        world.pass(15);
        now(world.sweep()).unwrap();
        assert_eq!((world.mails_to("ana"), world.mails_to("dev")), (2, 1));
        assert_eq!(world.request().notices, [notice]);
        world.pass(60);
        assert_eq!(now(world.sweep()).unwrap(), Swept::default());
        assert_eq!(world.memory.sent().len(), 3, "once");
    }
}

#[test]
fn the_news_of_an_end_settles_an_older_debt_at_once() {
    let world = owing(Choice::Approve);
    world.memory.end_workflow(EXECUTION);
    world.pass(15);
    assert_eq!(now(world.close_ended()).unwrap(), 1);
    assert_eq!((world.request().status, world.request().resume), (Status::Approved, Resume::Gone));
}

#[test]
fn a_delivery_that_is_proven_before_people_are_told_is_not_too_late() {
    let world = owing(Choice::Approve);
    world.memory.end_workflow(EXECUTION);
    world.pass(15);
    now(world.sweep()).unwrap();
    assert_eq!(world.request().resume, Resume::Gone);
    let proof = [crate::domain::Command::NoteResume(Resume::Done)];
    now(crate::usecase::keep::keep(&world.memory, &world.memory, world.request(), &proof)).unwrap();
    world.pass(60);
    now(world.sweep()).unwrap();
    assert_eq!((world.request().resume, world.mails_to("dev")), (Resume::Done, 0));
}

#[test]
fn a_delivered_decision_is_untouched_by_its_workflows_end() {
    let world = World::new();
    world.asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.end_workflow(EXECUTION);
    world.pass(60);
    let before = world.request();
    assert_eq!(now(world.close_ended()).unwrap(), 0);
    now(world.pay()).unwrap();
    now(world.sweep()).unwrap();
    assert_eq!((world.request(), world.memory.sent().len()), (before, 1));
}

#[test]
fn between_two_waits_the_debt_stays_and_the_timeout_task_continues_with_it() {
    let world = World::new();
    let details = world.asked();
    world.memory.end_wait(&first());
    world.vote("ana", Choice::Approve).unwrap();
    world.pass(60);
    assert!(matches!(now(world.pay()), Ok(Settled::Done)), "the stream does not try for ever");
    now(world.sweep()).unwrap();
    assert_eq!(world.request().resume, Resume::Owed);
    assert_eq!(now(world.time_out(&timed_out(&details))).unwrap()["status"], "approved");
    now(world.carry_out(&approved(&details, &world.request()))).unwrap();
    assert_eq!(world.request().resume, Resume::Done);
}

#[test]
fn a_rejection_that_its_workflow_reports_is_told_by_it_and_not_again() {
    let world = World::new();
    let details = world.asked();
    let request = world.vote("ana", Choice::Reject).unwrap();
    now(world.report_rejection(&rejected(&details, &request))).unwrap();
    world.memory.end_workflow_as(EXECUTION, Ending::Failed);
    now(world.close_ended()).unwrap();
    world.pass(60);
    assert_eq!(now(world.sweep()).unwrap(), Swept::default());
    assert_eq!(world.mails_to("dev"), 1);
}

#[test]
fn a_vote_that_comes_before_the_closing_write_wins() {
    let world = left_behind(Ending::Stopped);
    let stale = world.request();
    world.vote("ana", Choice::Approve).unwrap();
    let decided = world.request();
    let withdraw = [crate::domain::Command::Withdraw { reason: "the workflow was stopped".to_owned() }];
    let kept = now(crate::usecase::keep::keep(&world.memory, &world.memory, stale, &withdraw)).unwrap();
    assert_eq!((kept.status, world.request()), (Status::Approved, decided));
}

#[test]
fn every_level_and_every_caller_of_a_workflow_is_found_by_it() {
    let world = World::new();
    let mut details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    details["approval"]["level"] = json!(2);
    world.ask(&world.own(&details, "second", 0)).unwrap();
    for key in ["0", "1"] {
        let token = format!("map-{key}");
        world
            .ask(&json!({"taskToken": token, "execution": EXECUTION, "subject": {"title": "x"}, "requestKey": key}))
            .unwrap();
    }
    world.memory.end_workflow(EXECUTION);
    assert_eq!(now(world.close_ended()).unwrap(), 3);
    let first_level = world.memory.stored_request(&id_of(&details, 1)).unwrap();
    assert_eq!((first_level.status, first_level.resume), (Status::Approved, Resume::Done));
    let withdrawn =
        world.memory.stored_requests().into_iter().filter(|request| request.status == Status::Withdrawn);
    assert_eq!(withdrawn.count(), 3);
    assert_eq!(world.memory.count(Call::Describe), 1, "one look for all of them");
}

#[test]
fn a_workflow_that_is_not_known_is_never_believed_to_have_ended() {
    let world = World::new();
    world.ask(&json!({"taskToken": "first"})).unwrap();
    world.pass(3_600);
    let before = world.request();
    now(world.sweep()).unwrap();
    assert_eq!((world.request(), world.memory.count(Call::Describe)), (before, 0));
}

#[test]
fn a_request_that_was_just_opened_is_not_looked_at() {
    let world = World::new();
    world.asked();
    world.memory.end_workflow_as(EXECUTION, Ending::Forgotten);
    world.pass(59);
    now(world.sweep()).unwrap();
    assert_eq!(world.request().status, Status::Pending, "the service may not show a new execution yet");
    world.pass(1);
    now(world.sweep()).unwrap();
    assert_eq!(world.request().status, Status::Withdrawn);
}

#[test]
fn an_unanswered_question_closes_nothing_and_another_run_does() {
    let world = left_behind(Ending::Stopped);
    for call in [Call::ListOf, Call::Describe, Call::ReadRequest, Call::Keep] {
        world.memory.inject(call, Fault::BeforeEffect);
        assert!(now(world.close_ended()).is_err(), "{call:?}");
        assert_eq!(world.request().status, Status::Pending, "{call:?}");
    }
    assert_eq!(now(world.close_ended()).unwrap(), 1);
}

/// Copies of a request, each of a workflow of its own.
fn many(world: &World, count: usize) {
    let request = world.request();
    for number in 0..count {
        let mut copy =
            Request { id: RequestId::parse(&format!("copy-{number:03}")).unwrap(), ..request.clone() };
        copy.task_token = task_token(&format!("copy-{number}"));
        world.memory.wait(EXECUTION, &copy.task_token);
        world.memory.put_request(copy);
    }
}

#[test]
fn a_run_is_bounded_and_one_bad_record_holds_up_no_other() {
    let world = owing(Choice::Approve);
    many(&world, DEBTS - 1);
    world.memory.inject_nth(Call::ReadRequest, 3, Fault::BeforeEffect);
    world.memory.inject_nth(Call::Answer, 5, Fault::BeforeEffect);
    let swept = now(world.sweep()).unwrap();
    assert_eq!(swept, Swept { owing: DEBTS, seen: DEBTS, failed: 2, ..Swept::default() });
    assert_eq!(now(world.sweep()).unwrap(), Swept { owing: 2, seen: 2, ..Swept::default() });

    let world = owing(Choice::Approve);
    many(&world, 3 * DEBTS);
    assert_eq!(now(world.sweep()).unwrap().seen, DEBTS);
    let world = World::new();
    world.asked();
    world.pass(60);
    many(&world, 3 * PENDING);
    world.memory.forget_calls();
    assert_eq!(now(world.sweep()).unwrap().seen, PENDING);
    assert_eq!(world.memory.count(Call::Describe), PENDING, "far below the quota");
}

#[test]
fn debts_that_cannot_be_paid_do_not_keep_others_waiting_for_ever() {
    let world = owing(Choice::Approve);
    many(&world, 2 * DEBTS);
    for request in
        world.memory.stored_requests().into_iter().filter(|request| request.id.as_str() < "copy-055")
    {
        world.memory.put_request(Request { task_token: task_token("never-waited"), ..request });
    }
    for _ in 0..3 {
        world.pass(60);
        now(world.sweep()).unwrap();
    }
    let paid = world.memory.stored_requests().into_iter().filter(|request| request.resume == Resume::Done);
    assert_eq!(paid.count(), 5);
}

#[test]
fn a_run_stops_when_its_time_is_up() {
    let world = owing(Choice::Approve);
    many(&world, 5);
    let memory = &world.memory;
    let up = crate::ports::Clock::now(memory);
    assert_eq!(now(Box::pin(sweep(&world.settle(), up))).unwrap().seen, 0);
}

#[test]
fn a_run_counts_what_a_service_did_not_answer_for() {
    let world = left_behind(Ending::Stopped);
    world.memory.inject(Call::Describe, Fault::BeforeEffect);
    assert_eq!(now(world.sweep()).unwrap(), Swept { pending: 1, seen: 1, failed: 1, ..Swept::default() });
    let world = World::with_slack();
    world.asked();
    world.vote("ana", Choice::Approve).unwrap();
    world.memory.inject(Call::Keep, Fault::BeforeEffect);
    assert_eq!(now(world.sweep()).unwrap(), Swept { owing: 1, seen: 1, failed: 1, ..Swept::default() });
}
