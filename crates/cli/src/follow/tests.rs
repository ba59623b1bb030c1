//! Following, over worlds in which things happen while nobody looks.

use common::domain::{Choice, Command, Deployment, PlanKey, Request, RequestId, Resume};
use common::ports::Ending;

use super::{End, Progress, Seen, follow};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Screen;
use crate::ports::Execution;
use crate::samples::{EXECUTION, Outside, after, plan, request, vote};

/// Follows to the end; with what was shown on the way.
async fn followed(outside: &Outside, screen: Screen) -> (Result<(Seen, End), Error>, String) {
    let mut shown = Vec::new();
    let mut progress = Progress::new(&mut shown, screen);
    let memory = &outside.memory;
    let ended = follow((memory, outside, memory, outside), EXECUTION, &mut progress).await;
    (ended, String::from_utf8(shown).unwrap())
}

async fn exit(outside: &Outside) -> Exit {
    followed(outside, Screen::Plain).await.0.unwrap().1.exit()
}

fn running() -> Outside {
    Outside::new(Some(Execution::Running))
}

fn id(level: u32) -> RequestId {
    RequestId::of_level(&PlanKey::of_execution(EXECUTION), level)
}

fn change(outside: &Outside, level: u32, command: Command) {
    let stored = outside.memory.stored_request(&id(level)).unwrap();
    let now = common::ports::Clock::now(&outside.memory);
    outside.memory.put_request(after(&stored, command, now));
}

fn ask(outside: &Outside, level: u32) {
    let now = common::ports::Clock::now(&outside.memory);
    let seconds = now.duration_since(common::adapters::memory::START).as_secs();
    outside.memory.put_plan(plan());
    outside.memory.put_request(request(&plan(), level, seconds));
}

fn use_it(outside: &Outside) {
    let at = common::ports::Clock::now(&outside.memory);
    change(outside, 2, Command::NoteResume(Resume::Done));
    change(outside, 2, Command::Execute(Deployment::done(at)));
}

/// Both levels are asked and approve.
fn approved() -> Outside {
    running()
        .then(|outside| ask(outside, 1))
        .then(|outside| change(outside, 1, vote("ana", Choice::Approve)))
        .then(|outside| ask(outside, 2))
        .then(|outside| change(outside, 2, vote("eve", Choice::Approve)))
        .then(|outside| change(outside, 2, vote("kim", Choice::Approve)))
}

#[tokio::test]
async fn an_approved_workflow_is_followed_through_all_levels() {
    let outside = approved().then(|outside| {
        use_it(outside);
        outside.end(Ending::Succeeded);
    });
    let (ended, shown) = followed(&outside, Screen::Plain).await;
    let (_, end) = ended.unwrap();
    assert_eq!(end.exit(), Exit::Ok);
    assert!(matches!(end, End::Approved(Some(Deployment { deployed: true, .. }))), "{end:?}");
    insta::assert_snapshot!("plain", shown);
}

#[tokio::test]
async fn a_terminal_is_painted_over() {
    let outside = approved().then(|outside| outside.end(Ending::Succeeded));
    let (_, shown) = followed(&outside, Screen::Terminal).await;
    insta::assert_snapshot!("terminal", shown.replace('\u{1b}', "ESC"));
}

#[tokio::test]
async fn how_it_ended_is_by_the_records_and_not_by_the_workflow() {
    let rejected = running()
        .then(|outside| ask(outside, 1))
        .then(|outside| change(outside, 1, vote("ana", Choice::Reject)))
        .then(|outside| outside.end(Ending::Succeeded));
    assert_eq!(exit(&rejected).await, Exit::Rejected);
    for (command, expected) in [
        (Command::TakeBack { reason: "x".to_owned() }, Exit::Withdrawn),
        (Command::Supersede { by: PlanKey::of_execution("newer") }, Exit::Superseded),
    ] {
        let outside = running()
            .then(|outside| ask(outside, 1))
            .then(move |outside| change(outside, 1, command.clone()))
            .then(|outside| outside.end(Ending::Failed));
        assert_eq!(exit(&outside).await, expected);
    }
    let expired = running()
        .then(|outside| ask(outside, 1))
        .then(|outside| {
            outside.memory.advance(jiff::SignedDuration::from_hours(2));
            change(outside, 1, Command::Expire);
        })
        .then(|outside| outside.end(Ending::Failed));
    assert_eq!(exit(&expired).await, Exit::Expired);
}

#[tokio::test]
async fn a_decision_is_not_the_end_while_the_workflow_runs() {
    let outside = running()
        .then(|outside| ask(outside, 1))
        .then(|outside| change(outside, 1, vote("ana", Choice::Reject)))
        .quiet(20)
        .then(|outside| outside.end(Ending::Failed));
    assert_eq!(exit(&outside).await, Exit::Rejected);
    assert!(outside.steps.borrow().is_empty(), "it waited for the workflow");
}

#[tokio::test]
async fn a_workflow_that_fails_otherwise_is_told_apart() {
    let before = running().then(|outside| outside.end(Ending::Failed));
    let (ended, _) = followed(&before, Screen::Plain).await;
    assert_eq!(ended.unwrap().1, End::FailedBeforeAsking);
    let after = approved().then(|outside| outside.end(Ending::Failed));
    let (ended, _) = followed(&after, Screen::Plain).await;
    let (_, end) = ended.unwrap();
    assert_eq!((end.exit(), end), (Exit::WorkflowFailed, End::FailedAfterApproval));
    let between = running()
        .then(|outside| ask(outside, 1))
        .then(|outside| change(outside, 1, vote("ana", Choice::Approve)))
        .then(|outside| outside.end(Ending::Stopped));
    assert_eq!(exit(&between).await, Exit::WorkflowFailed);
}

#[tokio::test]
async fn a_success_without_the_approvals_of_the_plan_is_none() {
    let outside = running()
        .then(|outside| ask(outside, 1))
        .then(|outside| change(outside, 1, vote("ana", Choice::Approve)))
        .then(|outside| outside.end(Ending::Succeeded));
    let (ended, _) = followed(&outside, Screen::Plain).await;
    let (_, end) = ended.unwrap();
    assert_eq!((end.exit(), end), (Exit::WorkflowFailed, End::NotByTheRecords));
}

#[tokio::test]
async fn a_plan_without_levels_needs_no_approval() {
    let outside = running().then(|outside| {
        outside.memory.put_plan(common::domain::Plan { levels: Vec::new(), ..plan() });
        outside.end(Ending::Succeeded);
    });
    let (ended, _) = followed(&outside, Screen::Plain).await;
    let (_, end) = ended.unwrap();
    assert_eq!((end.exit(), end), (Exit::Ok, End::NotNeeded));
}

/// Somebody stopped the workflow: its record is closed a moment later.
#[tokio::test]
async fn an_ended_workflow_is_asked_for_rarely_and_its_open_record_is_waited_for() {
    let outside = running()
        .then(|outside| ask(outside, 1))
        .then(|outside| outside.end(Ending::Stopped))
        .quiet(8)
        .then(|outside| change(outside, 1, Command::Withdraw { reason: "stopped".to_owned() }));
    assert_eq!(exit(&outside).await, Exit::Withdrawn);
    assert_eq!(*outside.looks.borrow(), 3, "before asking twice, and once while it waits for votes");
    assert_eq!(outside.pauses.borrow().first(), Some(&1));
    assert_eq!(outside.pauses.borrow().iter().max(), Some(&5));

    let never =
        running().then(|outside| ask(outside, 1)).then(|outside| outside.end(Ending::Stopped)).quiet(60);
    let (ended, _) = followed(&never, Screen::Plain).await;
    let (_, end) = ended.unwrap();
    assert_eq!((end.exit(), end), (Exit::WorkflowFailed, End::StillOpen));
}

#[tokio::test]
async fn a_look_that_fails_is_repeated_and_ten_in_a_row_are_an_error() {
    let fails = |fails: bool| move |outside: &Outside| *outside.failing.borrow_mut() = fails;
    let outside =
        running().then(fails(true)).quiet(5).then(fails(false)).then(|outside| outside.end(Ending::Failed));
    assert_eq!(exit(&outside).await, Exit::WorkflowFailed);
    let outside = running().then(fails(true)).quiet(20);
    let (ended, _) = followed(&outside, Screen::Plain).await;
    assert_eq!(ended.unwrap_err().exit(), Exit::Failed);
}

#[test]
fn a_request_that_is_open_has_no_end() {
    let open: Request = request(&plan(), 1, 0);
    let seen = Seen { plan: Some(plan()), requests: vec![open], execution: Some(Execution::Running) };
    assert_eq!(seen.end(), None);
}
