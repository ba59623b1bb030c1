//! The in-memory adapter behaves as the services that it stands for.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::adapters::contract_tests;
use crate::adapters::samples::{EXECUTION, after, person, plan, request, token, vote};
use crate::domain::Choice;
use crate::ports::{
    Answer, DescribeWorkflows, Ending, Guarded, HistoryError, KeepRequests, ListRequests, Mail, MailError,
    Pause, ReadRequests, ResumeError, ResumeWorkflows, SendMail, SigningSecret, SigningSecrets, StorePlans,
    WorkflowState, Written,
};

fn success() -> Answer {
    Answer::Success { output: "{}".to_owned() }
}

fn mail(name: &str) -> Mail {
    Mail { to: person(name), subject: String::new(), text: String::new(), html: String::new() }
}

#[tokio::test]
async fn it_keeps_the_contracts_of_the_table() {
    // Boxed: it makes many calls.
    Box::pin(contract_tests::requests(&Memory::new())).await;
    contract_tests::plans(&Memory::new()).await;
    Box::pin(contract_tests::lists(&Memory::new())).await;
    Box::pin(contract_tests::pointers(&Memory::new())).await;
    contract_tests::policies(&Memory::new()).await;
    Box::pin(contract_tests::claims(&Memory::new())).await;
    Box::pin(contract_tests::overviews(&Memory::new())).await;
    contract_tests::walks(&Memory::new()).await;
}

#[test]
fn the_clock_stands_until_it_is_moved() {
    let memory = Memory::new();
    assert_eq!(memory.now().to_string(), "2026-01-05T09:00:00Z");
    assert_eq!(memory.advance(SignedDuration::from_secs(5)), memory.now());
    assert_eq!(memory.now(), START + SignedDuration::from_secs(5));
    memory.set_now(START);
    assert_eq!(memory.now(), START);
}

#[test]
fn one_seed_draws_the_same_bits_and_never_twice() {
    let draw = |seed| {
        let memory = Memory::seeded(seed);
        [memory.bits(), memory.bits()]
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_ne!(draw(1)[0], draw(1)[1]);
}

#[tokio::test]
async fn clones_are_handles_to_one_world() {
    let memory = Memory::new();
    memory.clone().open(&request("one")).await.unwrap();
    assert_eq!(memory.stored_requests(), [request("one")]);
    memory.store_plan(&plan("one")).await.unwrap();
    assert_eq!(memory.stored_plans(), [plan("one")]);
}

#[tokio::test]
async fn calls_are_counted_in_order() {
    let memory = Memory::new();
    memory.open(&request("one")).await.unwrap();
    memory.request(&request("one").id).await.unwrap();
    memory.request(&request("two").id).await.unwrap();
    assert_eq!(memory.calls(), [Call::Open, Call::ReadRequest, Call::ReadRequest]);
    assert_eq!((memory.count(Call::ReadRequest), memory.count(Call::Keep)), (2, 0));
    memory.forget_calls();
    assert!(memory.calls().is_empty());
}

#[tokio::test]
async fn a_fault_before_the_effect_leaves_nothing_and_one_after_it_everything() {
    let memory = Memory::new();
    memory.inject(Call::Open, Fault::BeforeEffect);
    assert!(memory.open(&request("one")).await.is_err());
    assert_eq!(memory.stored_request(&request("one").id), None);
    memory.inject(Call::Open, Fault::AfterEffect);
    assert!(memory.open(&request("one")).await.is_err());
    assert_eq!(memory.stored_request(&request("one").id), Some(request("one")));
    assert_eq!(memory.open(&request("one")).await.unwrap(), Guarded::Stored, "faults happen once");

    memory.inject(Call::SendMail, Fault::AfterEffect);
    assert!(matches!(memory.send(&mail("ana")).await, Err(MailError::Temporary { .. })));
    assert_eq!(memory.sent_to(&person("ana")).len(), 1);
}

#[tokio::test]
async fn a_fault_waits_for_its_call() {
    let memory = Memory::new();
    memory.inject_nth(Call::SendMail, 2, Fault::BeforeEffect);
    assert!(memory.send(&mail("ana")).await.is_ok());
    assert!(memory.open(&request("one")).await.is_ok());
    assert!(memory.send(&mail("ana")).await.is_err());
    memory.inject_at(2, Fault::BeforeEffect);
    assert!(memory.request(&request("one").id).await.is_ok());
    assert!(memory.send(&mail("ana")).await.is_err());
    memory.inject(Call::SendMail, Fault::BeforeEffect);
    memory.clear_faults();
    assert!(memory.send(&mail("ana")).await.is_ok());
}

#[test]
fn a_dead_process_goes_no_further() {
    let memory = Memory::new();
    let handler = async || {
        memory.open(&request("one")).await.unwrap();
        memory.send(&mail("ana")).await.unwrap();
        memory.send(&mail("bob")).await.unwrap();
    };
    memory.inject(Call::Open, Fault::DeathBefore);
    assert_eq!(until_death(handler()), None);
    assert!(memory.stored_requests().is_empty());
    memory.inject(Call::SendMail, Fault::DeathAfter);
    assert_eq!(until_death(handler()), None);
    assert_eq!((memory.stored_requests().len(), memory.sent().len()), (1, 1));
    assert_eq!(until_death(handler()), Some(()));
}

#[tokio::test]
async fn the_first_answer_to_a_task_wins() {
    let memory = Memory::new();
    let task = token("task");
    assert!(matches!(memory.answer(&task, &success()).await, Err(ResumeError::Impossible { .. })));
    memory.wait(EXECUTION, &task);
    assert!(memory.is_waiting(&task));
    memory.answer(&task, &success()).await.unwrap();
    let failure = Answer::Failure { error: "RejectedError", cause: String::new() };
    assert!(matches!(memory.answer(&task, &failure).await, Err(ResumeError::NotWaiting { .. })));
    assert_eq!(memory.answer_to(&task), Some(success()));
    assert!(!memory.is_waiting(&task));
}

#[tokio::test]
async fn what_step_functions_cannot_take_leaves_the_task_waiting() {
    let memory = Memory::new();
    memory.wait(EXECUTION, &token("task"));
    let bad = [
        Answer::Success { output: "{".to_owned() },
        Answer::Success { output: format!("\"{}\"", "a".repeat(256 * 1024)) },
        Answer::Failure { error: "RejectedError", cause: "a".repeat(32_769) },
    ];
    for answer in bad {
        let refused = memory.answer(&token("task"), &answer).await;
        assert!(matches!(refused, Err(ResumeError::Impossible { .. })));
    }
    assert!(memory.is_waiting(&token("task")));
}

#[tokio::test]
async fn a_task_whose_time_is_up_or_whose_workflow_ended_takes_no_answer() {
    let memory = Memory::new();
    memory.wait(EXECUTION, &token("timed-out"));
    memory.wait(EXECUTION, &token("answered"));
    memory.wait(EXECUTION, &token("waiting"));
    memory.end_wait(&token("timed-out"));
    memory.answer(&token("answered"), &success()).await.unwrap();
    assert_eq!(memory.describe(EXECUTION).await.unwrap(), WorkflowState::Running);
    memory.end_workflow(EXECUTION);
    assert_eq!(memory.describe(EXECUTION).await.unwrap(), WorkflowState::Ended(Ending::Stopped));
    for task in ["timed-out", "waiting"] {
        let refused = memory.answer(&token(task), &success()).await;
        assert!(matches!(refused, Err(ResumeError::NotWaiting { .. })), "{task}");
    }
    assert_eq!(memory.answer_to(&token("answered")), Some(success()));
    assert_eq!(memory.describe("unknown").await.unwrap(), WorkflowState::Ended(Ending::Forgotten));
}

#[tokio::test]
async fn a_workflow_was_told_what_one_of_its_tasks_was_answered() {
    let memory = Memory::new();
    let id = request("one").id;
    let forgotten = memory.was_told(EXECUTION, &id).await;
    assert!(matches!(forgotten, Err(HistoryError::Unreadable { .. })), "{forgotten:?}");
    let text = json!({ "requestId": id.as_str() }).to_string();
    let approval = Answer::Success { output: text.clone() };
    let rejection = Answer::Failure { error: "RejectedError", cause: text };
    for (name, answer) in [("approved", approval), ("rejected", rejection)] {
        memory.wait(name, &token(name));
        assert!(!memory.was_told(name, &id).await.unwrap());
        memory.answer(&token(name), &answer).await.unwrap();
        memory.end_workflow(name);
        assert!(memory.was_told(name, &id).await.unwrap(), "{name}");
        assert!(!memory.was_told(name, &request("two").id).await.unwrap(), "{name}");
    }
    memory.wait("another", &token("another"));
    assert!(!memory.was_told("another", &id).await.unwrap(), "another workflow's task");
}

#[tokio::test]
async fn mail_to_given_people_is_refused() {
    let memory = Memory::new();
    memory.refuse_mail(&person("ana"), MailRefusal::Final);
    memory.refuse_mail(&person("bob"), MailRefusal::Temporary);
    assert!(matches!(memory.send(&mail("ana")).await, Err(MailError::Refused { .. })));
    assert!(matches!(memory.send(&mail("bob")).await, Err(MailError::Temporary { .. })));
    assert!(memory.send(&mail("eve")).await.is_ok());
    memory.accept_mail(&person("bob"));
    assert!(memory.send(&mail("bob")).await.is_ok());
    assert_eq!(memory.sent(), [mail("eve"), mail("bob")]);
}

#[tokio::test]
async fn slack_is_off_until_there_are_secrets() {
    let memory = Memory::new();
    assert!(memory.signing_secrets().await.unwrap().is_empty());
    memory.set_signing_secrets(vec![SigningSecret::new("s".to_owned())]);
    assert_eq!(memory.signing_secrets().await.unwrap()[0].expose(), b"s");
}

#[tokio::test]
async fn an_item_has_a_limit() {
    let mut large = request("one");
    large.base_url = "a".repeat(400 * 1024);
    assert!(Memory::new().open(&large).await.is_err());
}

#[tokio::test]
async fn only_closed_requests_are_dropped_and_only_after_their_retention() {
    let memory = Memory::new();
    let mut open = request("open");
    open.retention_days = Some(1);
    let mut closed = request("closed");
    closed.retention_days = Some(1);
    let closed = after(&closed, vote(Choice::Approve), START);
    memory.put_request(open.clone());
    memory.put_request(closed.clone());
    memory.put_request(after(&request("kept"), vote(Choice::Approve), START));
    memory.drop_expired();
    assert_eq!(memory.stored_requests().len(), 3);
    memory.advance(SignedDuration::from_hours(24));
    memory.drop_expired();
    assert_eq!(memory.stored_request(&closed.id), None);
    assert_eq!(memory.stored_requests().len(), 2);
}

#[test]
fn a_handler_in_steps_makes_each_call_when_it_is_granted() {
    let world = Memory::new();
    let steps = Steps::default();
    let handler = world.in_steps(steps.clone());
    let id = request("one").id;
    let mut reading = pin!(async { (handler.request(&id).await, handler.request(&id).await) });
    let mut context = Context::from_waker(Waker::noop());
    assert!(reading.as_mut().poll(&mut context).is_pending());
    let first = steps.asked().unwrap();
    assert_eq!((first.call, steps.asked()), (Call::ReadRequest, None));
    assert!(reading.as_mut().poll(&mut context).is_pending(), "nobody has granted it");
    assert_eq!(world.count(Call::ReadRequest), 0);
    steps.grant(first, None);
    world.put_request(request("one"));
    assert!(reading.as_mut().poll(&mut context).is_pending());
    let second = steps.asked().unwrap();
    steps.grant(first, None);
    assert!(reading.as_mut().poll(&mut context).is_pending(), "a grant is for one call");
    steps.grant(second, Some(Fault::AfterEffect));
    let Poll::Ready((first, second)) = reading.as_mut().poll(&mut context) else { panic!("it is granted") };
    assert!(first.unwrap().is_some() && second.is_err());
}

#[test]
fn a_pause_in_steps_lasts_until_the_clock_says_so() {
    let world = Memory::new();
    let steps = Steps::default();
    let handler = world.in_steps(steps.clone());
    let mut pausing = pin!(handler.pause(std::time::Duration::from_secs(5)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(pausing.as_mut().poll(&mut context).is_pending());
    assert_eq!(steps.wakes_at(), Some(START + SignedDuration::from_secs(5)));
    world.advance(SignedDuration::from_secs(5));
    assert!(pausing.as_mut().poll(&mut context).is_ready());
}

#[tokio::test]
async fn an_effect_that_is_late_happens_when_it_arrives() {
    let world = Memory::new();
    world.inject(Call::Open, Fault::Late(SignedDuration::from_secs(60)));
    assert!(world.open(&request("one")).await.is_err());
    assert_eq!(world.stored_requests(), []);
    assert_eq!(world.next_arrival(), Some(START + SignedDuration::from_secs(60)));
    world.advance(SignedDuration::from_secs(60));
    world.arrive();
    assert_eq!((world.stored_requests(), world.next_arrival()), (vec![request("one")], None));
}

#[tokio::test]
async fn a_list_that_is_behind_shows_what_was_remembered() {
    let world = Memory::new();
    world.remember();
    world.put_request(request("one"));
    world.inject(Call::ListPending, Fault::Behind);
    assert_eq!(world.pending_requests(9).await.unwrap(), []);
    assert_eq!(world.pending_requests(9).await.unwrap(), [request("one").id]);
}

#[tokio::test]
async fn keeping_needs_the_version_that_it_follows_from() {
    let world = Memory::new();
    world.open(&request("one")).await.unwrap();
    let first = after(&request("one"), vote(Choice::Approve), START);
    world.keep(&first, request("one").version).await.unwrap();
    let other = after(&request("one"), vote(Choice::Reject), START);
    let refused = world.keep(&other, request("one").version).await.unwrap();
    assert_eq!((refused, world.stored_requests()), (Written::Conflict(Box::new(first.clone())), vec![first]));
}
