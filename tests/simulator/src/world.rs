//! The loop: takes the next thing that happens, lets functions go on call by call, and checks after each step.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use common::adapters::memory::{Asked, Call, Fault, Memory, START, Steps};
use common::domain::{Policy, StoredPolicy};
use common::ports::{Clock as _, SigningSecret, SlackWorkspace};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slack_interaction::Strangers;

use crate::check::{Checks, Violation, is_settled, never_ends};
use crate::choices::Choices;
use crate::delivery::{Batch, Stream};
use crate::functions::{Answer, Role, Work};
use crate::logs;
use crate::people::{People, Visit};
use crate::queue::{Event, Queue};
use crate::runs::Run;
use crate::scenario::{ALARM, ALIAS, FUNCTION, Scenario, Service, person};
use crate::trace::Trace;

/// How long a list, or a look at a workflow, may be behind.
const BEHIND: SignedDuration = SignedDuration::from_secs(10);
/// When a run that has not come to its end is one that never will.
const FOR_EVER: SignedDuration = SignedDuration::from_hours(24 * 10);
/// What a sandbox that crashed looks like to Step Functions.
const CRASHES: [&str; 2] = ["Runtime.ExitError", "Lambda.Unknown"];

/// Everything that there is in one run.
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) choices: Choices,
    pub(crate) scenario: Scenario,
    pub(crate) queue: Queue,
    pub(crate) runs: Vec<Run>,
    pub(crate) stream: Stream,
    pub(crate) people: People,
    pub(crate) checks: Checks,
    pub(crate) trace: Trace,
    strangers: Arc<Strangers>,
    invocations: BTreeMap<u64, Invoked>,
    count: u64,
    remembered_at: Timestamp,
}

/// A function at work.
struct Invoked {
    role: Role,
    work: Work,
    steps: Steps,
    purpose: Purpose,
    calls: Vec<Call>,
    log: String,
    /// Whether anything went wrong with one of its calls.
    is_troubled: bool,
    /// Where the trace was when it began.
    since: usize,
}

/// Who waits for a function.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// An attempt of a workflow's task.
    Task { run: usize, attempt: u32 },
    /// The stream.
    Stream(Batch),
    /// Somebody before a browser or in Slack.
    Visit(Visit),
    /// Nobody.
    Nobody,
}

/// What became of a function.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) answer: Result<Answer, &'static str>,
    pub(crate) calls: Vec<Call>,
    pub(crate) log: String,
}

impl World {
    pub(crate) fn new(mut choices: Choices, seed: u64, trace: Trace) -> Self {
        let scenario = Scenario::choose(&mut choices);
        let memory = Memory::seeded(seed);
        memory.take_changes();
        if let Some(policy) = &scenario.policy {
            memory.put_policy(policy.clone());
        }
        for version in scenario.published {
            memory.publish(FUNCTION, version);
        }
        memory.put_alias(FUNCTION, ALIAS, "1");
        memory.put_alarm(ALARM, false);
        if scenario.slack {
            memory.set_signing_secrets(vec![SigningSecret::new(crate::slack::SECRET.to_owned())]);
            let (team, app) = (crate::slack::TEAM.to_owned(), crate::slack::APP.to_owned());
            memory.set_workspace(Some(SlackWorkspace { team, app }));
            for name in crate::people::EVERYBODY {
                memory.add_slack_account(&crate::slack::account(name), Some(person(name)));
            }
        }
        let mut world = Self {
            checks: Checks::new(&scenario),
            memory,
            choices,
            scenario,
            queue: Queue::default(),
            runs: Vec::new(),
            stream: Stream::default(),
            people: People::default(),
            trace,
            strangers: Arc::default(),
            invocations: BTreeMap::new(),
            count: 0,
            remembered_at: START,
        };
        world.checks.operator_pointed(&world.memory);
        let scenario = &world.scenario;
        world.trace.say(START, || format!("{scenario:#?}"));
        world.queue.plan(START, Event::Start);
        world.queue.plan(START + SignedDuration::from_mins(1), Event::Schedule);
        if let Some(after) = world.scenario.newer {
            world.queue.plan(START + after, Event::Start);
        }
        if let Some((after, _)) = &world.scenario.newer_freezes {
            world.queue.plan(START + *after, Event::Policy);
        }
        if let Some(policy) = &world.scenario.policy {
            world.checks.policy_stored(&policy.policy);
        }
        if let Some(after) = world.scenario.stop {
            world.queue.plan(START + after, Event::Stop(0));
        }
        if let Some(after) = world.scenario.withdraw {
            world.queue.plan(START + after, Event::Withdraw);
        }
        world
    }

    /// Lets everything happen until nothing is left to happen, and checks all the while.
    pub(crate) fn run(&mut self) -> Result<(), Violation> {
        while let Some((at, event)) = self.queue.next() {
            if at > START + FOR_EVER {
                return Err(never_ends(&self.memory, &self.runs));
            }
            if self.memory.now() < at {
                self.memory.set_now(at);
            }
            let last = matches!(event, Event::Schedule) && !self.queue.is_busy() && self.is_at_rest();
            if last {
                break;
            }
            self.happen(event);
            self.follow()?;
        }
        self.checks.at_the_end(&self.memory, &self.runs)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.memory.now()
    }

    /// A moment: how long a call, a delivery or a step of a workflow takes.
    pub(crate) fn pace(&mut self) -> SignedDuration {
        if self.scenario.hurry {
            return SignedDuration::from_millis(5);
        }
        SignedDuration::from_millis(match self.choices.below(10) {
            0..6 => 5,
            6 | 7 => 100,
            8 => 1_500,
            _ => 500 * i64::from(self.choices.below(40)),
        })
    }

    pub(crate) fn plan_in(&mut self, after: SignedDuration, event: Event) {
        self.queue.plan(self.memory.now() + after, event);
    }

    pub(crate) fn has_outage_of(&self, service: Service) -> bool {
        self.scenario.outage.is_some_and(|outage| outage.of == service && outage.lasts(self.now()))
    }

    fn is_at_rest(&self) -> bool {
        let over = self.runs.iter().all(|run| run.outcome.is_some());
        over && self.invocations.is_empty() && self.memory.stored_requests().iter().all(is_settled)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::GoOn { invocation, granted } => self.go_on(invocation, granted),
            Event::TimeUp(invocation) => self.crash(invocation, "Sandbox.Timedout"),
            Event::Act(run) => self.act(run),
            Event::Timeout { run, attempt } => self.time_out(run, attempt),
            Event::Answered { run, attempt } => self.hear_answer(run, attempt),
            Event::Waited(run) => self.waited(run),
            Event::Start => self.start(),
            Event::Stop(run) => self.stop(run),
            Event::Withdraw => self.withdraw(),
            Event::Policy => self.store_policy(),
            Event::Hotfix => self.hotfix(),
            Event::Alarm(is_off) => self.memory.put_alarm(ALARM, is_off),
            Event::Schedule => self.come_by(),
            Event::Stream => self.deliver(),
            Event::Again(batch) => self.deliver_again(batch),
            Event::Ended(run) => self.tell_of_end(run),
            Event::Deed(deed) => self.do_deed(deed),
            Event::Arrive => self.memory.arrive(),
        }
    }

    /// The next version has other freezes: one more, or none.
    fn store_policy(&mut self) {
        let Some(policy) = self.scenario.policy.clone() else { return };
        let Some((_, freezes)) = self.scenario.newer_freezes.clone() else { return };
        let policy =
            StoredPolicy { number: policy.number + 1, policy: Policy { freezes, ..policy.policy }, ..policy };
        self.checks.policy_stored(&policy.policy);
        self.trace
            .say(self.now(), || format!("the operators store other freezes: {:?}", policy.policy.freezes));
        self.memory.put_policy(policy);
    }

    fn hotfix(&mut self) {
        let version = self.memory.publish(FUNCTION, "hotfix");
        self.memory.put_alias(FUNCTION, ALIAS, &version);
        self.checks.operator_pointed(&self.memory);
        self.trace.say(self.now(), || format!("an operator points the alias at {version}"));
    }

    /// What follows from each step, whatever it was.
    fn follow(&mut self) -> Result<(), Violation> {
        if let Some(at) = self.memory.next_arrival() {
            self.queue.plan(at, Event::Arrive);
        }
        let changes = self.memory.take_changes();
        for change in &changes {
            self.checks.changed(change);
        }
        self.take_in_changes(&changes);
        self.notice_answers();
        self.notice_mail();
        self.notice_messages();
        self.checks.look_at_place(&self.memory);
        self.checks.step()
    }

    /// Begins to work; nobody knows yet how long it takes.
    pub(crate) fn invoke(&mut self, role: Role, event: Value, purpose: Purpose) -> u64 {
        self.count += 1;
        let id = self.count;
        let steps = Steps::default();
        let handle = self.memory.in_steps(steps.clone());
        let work = role.begin(handle, &self.strangers, self.scenario.slack, event);
        let since = self.trace.len();
        self.trace.say(self.now(), || format!("{role:?} #{id} is invoked: {purpose:?}"));
        let (calls, log) = (Vec::new(), String::new());
        let invoked = Invoked { role, work, steps, purpose, calls, log, is_troubled: false, since };
        self.invocations.insert(id, invoked);
        self.plan_in(role.limit(), Event::TimeUp(id));
        let pace = self.pace();
        self.plan_in(pace, Event::GoOn { invocation: id, granted: None });
        id
    }

    fn go_on(&mut self, id: u64, granted: Option<(Asked, Option<Fault>)>) {
        let now = self.now();
        let Some(invoked) = self.invocations.get_mut(&id) else { return };
        if let Some((asked, fault)) = granted {
            invoked.steps.grant(asked, fault);
            invoked.calls.push(asked.call);
            invoked.is_troubled |= fault.is_some_and(|fault| fault != Fault::BeforeEffect);
            let what = fault.map_or(String::new(), |fault| format!(": {fault:?}"));
            self.trace.say(now, || format!("{:?} #{id} {:?}{what}", invoked.role, asked.call));
        }
        let polled = invoked.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        invoked.log.push_str(&logs::take());
        let dies = matches!(granted, Some((_, Some(Fault::DeathBefore | Fault::DeathAfter))));
        match polled {
            Poll::Ready(answer) => self.finish(id, Ok(answer)),
            Poll::Pending if dies => {
                let how = self.choices.one(&CRASHES, "Lambda.Unknown");
                self.crash(id, how);
            }
            Poll::Pending => self.let_wait(id),
        }
    }

    /// Plans when the calls happen that a function has come to, and when its pause is over.
    fn let_wait(&mut self, id: u64) {
        let Some(invoked) = self.invocations.get(&id) else { return };
        let steps = invoked.steps.clone();
        if let Some(at) = steps.wakes_at() {
            self.queue.plan(at, Event::GoOn { invocation: id, granted: None });
        }
        while let Some(asked) = steps.asked() {
            let pace = self.pace();
            let fault = self.fault(asked.call);
            self.plan_in(pace, Event::GoOn { invocation: id, granted: Some((asked, fault)) });
        }
    }

    fn fault(&mut self, call: Call) -> Option<Fault> {
        let now = self.now();
        if self.scenario.outage.is_some_and(|outage| outage.hits(call, now)) {
            return Some(Fault::BeforeEffect);
        }
        let per_mille = if now < self.scenario.calm_from { self.scenario.faults_per_mille } else { 0 };
        if per_mille > 0 && self.choices.chance(20) {
            self.memory.remember();
            self.remembered_at = now;
        }
        if !self.choices.chance(per_mille) {
            return None;
        }
        let is_list = matches!(
            call,
            Call::ListOwing
                | Call::ListPending
                | Call::ListOf
                | Call::Browse
                | Call::Describe
                | Call::WasTold
        );
        let is_fresh = now.duration_since(self.remembered_at) < BEHIND;
        Some(match self.choices.below(6) {
            0 => Fault::BeforeEffect,
            1 => Fault::AfterEffect,
            2 => Fault::DeathBefore,
            3 => Fault::DeathAfter,
            4 if is_list && is_fresh => Fault::Behind,
            _ if is_list => Fault::BeforeEffect,
            _ => Fault::Late(SignedDuration::from_secs(i64::from(1 + self.choices.below(25)))),
        })
    }

    /// The sandbox is gone, and with it what the function held in memory.
    fn crash(&mut self, id: u64, how: &'static str) {
        self.finish(id, Err(how));
    }

    fn finish(&mut self, id: u64, answer: Result<Answer, &'static str>) {
        let Some(invoked) = self.invocations.remove(&id) else { return };
        let Invoked { role, purpose, calls, log, is_troubled, since, .. } = invoked;
        self.trace.say(self.now(), || match &answer {
            Ok(Answer::Task(Ok(value))) => format!("{role:?} #{id} answers {value}"),
            Ok(Answer::Task(Err(error))) => format!("{role:?} #{id} fails: {error:?}"),
            Ok(Answer::Http(response)) => format!("{role:?} #{id} answers {}", response.status_code),
            Err(how) => format!("{role:?} #{id} dies: {how}"),
        });
        if matches!(purpose, Purpose::Nobody)
            && !is_troubled
            && !calls.iter().any(|call| changes_something(*call))
        {
            self.trace.forget(since, &format!(" #{id} "));
        }
        self.checks.logged(&log);
        let ended = Ended { answer, calls, log };
        match purpose {
            Purpose::Task { run, attempt } => self.end_task(run, attempt, ended),
            Purpose::Stream(batch) => self.end_batch(&batch, &ended),
            Purpose::Visit(visit) => self.end_visit(visit, &ended),
            Purpose::Nobody => {}
        }
    }
}

/// Whether a call does more than read.
fn changes_something(call: Call) -> bool {
    matches!(
        call,
        Call::Open
            | Call::Keep
            | Call::RecordVote
            | Call::StorePlan
            | Call::SendMail
            | Call::Answer
            | Call::PostToSlack
            | Call::EditSlack
    )
}
