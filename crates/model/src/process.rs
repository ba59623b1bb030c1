//! The use cases, one outside call at a time. Each arm names the call that it stands for.

use common::domain::{Resume, Status};

use crate::bounds::{Bounds, Break, History};
use crate::record::{Command, Record, Rules};
use crate::world::{Actor, At, Process, Reply, Told, Work, Workflow, World, Wrong};

/// What goes wrong with an outside call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The process dies before it.
    Dies,
    /// It has no effect and fails.
    Fails,
    /// It has its effect, and the reply is lost.
    NoReply,
}

impl World {
    /// The next outside call of a process, or its answer.
    pub(crate) fn step(&mut self, bounds: &Bounds, process: Process, fault: Option<Fault>) {
        let mut process = process;
        self.drop_process(process.actor);
        match fault {
            Some(Fault::Dies) => return self.died(bounds, &process),
            Some(Fault::Fails) => return self.failed(bounds, process),
            Some(Fault::NoReply) => {
                let before = process;
                self.call(bounds, &mut process);
                let seen = Process { seen: process.seen.or(before.seen), ..before };
                return self.failed(bounds, seen);
            }
            None => {}
        }
        if let At::Reply(reply) = process.at {
            return self.reply(bounds, &process, reply);
        }
        match self.call(bounds, &mut process) {
            Some(next) => self.go_on_with(Process { at: next, ..process }),
            None => self.finish(process),
        }
    }

    /// Its own call may have moved its workflow on, which has invoked the next function by now.
    fn go_on_with(&mut self, process: Process) {
        let actor = match process.actor {
            Actor::Task(lane) if self.process(process.actor).is_some() => Actor::Late(lane),
            actor => actor,
        };
        self.put(Process { actor, ..process });
    }

    /// Lambda says that an invocation failed; people and the schedule learn nothing.
    fn died(&mut self, bounds: &Bounds, process: &Process) {
        self.replied(bounds, process, Reply::Failure);
    }

    /// What a process does about a call that failed.
    fn failed(&mut self, bounds: &Bounds, process: Process) {
        match (process.work, process.at) {
            // Whether the vote stands is not known: "not recorded, try again".
            (Work::Decide(..), At::Read | At::Write(_))
            | (Work::Pay | Work::CloseIfOver | Work::TakeBack, _) => {}
            (Work::Decide(..), At::Note(resume)) => {
                let seen = process.seen.map(|record| Record { resume, ..record });
                self.put(Process { seen, at: At::Reply(Reply::Seen), ..process });
            }
            // The debt stays; the vote is recorded all the same.
            (Work::Decide(..), _) => self.put(Process { at: At::Reply(Reply::Seen), ..process }),
            _ => self.replied(bounds, &process, Reply::Failure),
        }
    }

    /// All that can be done is done.
    fn finish(&mut self, process: Process) {
        match process.work {
            Work::Pay | Work::CloseIfOver | Work::TakeBack => {}
            _ => self.go_on_with(Process { at: At::Reply(Reply::Seen), ..process }),
        }
    }

    fn reply(&mut self, bounds: &Bounds, process: &Process, reply: Reply) {
        let (Work::Decide(person, choice), Some(seen)) = (process.work, process.seen) else {
            return self.replied(bounds, process, reply);
        };
        let knows = self.told.get_mut(process.request).and_then(|request| request.get_mut(person));
        if let Some(told) = knows {
            *told = Told {
                vote: told.vote.or(seen.vote_of(person).filter(|vote| *vote == choice)),
                end: seen.is_closed().then_some(seen.status).or(told.end),
                gone: seen.resume == Resume::Gone,
            };
        }
    }

    /// Makes a call, and says what comes next; `None`: nothing.
    fn call(&mut self, bounds: &Bounds, process: &mut Process) -> Option<At> {
        let request = process.request;
        match process.at {
            At::Read => {
                process.seen = self.record(request);
                after_reading(bounds, process)
            }
            At::ReadEarlier => match self.record(request.wrapping_sub(1)) {
                Some(earlier) if earlier.status == Status::Approved => Some(At::NoteEarlier),
                _ => Some(At::Reply(Reply::NotApproved)),
            },
            At::NoteEarlier => {
                self.keep(bounds, request.wrapping_sub(1), None, Command::NoteResume(Resume::Done));
                Some(At::Open)
            }
            At::Open => self.open(bounds, process),
            At::Pointer => Some(self.after_pointer(bounds, process)),
            At::Write(command @ Command::Vote(..)) => self.vote(bounds, process, command),
            At::Write(command) => self.write(bounds, process, command),
            At::Answer => self.answer_owed(bounds, process),
            At::Redeliver => {
                let (Work::Ask(attempt), Some(seen)) = (process.work, process.seen) else { return None };
                let (number, _) = Self::place_of(bounds, request);
                self.answer(bounds, number, attempt, seen.status).then_some(At::Note(Resume::Done))
            }
            At::Reread => {
                let fresh = !process.decider && self.is_fresh(bounds, request);
                process.seen = self.record(request);
                let owed = process.seen.is_some_and(|record| record.resume == Resume::Owed);
                (owed && !fresh).then_some(At::Describe)
            }
            At::Describe => {
                let (number, _) = Self::place_of(bounds, request);
                let ended = self.workflow(number).is_some_and(Workflow::has_ended);
                if process.work == Work::CloseIfOver && process.seen.is_some_and(|record| !record.is_closed())
                {
                    return ended.then_some(At::Write(Command::Withdraw));
                }
                Some(At::WasTold(ended))
            }
            At::WasTold(ended) => {
                if self.history_tells(bounds, request) {
                    Some(At::Note(Resume::Done))
                } else {
                    ended.then_some(At::Note(Resume::Gone))
                }
            }
            At::Note(resume) => {
                process.seen = self.keep(bounds, request, process.seen, Command::NoteResume(resume));
                let first = bounds.broken == Some(Break::MarkFirst) && pays(process.work);
                first.then_some(At::Answer)
            }
            At::Check(level) => Some(self.check(bounds, process, level)),
            At::Use(level) => {
                let (number, _) = Self::place_of(bounds, request);
                let used = Self::request_of(bounds, number, usize::from(level));
                self.keep(bounds, used, None, Command::NoteResume(Resume::Done));
                self.keep(bounds, used, None, Command::Execute);
                (usize::from(level) + 1 < bounds.levels()).then_some(At::Use(level + 1))
            }
            At::Reply(_) => None,
        }
    }

    /// `KeepRequests::open`: only where nothing stands; for an older plan only as superseded.
    fn open(&mut self, bounds: &Bounds, process: &mut Process) -> Option<At> {
        let Work::Ask(attempt) = process.work else { return None };
        let stored = self.record(process.request).filter(|_| bounds.broken != Some(Break::WriteAnyway));
        if let Some(stored) = stored {
            process.seen = Some(stored);
            return Some(At::Write(Command::RenewWait(attempt)));
        }
        let mut opened = Record::opened(attempt);
        if self.is_superseded(bounds, process.request) && bounds.broken != Some(Break::PointerIgnored) {
            opened = Record { status: Status::Superseded, resume: Resume::Owed, ..opened };
        }
        self.store(process.request, opened);
        process.seen = Some(opened);
        opened.is_closed().then_some(At::Redeliver)
    }

    /// `ReadPointers::pointer`, for whoever comes by with a pending request or carries one out.
    fn after_pointer(&self, bounds: &Bounds, process: &Process) -> At {
        let newer = self.is_superseded(bounds, process.request);
        match process.work {
            Work::CarryOut(_) if newer => At::Reply(Reply::NotApproved),
            Work::CarryOut(_) => At::Use(0),
            _ if newer => At::Write(Command::Supersede),
            Work::CloseIfOver => At::Describe,
            Work::TimeOut(_) => self.judge(bounds, process),
            _ => At::Reply(Reply::Seen),
        }
    }

    /// `time_out` with a pending request: wait again, or it has expired.
    fn judge(&self, bounds: &Bounds, process: &Process) -> At {
        let (number, _) = Self::place_of(bounds, process.request);
        let late = self.workflow(number).is_some_and(|workflow| workflow.late);
        if bounds.can_wait && !late { At::Reply(Reply::Waiting) } else { At::Write(Command::Expire) }
    }

    /// `RecordVotes::record_vote`: where the record stands as it was read, is pending, and its plan is the newest.
    fn vote(&mut self, bounds: &Bounds, process: &mut Process, command: Command) -> Option<At> {
        let seen = process.seen?;
        let Some(next) = seen.after(command, self.rules(bounds, process.request)) else {
            return Some(At::Reply(Reply::Seen));
        };
        if next == seen {
            return (seen.resume == Resume::Owed).then_some(to_pay(bounds));
        }
        let anyway = bounds.broken == Some(Break::WriteAnyway);
        let newest = !self.is_superseded(bounds, process.request);
        let current = self.record(process.request);
        if current != Some(seen) && !anyway {
            process.seen = current;
            return Some(process.at);
        }
        if !newest {
            if bounds.broken != Some(Break::PointerIgnored) {
                return Some(At::Write(Command::Supersede));
            }
            self.wrong = self.wrong.or(Some(Wrong::VoteOnOlderPlan));
        }
        self.store(process.request, next);
        process.decider = next.is_closed();
        let remembered = if next.is_closed() { Resume::Owed } else { next.resume };
        process.seen = Some(Record { resume: remembered, ..next });
        next.is_closed().then_some(to_pay(bounds))
    }

    /// `KeepRequests::keep` with a command that is never refused.
    fn write(&mut self, bounds: &Bounds, process: &mut Process, command: Command) -> Option<At> {
        let seen = process.seen?;
        let next = seen.after(command, self.rules(bounds, process.request)).unwrap_or(seen);
        let current = self.record(process.request);
        if next != seen {
            if current != Some(seen) && bounds.broken != Some(Break::WriteAnyway) {
                process.seen = current;
                return Some(process.at);
            }
            self.store(process.request, next);
            process.decider = !seen.is_closed() && next.is_closed();
        }
        process.seen = Some(next);
        after_writing(bounds, process, next)
    }

    /// `ResumeWorkflows::answer` with the token that the record holds.
    fn answer_owed(&mut self, bounds: &Bounds, process: &Process) -> Option<At> {
        let seen = process.seen?;
        let (number, _) = Self::place_of(bounds, process.request);
        let waited = self.answer(bounds, number, seen.attempt, seen.status);
        if bounds.broken == Some(Break::MarkFirst) {
            return None;
        }
        Some(if waited { At::Note(Resume::Done) } else { At::Reread })
    }

    /// `carry_out` reads every level, and then the pointer.
    fn check(&self, bounds: &Bounds, process: &Process, level: u8) -> At {
        let (number, _) = Self::place_of(bounds, process.request);
        let record = self.record(Self::request_of(bounds, number, usize::from(level)));
        match record {
            Some(record) if record.status == Status::Approved => {
                if usize::from(level) + 1 < bounds.levels() {
                    At::Check(level + 1)
                } else {
                    At::Pointer
                }
            }
            _ => At::Reply(Reply::NotApproved),
        }
    }

    /// Read, apply, compare and set, as often as it takes: one change of the record as it stands.
    fn keep(
        &mut self,
        bounds: &Bounds,
        request: usize,
        seen: Option<Record>,
        command: Command,
    ) -> Option<Record> {
        let anyway = bounds.broken == Some(Break::WriteAnyway);
        let from = seen.filter(|_| anyway).or(self.record(request))?;
        let next = from.after(command, self.rules(bounds, request)).unwrap_or(from);
        self.store(request, next);
        Some(next)
    }

    fn store(&mut self, request: usize, next: Record) {
        if let Some(stored) = self.record(request) {
            if stored.is_closed() && stored.status != next.status {
                self.wrong = self.wrong.or(Some(Wrong::DecisionChanged));
            }
            let lost = |(old, new): (&Option<_>, &Option<_>)| old.is_some() && old != new;
            if stored.votes.iter().zip(&next.votes).any(lost) {
                self.wrong = self.wrong.or(Some(Wrong::VoteLost));
            }
        }
        if let Some(record) = self.records.get_mut(request) {
            *record = Some(next);
        }
    }

    /// Whether the handler that decided may still be at work: it lives shorter than `SETTLING`.
    pub(crate) fn is_fresh(&self, bounds: &Bounds, request: usize) -> bool {
        bounds.broken != Some(Break::SettleAtOnce)
            && self.processes.iter().any(|process| process.decider && process.request == request)
    }

    /// Whether the history proves that a task was told.
    pub(crate) fn history_tells(&self, bounds: &Bounds, request: usize) -> bool {
        let (number, _) = Self::place_of(bounds, request);
        let readable = bounds.history != History::Unreadable && bounds.broken != Some(Break::GoneUnproven);
        let behind = self.workflow(number).is_some_and(|workflow| workflow.behind);
        readable && !behind && self.was_told(bounds, request)
    }

    fn rules(&self, bounds: &Bounds, request: usize) -> Rules {
        let (number, level) = Self::place_of(bounds, request);
        let late = self
            .workflow(number)
            .is_some_and(|workflow| workflow.late && usize::from(workflow.level) == level);
        Rules { quorum: bounds.quorum, late, broken: bounds.broken }
    }
}

/// The first thing that `usecase::resume` does.
fn to_pay(bounds: &Bounds) -> At {
    if bounds.broken == Some(Break::MarkFirst) { At::Note(Resume::Done) } else { At::Answer }
}

fn pays(work: Work) -> bool {
    matches!(work, Work::Decide(..) | Work::Pay | Work::CloseIfOver | Work::TakeBack)
}

fn after_reading(bounds: &Bounds, process: &mut Process) -> Option<At> {
    let Some(seen) = process.seen else {
        return matches!(process.actor, Actor::Task(_) | Actor::Late(_)).then_some(At::Reply(Reply::Nothing));
    };
    match process.work {
        Work::Decide(person, choice) => Some(At::Write(Command::Vote(person, choice))),
        Work::Pay => (seen.resume == Resume::Owed).then_some(to_pay(bounds)),
        Work::CloseIfOver => (!seen.is_closed()).then_some(At::Pointer),
        Work::TakeBack => Some(At::Write(Command::TakeBack)),
        Work::TimeOut(_) if bounds.broken == Some(Break::ExpireUnasked) => {
            process.seen = Some(Record { status: Status::Expired, ..seen });
            None
        }
        Work::TimeOut(_) if seen.is_closed() => settle_timeout(bounds, seen),
        Work::TimeOut(_) => Some(At::Pointer),
        Work::ReportRejection(_) => {
            let ended = seen.is_closed() && seen.status != Status::Approved;
            ended.then_some(At::Note(Resume::Done))
        }
        Work::Ask(_) | Work::CarryOut(_) => None,
    }
}

/// `time_out` with a closed request: a caller without branches was told nothing else.
fn settle_timeout(bounds: &Bounds, seen: Record) -> Option<At> {
    match (seen.status, seen.resume) {
        _ if bounds.can_wait => None,
        (Status::Approved, Resume::Owed | Resume::Gone) => Some(At::Note(Resume::Gone)),
        (Status::Rejected | Status::Withdrawn | Status::Superseded, _) => Some(At::Note(Resume::Done)),
        (Status::Approved | Status::Expired | Status::Pending, _) => None,
    }
}

fn after_writing(bounds: &Bounds, process: &Process, seen: Record) -> Option<At> {
    match process.work {
        Work::Ask(attempt) => {
            if !seen.is_closed() && matches!(process.at, At::Write(Command::RenewWait(_))) {
                return Some(At::Pointer);
            }
            (seen.attempt == attempt && seen.is_closed()).then_some(At::Redeliver)
        }
        Work::TimeOut(_) => settle_timeout(bounds, seen),
        Work::Decide(..) | Work::CloseIfOver | Work::TakeBack => {
            (seen.resume == Resume::Owed).then_some(to_pay(bounds))
        }
        Work::Pay | Work::ReportRejection(_) | Work::CarryOut(_) => None,
    }
}
