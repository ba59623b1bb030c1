//! What may happen next, for the checker.

use common::domain::{Choice, Resume};
use stateright::{Model, Property};

use crate::bounds::{Bounds, Break, Shape};
use crate::process::Fault;
use crate::properties;
use crate::record::PEOPLE;
use crate::world::{Actor, At, End, Place, Process, Work, World};

/// The protocol within bounds.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// How large the world is.
    pub bounds: Bounds,
}

/// One step of anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A process makes its next outside call, or answers.
    Call(Actor),
    /// The same, and something goes wrong.
    Faulty(Actor, Fault),
    /// Step Functions gives an attempt up whose function is still at work.
    Abandon(u8),
    /// A person votes on a request.
    Vote(usize, usize, Choice),
    /// The timer of a wait fires; with it, perhaps, the deadline has passed.
    WaitEnds(usize, bool),
    /// The operators stop a workflow.
    Stop(usize),
    /// The operators take a request back.
    TakeBack(usize),
    /// A newer plan is stored for the subject, and its workflow starts.
    Prepare(usize),
    /// `reconcile` comes by for a request, woken by the stream while the decider may be at work.
    VisitEarly(usize),
    /// `reconcile` comes by for a request, by the schedule or an event.
    Visit(usize),
    /// The history of a workflow shows its last answer.
    CatchUp(usize),
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.bounds)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        self.must(world, actions);
        self.may(world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.take(&mut next, action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::of(&self.bounds)
    }
}

impl Protocol {
    /// What happens sooner or later, whatever people do.
    pub fn must(&self, world: &World, actions: &mut Vec<Action>) {
        actions.extend(world.processes.iter().map(|process| Action::Call(process.actor)));
        for number in 0..self.bounds.workflows() {
            let Some(workflow) = world.workflow(number) else { continue };
            if workflow.at == Place::RequestApproval {
                actions.push(Action::WaitEnds(number, true));
            }
            if workflow.behind {
                actions.push(Action::CatchUp(number));
            }
        }
        let free = world.process(Actor::Reconcile).is_none();
        if free && self.bounds.broken != Some(Break::NobodySweeps) {
            let requests = 0..self.bounds.requests();
            actions.extend(requests.filter(|request| self.is_owed(world, *request)).map(Action::Visit));
        }
    }

    /// What may happen or not.
    fn may(&self, world: &World, actions: &mut Vec<Action>) {
        faults(world, actions);
        for number in 0..self.bounds.workflows() {
            let Some(workflow) = world.workflow(number) else { continue };
            if workflow.at == Place::RequestApproval && workflow.waits < self.bounds.waits {
                actions.push(Action::WaitEnds(number, false));
            }
            if workflow.at != Place::Ahead && !workflow.has_ended() && world.left.stops > 0 {
                actions.push(Action::Stop(number));
            }
        }
        let replaces = matches!(self.bounds.shape, Shape::NewerPlan | Shape::TwoPlans);
        if replaces && world.newest_plan == 0 {
            actions.push(Action::Prepare(1));
        }
        for request in 0..self.bounds.requests() {
            let Some(record) = world.record(request) else { continue };
            let early = record.resume == Resume::Owed && world.left.early_visits > 0;
            if early
                && world.process(Actor::Reconcile).is_none()
                && !actions.contains(&Action::Visit(request))
            {
                actions.push(Action::VisitEarly(request));
            }
            if world.left.withdrawals > 0 && world.process(Actor::Operator).is_none() {
                actions.push(Action::TakeBack(request));
            }
            for person in 0..PEOPLE {
                if ballots(world, request, person) > 0 && world.process(voter(request, person)).is_none() {
                    actions.push(Action::Vote(request, person, Choice::Approve));
                    actions.push(Action::Vote(request, person, Choice::Reject));
                }
            }
        }
    }

    /// Whether the schedule or an event finds something to do for a request that can be done now.
    fn is_owed(&self, world: &World, request: usize) -> bool {
        let Some(record) = world.record(request) else { return false };
        let (number, _) = World::place_of(&self.bounds, request);
        let Some(workflow) = world.workflow(number) else { return false };
        if !record.is_closed() {
            return workflow.has_ended() || world.is_superseded(&self.bounds, request);
        }
        let can_be_settled = workflow.waits_with(record.attempt)
            || workflow.has_ended()
            || world.history_tells(&self.bounds, request);
        record.resume == Resume::Owed && can_be_settled && !world.is_fresh(&self.bounds, request)
    }

    /// Whether nothing is left that happens by itself.
    pub fn is_at_rest(&self, world: &World) -> bool {
        let mut left = Vec::new();
        self.must(world, &mut left);
        left.is_empty()
    }

    fn take(&self, world: &mut World, action: Action) {
        let bounds = &self.bounds;
        match action {
            Action::Call(actor) => {
                if let Some(process) = world.process(actor).copied() {
                    world.step(bounds, process, None);
                }
            }
            Action::Faulty(actor, fault) => {
                world.left.faults -= 1;
                if let Some(process) = world.process(actor).copied() {
                    world.step(bounds, process, Some(fault));
                }
            }
            Action::Abandon(lane) => {
                world.left.faults -= 1;
                if let Some(process) = world.process(Actor::Task(lane)).copied() {
                    world.drop_process(process.actor);
                    world.put(Process { actor: Actor::Late(lane), ..process });
                    world.try_again(bounds, usize::from(lane));
                }
            }
            Action::Vote(request, person, choice) => {
                let left = world.left.ballots.get_mut(request).and_then(|people| people.get_mut(person));
                if let Some(left) = left {
                    *left -= 1;
                }
                let work = Work::Decide(person, choice);
                world.put(Process::new(voter(request, person), work, request, At::Read));
            }
            Action::WaitEnds(number, deadline) => world.wait_ends(bounds, number, deadline),
            Action::Stop(number) => {
                world.left.stops -= 1;
                world.end(number, End::Stopped);
            }
            Action::TakeBack(request) => {
                world.left.withdrawals -= 1;
                world.put(Process::new(Actor::Operator, Work::TakeBack, request, At::Read));
            }
            Action::Prepare(number) => {
                world.newest_plan = world.newest_plan.max(u8::try_from(number).unwrap_or_default());
                if number < bounds.workflows() {
                    world.request_approval(bounds, number);
                }
            }
            Action::VisitEarly(request) => {
                world.left.early_visits -= 1;
                world.put(Process::new(Actor::Reconcile, Work::Pay, request, At::Read));
            }
            Action::Visit(request) => {
                let closed = world.record(request).is_some_and(|record| record.is_closed());
                let work = if closed { Work::Pay } else { Work::CloseIfOver };
                world.put(Process::new(Actor::Reconcile, work, request, At::Read));
            }
            Action::CatchUp(number) => world.change(number, |workflow| workflow.behind = false),
        }
    }
}

fn faults(world: &World, actions: &mut Vec<Action>) {
    if world.left.faults == 0 {
        return;
    }
    for process in &world.processes {
        actions.push(Action::Faulty(process.actor, Fault::Dies));
        match process.at {
            // A read that fails is the end of the process, or answered by a retry: as if it had died.
            At::Reply(_) | At::Read | At::ReadEarlier | At::Check(_) | At::Pointer => {}
            At::Open | At::Write(_) | At::NoteEarlier | At::Use(_) => {
                actions.push(Action::Faulty(process.actor, Fault::NoReply));
            }
            At::Reread | At::Describe | At::WasTold(_) => {
                actions.push(Action::Faulty(process.actor, Fault::Fails));
            }
            At::Answer | At::Redeliver | At::Note(_) => {
                actions.push(Action::Faulty(process.actor, Fault::Fails));
                actions.push(Action::Faulty(process.actor, Fault::NoReply));
            }
        }
        if let Actor::Task(lane) = process.actor
            && is_expected(world, process)
        {
            actions.push(Action::Abandon(lane));
        }
    }
}

fn voter(request: usize, person: usize) -> Actor {
    Actor::Person(u8::try_from(request).unwrap_or_default(), u8::try_from(person).unwrap_or_default())
}

fn ballots(world: &World, request: usize, person: usize) -> u8 {
    world.left.ballots.get(request).and_then(|people| people.get(person)).copied().unwrap_or(0)
}

/// Whether the workflow still counts on what this process answers.
fn is_expected(world: &World, process: &Process) -> bool {
    let (Actor::Task(lane), Work::Ask(attempt) | Work::TimeOut(attempt) | Work::CarryOut(attempt)) =
        (process.actor, process.work)
    else {
        return false;
    };
    world
        .workflow(usize::from(lane))
        .is_some_and(|workflow| workflow.attempt == attempt && !workflow.has_ended())
}
