//! A record as the protocol sees it, and the commands that change it.
//!
//! The statuses and choices are those of the code, and so are the names of the commands. `tests/agreement.rs` puts
//! each of these changes beside the same command of `common::domain::apply`.

use common::domain::{Choice, Resume, Status};

use crate::bounds::Break;

/// The number of an attempt to wait: it stands for the task token and for its generation at once.
pub type Attempt = u8;

/// How many people may vote on a request.
pub const PEOPLE: usize = 2;

/// What of a request matters to the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// Where it stands.
    pub status: Status,
    /// Whether its workflow knows.
    pub resume: Resume,
    /// What each person said.
    pub votes: [Option<Choice>; PEOPLE],
    /// Whose task token it holds.
    pub attempt: Attempt,
    /// Whether the approval was used.
    pub used: bool,
}

/// The commands of `domain::apply` that the protocol consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// The workflow waits again.
    RenewWait(Attempt),
    /// A person votes.
    Vote(usize, Choice),
    /// The wait is over for good.
    Expire,
    /// Its workflow ended.
    Withdraw,
    /// It is taken back while its workflow waits.
    TakeBack,
    /// A newer plan takes its place.
    Supersede,
    /// What is known about the workflow following the decision.
    NoteResume(Resume),
    /// The approval is used.
    Execute,
}

/// What the rules depend on besides the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// How many approvals it takes.
    pub quorum: usize,
    /// Whether the deadline has passed.
    pub late: bool,
    /// What is broken on purpose.
    pub broken: Option<Break>,
}

impl Record {
    /// A request that was just opened.
    pub fn opened(attempt: Attempt) -> Self {
        Self { status: Status::Pending, resume: Resume::None, votes: [None; PEOPLE], attempt, used: false }
    }

    /// Whether it is decided.
    pub fn is_closed(&self) -> bool {
        self.status != Status::Pending
    }

    /// What this person said.
    pub fn vote_of(&self, person: usize) -> Option<Choice> {
        self.votes.get(person).copied().flatten()
    }

    /// The record after a command; the same one where the command has no effect, `None` where it is refused.
    #[must_use]
    pub fn after(self, command: Command, rules: Rules) -> Option<Self> {
        match command {
            Command::Vote(person, choice) => return self.voted(person, choice, rules),
            Command::RenewWait(attempt) => {
                let newer = attempt > self.attempt || rules.broken == Some(Break::AnyAttempt);
                if newer {
                    return Some(Self { attempt, ..self });
                }
            }
            Command::Expire => return Some(self.closed(Status::Expired, Resume::None)),
            Command::Withdraw => return Some(self.closed(Status::Withdrawn, Resume::None)),
            Command::TakeBack => return Some(self.closed(Status::Withdrawn, Resume::Owed)),
            Command::Supersede => return Some(self.closed(Status::Superseded, Resume::Owed)),
            Command::NoteResume(resume) => {
                let pays = self.resume == Resume::Owed && matches!(resume, Resume::Done | Resume::Gone);
                let proves = self.resume == Resume::Gone && resume == Resume::Done;
                if pays || proves {
                    return Some(Self { resume, ..self });
                }
            }
            Command::Execute => return Some(Self { used: true, ..self }),
        }
        Some(self)
    }

    fn closed(self, status: Status, resume: Resume) -> Self {
        if self.is_closed() { self } else { Self { status, resume, ..self } }
    }

    fn voted(mut self, person: usize, choice: Choice, rules: Rules) -> Option<Self> {
        match self.vote_of(person) {
            Some(earlier) if rules.broken != Some(Break::VoteAgain) => {
                return (earlier == choice).then_some(self);
            }
            _ if self.is_closed() || rules.late => return None,
            _ => {}
        }
        *self.votes.get_mut(person)? = Some(choice);
        let count = |wanted| self.votes.iter().flatten().filter(|choice| **choice == wanted).count();
        let owed = if rules.broken == Some(Break::OweLater) { Resume::None } else { Resume::Owed };
        if count(Choice::Reject) > 0 {
            self = self.closed(Status::Rejected, owed);
        } else if count(Choice::Approve) >= rules.quorum {
            self = self.closed(Status::Approved, owed);
        }
        Some(self)
    }
}
