//! Step Functions: what a workflow does when its task answers, fails or times out. `deployment-approval.asl.json` has
//! the same states.

use common::domain::Status;

use crate::bounds::{Bounds, History};
use crate::record::Attempt;
use crate::world::{Actor, At, End, Followed, Place, Process, Reply, Work, Workflow, World};

impl World {
    /// Enters `RequestApproval`, for the first time at its level or once more.
    pub(crate) fn request_approval(&mut self, bounds: &Bounds, number: usize) {
        self.change(number, |workflow| workflow.waits += 1);
        self.enter(bounds, number, Place::RequestApproval);
    }

    /// Enters a state, and invokes its function.
    pub(crate) fn enter(&mut self, bounds: &Bounds, number: usize, place: Place) {
        self.change(number, |workflow| {
            workflow.at = place;
            workflow.retry = 0;
        });
        self.invoke(bounds, number);
    }

    /// The attempt has failed: another, or the workflow fails.
    pub(crate) fn try_again(&mut self, bounds: &Bounds, number: usize) {
        let Some(workflow) = self.workflow(number) else { return };
        if workflow.retry < bounds.retries {
            self.change(number, |workflow| workflow.retry += 1);
            self.invoke(bounds, number);
        } else {
            self.end(number, End::Failed);
        }
    }

    /// Ends a workflow. What it invoked goes on.
    pub(crate) fn end(&mut self, number: usize, end: End) {
        self.change(number, |workflow| workflow.at = Place::Ended(end));
    }

    /// The timer of the wait fires.
    pub(crate) fn wait_ends(&mut self, bounds: &Bounds, number: usize, deadline: bool) {
        self.change(number, |workflow| workflow.late |= deadline && bounds.can_wait);
        self.enter(bounds, number, Place::ApprovalTimedOut);
    }

    /// Answers a task token. Whether a task waited with it.
    pub(crate) fn answer(
        &mut self,
        bounds: &Bounds,
        number: usize,
        attempt: Attempt,
        status: Status,
    ) -> bool {
        if !self.workflow(number).is_some_and(|workflow| workflow.waits_with(attempt)) {
            return false;
        }
        self.change(number, |workflow| {
            if let Some(told) = workflow.told.get_mut(usize::from(workflow.level)) {
                *told = true;
            }
            workflow.behind = bounds.history == History::Behind;
        });
        if status == Status::Approved {
            self.go_on(bounds, number);
        } else {
            self.follow(number, Followed::Refusal);
            self.enter(bounds, number, Place::DeploymentRejected);
        }
        true
    }

    /// The function of an attempt answers.
    pub(crate) fn replied(&mut self, bounds: &Bounds, process: &Process, reply: Reply) {
        let (number, _) = Self::place_of(bounds, process.request);
        let (attempt, place) = match process.work {
            Work::Ask(attempt) => (attempt, Place::RequestApproval),
            Work::TimeOut(attempt) => (attempt, Place::ApprovalTimedOut),
            Work::ReportRejection(attempt) => (attempt, Place::DeploymentRejected),
            Work::CarryOut(attempt) => (attempt, Place::ExecuteDeployment),
            Work::Decide(..) | Work::Pay | Work::CloseIfOver | Work::TakeBack => return,
        };
        let expected =
            self.workflow(number).is_some_and(|workflow| (workflow.attempt, workflow.at) == (attempt, place));
        if !expected {
            return;
        }
        let status = process.seen.map(|record| record.status);
        match (place, reply) {
            (_, Reply::Failure) => self.try_again(bounds, number),
            (_, Reply::NotApproved) => self.end(number, End::Failed),
            (Place::RequestApproval, _) => self.change(number, |workflow| workflow.asked = true),
            (Place::ApprovalTimedOut, Reply::Waiting) => self.request_approval(bounds, number),
            (Place::ApprovalTimedOut, Reply::Nothing) | (Place::DeploymentRejected, _) => {
                self.end(number, End::Cancelled);
            }
            (Place::ApprovalTimedOut, _) => self.timed_out(bounds, number, status),
            (Place::ExecuteDeployment, _) => self.end(number, End::Complete),
            (Place::Ahead | Place::Ended(_), _) => {}
        }
    }

    /// A caller without branches goes on to its failure, whatever the record says.
    fn timed_out(&mut self, bounds: &Bounds, number: usize, status: Option<Status>) {
        match status {
            Some(Status::Approved) if bounds.can_wait => self.go_on(bounds, number),
            Some(Status::Approved) => self.end(number, End::Failed),
            Some(Status::Expired) => {
                self.follow(number, Followed::Expiry);
                self.end(number, End::Cancelled);
            }
            _ => {
                self.follow(number, Followed::Refusal);
                if bounds.can_wait {
                    self.enter(bounds, number, Place::DeploymentRejected);
                } else {
                    self.end(number, End::Failed);
                }
            }
        }
    }

    /// `MoreLevels?`
    fn go_on(&mut self, bounds: &Bounds, number: usize) {
        self.follow(number, Followed::Approval);
        let level = self.workflow(number).map_or(0, |workflow| workflow.level);
        if usize::from(level) + 1 < bounds.levels() {
            self.change(number, |workflow| {
                workflow.level += 1;
                workflow.waits = 0;
                workflow.late = false;
            });
            self.request_approval(bounds, number);
        } else {
            self.enter(bounds, number, Place::ExecuteDeployment);
        }
    }

    fn follow(&mut self, number: usize, followed: Followed) {
        self.change(number, |workflow| {
            if let Some(level) = workflow.followed.get_mut(usize::from(workflow.level)) {
                *level = Some(followed);
            }
        });
    }

    /// Invokes the function of the state, as a new attempt. That of the attempt before may still be at work.
    fn invoke(&mut self, bounds: &Bounds, number: usize) {
        self.change(number, |workflow| {
            workflow.attempt += 1;
            workflow.asked = false;
        });
        let Some(workflow) = self.workflow(number).copied() else { return };
        let (work, at) = match workflow.at {
            Place::RequestApproval if workflow.level > 0 => (Work::Ask(workflow.attempt), At::ReadEarlier),
            Place::RequestApproval => (Work::Ask(workflow.attempt), At::Open),
            Place::ApprovalTimedOut => (Work::TimeOut(workflow.attempt), At::Read),
            Place::DeploymentRejected => (Work::ReportRejection(workflow.attempt), At::Read),
            Place::ExecuteDeployment => (Work::CarryOut(workflow.attempt), At::Check(0)),
            Place::Ahead | Place::Ended(_) => return,
        };
        let request = Self::request_of(bounds, number, usize::from(workflow.level));
        let lane = u8::try_from(number).unwrap_or_default();
        if let Some(earlier) = self.process(Actor::Task(lane)).copied() {
            self.put(Process { actor: Actor::Late(lane), ..earlier });
        }
        self.put(Process::new(Actor::Task(lane), work, request, at));
    }

    pub(crate) fn change(&mut self, number: usize, edit: impl FnOnce(&mut Workflow)) {
        if let Some(workflow) = self.workflows.get_mut(number) {
            edit(workflow);
        }
    }
}
