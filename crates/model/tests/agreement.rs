//! The model speaks of the same protocol as the code: the same use cases, calls, commands and rules.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::domain::samples::{OPENED, group, level, opening};
use common::domain::{
    Ballot, Channel, Choice, Command as Real, Deployment, EmailAddress, Generation, Level, Opening, PlanKey,
    Request, Resume, Status, Strength, TaskToken, Transition, apply,
};
use jiff::SignedDuration;
use model::names::{CALLS, USE_CASES, of_command};
use model::{Command, Record, Rules};

const DEADLINE: SignedDuration = SignedDuration::from_secs(1_000);
const PEOPLE: [&str; 2] = ["ana@example.com", "bob@example.com"];

fn source(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

#[test]
fn every_use_case_has_its_place_or_a_reason() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../common/src/usecase");
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        files.extend(name.strip_suffix(".rs").filter(|name| *name != "tests").map(str::to_owned));
    }
    let named: BTreeSet<_> =
        USE_CASES.iter().map(|(name, _)| (*name).to_owned()).filter(|name| !name.contains('/')).collect();
    assert_eq!(named, files);
}

#[test]
fn every_call_is_a_method_of_a_port() {
    let ports = source("crates/common/src/ports.rs");
    for (call, method) in CALLS {
        assert!(ports.contains(method), "{call}: {method}");
    }
}

#[test]
fn the_states_of_the_workflow_are_those_of_the_state_machine() {
    use model::world::Place;
    let machine = source("statemachine/deployment-approval.asl.json");
    for place in
        [Place::RequestApproval, Place::ApprovalTimedOut, Place::DeploymentRejected, Place::ExecuteDeployment]
    {
        assert!(machine.contains(&format!("\"{place:?}\": {{")), "{place:?}");
    }
}

/// Walks through every record that commands lead to, in the model and in the code at once.
#[test]
fn the_code_does_what_the_model_does() {
    for quorum in [1, 2] {
        let mut seen = BTreeSet::new();
        let mut open = vec![(Record::opened(2), request(quorum))];
        let mut compared = 0;
        while let Some((record, request)) = open.pop() {
            if !seen.insert(format!("{record:?}")) {
                continue;
            }
            for (command, late) in commands() {
                let rules = Rules { quorum: quorum as usize, late, broken: None };
                let modelled = record.after(command, rules);
                let real = after(&request, command, late);
                assert_eq!(modelled, real.as_ref().map(seen_as), "{command:?}, late: {late}, on {record:?}");
                compared += 1;
                open.extend(modelled.zip(real));
            }
        }
        assert!(seen.len() > 50, "only {} records", seen.len());
        println!("quorum {quorum}: {} records, {compared} commands compared", seen.len());
    }
}

fn commands() -> Vec<(Command, bool)> {
    let votes = (0..PEOPLE.len()).flat_map(|person| {
        [Choice::Approve, Choice::Reject].into_iter().flat_map(move |choice| {
            [(Command::Vote(person, choice), false), (Command::Vote(person, choice), true)]
        })
    });
    let others = [
        Command::RenewWait(1),
        Command::RenewWait(2),
        Command::RenewWait(3),
        Command::Expire,
        Command::Withdraw,
        Command::TakeBack,
        Command::Supersede,
        Command::NoteResume(Resume::None),
        Command::NoteResume(Resume::Owed),
        Command::NoteResume(Resume::Done),
        Command::NoteResume(Resume::Gone),
        Command::Execute,
    ];
    votes.chain(others.map(|command| (command, false))).collect()
}

/// The same command in the code, which has the same name.
fn real(command: Command) -> Real {
    let real = match command {
        Command::RenewWait(attempt) => {
            Real::RenewWait { task_token: token(attempt), generation: generation(attempt) }
        }
        Command::Vote(person, choice) => Real::Vote(Ballot {
            approver: EmailAddress::parse(PEOPLE.get(person).unwrap()).unwrap(),
            choice,
            reason: (choice == Choice::Reject).then(|| "not now".to_owned()),
            channel: Channel::Email,
            strength: Strength::Link,
        }),
        Command::Expire => Real::Expire,
        Command::Withdraw => Real::Withdraw { reason: "the workflow was stopped".to_owned() },
        Command::TakeBack => Real::TakeBack { reason: "not needed".to_owned() },
        Command::Supersede => Real::Supersede { by: PlanKey::of_execution("newer") },
        Command::NoteResume(resume) => Real::NoteResume(resume),
        Command::Execute => Real::Execute(Deployment::nowhere(OPENED, String::new())),
    };
    let name = format!("{command:?}");
    assert_eq!(of_command(&real), Ok(name.split('(').next().unwrap_or_default()));
    real
}

fn after(request: &Request, command: Command, late: bool) -> Option<Request> {
    let now = if late { OPENED + DEADLINE } else { OPENED + SignedDuration::from_secs(10) };
    match apply(request, real(command), now) {
        Ok(Transition::Changed(next)) => Some(*next),
        Ok(Transition::Unchanged) => Some(request.clone()),
        Err(_) => None,
    }
}

fn seen_as(request: &Request) -> Record {
    let attempt = (1..=3).find(|attempt| request.task_token == token(*attempt)).unwrap();
    assert_eq!(request.generation, generation(attempt), "token and generation go together");
    let vote = |person: &str| request.vote_of(&EmailAddress::parse(person).unwrap()).map(|vote| vote.choice);
    assert_eq!(request.decision.as_ref().map_or(Status::Pending, |decision| decision.status), request.status);
    Record {
        status: request.status,
        resume: request.resume,
        votes: PEOPLE.map(vote),
        attempt,
        used: request.deployment.is_some(),
    }
}

fn token(attempt: u8) -> TaskToken {
    TaskToken::parse(&format!("task-token-{attempt}")).unwrap()
}

fn generation(attempt: u8) -> Generation {
    Generation { entered_at: OPENED, retry: u32::from(attempt) }
}

fn request(quorum: u32) -> Request {
    let level =
        Level { remind_after_seconds: Vec::new(), ..level(vec![group("approver", &["ana", "bob"], quorum)]) };
    Opening { task_token: token(2), generation: generation(2), ..opening(level) }.open(OPENED)
}
