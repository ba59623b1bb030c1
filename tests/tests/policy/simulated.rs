//! What the simulation says of the example policy, beside what then really happens in fast motion.

use std::collections::BTreeSet;

use common::domain::{Channel, DeploymentFacts, EmailAddress, Facts, Happening, Purpose, Request, Status};
use countersign::simulate::{Asked, LevelTimeline, Timeline, What, simulate};
use jiff::SignedDuration;

use countersign_tests::Release;

use crate::stored::example;
use crate::stored::policy;

/// What happens in one wait: how long after the level opened, and to whom.
#[derive(Debug, PartialEq, Eq)]
struct Wait {
    after_seconds: u32,
    messages: BTreeSet<(&'static str, String)>,
}

fn simulated(environment: &str, requester: &str) -> Timeline {
    let facts = Facts::Deployment(DeploymentFacts {
        service_name: "example".to_owned(),
        version: "2.4.1".to_owned(),
        environment: environment.to_owned(),
        change_log: None,
    });
    let requested_by = EmailAddress::parse(requester).ok();
    simulate(&example(), &Asked { facts, requested_by }).unwrap_or_else(|error| panic!("{error}"))
}

fn word(what: What) -> &'static str {
    match what {
        What::Asks | What::Escalates => "asked",
        What::Tells => "told of the escalation",
        What::Reminds => "reminded",
        What::Expires => "expired",
        What::Approves => "approved",
    }
}

/// The waits of the simulation: moments at the same time are one.
fn planned(level: &LevelTimeline) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    for moment in &level.silence {
        let people: Vec<String> = match moment.what {
            What::Expires | What::Approves => vec![String::new()],
            _ => moment.people.iter().map(ToString::to_string).collect(),
        };
        let messages = people.into_iter().map(|person| (word(moment.what), person));
        match waits.last_mut().filter(|wait| wait.after_seconds == moment.after_seconds) {
            Some(wait) => wait.messages.extend(messages),
            None => waits.push(Wait { after_seconds: moment.after_seconds, messages: messages.collect() }),
        }
    }
    waits
}

/// The waits of a record, by the times that are planned for them: nothing happens before its time.
fn happened(record: &Request, planned: &[Wait]) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    let mut begin = true;
    for event in &record.events {
        let message = match &event.what {
            Happening::WaitRenewed { .. } => {
                begin = true;
                continue;
            }
            Happening::Asked { approver, channel: Channel::Email, purpose } => {
                let word = match purpose {
                    Purpose::Ask => "asked",
                    Purpose::Reminder(_) => "reminded",
                    Purpose::Escalation => "told of the escalation",
                    Purpose::Link => "mailed a link",
                };
                (word, approver.to_string())
            }
            Happening::Decided { decision } => {
                begin = true;
                let word = if decision.status == Status::Approved { "approved" } else { "expired" };
                (word, String::new())
            }
            _ => continue,
        };
        if std::mem::take(&mut begin) {
            let after_seconds = planned.get(waits.len()).map_or(0, |wait| wait.after_seconds);
            let due = record.opened_at + SignedDuration::from_secs(i64::from(after_seconds));
            assert!(event.at >= due, "{message:?} came before its time");
            waits.push(Wait { after_seconds, messages: BTreeSet::new() });
        }
        if let Some(wait) = waits.last_mut() {
            wait.messages.insert(message);
        }
    }
    waits
}

#[test]
fn silence_at_each_level_of_production_is_as_it_was_simulated() {
    let timeline = simulated("production", "dev@example.com");
    assert_eq!(timeline.rule, "production");
    let silent = Release::by(policy, "example");
    let approved = Release::by(policy, "example");
    for approver in &timeline.levels[0].approved_by {
        approved.approve(approver.as_str().split('@').next().unwrap());
    }
    for (release, number) in [(&silent, 1), (&approved, 2)] {
        let planned = planned(&timeline.levels[number - 1]);
        assert_eq!(release.end().failure().0, "ApprovalExpired");
        let record = release.record(u32::try_from(number).unwrap()).unwrap();
        assert_eq!(happened(&record, &planned), planned, "level {number}");
    }
}

#[test]
fn silence_in_staging_approves_as_it_was_simulated() {
    let timeline = simulated("staging", "dev@example.com");
    let release = Release::to(policy, "example", "staging");
    release.end().success();
    let planned = planned(&timeline.levels[0]);
    assert_eq!(happened(&release.record(1).unwrap(), &planned), planned);
}

#[test]
fn a_requester_whom_the_simulation_excludes_is_not_asked() {
    let timeline = simulated("production", "ana@example.com");
    let excluded = &timeline.levels[0].groups[0].excluded;
    assert_eq!(
        excluded.iter().map(|person| person.approver.as_str()).collect::<Vec<_>>(),
        ["ana@example.com"]
    );
    let release = Release::asked_by(policy, "example", "ana@example.com");
    let asked: BTreeSet<_> = planned(&timeline.levels[0]).remove(0).messages;
    release.asked(1);
    let written: BTreeSet<_> =
        release.asked(1).contacts.iter().map(|contact| ("asked", contact.approver.to_string())).collect();
    assert_eq!(written, asked);
    release.workflow.stop();
}
