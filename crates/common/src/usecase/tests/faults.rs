//! Every handler run twice, and with each kind of fault at each of its calls and then again: the end is
//! that of an undisturbed run, and no invariant breaks on the way.

mod follow_up;
mod policy;
mod slack;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::world::{EXECUTION, World, approved, first, id_of, now, rejected, timed_out};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::contract::TaskError;
use crate::domain::event::first_break;
use crate::domain::samples::{group, task_token};
use crate::domain::{
    Change, Choice, Decision, Deployment, EmailAddress, Notice, Request, RequestId, Resume, Status, TaskToken,
};
use crate::ports::{Answer, Ending, Routes};

const FAULTS: [Fault; 4] = [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter];

/// One handler in one situation. What runs after it, undisturbed, is what its workflow does next.
struct Situation<'a> {
    before: &'a dyn Fn() -> (World, Value),
    /// `None` when the process died, else whether the caller got an answer.
    handler: &'a dyn Fn(&World, &Value) -> Option<bool>,
    after: &'a dyn Fn(&World, &Value),
}

/// What of a world has to be the same, however often and in whatever pieces it came about.
#[derive(Debug, PartialEq)]
struct End {
    plans: Vec<String>,
    requests: Vec<Record>,
    answers: Vec<Option<Answer>>,
    mails: BTreeSet<(EmailAddress, String)>,
    /// Where the alias leads, and how often it was changed.
    alias: Option<(Routes, String, usize)>,
}

#[derive(Debug, PartialEq)]
struct Record {
    id: RequestId,
    decision: Option<Decision>,
    resume: Resume,
    task_token: TaskToken,
    contacts: BTreeSet<String>,
    voters: Vec<EmailAddress>,
    notices: Vec<Notice>,
    change: Option<Change>,
    deployment: Option<Deployment>,
}

impl End {
    fn of(world: &World) -> Self {
        let memory = &world.memory;
        let record = |request: Request| Record {
            contacts: request.contacts.iter().map(|contact| format!("{contact:?}")).collect(),
            voters: request.votes.iter().map(|vote| vote.approver.clone()).collect(),
            id: request.id,
            decision: request.decision,
            resume: request.resume,
            task_token: request.task_token,
            notices: request.notices,
            change: request.change,
            deployment: request.deployment,
        };
        Self {
            plans: memory.stored_plans().iter().map(|plan| format!("{plan:?}")).collect(),
            requests: memory.stored_requests().into_iter().map(record).collect(),
            answers: ["first", "second"].map(|token| memory.answer_to(&task_token(token))).into(),
            mails: memory.sent().into_iter().map(|mail| (mail.to, mail.subject)).collect(),
            alias: memory
                .stored_alias("checkout", "live")
                .map(|alias| (alias.routes, alias.description, memory.alias_changes())),
        }
    }
}

/// I1 (the decision stays), I2 (what a task was told is what the record says), I4 (approvers decide, each
/// once), and a trail without a gap.
fn invariants(world: &World, earlier: &[Request]) {
    for request in world.memory.stored_requests() {
        let before = earlier.iter().find(|before| before.id == request.id);
        if let Some(decision) = before.and_then(|before| before.decision.as_ref()) {
            assert_eq!(request.decision.as_ref(), Some(decision));
        }
        assert_eq!(
            request.decision.as_ref().map_or(Status::Pending, |decision| decision.status),
            request.status
        );
        if let Some(answer) = world.memory.answer_to(&request.task_token) {
            assert_ne!(request.status, Status::Pending);
            assert_eq!(matches!(answer, Answer::Success { .. }), request.status == Status::Approved);
        }
        let voters: BTreeSet<_> = request.votes.iter().map(|vote| &vote.approver).collect();
        assert_eq!(voters.len(), request.votes.len());
        assert!(voters.iter().all(|voter| request.check_entitled(voter).is_ok()));
        assert_eq!(first_break(&request.events), None);
    }
}

impl Situation<'_> {
    fn holds(&self) {
        let calls = self.undisturbed(1).1;
        let (end, _) = self.undisturbed(1);
        assert_eq!(self.undisturbed(2).0, end, "run twice with the same event");
        for (position, call) in calls.iter().enumerate() {
            for fault in FAULTS {
                let (world, event) = (self.before)();
                world.memory.inject_at(position + 1, fault);
                let answered = (self.handler)(&world, &event);
                let died = matches!(fault, Fault::DeathBefore | Fault::DeathAfter);
                assert_eq!(answered.is_none(), died, "{fault:?} at {call:?}, call {}", position + 1);
                let between = world.memory.stored_requests();
                invariants(&world, &[]);
                assert_eq!((self.handler)(&world, &event), Some(true), "again, undisturbed");
                (self.after)(&world, &event);
                invariants(&world, &between);
                same(&End::of(&world), &end, *call, fault);
            }
        }
    }

    fn undisturbed(&self, times: usize) -> (End, Vec<Call>) {
        let (world, event) = (self.before)();
        world.memory.forget_calls();
        for _ in 0..times {
            assert_eq!((self.handler)(&world, &event), Some(true));
        }
        let calls = world.memory.calls();
        let mails = world.memory.sent().len();
        (self.after)(&world, &event);
        invariants(&world, &[]);
        let end = End::of(&world);
        assert!(times == 1 || mails == self.mails_of_one_run(), "a second run sends no second mail");
        (end, calls)
    }

    fn mails_of_one_run(&self) -> usize {
        let (world, event) = (self.before)();
        (self.handler)(&world, &event);
        world.memory.sent().len()
    }
}

/// A mail about an end is sent once and not tried again; so one that failed without effect is missing.
fn same(end: &End, expected: &End, call: Call, fault: Fault) {
    let place = format!("{fault:?} at {call:?}");
    assert_eq!(end.plans, expected.plans, "{place}");
    assert_eq!(end.requests, expected.requests, "{place}");
    assert_eq!(end.answers, expected.answers, "{place}");
    let missing = expected.mails.difference(&end.mails).count();
    let may_miss = usize::from(call == Call::SendMail && fault == Fault::BeforeEffect);
    assert!(end.mails.is_subset(&expected.mails) && missing <= may_miss, "{place}: {missing} mails missing");
}

fn nothing(_: &World, _: &Value) {}

fn ended(ran: Option<Result<Value, TaskError>>) -> Option<bool> {
    ran.map(|result| result.is_ok())
}

fn ask(world: &World, event: &Value) -> Option<bool> {
    ended(until_death(world.run_ask(event)))
}

fn time_out(world: &World, event: &Value) -> Option<bool> {
    ended(until_death(world.time_out(event)))
}

fn use_it(world: &World, _: &Value) {
    let request = world.memory.stored_requests().remove(0);
    now(world.carry_out(&crate::contract::outcome::Report::of(&request).to_value())).unwrap();
}

/// A world in which this token waits too.
fn waiting(world: World, event: Value) -> (World, Value) {
    world.memory.wait(EXECUTION, &task_token(event["taskToken"].as_str().unwrap()));
    (world, event)
}

#[test]
fn preparing() {
    let event =
        || (World::new(), json!({"input": super::world::input(), "execution": EXECUTION, "canWait": true}));
    let handler = |world: &World, event: &Value| ended(until_death(world.prepare(event)));
    Situation { before: &event, handler: &handler, after: &nothing }.holds();
}

#[test]
fn asking_two_people() {
    let before = || {
        let world = World::new();
        let details =
            world.details_with_levels(|levels| levels[0].groups = vec![group("any", &["ana", "bob"], 1)]);
        let event = world.own(&details, "first", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn asking_the_second_level() {
    let before = || {
        let world = World::new();
        let mut details = world.details_with_levels(|levels| levels.push(levels[0].clone()));
        world.ask(&world.own(&details, "first", 0)).unwrap();
        world.memory.inject(Call::Answer, Fault::AfterEffect);
        world.vote("ana", Choice::Approve).unwrap();
        details["approval"]["level"] = json!(2);
        let event = world.own(&details, "second", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn asking_in_a_second_round() {
    let before = || {
        let world = World::new();
        let general = |token| {
            json!({"taskToken": token, "execution": EXECUTION, "subject": {"title": "Access"},
            "enteredAt": world.memory_now()})
        };
        world.ask(&general("first")).unwrap();
        world.vote("ana", Choice::Reject).unwrap();
        world.pass(1);
        let event = general("second");
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn reminding() {
    let before = || {
        let world = World::new();
        let details = world.asked();
        world.memory.end_wait(&first());
        world.pass(100);
        let event = world.own(&details, "second", 0);
        waiting(world, event)
    };
    // A reminder that failed is not tried again before its request is asked again: here, at once.
    Situation { before: &before, handler: &ask, after: &nothing }.holds();
}

#[test]
fn delivering_a_decision_that_was_still_owed() {
    let before = || {
        let world = World::new();
        let details = world.asked();
        world.memory.end_wait(&first());
        world.vote("ana", Choice::Approve).unwrap();
        world.pass(1);
        let event = world.own(&details, "second", 0);
        waiting(world, event)
    };
    Situation { before: &before, handler: &ask, after: &use_it }.holds();
}

fn vote(choice: Choice) -> impl Fn(&World, &Value) -> Option<bool> {
    move |world, _| {
        let voted = until_death(world.vote_with(&world.links("ana")[0], choice))?;
        if voted.is_ok() {
            let request = world.request();
            assert!(
                request.decision.is_some() && request.resume != Resume::None,
                "I3: acknowledged and not lost"
            );
        }
        Some(voted.is_ok())
    }
}

fn asked() -> (World, Value) {
    let world = World::new();
    let details = world.asked();
    (world, details)
}

#[test]
fn approving() {
    Situation { before: &asked, handler: &vote(Choice::Approve), after: &use_it }.holds();
}

#[test]
fn rejecting() {
    let report = |world: &World, details: &Value| {
        now(world.report_rejection(&rejected(details, &world.request()))).unwrap();
    };
    Situation { before: &asked, handler: &vote(Choice::Reject), after: &report }.holds();
}

#[test]
fn approving_after_the_workflow_was_stopped() {
    let before = || {
        let (world, details) = asked();
        world.memory.end_workflow(EXECUTION);
        (world, details)
    };
    Situation { before: &before, handler: &vote(Choice::Approve), after: &later }.holds();
}

/// What the schedule finds once everyone has had the time to note what they did.
fn later(world: &World, _: &Value) {
    for _ in 0..3 {
        world.pass(60);
        now(world.sweep()).unwrap();
    }
    for request in world.memory.stored_requests() {
        assert_ne!(request.resume, Resume::Owed, "I3: nothing stays owed");
        assert_eq!(request.owed_notice(), None, "I3: people are told");
    }
}

fn reconciled<T, E>(ran: Option<Result<T, E>>) -> Option<bool> {
    ran.map(|result| result.is_ok())
}

/// Somebody approved, and the process died before it told the workflow.
fn died_after_the_vote() -> (World, Value) {
    let (world, details) = asked();
    world.memory.inject(Call::Answer, Fault::DeathBefore);
    assert!(until_death(world.vote_with(&world.links("ana")[0], Choice::Approve)).is_none());
    (world, details)
}

#[test]
fn approving_and_dying_with_reconcile_coming_by() {
    let ended = |world: &World, details: &Value| {
        // The workflow may have got the answer: then it goes on, and proves it.
        now(world.sweep()).unwrap();
        use_it(world, details);
        later(world, details);
    };
    Situation { before: &asked, handler: &vote(Choice::Approve), after: &ended }.holds();
}

#[test]
fn paying_from_the_stream() {
    let handler = |world: &World, _: &Value| reconciled(until_death(world.pay()));
    Situation { before: &died_after_the_vote, handler: &handler, after: &use_it }.holds();
}

#[test]
fn paying_from_the_schedule() {
    let handler = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
    Situation { before: &died_after_the_vote, handler: &handler, after: &use_it }.holds();
}

/// The workflow of a caller that goes straight to its end: none of our tasks is left to prove what it was told.
#[test]
fn deciding_for_a_workflow_that_ends_with_the_answer() {
    for choice in [Choice::Approve, Choice::Reject] {
        let handler = |world: &World, _: &Value| {
            let voted = vote(choice)(world, &Value::Null);
            if world.was_approved("first").is_some() {
                world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
            }
            voted
        };
        let told = |world: &World, details: &Value| {
            later(world, details);
            assert_eq!(world.request().resume, Resume::Done, "it was told");
            assert_eq!(
                (world.mails_to("ana"), world.mails_to("dev")),
                (1, 0),
                "nobody reads that it was not"
            );
        };
        Situation { before: &asked, handler: &handler, after: &told }.holds();
    }
}

/// The same, seen by whoever comes by after the process died.
#[test]
fn finding_out_that_an_ended_workflow_was_told() {
    let before = || {
        let (world, details) = asked();
        world.memory.inject(Call::Answer, Fault::DeathAfter);
        assert!(until_death(world.vote_with(&world.links("ana")[0], Choice::Approve)).is_none());
        world.memory.end_workflow_as(EXECUTION, Ending::Succeeded);
        world.pass(15);
        world.memory.forget_calls();
        (world, details)
    };
    let told = |world: &World, details: &Value| {
        later(world, details);
        assert_eq!((world.request().resume, world.mails_to("dev")), (Resume::Done, 0));
    };
    let by_event = |world: &World, _: &Value| reconciled(until_death(world.close_ended()));
    Situation { before: &before, handler: &by_event, after: &told }.holds();
    let by_schedule = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
    Situation { before: &before, handler: &by_schedule, after: &told }.holds();
}

#[test]
fn closing_what_a_stopped_workflow_left_open() {
    let before = || {
        let (world, details) = asked();
        world.pass(60);
        world.memory.end_workflow(EXECUTION);
        (world, details)
    };
    let by_event = |world: &World, _: &Value| reconciled(until_death(world.close_ended()));
    Situation { before: &before, handler: &by_event, after: &later }.holds();
    let by_schedule = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
    Situation { before: &before, handler: &by_schedule, after: &later }.holds();
}

#[test]
fn giving_up_a_debt_of_a_stopped_workflow() {
    for choice in [Choice::Approve, Choice::Reject] {
        let before = || {
            let (world, details) = asked();
            world.memory.inject(Call::Answer, Fault::BeforeEffect);
            assert_eq!(world.vote("ana", choice).unwrap().resume, Resume::Owed);
            world.memory.end_workflow(EXECUTION);
            world.pass(15);
            (world, details)
        };
        let by_event = |world: &World, _: &Value| reconciled(until_death(world.close_ended()));
        Situation { before: &before, handler: &by_event, after: &later }.holds();
        let by_schedule = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
        Situation { before: &before, handler: &by_schedule, after: &later }.holds();
    }
}

#[test]
fn telling_people_of_an_end_that_no_task_tells() {
    let before = || {
        let (world, details) = asked();
        world.memory.end_workflow(EXECUTION);
        now(world.close_ended()).unwrap();
        world.pass(15);
        (world, details)
    };
    let handler = |world: &World, _: &Value| reconciled(until_death(world.sweep()));
    Situation { before: &before, handler: &handler, after: &later }.holds();
}

#[test]
fn approving_between_two_waits() {
    let before = || {
        let (world, details) = asked();
        world.memory.end_wait(&first());
        (world, details)
    };
    let next = |world: &World, details: &Value| {
        let answer = now(world.time_out(&timed_out(details))).unwrap();
        assert_eq!(answer["status"], "approved", "the timeout task continues with it");
        use_it(world, details);
    };
    Situation { before: &before, handler: &vote(Choice::Approve), after: &next }.holds();
}
