//! What one approval costs: the path through the state machine, and what its functions call.
//!
//! Waiting is free, so the price does not depend on how long anybody thinks.

#[cfg(test)]
mod walk;

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
/// Write units of a record: one for each KB of what it has on average. `the_price_counts_what_the_handlers_do` holds
/// that, and a plan's size.
const RECORD: u32 = 4;
/// Of a check in a transaction: the least write, twice.
const CHECK: u32 = 2;
/// Of a record in a transaction, twice as many, with the check that its plan is the newest.
const GUARDED: u32 = 2 * RECORD + CHECK;
/// The same with the check that no newer policy has come.
const CLAIM: u32 = GUARDED + CHECK;
/// Of a plan.
const PLAN: u32 = 2;
/// Of a plan and its pointer in a transaction.
const STORE_PLAN: u32 = 2 * PLAN + 2;

/// A way through a workflow.
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

/// What the functions do on such a way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    invocations: u32,
    /// Those of them that come through the API: the page, and the form.
    requests: u32,
    /// Plans stored with their pointers.
    plans: u32,
    /// Records opened or voted on. Where one is open already, trying costs the same.
    guarded: u32,
    /// Records in which a change is claimed.
    claims: u32,
    /// Records written by themselves.
    kept: u32,
    /// Entries written to an index, or deleted from it.
    entries: u32,
    /// Consistent reads, each of at most 4 KB, and a list that is empty, which costs half of one.
    reads: u32,
    mails: u32,
}

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

    /// What is done where the service was deployed before and has a place to go to, which is reached at once.
    fn counts(&self) -> Counts {
        let Self { levels, reminders, .. } = *self;
        let waits = levels + reminders;
        let requests = 2 * levels;
        // The policy. The plan for each wait, with the levels before. Page, form and stream of each level. The record
        // for each reminder, and the pointer twice.
        let reads_until_approved = 1 + waits + levels * (levels - 1) / 2 + 3 * levels + 3 * reminders;
        // The stream's news of the newer plan: the older one, the pointer, the older records.
        let reads_for_newer_plan = 2 + levels;
        // Plan, records, pointer and policy. The end of the workflow: what still waits for it.
        let reads_afterwards = 3 + levels + 1;
        Counts {
            // The tasks that prepare and deploy; each wait; each reminder's timer; page and form; the stream's news of
            // the newer plan, and of each decision; the end of the workflow.
            invocations: 2 + waits + reminders + requests + 1 + levels + 1,
            requests,
            plans: 1,
            // Each level is opened and voted on. Each reminder tries to open it.
            guarded: 2 * levels + reminders,
            claims: 1,
            // Each level's links, mail, and resume. Each reminder's token, links, and mail. The end, in each level's
            // record. That the requester was told.
            kept: 3 * levels + 3 * reminders + levels + 1,
            // Each level: three when it is opened, three when it is decided, two when the workflow was told. What is
            // owed for the deployment: one from the claim on, two with the time of the end, one when that was told.
            entries: 8 * levels + 4,
            reads: reads_until_approved + reads_for_newer_plan + reads_afterwards,
            // To whom each wait asks, and to the requester at the end.
            mails: waits + 1,
        }
    }

    /// What it costs on this state machine.
    pub(crate) fn bill(&self, machine: &Value) -> Result<Bill, Error> {
        let transitions = transitions(machine, &self.path())?;
        let counts = self.counts();
        let Counts { invocations, requests, .. } = counts;
        Ok(Bill {
            transitions,
            invocations,
            gb_seconds: SECONDS_EACH
                * (f64::from(requests) * FOR_PEOPLE + f64::from(invocations - requests) * FOR_WORKFLOWS)
                / 1_024.0,
            write_units: counts.plans * STORE_PLAN
                + counts.guarded * GUARDED
                + counts.claims * CLAIM
                + counts.kept * RECORD
                + counts.entries,
            read_units: counts.reads,
            mails: counts.mails,
            requests,
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

/// The least that asks a person: store the request, wait, act. One mail, one record, two writes, one click.
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
        assert_eq!((bill(1, 3).mails - one.mails, bill(2, 0).mails - one.mails), (3, 1));
    }

    #[tokio::test]
    async fn the_price_counts_what_the_handlers_do() {
        let further = Approval { title: "three levels, 2 reminders", levels: 3, reminders: 2 };
        for approval in APPROVALS.iter().chain([&further]) {
            assert_eq!(approval.counts(), walk::counted(approval).await, "{}", approval.title);
        }
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
