//! What one approval costs: the path through the state machine, and what its functions call.
//!
//! Waiting is free, so the price does not depend on how long anybody thinks.

use std::fmt::Write as _;

use serde_json::Value;

use crate::Error;

/// Prices of us-east-1, in dollars, as of 2026-11.
/// Step Functions: <https://aws.amazon.com/step-functions/pricing/>, a transition each time a step is executed.
const TRANSITION: f64 = 0.025 / 1_000.0;
/// Lambda: <https://aws.amazon.com/lambda/pricing/>, arm64.
const INVOCATION: f64 = 0.20 / 1_000_000.0;
const GB_SECOND: f64 = 0.000_013_333_4;
/// DynamoDB on demand: <https://aws.amazon.com/dynamodb/pricing/on-demand/>.
const WRITE_UNIT: f64 = 0.625 / 1_000_000.0;
const READ_UNIT: f64 = 0.125 / 1_000_000.0;
/// SES: <https://aws.amazon.com/ses/pricing/>.
const MAIL: f64 = 0.10 / 1_000.0;
/// API Gateway, REST: <https://aws.amazon.com/api-gateway/pricing/>.
const REQUEST: f64 = 3.50 / 1_000_000.0;

/// More than any cold start and event together took with 256 MB.
const SECONDS_EACH: f64 = 0.5;

/// The memory, in MB, of a function that a person waits for.
const FOR_PEOPLE: f64 = 512.0;
/// And of one that a workflow, the stream or a schedule waits for.
const FOR_WORKFLOWS: f64 = 256.0;
/// Write units of a record: one for each KB. `approvers_add_bytes_and_no_calls` holds its size.
const RECORD: u32 = 4;
/// Of a record in a transaction with the check that its plan is the newest: all of it twice.
const GUARDED: u32 = 2 * RECORD + 2;
/// Of a plan and its pointer, in a transaction.
const STORE_PLAN: u32 = 2 * 2 + 2;
/// What a level's life adds to and takes from the four indexes.
const INDEXES: u32 = 8;

/// A way through a workflow, and how often each function is called on it.
pub(crate) struct Approval {
    pub(crate) title: &'static str,
    pub(crate) levels: u32,
    pub(crate) reminders: u32,
}

/// Those that the page shows.
pub(crate) const APPROVALS: [Approval; 4] = [
    Approval { title: "one level", levels: 1, reminders: 0 },
    Approval { title: "one level, 1 reminder", levels: 1, reminders: 1 },
    Approval { title: "one level, 3 reminders", levels: 1, reminders: 3 },
    Approval { title: "two levels", levels: 2, reminders: 0 },
];

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bill {
    pub(crate) transitions: u32,
    pub(crate) invocations: u32,
    /// Of memory times time, in GB-seconds.
    pub(crate) gb_seconds: f64,
    pub(crate) write_units: u32,
    pub(crate) read_units: u32,
    pub(crate) mails: u32,
    /// To the API: the page, and the form.
    pub(crate) requests: u32,
}

impl Bill {
    pub(crate) fn dollars(self) -> f64 {
        f64::from(self.transitions) * TRANSITION
            + f64::from(self.invocations) * INVOCATION
            + self.gb_seconds * GB_SECOND
            + f64::from(self.write_units) * WRITE_UNIT
            + f64::from(self.read_units) * READ_UNIT
            + f64::from(self.mails) * MAIL
            + f64::from(self.requests) * REQUEST
    }
}

impl Approval {
    /// The states that an execution enters when everybody approves in the end.
    fn path(&self) -> Vec<&'static str> {
        let mut path = vec!["PrepareDeployment", "ApprovalNeeded?", "RequestApproval"];
        for _ in 0..self.reminders {
            path.extend(["ApprovalTimedOut", "WhatTimedOut?", "WaitAgain", "RequestApproval"]);
        }
        for _ in 1..self.levels {
            path.extend(["MoreLevels?", "NextLevel", "RequestApproval"]);
        }
        path.extend(["MoreLevels?", "ExecuteDeployment", "WhatHappened?", "DeploymentComplete"]);
        path
    }

    /// What it costs on this state machine.
    pub(crate) fn bill(&self, machine: &Value) -> Result<Bill, Error> {
        let Self { levels, reminders, .. } = *self;
        let transitions = transitions(machine, &self.path())?;
        let waits = levels + reminders;
        // The page and the form; the stream's news of each decision; the end of the workflow.
        let people = 2 * levels;
        let invocations = 2 + waits + reminders + people + levels + 1;
        Ok(Bill {
            transitions,
            invocations,
            gb_seconds: SECONDS_EACH
                * (f64::from(people) * FOR_PEOPLE + f64::from(invocations - people) * FOR_WORKFLOWS)
                / 1_024.0,
            // Each level: opened and voted on; its links, its mail and its resume noted. Each reminder: the new token,
            // links, mail. The use of the approval: claimed and noted.
            write_units: STORE_PLAN
                + levels * (2 * GUARDED + 3 * RECORD + INDEXES)
                + reminders * 3 * RECORD
                + GUARDED
                + RECORD,
            // Policy and plan; the plan and the record for each wait; page, form, stream; what is used.
            read_units: 3 + waits * 3 + people + levels + reminders + 2 + 2 * levels,
            mails: waits,
            requests: people,
        })
    }
}

/// How many states a path has, if each may follow the one before it.
pub(crate) fn transitions(machine: &Value, path: &[&str]) -> Result<u32, Error> {
    let mut may_follow = vec![machine.get("StartAt").and_then(Value::as_str).unwrap_or_default().to_owned()];
    for state in path {
        if !may_follow.iter().any(|name| name == state) {
            return Err(format!("{state} cannot follow there, only {may_follow:?}").into());
        }
        may_follow = successors(machine, state);
    }
    if may_follow.is_empty() { Ok(u32::try_from(path.len())?) } else { Err("the path does not end".into()) }
}

fn successors(machine: &Value, name: &str) -> Vec<String> {
    let Some(state) = machine.get("States").and_then(|states| states.get(name)) else { return Vec::new() };
    let branches = ["Choices", "Catch"].into_iter().filter_map(|key| state.get(key)?.as_array()).flatten();
    let named = branches.map(|branch| branch.get("Next")).chain([state.get("Next"), state.get("Default")]);
    named.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The least that asks a person: store the request, wait, act. One mail, one record, two writes, two clicks.
fn minimal() -> Bill {
    Bill {
        transitions: 4,
        invocations: 4,
        gb_seconds: SECONDS_EACH * 4.0 * FOR_WORKFLOWS / 1_024.0,
        write_units: 2,
        read_units: 1,
        mails: 1,
        requests: 1,
    }
}

/// The table of the page.
pub(crate) fn table(machine: &Value) -> Result<String, Error> {
    let mut text = "\n| approval | transitions | invocations | GB-seconds | write units | read units | mails | API requests | dollars for 1,000 |\n|---|---|---|---|---|---|---|---|---|\n".to_owned();
    let mut row = |title: &str, bill: Bill| {
        writeln!(
            text,
            "| {title} | {} | {} | {:.2} | {} | {} | {} | {} | {:.2} |",
            bill.transitions,
            bill.invocations,
            bill.gb_seconds,
            bill.write_units,
            bill.read_units,
            bill.mails,
            bill.requests,
            bill.dollars() * 1_000.0
        )
    };
    row("the minimal workflow", minimal())?;
    for approval in APPROVALS {
        row(approval.title, approval.bill(machine)?)?;
    }
    text.push('\n');
    Ok(text)
}

/// The state machine that is deployed.
pub(crate) fn state_machine() -> Result<Value, Error> {
    Ok(serde_json::from_str(include_str!("../../../statemachine/deployment-approval.asl.json"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(levels: u32, reminders: u32) -> Bill {
        Approval { title: "", levels, reminders }.bill(&state_machine().unwrap()).unwrap()
    }

    #[test]
    fn an_approval_of_one_level_is_at_most_8_transitions() {
        assert_eq!(bill(1, 0).transitions, 7);
    }

    #[test]
    fn a_reminder_and_a_level_cost_the_same_each_time() {
        let one = bill(1, 0);
        assert_eq!(bill(1, 1).transitions - one.transitions, 4);
        assert_eq!(bill(1, 3).transitions - one.transitions, 12);
        assert_eq!(bill(2, 0).transitions - one.transitions, 3);
        assert_eq!((bill(1, 3).mails, bill(2, 0).mails), (4, 2));
    }

    #[test]
    fn the_template_gives_the_memory_that_is_counted() {
        let sizes = |text: &str| -> Vec<f64> {
            let lines = text.lines().filter_map(|line| line.trim().strip_prefix("MemorySize: "));
            lines.map(|size| size.parse().unwrap()).collect()
        };
        let template = include_str!("../../../template.yaml");
        assert_eq!(sizes(template), [FOR_WORKFLOWS, FOR_PEOPLE, FOR_PEOPLE]);
        for role in ["approval-callback", "slack-interaction"] {
            let (_, function) = template.split_once(&format!("CodeUri: crates/{role}\n")).unwrap();
            let (function, _) = function.split_once("CodeUri:").unwrap();
            assert_eq!(sizes(function), [FOR_PEOPLE], "{role}");
        }
    }

    #[test]
    fn a_path_that_the_state_machine_does_not_have_is_no_path() {
        let machine = state_machine().unwrap();
        assert!(transitions(&machine, &["PrepareDeployment", "ExecuteDeployment"]).is_err());
        assert!(transitions(&machine, &["ApprovalNeeded?"]).is_err(), "it starts elsewhere");
        assert!(transitions(&machine, &["PrepareDeployment", "ApprovalNeeded?"]).is_err(), "it goes on");
    }

    #[test]
    fn what_is_paid_is_the_sum_of_its_parts() {
        let nothing = Bill {
            transitions: 0,
            invocations: 0,
            gb_seconds: 0.0,
            write_units: 0,
            read_units: 0,
            mails: 0,
            requests: 0,
        };
        assert!(nothing.dollars().abs() < f64::EPSILON);
        let some = Bill { transitions: 1_000, mails: 1_000, ..nothing };
        assert!((some.dollars() - 0.125).abs() < 1e-9);
        assert!(bill(1, 0).dollars() < 0.0006, "{}", bill(1, 0).dollars());
    }
}
