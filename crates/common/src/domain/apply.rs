//! The rules: one pure function from a request and a command to the request that follows, or a refusal.

use jiff::Timestamp;

use super::{
    Ballot, Choice, Contact, Decision, Deployment, EmailAddress, Event, Generation, Happening, Link, Notice,
    Refusal, Request, Resume, Status, Tally, TaskToken, Vote, tally,
};

/// The longest reason that is kept, in characters. It bounds the cause that reaches the workflow.
pub const MAX_REASON: usize = 2_000;

/// Something that may change a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The workflow waits again: take its newer task token.
    RenewWait {
        /// The new token.
        task_token: TaskToken,
        /// Which attempt it belongs to.
        generation: Generation,
    },
    /// Personal links were minted.
    AddLinks(Vec<Link>),
    /// Messages were tried.
    NoteContacts(Vec<Contact>),
    /// An approver votes.
    Vote(Ballot),
    /// The workflow's wait is over for good.
    Expire,
    /// Nobody could be asked.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// What is known about the workflow following the decision.
    NoteResume(Resume),
    /// People were told how it ended.
    NoteNotice {
        /// Which message.
        notice: Notice,
        /// Who got it.
        recipients: Vec<EmailAddress>,
    },
    /// The approval is used.
    Execute(Deployment),
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The request that follows; storing it is the effect.
    Changed(Box<Request>),
    /// The record already says so: the command was a repetition, or came late.
    Unchanged,
}

/// Applies a command.
///
/// # Errors
/// The refusal, when the rules do not allow it. Only votes are ever refused; every other command that
/// comes too late leaves the request unchanged.
pub fn apply(request: &Request, command: Command, now: Timestamp) -> Result<Transition, Refusal> {
    match command {
        Command::Vote(ballot) => vote(request, ballot, now),
        Command::RenewWait { task_token, generation } => Ok(renew_wait(request, task_token, generation, now)),
        Command::AddLinks(links) => Ok(add_links(request, links)),
        Command::NoteContacts(contacts) => Ok(note_contacts(request, contacts, now)),
        Command::Expire => Ok(close(request, Status::Expired, None, now)),
        Command::Withdraw { reason } => Ok(close(request, Status::Withdrawn, Some(reason), now)),
        Command::NoteResume(resume) => Ok(note_resume(request, resume, now)),
        Command::NoteNotice { notice, recipients } => {
            Ok(when(!request.notices.contains(&notice), request, |next| {
                next.notices.push(notice);
                happened(next, Happening::Told { notice, recipients }, now);
            }))
        }
        Command::Execute(deployment) => Ok(when(request.deployment.is_none(), request, |next| {
            happened(next, Happening::Executed { deployed: deployment.deployed }, now);
            next.deployment = Some(deployment);
        })),
    }
}

/// Whether this person's vote would count now.
///
/// # Errors
/// The refusal that the vote would meet.
pub fn check_vote(
    request: &Request,
    person: &EmailAddress,
    choice: Choice,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let Some(vote) = request.vote_of(person) {
        return if vote.choice == choice {
            Ok(())
        } else {
            Err(Refusal::AlreadyVoted { choice: vote.choice })
        };
    }
    if let Some(refusal) = Refusal::of_status(request.status) {
        return Err(refusal);
    }
    if request.level.group_of(person).is_none() {
        return Err(Refusal::NotAnApprover);
    }
    if !request.level.may_vote(person, request.requested_by.as_ref()) {
        return Err(Refusal::SelfApproval);
    }
    if request.is_past_deadline(now) {
        return Err(Refusal::Expired);
    }
    Ok(())
}

/// Whether what was typed confirms the choice.
///
/// # Errors
/// The refusal that says what is missing or wrong.
pub fn check_confirmation(
    request: &Request,
    choice: Choice,
    phrase: &str,
    reason: Option<&str>,
) -> Result<(), Refusal> {
    match phrase.trim() {
        "" => return Err(Refusal::PhraseMissing),
        typed if typed.to_lowercase() != request.phrase().trim().to_lowercase() => {
            return Err(Refusal::PhraseWrong);
        }
        _ => {}
    }
    check_reason(choice, reason)
}

fn check_reason(choice: Choice, reason: Option<&str>) -> Result<(), Refusal> {
    match reason.map(str::trim) {
        None | Some("") if choice == Choice::Reject => Err(Refusal::ReasonMissing),
        Some(text) if text.chars().count() > MAX_REASON => Err(Refusal::ReasonTooLong),
        _ => Ok(()),
    }
}

fn vote(request: &Request, ballot: Ballot, now: Timestamp) -> Result<Transition, Refusal> {
    check_vote(request, &ballot.approver, ballot.choice, now)?;
    if request.vote_of(&ballot.approver).is_some() {
        return Ok(Transition::Unchanged);
    }
    check_reason(ballot.choice, ballot.reason.as_deref())?;
    let role = request.level.group_of(&ballot.approver).ok_or(Refusal::NotAnApprover)?.role.clone();
    let vote = Vote {
        approver: ballot.approver,
        role,
        choice: ballot.choice,
        reason: ballot.reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        channel: ballot.channel,
        strength: ballot.strength,
        at: now,
    };
    Ok(change(request, |next| {
        next.votes.push(vote.clone());
        let fingerprint = next.fingerprint.clone();
        happened(next, Happening::Voted { vote: vote.clone(), fingerprint }, now);
        let status = match tally(&next.level, &next.votes) {
            Tally::Open => return,
            Tally::Approved => Status::Approved,
            Tally::Rejected => Status::Rejected,
        };
        let decision = Decision {
            status,
            at: now,
            by: Some(vote.approver),
            channel: Some(vote.channel),
            reason: vote.reason,
        };
        decide(next, decision, Resume::Owed, now);
    }))
}

fn renew_wait(
    request: &Request,
    task_token: TaskToken,
    generation: Generation,
    now: Timestamp,
) -> Transition {
    // Attempts that their caller does not tell apart are taken in the order in which they come.
    let newer = generation >= request.generation && task_token != request.task_token;
    when(newer, request, |next| {
        next.task_token = task_token;
        next.generation = generation;
        happened(next, Happening::WaitRenewed { generation }, now);
    })
}

/// A closed request takes no new links: nothing is left to decide through them.
fn add_links(request: &Request, links: Vec<Link>) -> Transition {
    let wanted = request.status == Status::Pending && !links.is_empty();
    when(wanted, request, |next| next.links.extend(links))
}

fn note_contacts(request: &Request, contacts: Vec<Contact>, now: Timestamp) -> Transition {
    when(!contacts.is_empty(), request, |next| {
        for contact in contacts {
            let Contact { approver, channel, purpose, failure, .. } = contact.clone();
            next.contacts.retain(|known| {
                (&known.approver, known.channel, known.purpose)
                    != (&contact.approver, contact.channel, contact.purpose)
            });
            next.contacts.push(contact);
            happened(
                next,
                match failure {
                    None => Happening::Asked { approver, channel, purpose },
                    Some(failure) => Happening::AskFailed { approver, channel, purpose, failure },
                },
                now,
            );
        }
    })
}

/// Nobody has to be told of these ends: the task that closes the request answers its workflow itself.
fn close(request: &Request, status: Status, reason: Option<String>, now: Timestamp) -> Transition {
    when(request.status == Status::Pending, request, |next| {
        decide(next, Decision { status, at: now, by: None, channel: None, reason }, Resume::None, now);
    })
}

/// A debt can be paid or become void; what was delivered or is gone for good never changes again, except
/// that proof of delivery outweighs a workflow that was only believed to be gone.
fn note_resume(request: &Request, resume: Resume, now: Timestamp) -> Transition {
    let allowed = matches!(
        (request.resume, resume),
        (Resume::Owed, Resume::Done | Resume::Gone) | (Resume::Gone, Resume::Done)
    );
    when(allowed, request, |next| {
        next.resume = resume;
        happened(next, Happening::Resumed { resume }, now);
    })
}

fn decide(next: &mut Request, decision: Decision, resume: Resume, now: Timestamp) {
    next.status = decision.status;
    next.resume = resume;
    next.decision = Some(decision.clone());
    happened(next, Happening::Decided { decision }, now);
}

fn happened(next: &mut Request, what: Happening, now: Timestamp) {
    let event = Event::after(&next.events, what, now);
    next.events.push(event);
}

fn when(condition: bool, request: &Request, edit: impl FnOnce(&mut Request)) -> Transition {
    if condition { change(request, edit) } else { Transition::Unchanged }
}

fn change(request: &Request, edit: impl FnOnce(&mut Request)) -> Transition {
    let mut next = request.clone();
    next.version += 1;
    edit(&mut next);
    Transition::Changed(Box::new(next))
}

#[cfg(test)]
mod tests;
