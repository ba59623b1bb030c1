//! The table of `docs/RESUMING.md`, played row by row: every answer of Step Functions, and what it does to record, page,
//! metrics and alarms.

use std::collections::BTreeSet;

use common::adapters::memory::{Call, Fault, Memory, until_death};
use common::domain::{Request, Resume, Workflow};
use common::ports::{Answer as Told, ResumeWorkflows as _};
use common::usecase::settle::Settle;
use common::usecase::sweep::sweep;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::log::Log;
use crate::world::{Answer, EXECUTION, ID, World, request};

/// How many runs of the schedule a case is watched for.
const RUNS: usize = 6;

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    case: String,
    step_functions: String,
    page: String,
    record: String,
    outcome: String,
    in_the_end: String,
    alarms: String,
}

fn table() -> Vec<Row> {
    let page = include_str!("../../../../docs/RESUMING.md");
    let (_, after) = page.split_once("<!-- The table that the tests read. -->").unwrap();
    let (table, _) = after.split_once("<!-- The end of that table. -->").unwrap();
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2).map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let [case, step_functions, page, record, outcome, in_the_end, alarms] = cells.try_into().unwrap();
        Row { case, step_functions, page, record, outcome, in_the_end, alarms }
    });
    rows.collect()
}

/// The world of a case, up to the vote.
fn world(case: &str, step_functions: &str) -> World {
    let known = request(&["ana"], 1);
    let world = match case {
        "workflow not known" => World::with(Request { workflow: Workflow::default(), ..known }),
        _ => World::with(known),
    };
    let memory = &world.memory;
    match case {
        "told" => {}
        "told, and the note fails" => memory.inject(Call::Keep, Fault::BeforeEffect),
        "told, and the reply is lost" => memory.inject(Call::Answer, Fault::AfterEffect),
        "told before" => {
            let output = format!(r#"{{"requestId": "{ID}", "approved": true}}"#);
            let (token, answer) = (world.stored().task_token, Told::Success { output });
            assert!(until_death(memory.answer(&token, &answer)).unwrap().is_ok());
        }
        "between two waits" | "workflow not known" => memory.end_wait(&world.stored().task_token),
        "workflow ended" => memory.end_workflow(EXECUTION),
        "workflow cannot be looked at" => {
            memory.end_wait(&world.stored().task_token);
            (1..=RUNS + 1).for_each(|nth| memory.inject_nth(Call::Describe, nth, Fault::BeforeEffect));
        }
        "no reply" => {
            (1..=RUNS + 1).for_each(|nth| memory.inject_nth(Call::Answer, nth, Fault::BeforeEffect));
        }
        _ => {
            // The row itself says what Step Functions answers.
            let (code, status) =
                step_functions.split_once(' ').unwrap_or_else(|| panic!("{case} is not played"));
            let status = status.trim_matches(['(', ')']).parse().unwrap();
            memory.refuse_answers(Some((status, code.trim_matches('`'))));
            if case.ends_with(", workflow ended") {
                memory.end_workflow(EXECUTION);
            }
        }
    }
    world
}

/// What the table calls a page.
fn page(answer: &Answer) -> &'static str {
    let says = |words| answer.text().contains(words);
    match answer.status {
        410 if says("Your approval is recorded") || says("workflow") => "gone",
        200 if says("The workflow has not confirmed it yet") => "not confirmed yet",
        200 if says("The decision is recorded, not confirmed") => "not confirmed",
        200 if says("recorded") => "recorded",
        other => panic!("{other}: {}", answer.text()),
    }
}

fn resume_of(world: &World) -> String {
    format!("{:?}", world.stored().resume).to_lowercase()
}

/// The values of a metric in the log.
fn values<T>(log: &Log, metric: &str, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    let emf = |line: Value| serde_json::from_str::<Value>(line.get("emf")?.as_str()?).ok();
    log.lines()
        .into_iter()
        .filter_map(emf)
        .filter(|line| line.get(metric).is_some())
        .filter_map(|line| read(&line))
        .collect()
}

/// A number of an alarm in the template.
fn number_of(alarm: &str, property: &str) -> usize {
    let template = include_str!("../../../../template.yaml");
    let (_, resource) = template.split_once(&format!("\n  {alarm}Alarm:\n")).unwrap();
    let (_, value) = resource.split_once(&format!("      {property}: ")).unwrap();
    value.lines().next().unwrap().parse().unwrap()
}

/// The alarms that what was measured sets off, by the numbers of the template.
fn alarms(log: &Log) -> String {
    let number = |metric| values(log, metric, |line| line.get(metric)?.as_u64());
    let mut on = BTreeSet::new();
    let owed_too_long = number_of("OwedTooLong", "Threshold") as u64;
    if number("OldestOwedSeconds").iter().filter(|seconds| **seconds > owed_too_long).count()
        >= number_of("OwedTooLong", "DatapointsToAlarm")
    {
        on.insert("OwedTooLong");
    }
    let runs = number("FailedRequests");
    let mut in_a_row = runs.windows(number_of("ReconcileFailing", "DatapointsToAlarm"));
    if in_a_row
        .any(|runs| runs.iter().all(|failed| *failed >= number_of("ReconcileFailing", "Threshold") as u64))
    {
        on.insert("ReconcileFailing");
    }
    if number("RefusedAnswers").iter().sum::<u64>() >= number_of("RefusedAnswers", "Threshold") as u64 {
        on.insert("RefusedAnswers");
    }
    on.into_iter().collect::<Vec<_>>().join(", ")
}

fn outcome(line: &Value) -> Option<String> {
    Some(line.get("outcome")?.as_str()?.to_owned())
}

async fn one_minute_later(memory: &Memory) {
    memory.advance(SignedDuration::from_mins(1));
    let settle = Settle {
        store: memory,
        mail: memory,
        slack: memory,
        workflows: memory,
        clock: memory,
        random: memory,
    };
    Box::pin(sweep(&settle, Timestamp::MAX)).await.unwrap();
}

#[tokio::test]
async fn every_row_of_the_table_is_what_happens() {
    let rows = table();
    let names: BTreeSet<_> = rows.iter().map(|row| row.case.clone()).collect();
    assert!(rows.len() == names.len() && rows.len() > 20, "{names:?}");
    for row in rows {
        let world = world(&row.case, &row.step_functions);
        let log = Log::capture();
        let answer = world.vote("ana", "approve").await;
        let outcomes = values(&log, "Answers", outcome);
        let [outcome] = &outcomes[..] else { panic!("{}: {outcomes:?}", row.case) };
        let (page, record, outcome) = (page(&answer).to_owned(), resume_of(&world), outcome.clone());
        for _ in 0..RUNS {
            one_minute_later(&world.memory).await;
        }
        let (case, step_functions) = (row.case.clone(), row.step_functions.clone());
        let played = Row {
            case,
            step_functions,
            page,
            record,
            outcome,
            in_the_end: resume_of(&world),
            alarms: alarms(&log),
        };
        assert_eq!(played, row);
    }
}

/// Every error that the SDK knows of these calls has its row.
#[test]
fn every_error_of_the_two_calls_has_a_row() {
    let rows = table();
    for code in [
        "InvalidOutput",
        "InvalidToken",
        "KmsAccessDeniedException",
        "KmsInvalidStateException",
        "KmsThrottlingException",
        "TaskDoesNotExist",
        "TaskTimedOut",
    ] {
        assert!(rows.iter().any(|row| row.step_functions.contains(&format!("`{code}`"))), "{code}");
    }
}

/// What refuses an answer is an error in the log; what passes by itself and what has ended is not.
#[tokio::test]
async fn somebody_is_called_only_for_what_somebody_has_to_do() {
    for row in table() {
        let world = world(&row.case, &row.step_functions);
        let log = Log::capture();
        world.vote("ana", "approve").await;
        let errors = log.lines().iter().filter(|line| line["level"] == "ERROR").count();
        assert_eq!(errors, usize::from(row.outcome == "refused"), "{}: {}", row.case, log.text());
    }
}

#[tokio::test]
async fn a_passer_by_leaves_a_fresh_decision_alone() {
    let world = World::new();
    world.memory.inject(Call::Answer, Fault::BeforeEffect);
    world.vote("ana", "approve").await;
    world.memory.end_wait(&world.stored().task_token);
    let log = Log::capture();
    world.memory.advance(SignedDuration::from_secs(14));
    let memory = &world.memory;
    let settle = Settle {
        store: memory,
        mail: memory,
        slack: memory,
        workflows: memory,
        clock: memory,
        random: memory,
    };
    Box::pin(sweep(&settle, Timestamp::MAX)).await.unwrap();
    assert_eq!(values(&log, "Answers", outcome), ["left_alone"]);
    assert_eq!(world.stored().resume, Resume::Owed);
}
