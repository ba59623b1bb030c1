//! The world at one moment: records, workflows, the processes at work, and what people were told.

use common::domain::{Choice, Status};

use crate::bounds::{Bounds, Shape};
use crate::record::{Attempt, Command, PEOPLE, Record};

/// The most requests, and the most workflows, of any bounds.
pub const MOST: usize = 2;

/// Everything that the next step depends on, and what the properties are about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// The records, by the number of their request.
    pub records: [Option<Record>; MOST],
    /// Step Functions.
    pub workflows: [Workflow; MOST],
    /// Which plan the pointer of the subject names.
    pub newest_plan: u8,
    /// The processes at work, at most one for each actor, in the order of the actors.
    pub processes: Vec<Process>,
    /// What each person knows about each request.
    pub told: [[Told; PEOPLE]; MOST],
    /// What else may happen.
    pub left: Left,
    /// What went wrong in a step and shows in no state.
    pub wrong: Option<Wrong>,
}

/// What may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Ballots of each person for each request.
    pub ballots: [[u8; PEOPLE]; MOST],
    /// Faults.
    pub faults: u8,
    /// Early visits by the stream.
    pub early_visits: u8,
    /// Stops by the operators.
    pub stops: u8,
    /// Withdrawals by the operators.
    pub withdrawals: u8,
}

/// A step that no rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// A decision was replaced.
    DecisionChanged,
    /// A recorded vote was replaced or dropped.
    VoteLost,
    /// A vote went into a record whose plan was not the newest.
    VoteOnOlderPlan,
}

/// One execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Workflow {
    /// Where it is.
    pub at: Place,
    /// The level it is at, from 0.
    pub level: u8,
    /// The attempt that its state makes: the number of its task, and of its task token if it waits.
    pub attempt: Attempt,
    /// Retries of this state.
    pub retry: u8,
    /// Waits at this level.
    pub waits: u8,
    /// Whether the attempt at work has asked: `send-approval` has answered well.
    pub asked: bool,
    /// Whether the deadline of this level has passed.
    pub late: bool,
    /// Whether a task that waited was told the outcome, by level: the history knows.
    pub told: [bool; MOST],
    /// What it went on with, by level.
    pub followed: [Option<Followed>; MOST],
    /// Whether the history does not show its last answer yet.
    pub behind: bool,
}

/// Where an execution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Not started.
    Ahead,
    /// `RequestApproval`: it waits for its task token.
    RequestApproval,
    /// `ApprovalTimedOut`.
    ApprovalTimedOut,
    /// `DeploymentRejected`.
    DeploymentRejected,
    /// `ExecuteDeployment`.
    ExecuteDeployment,
    /// It has ended.
    Ended(End),
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// `DeploymentComplete`.
    Complete,
    /// `DeploymentCancelled`.
    Cancelled,
    /// `DeploymentFailed`.
    Failed,
    /// The operators stopped it.
    Stopped,
}

/// What a workflow went on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Followed {
    /// An approval.
    Approval,
    /// A request that ended without one.
    Refusal,
    /// Nobody decided in time.
    Expiry,
}

/// What a person was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Told {
    /// That their vote is recorded.
    pub vote: Option<Choice>,
    /// How the request ended.
    pub end: Option<Status>,
    /// That its workflow is gone.
    pub gone: bool,
}

/// Who is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A function that a workflow's state invoked.
    Task(u8),
    /// One that an earlier attempt invoked, and that is still at work.
    Late(u8),
    /// A function behind the API, for a request and a person.
    Person(u8, u8),
    /// `reconcile`.
    Reconcile,
    /// The operators' command line.
    Operator,
}

/// One process at work. What it holds is lost when it dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Process {
    /// Whose it is.
    pub actor: Actor,
    /// What it is about.
    pub work: Work,
    /// Which request it is about.
    pub request: usize,
    /// The record as it has read or written it last.
    pub seen: Option<Record>,
    /// Whether its write has decided the request.
    pub decider: bool,
    /// Its next outside call.
    pub at: At,
}

/// The use case that a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// `decide`.
    Decide(usize, Choice),
    /// `ask`, for this attempt.
    Ask(Attempt),
    /// `time_out`, for this attempt.
    TimeOut(Attempt),
    /// `report_rejection`, for this attempt.
    ReportRejection(Attempt),
    /// `carry_out`, for this attempt.
    CarryOut(Attempt),
    /// `pay`.
    Pay,
    /// `close_if_over`.
    CloseIfOver,
    /// `take_back`.
    TakeBack,
}

/// The outside call that a process makes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// Reads the record of its request.
    Read,
    /// Reads the record of the level before.
    ReadEarlier,
    /// Notes that the level before was followed.
    NoteEarlier,
    /// Opens the record.
    Open,
    /// Reads which plan is the newest.
    Pointer,
    /// Changes the record, where it stands as it was seen.
    Write(Command),
    /// Answers the task token in the record.
    Answer,
    /// Answers the task token of its own attempt.
    Redeliver,
    /// Reads the record again, after an answer that nothing waited for.
    Reread,
    /// Asks how the workflow stands.
    Describe,
    /// Asks the history of a workflow that has ended, or runs, whether a task was told.
    WasTold(bool),
    /// Notes what is known about the workflow.
    Note(common::domain::Resume),
    /// Reads the record of this level, to carry it out.
    Check(u8),
    /// Uses the approval of this level.
    Use(u8),
    /// Answers whoever called it.
    Reply(Reply),
}

/// What a process answers to its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// What the record says.
    Seen,
    /// `waiting`.
    Waiting,
    /// Nothing is stored.
    Nothing,
    /// The records do not carry it.
    NotApproved,
    /// A service failed; another try may do better.
    Failure,
}

impl World {
    /// Before anything has happened.
    pub fn new(bounds: &Bounds) -> Self {
        let ahead = Workflow {
            at: Place::Ahead,
            level: 0,
            attempt: 0,
            retry: 0,
            waits: 0,
            asked: false,
            late: false,
            told: [false; MOST],
            followed: [None; MOST],
            behind: false,
        };
        let mut ballots = [[0; PEOPLE]; MOST];
        // What a newer plan is asked changes nothing for the older one.
        let asked = if bounds.shape == Shape::TwoPlans { 1 } else { bounds.requests() };
        for request in ballots.iter_mut().take(asked) {
            request.iter_mut().take(bounds.people).for_each(|left| *left = bounds.ballots);
        }
        let left = Left {
            ballots,
            faults: bounds.faults,
            early_visits: bounds.early_visits,
            stops: bounds.stops,
            withdrawals: bounds.withdrawals,
        };
        let mut world = Self {
            records: [None; MOST],
            workflows: [ahead; MOST],
            newest_plan: 0,
            processes: Vec::new(),
            told: [[Told::default(); PEOPLE]; MOST],
            left,
            wrong: None,
        };
        world.request_approval(bounds, 0);
        world
    }

    /// The record of a request.
    pub fn record(&self, request: usize) -> Option<Record> {
        self.records.get(request).copied().flatten()
    }

    /// The workflow of a request, its number, and the request's level in it.
    pub fn place_of(bounds: &Bounds, request: usize) -> (usize, usize) {
        match bounds.shape {
            Shape::One | Shape::TwoLevels | Shape::NewerPlan => (0, request),
            Shape::TwoPlans => (request, 0),
        }
    }

    /// The request that a level of a workflow asks.
    pub fn request_of(bounds: &Bounds, workflow: usize, level: usize) -> usize {
        match bounds.shape {
            Shape::One | Shape::TwoLevels | Shape::NewerPlan => level,
            Shape::TwoPlans => workflow,
        }
    }

    /// A workflow by its number.
    pub fn workflow(&self, number: usize) -> Option<&Workflow> {
        self.workflows.get(number)
    }

    /// What a workflow went on with at the level of a request.
    pub fn followed(&self, bounds: &Bounds, request: usize) -> Option<Followed> {
        let (workflow, level) = Self::place_of(bounds, request);
        self.workflow(workflow)?.followed.get(level).copied().flatten()
    }

    /// Whether a waiting task was told how a request ended.
    pub fn was_told(&self, bounds: &Bounds, request: usize) -> bool {
        let (workflow, level) = Self::place_of(bounds, request);
        self.workflow(workflow).and_then(|workflow| workflow.told.get(level).copied()).unwrap_or(false)
    }

    /// Whether a newer plan has taken the place of a request's plan.
    pub fn is_superseded(&self, bounds: &Bounds, request: usize) -> bool {
        let (workflow, _) = Self::place_of(bounds, request);
        usize::from(self.newest_plan) > workflow
    }

    /// The process of an actor.
    pub fn process(&self, actor: Actor) -> Option<&Process> {
        self.processes.iter().find(|process| process.actor == actor)
    }

    /// Puts a process in its actor's place.
    pub fn put(&mut self, process: Process) {
        self.drop_process(process.actor);
        let place = self.processes.partition_point(|other| other.actor < process.actor);
        self.processes.insert(place, process);
    }

    /// Ends a process.
    pub fn drop_process(&mut self, actor: Actor) {
        self.processes.retain(|process| process.actor != actor);
    }
}

impl Workflow {
    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.at, Place::Ended(_))
    }

    /// Whether it waits with this task token.
    pub fn waits_with(&self, attempt: Attempt) -> bool {
        self.at == Place::RequestApproval && self.attempt == attempt
    }
}

impl Process {
    /// A process that starts.
    pub fn new(actor: Actor, work: Work, request: usize, at: At) -> Self {
        Self { actor, work, request, seen: None, decider: false, at }
    }
}
