//! Plans, requests and a world outside for the tests of the commands.

use std::cell::RefCell;
use std::collections::VecDeque;

use common::adapters::memory::{Memory, START};
use common::domain::samples::opening;
pub(crate) use common::domain::samples::{at, person};
use common::domain::{
    Approver, Ballot, Called, Channel, Choice, Command, Confirmation, Contact, DeploymentFacts, EmailAddress,
    Facts, Fingerprint, Generation, Group, Level, Link, LinkToken, NamedBy, NextLevel, Opening, Outlook,
    Plan, PlanKey, PolicyVersion, Preview, Purpose, Request, RequestId, SCHEMA, Silence, Strength, TaskToken,
    Transition, Workflow, apply,
};
use common::ports::Ending;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ports::{CallError, Execution, Pauses, Withdrawal, Withdraws, Workflows};

pub(crate) const MACHINE: &str =
    "arn:aws:states:eu-west-1:123456789012:stateMachine:countersign-deployment-approval";
pub(crate) const EXECUTION: &str =
    "arn:aws:states:eu-west-1:123456789012:execution:countersign-deployment-approval:checkout-1";
/// In every sample; nothing may print it.
pub(crate) const TOKEN: &str = "AAAA-a-task-token";

fn level(name: &str, names: &[&str], quorum: u32) -> Level {
    let approvers = names.iter().map(|name| Approver::at(person(name))).collect();
    Level {
        name: name.to_owned(),
        groups: vec![Group { role: name.to_owned(), approvers, quorum }],
        named_by: NamedBy::Policy,
        strength: Strength::Link,
        mail: true,
        slack: None,
        deadline_seconds: Some(3_600),
        remind_after_seconds: vec![600],
        confirmation: Confirmation::Phrase,
        self_approval: false,
        same_person: false,
        reject_quorum: 1,
        silence: Silence::Reject,
    }
}

/// Ana or Dev, who asked; then two of three from security.
pub(crate) fn plan() -> Plan {
    let facts = Facts::Deployment(DeploymentFacts {
        service_name: "checkout".to_owned(),
        version: "2.4.1".to_owned(),
        environment: "production".to_owned(),
        change_log: Some("- faster \u{1b}[31mcarts\n- fixes #812".to_owned()),
    });
    let requested_by = Some(person("dev"));
    Plan {
        schema: SCHEMA,
        key: PlanKey::of_execution(EXECUTION),
        execution: Some(EXECUTION.to_owned()),
        can_wait: true,
        prepared_at: START,
        fingerprint: Fingerprint::of(&facts, requested_by.as_ref()),
        facts,
        requested_by,
        policy: Some(PolicyVersion { number: 3, hash: "ab".repeat(32), rule: "production".to_owned() }),
        subject: None,
        rollout: None,
        preview: Some(preview()),
        levels: vec![level("manager", &["ana", "dev"], 1), level("security", &["eve", "sam", "kim"], 2)],
    }
}

/// The alias of checkout would lead to version 42, which somebody described like this.
fn preview() -> Preview {
    let outlook = Outlook::Change {
        before: Some(Called::exactly("41").named("2.4.0")),
        after: Called::exactly("42").named("2.4.1 \u{1b}[31m"),
    };
    Preview { at: START, place: "alias live of the function checkout".to_owned(), outlook }
}

/// The request of a level, opened so many seconds after the start; its people were asked.
pub(crate) fn request(plan: &Plan, number: u32, seconds: i64) -> Request {
    let level = plan.level(number).unwrap().clone();
    let id = RequestId::of_level(&plan.key, number);
    let count = u32::try_from(plan.levels.len()).unwrap();
    let first = level.approvers().next().unwrap().email.clone();
    let hash = LinkToken::mint(id.clone(), [7; 32]).hash();
    let opening = Opening {
        id,
        plan: Some(plan.key.clone()),
        policy: plan.policy.clone(),
        subject: plan.subject.clone(),
        level_number: number,
        level_count: count,
        next: (number < count).then_some(NextLevel { number: number + 1, wait_seconds: 600 }),
        workflow: Workflow { execution: Some(EXECUTION.to_owned()), ..Workflow::default() },
        task_token: TaskToken::parse(TOKEN).unwrap(),
        generation: Generation { entered_at: at(seconds), retry: 0 },
        facts: plan.facts.clone(),
        fingerprint: plan.fingerprint.clone(),
        requested_by: plan.requested_by.clone(),
        preview: plan.preview.clone(),
        opened_at: at(seconds),
        ..opening(level)
    };
    let links = vec![Link { approver: first.clone(), hash, minted_at: at(seconds) }];
    let opened = Request { links, ..opening.open(at(seconds)) };
    let ask = |purpose, seconds| Command::NoteContacts(vec![contact(&first, purpose, at(seconds))]);
    after(&opened, ask(Purpose::Ask, seconds), at(seconds))
}

pub(crate) fn contact(to: &EmailAddress, purpose: Purpose, at: Timestamp) -> Contact {
    Contact { approver: to.clone(), channel: Channel::Email, purpose, sent_at: Some(at), failure: None }
}

pub(crate) fn after(request: &Request, command: Command, now: Timestamp) -> Request {
    match apply(request, command, now) {
        Ok(Transition::Changed(next)) => *next,
        other => panic!("expected a change, got {other:?}"),
    }
}

pub(crate) fn vote(name: &str, choice: Choice) -> Command {
    Command::Vote(Ballot {
        approver: person(name),
        choice,
        reason: (choice == Choice::Reject).then(|| "not \u{1b}[2Jtoday".to_owned()),
        channel: Channel::Email,
        strength: Strength::Link,
    })
}

/// How a workflow that ended in this way is seen.
pub(crate) fn ended(how: Ending) -> Execution {
    let failed = how == Ending::Failed;
    Execution::Ended {
        how,
        error: failed.then(|| "RejectedError".to_owned()),
        cause: failed.then(|| json!({ "message": "the workflow's own words" }).to_string()),
        output: (how == Ending::Succeeded).then(|| json!({ "deployment": { "deployed": false } })),
    }
}

type Step = Box<dyn Fn(&Outside)>;

/// Workflows, the function that withdraws, and time: each pause does the next step.
pub(crate) struct Outside {
    pub(crate) memory: Memory,
    pub(crate) execution: RefCell<Option<Execution>>,
    pub(crate) looks: RefCell<u32>,
    pub(crate) pauses: RefCell<Vec<u32>>,
    pub(crate) failing: RefCell<bool>,
    pub(crate) steps: RefCell<VecDeque<Step>>,
}

impl Outside {
    pub(crate) fn new(execution: Option<Execution>) -> Self {
        Self {
            memory: Memory::new(),
            execution: RefCell::new(execution),
            looks: RefCell::default(),
            pauses: RefCell::default(),
            failing: RefCell::default(),
            steps: RefCell::default(),
        }
    }

    /// What happens during the next pause that nothing happens in yet.
    pub(crate) fn then(self, step: impl Fn(&Self) + 'static) -> Self {
        self.steps.borrow_mut().push_back(Box::new(step));
        self
    }

    /// So many pauses in which nothing happens.
    pub(crate) fn quiet(self, pauses: usize) -> Self {
        (0..pauses).fold(self, |outside, _| outside.then(|_| ()))
    }

    pub(crate) fn end(&self, how: Ending) {
        *self.execution.borrow_mut() = Some(ended(how));
    }
}

impl Workflows for Outside {
    async fn start(&self, _: &str, _: &Value) -> Result<String, CallError> {
        Ok(EXECUTION.to_owned())
    }

    async fn look(&self, execution: &str) -> Result<Option<Execution>, CallError> {
        *self.looks.borrow_mut() += 1;
        if *self.failing.borrow() {
            let code = "ThrottlingException".to_owned();
            return Err(CallError { operation: "describe the workflow", code, message: String::new() });
        }
        Ok(self.execution.borrow().clone().filter(|_| execution == EXECUTION))
    }
}

impl Pauses for Outside {
    async fn pause(&self, seconds: u32) {
        self.pauses.borrow_mut().push(seconds);
        self.memory.advance(SignedDuration::from_secs(seconds.into()));
        let step = self.steps.borrow_mut().pop_front();
        step.unwrap_or_else(|| panic!("it waits for something that never happens"))(self);
    }
}

/// As `reconcile` does it.
impl Withdraws for Memory {
    async fn withdraw(&self, id: &RequestId, reason: &str) -> Result<Withdrawal, CallError> {
        use common::usecase::take_back::{TakeBackError, take_back};
        Ok(match Box::pin(take_back(self, self, self, id, reason)).await {
            Ok(request) => Withdrawal { status: Some(request.status), refusal: None },
            Err(TakeBackError::Refused { refusal, request }) => {
                Withdrawal { status: Some(request.status), refusal: Some(refusal.code().to_owned()) }
            }
            Err(TakeBackError::NotFound) => {
                Withdrawal { status: None, refusal: Some("not_found".to_owned()) }
            }
            Err(TakeBackError::Store(_)) => panic!("no fault was injected"),
        })
    }
}
