//! The promises, checked after every step and at the end of a run. They are written from what people were told, not from
//! the rules in `domain`: who is asked, who meant what, what each workflow did.

mod freezes;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use common::adapters::memory::{Call, Memory, SlackPost, StoreChange};
use common::domain::audit;
use common::domain::event::first_break;
use common::domain::{
    Channel, Choice, Confirmation, EmailAddress, Happening, Plan, Progress, Purpose, Request, RequestId,
    Resume, Status, Strength, Vote,
};
use common::ports::{Answer, Mail};
use common::render::slack::APPROVE;
use jiff::Timestamp;
use serde_json::Value;

use self::place::Place;
use crate::asl::Outcome;
use crate::coverage::Coverage;
use crate::functions::Role;
use crate::machines::Machine;
use crate::runs::{End, Run};
use crate::scenario::Scenario;

/// What every task token starts with.
pub(crate) const TASK_TOKEN: &str = "TASK-TOKEN-";

/// A promise that a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub promise: &'static str,
    /// How.
    pub what: String,
}

/// What the checks remember.
#[derive(Debug)]
pub(crate) struct Checks {
    machine: Machine,
    levels: usize,
    requester: &'static str,
    seen: BTreeMap<RequestId, Request>,
    meant: BTreeSet<(RequestId, String, &'static str)>,
    links: BTreeSet<String>,
    place: Place,
    /// The windows of the stored policy's freezes.
    frozen: Vec<(Timestamp, Timestamp)>,
    found: Option<Violation>,
    pub(crate) coverage: Coverage,
}

impl Checks {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let rule = scenario.policy.as_ref().and_then(|policy| policy.policy.rules.first());
        Self {
            machine: scenario.machine,
            levels: rule.map_or(1, |rule| rule.levels.len()),
            requester: scenario.requester,
            seen: BTreeMap::new(),
            meant: BTreeSet::new(),
            links: BTreeSet::new(),
            place: Place::default(),
            frozen: Vec::new(),
            found: None,
            coverage: Coverage::default(),
        }
    }

    /// What was found since this was last asked.
    pub(crate) fn step(&mut self) -> Result<(), Violation> {
        self.found.take().map_or(Ok(()), Err)
    }

    fn hold(&mut self, promise: &'static str, holds: bool, what: impl FnOnce() -> String) {
        if !holds && self.found.is_none() {
            self.found = Some(Violation { promise, what: what() });
        }
    }

    /// Somebody sends what says this, in the way that is asked for.
    pub(crate) fn means(&mut self, request: &RequestId, person: &EmailAddress, choice: Choice) {
        self.meant.insert((request.clone(), person.to_string(), choice.as_str()));
    }

    /// A write took effect.
    pub(crate) fn changed(&mut self, change: &StoreChange) {
        let StoreChange::Request(next) = change else { return };
        let before = self.seen.insert(next.id.clone(), (**next).clone());
        self.coverage.record(before.as_ref(), next);
        if let Some(before) = &before {
            self.check_change(before, next);
        }
        self.check_claim(before.as_ref(), next);
        let told = before.map_or(0, |before| before.votes.len());
        for vote in next.votes.iter().skip(told) {
            self.check_vote(next, vote);
        }
    }

    fn check_change(&mut self, before: &Request, next: &Request) {
        let id = &next.id;
        self.hold("I1", before.status == Status::Pending || before.status == next.status, || {
            format!("{id} was {} and is {}", before.status, next.status)
        });
        self.hold("I1", before.decision.is_none() || before.decision == next.decision, || {
            format!("the decision of {id} changed: {:?} and then {:?}", before.decision, next.decision)
        });
        self.hold("I1", next.version > before.version, || {
            format!("{id} went from version {} to {}", before.version, next.version)
        });
        self.hold(
            "I6",
            next.events.starts_with(&before.events) && first_break(&next.events).is_none(),
            || format!("the chain of {id} was not continued"),
        );
        self.hold("I6", next.votes.starts_with(&before.votes), || format!("a vote of {id} is gone"));
        let told = next.events.iter().filter(|event| matches!(event.what, Happening::Voted { .. })).count();
        self.hold("I6", told == next.votes.len(), || {
            format!("{id} has {} votes, and {told} events about them", next.votes.len())
        });
        let decided = before.status == Status::Pending && next.status != Status::Pending;
        let by_vote = next.decision.as_ref().is_some_and(|decision| decision.by.is_some());
        self.hold("I3", !(decided && by_vote) || next.resume == Resume::Owed, || {
            format!("{id} was decided, and owes its workflow nothing: {:?}", next.resume)
        });
    }

    fn check_vote(&mut self, request: &Request, vote: &Vote) {
        let Vote { approver, choice, channel, .. } = vote;
        let is_asked =
            request.groups().any(|group| group.approvers.iter().any(|other| other.email == *approver));
        self.hold("I4", is_asked, || format!("{approver} voted on {}, and is not asked", request.id));
        let is_own = *approver == crate::scenario::person(self.requester);
        self.hold("I4", !is_own || request.level.self_approval, || {
            format!("{approver} voted on their own request")
        });
        self.hold("I4", request.level.strength == Strength::Link || *channel == Channel::Slack, || {
            format!("{approver} voted on {} by a link, which is not enough there", request.id)
        });
        let again = request.votes.iter().filter(|other| other.approver == *approver).count();
        self.hold("I4", again == 1, || format!("{approver} voted {again} times on {}", request.id));
        let elsewhere = self
            .seen
            .values()
            .filter(|other| other.id != request.id && other.plan.is_some() && other.plan == request.plan);
        // A level that lets people serve twice lets them do so there as well.
        let mut elsewhere = elsewhere.filter(|other| !other.level.same_person && !request.level.same_person);
        let served = elsewhere.any(|other| other.votes.iter().any(|other| other.approver == *approver));
        self.hold("I4", !served, || format!("{approver} voted at two levels"));
        let by_button = request.level.confirmation == Confirmation::Button
            && *choice == Choice::Approve
            && *channel == Channel::Email;
        let meant = self.meant.contains(&(request.id.clone(), approver.to_string(), choice.as_str()));
        self.hold("I4", meant || by_button, || {
            format!("{approver} never meant to {choice:?} {}", request.id)
        });
    }

    /// A task was told something.
    pub(crate) fn told(&mut self, told: &Answer, memory: &Memory) {
        let (text, approved) = match told {
            Answer::Success { output } => (output, true),
            Answer::Failure { cause, .. } => (cause, false),
        };
        let about = about(text).and_then(|id| memory.stored_request(&id));
        // A failure without a request is of one that could not be opened.
        let Some(request) = about else {
            self.hold("I2", !approved, || format!("a workflow was told {text}, and no record is about that"));
            return;
        };
        let agrees = (request.status == Status::Approved) == approved && request.status != Status::Pending;
        self.hold("I2", agrees, || {
            format!("{} is {}, and its workflow was told {text}", request.id, request.status)
        });
    }

    /// A workflow enters the state of a task.
    pub(crate) fn entered(&mut self, role: Role, number: usize, memory: &Memory, runs: &[Run]) {
        if role != Role::ExecuteDeployment {
            return;
        }
        let Some(run) = runs.get(number) else { return };
        // What nobody is asked about has a record only for its deployment.
        let asked = || of_run(memory, run).filter(|request| !request.level.groups.is_empty());
        let approved = asked().filter(|request| request.status == Status::Approved).count();
        let others = asked().filter(|request| request.status != Status::Approved).count();
        let levels = self.levels;
        self.hold("I2", approved == levels && others == 0, || {
            format!("run {number} deploys with {approved} of {levels} approvals")
        });
    }

    pub(crate) fn mailed(&mut self, mail: &Mail, links: impl Iterator<Item = String>) {
        self.links.extend(links);
        let all = [&mail.subject, &mail.text, &mail.html];
        self.hold("I5", !all.iter().any(|part| part.contains(TASK_TOKEN)), || {
            "a task token in a mail".to_owned()
        });
    }

    pub(crate) fn posted(&mut self, post: &SlackPost) {
        let all = format!("{} {}", post.card.text, post.card.blocks);
        let leaks = all.contains(TASK_TOKEN) || self.has_link(&all);
        self.hold("I5", !leaks, || "a secret in a message in Slack".to_owned());
    }

    pub(crate) fn logged(&mut self, log: &str) {
        let leaks = log.contains(TASK_TOKEN) || log.contains(crate::slack::SECRET) || self.has_link(log);
        self.hold("I5", !leaks, || format!("a secret in a log: {log}"));
        self.hold("I5", !log.contains("@example.com"), || format!("an address in a log: {log}"));
    }

    fn has_link(&self, text: &str) -> bool {
        self.links.iter().any(|token| text.contains(token.as_str()))
    }

    /// Somebody opened a link.
    pub(crate) fn looked(&mut self, calls: &[Call]) {
        let read = [Call::ReadRequest, Call::Browse];
        self.hold("GET changes nothing", calls.iter().all(|call| read.contains(call)), || {
            format!("opening a link led to {calls:?}")
        });
    }

    /// Somebody sent a form, and got this.
    pub(crate) fn answered(&mut self, reply: &Reply<'_>, about: Option<&Request>) {
        let Reply { status, body, log, by, choice } = *reply;
        self.hold("I5", !body.contains(TASK_TOKEN), || "a task token in a page".to_owned());
        let refused = log.contains("attempt refused") && log.contains("RefusedAttempts");
        self.hold("I6", !(400..500).contains(&status) || refused, || {
            format!("a {status} left no line and no metric: {log}")
        });
        let Some(by) = by else { return };
        let counts =
            about.is_some_and(|request| request.vote_of(by).is_some_and(|vote| vote.choice == choice));
        self.hold("I3", status != 200 || counts, || {
            format!("{by} was told that {choice:?} is recorded, and it is not")
        });
        let is_over = about.is_some_and(|request| request.status != Status::Pending);
        self.hold("I3", !(status == 410 || status == 409) || is_over || !counts, || {
            format!("{by} was told {status} about a request that is open")
        });
    }

    pub(crate) fn at_the_end(&mut self, memory: &Memory, runs: &[Run]) -> Result<(), Violation> {
        for run in runs {
            self.coverage.took(self.machine, &run.execution.taken);
            self.check_end(run, memory);
        }
        for request in memory.stored_requests() {
            self.hold("I3", is_settled(&request), || {
                format!(
                    "{} still owes: {} {:?} {:?}",
                    request.id, request.status, request.resume, request.notices
                )
            });
            self.check_messages(&request, memory);
            self.check_use(&request, memory);
            let findings = audit::check(&request, plan_of(&request, memory).as_ref());
            self.hold("I6", findings.is_empty(), || format!("the trail of {}: {findings:?}", request.id));
        }
        self.step()
    }

    /// How a workflow ended is what its records say.
    fn check_end(&mut self, run: &Run, memory: &Memory) {
        let Some(End::By(outcome)) = &run.outcome else { return };
        let statuses: Vec<_> = of_run(memory, run).map(|request| (request.status, request.resume)).collect();
        let has = |wanted: &[Status]| statuses.iter().any(|(status, _)| wanted.contains(status));
        let against =
            [Status::Rejected, Status::Expired, Status::Withdrawn, Status::Superseded, Status::Pending];
        let agrees = match outcome {
            _ if self.machine == Machine::Minimal => true,
            Outcome::Succeeded => !has(&against),
            Outcome::Failed { error, .. } => match error.as_str() {
                "RejectedError" => has(&[Status::Rejected, Status::Withdrawn, Status::Superseded]),
                "ApprovalExpired" if self.machine == Machine::Deployment => has(&[Status::Expired]),
                // This one cannot take an approval back that is found at its timeout.
                "ApprovalExpired" => !statuses.contains(&(Status::Approved, Resume::Done)),
                _ => true,
            },
        };
        self.hold("I2", agrees, || format!("{outcome:?} with {statuses:?}"));
    }

    fn check_messages(&mut self, request: &Request, memory: &Memory) {
        if request.status == Status::Pending {
            return;
        }
        let shown: Vec<_> = memory.slack_posts();
        for message in request
            .slack
            .iter()
            .filter(|message| message.purpose == Purpose::Ask && message.failure.is_none())
        {
            let post = shown.iter().find(|post| Some(&post.place.ts) == message.ts.as_ref());
            let is_live = post.is_some_and(|post| post.card.blocks.to_string().contains(APPROVE));
            self.hold("Slack shows the outcome", !is_live, || {
                format!("a message of {} still has buttons", request.id)
            });
        }
    }
}

/// Whether nothing is left to do about a request. What a workflow that nobody knows is owed stays so.
pub(crate) fn is_settled(request: &Request) -> bool {
    let is_known = request.workflow.execution.is_some();
    let is_open = is_known && request.status == Status::Pending;
    let owes = request.owing_since().is_some() && (is_known || request.resume != Resume::Owed);
    let deploys = is_known && request.progress() == Progress::Deploying;
    !is_open && !owes && !deploys && request.stale_slack_message().is_none()
}

/// That a run goes on for ever.
pub(crate) fn never_ends(memory: &Memory, runs: &[Run]) -> Violation {
    let states: Vec<_> = runs.iter().map(|run| (run.execution.state(), &run.outcome)).collect();
    let requests = memory.stored_requests();
    let requests: Vec<_> =
        requests.iter().map(|request| (&request.id, request.status, request.resume)).collect();
    Violation { promise: "every run ends", what: format!("{states:?} {requests:?}") }
}

/// What somebody who sent a form got.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply<'a> {
    pub(crate) status: i64,
    pub(crate) body: &'a str,
    pub(crate) log: &'a str,
    /// A person; a machine that tries forms is nobody.
    pub(crate) by: Option<&'a EmailAddress>,
    pub(crate) choice: Choice,
}

fn of_run<'a>(memory: &Memory, run: &'a Run) -> impl Iterator<Item = Request> + use<'a> {
    let arn = &run.arn;
    memory
        .stored_requests()
        .into_iter()
        .filter(move |request| request.workflow.execution.as_ref() == Some(arn))
}

/// Whether two records are levels of one plan, or the same one.
fn is_of_same_plan(one: &Request, other: &Request) -> bool {
    one.id == other.id || (one.plan.is_some() && one.plan == other.plan)
}

fn plan_of(request: &Request, memory: &Memory) -> Option<Plan> {
    memory.stored_plans().into_iter().find(|plan| Some(&plan.key) == request.plan.as_ref())
}

fn about(text: &str) -> Option<RequestId> {
    let told: Value = serde_json::from_str(text).ok()?;
    RequestId::parse(told.get("requestId")?.as_str()?).ok()
}

#[cfg(test)]
mod tests;
