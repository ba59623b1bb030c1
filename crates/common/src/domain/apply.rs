//! The rules: one pure function from a request and a command to the request that follows, or a refusal.

mod slack;

use jiff::Timestamp;

use super::{
    Ballot, Change, Choice, Confirmation, Contact, Decision, Deployment, EmailAddress, Event, Frozen,
    Generation, Happening, Link, Notice, PlanKey, Progress, Purpose, Refusal, Request, Resume, Silence,
    SlackEdit, SlackMessage, SlackPerson, Stage, Status, Strength, Tally, TaskToken, Vote, Wanted,
    WantedLink, tally,
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
    /// Somebody wants a mail with a new link.
    WantLink {
        /// The approver, as the level names them.
        approver: EmailAddress,
    },
    /// Messages were tried.
    NoteContacts(Vec<Contact>),
    /// Messages in Slack were tried.
    NoteSlackMessages(Vec<SlackMessage>),
    /// A button of a message was pressed that the record does not know: its process died before the note.
    AdoptSlackMessage {
        /// The conversation's id.
        channel: String,
        /// Slack's name for the message.
        ts: String,
        /// Whose direct message it is.
        to: Option<EmailAddress>,
    },
    /// Its messages in Slack are to be edited, or left alone until then.
    ClaimSlackEdit(SlackEdit),
    /// The holder of the claim has edited a message.
    NoteSlackShown {
        /// The conversation's id.
        channel: String,
        /// Slack's name for the message.
        ts: String,
        /// The face that it shows now.
        shows: String,
        /// Why it can never be edited.
        failure: Option<String>,
        /// The claim, which goes on while more is to be edited.
        edit: SlackEdit,
    },
    /// A Slack account was found to be an approver's.
    RememberSlackPerson(SlackPerson),
    /// An approver votes.
    Vote(Ballot),
    /// The deadline passed in silence: the further group is asked as well.
    Escalate,
    /// The workflow's wait is over for good. What silence means is the level's to say.
    Expire,
    /// Nobody could be asked, or nobody waits for an answer any more.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// It is taken back while its workflow waits.
    TakeBack {
        /// Why.
        reason: String,
    },
    /// A newer plan takes the place of its plan.
    Supersede {
        /// The newer one.
        by: PlanKey,
    },
    /// The policy asks nobody.
    Waive,
    /// What is known about the workflow following the decision.
    NoteResume(Resume),
    /// People were told how it ended.
    NoteNotice {
        /// Which message.
        notice: Notice,
        /// Who got it.
        recipients: Vec<EmailAddress>,
    },
    /// A freeze holds up the use of the approval.
    Freeze(Frozen),
    /// No freeze holds it up now.
    Thaw,
    /// The approval is about to be used for this change.
    Claim(Change),
    /// The claimed change has come so far.
    Reach(Stage),
    /// The use of the approval has ended.
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
        Command::WantLink { approver } => Ok(want_link(request, approver, now)),
        Command::NoteContacts(contacts) => Ok(note_contacts(request, contacts, now)),
        Command::NoteSlackMessages(messages) => Ok(slack::note_messages(request, messages, now)),
        Command::AdoptSlackMessage { channel, ts, to } => Ok(slack::adopt(request, channel, ts, to, now)),
        Command::ClaimSlackEdit(edit) => Ok(slack::claim(request, edit, now)),
        Command::NoteSlackShown { channel, ts, shows, failure, edit } => {
            Ok(slack::note_shown(request, (&channel, &ts), shows, failure, edit))
        }
        Command::RememberSlackPerson(person) => Ok(slack::remember(request, person)),
        Command::Escalate => Ok(escalate(request, now)),
        Command::Expire => Ok(expire(request, now)),
        Command::Withdraw { reason } => {
            let decision =
                Decision { reason: Some(reason), ..Decision::without_vote(Status::Withdrawn, now) };
            Ok(close(request, decision, Resume::None, now))
        }
        Command::TakeBack { reason } => {
            let decision =
                Decision { reason: Some(reason), ..Decision::without_vote(Status::Withdrawn, now) };
            Ok(close(request, decision, Resume::Owed, now))
        }
        Command::Supersede { by } => {
            let decision =
                Decision { superseded_by: Some(by), ..Decision::without_vote(Status::Superseded, now) };
            Ok(close(request, decision, Resume::Owed, now))
        }
        Command::Waive => {
            let reason = Some("the policy asks nobody".to_owned());
            let decision = Decision { reason, ..Decision::without_vote(Status::Approved, now) };
            Ok(close(request, decision, Resume::Owed, now))
        }
        Command::NoteResume(resume) => Ok(note_resume(request, resume, now)),
        Command::NoteNotice { notice, recipients } => {
            Ok(when(!request.notices.contains(&notice), request, |next| {
                next.notices.push(notice);
                happened(next, Happening::Told { notice, recipients }, now);
            }))
        }
        Command::Freeze(by) => Ok(freeze(request, by, now)),
        Command::Thaw => Ok(thaw(request, now)),
        Command::Claim(change) => Ok(claim(request, change, now)),
        Command::Reach(stage) => Ok(reach(request, stage, now)),
        Command::Execute(deployment) => Ok(execute(request, deployment, now)),
    }
}

/// Whether this person's vote would count now, if it is as surely theirs.
///
/// # Errors
/// The refusal that the vote would meet.
pub fn check_vote(
    request: &Request,
    person: &EmailAddress,
    choice: Choice,
    strength: Strength,
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
    request.check_entitled(person)?;
    if request.is_past_deadline(now) {
        return Err(Refusal::Expired);
    }
    if strength < request.level.strength {
        return Err(Refusal::LinkNotEnough);
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
    match request.level.confirmation {
        Confirmation::Phrase => check_phrase(request, phrase)?,
        Confirmation::Button => {}
    }
    check_reason(choice, reason)
}

/// Whether what was typed is the phrase.
///
/// # Errors
/// The refusal that says what is missing or wrong.
pub fn check_phrase(request: &Request, phrase: &str) -> Result<(), Refusal> {
    match phrase.trim() {
        "" => Err(Refusal::PhraseMissing),
        typed if typed.to_lowercase() != request.phrase().trim().to_lowercase() => Err(Refusal::PhraseWrong),
        _ => Ok(()),
    }
}

/// Whether the words that come with a choice will do.
///
/// # Errors
/// The refusal that says what is missing or wrong.
pub fn check_reason(choice: Choice, reason: Option<&str>) -> Result<(), Refusal> {
    match reason.map(str::trim) {
        None | Some("") if choice == Choice::Reject => Err(Refusal::ReasonMissing),
        Some(text) if text.chars().count() > MAX_REASON => Err(Refusal::ReasonTooLong),
        _ => Ok(()),
    }
}

fn vote(request: &Request, ballot: Ballot, now: Timestamp) -> Result<Transition, Refusal> {
    check_vote(request, &ballot.approver, ballot.choice, ballot.strength, now)?;
    if request.vote_of(&ballot.approver).is_some() {
        return Ok(Transition::Unchanged);
    }
    check_reason(ballot.choice, ballot.reason.as_deref())?;
    let role = request.group_of(&ballot.approver).ok_or(Refusal::NotAnApprover)?.role.clone();
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
        next.wanted_links.retain(|wanted| !wanted.approver.is_same_person(&vote.approver));
        next.votes.push(vote.clone());
        let fingerprint = next.fingerprint.clone();
        happened(next, Happening::Voted { vote: vote.clone(), fingerprint }, now);
        let status = match tally(next) {
            Tally::Open => return,
            Tally::Approved => Status::Approved,
            Tally::Rejected => Status::Rejected,
        };
        let decision = Decision {
            by: Some(vote.approver),
            channel: Some(vote.channel),
            reason: vote.reason,
            ..Decision::without_vote(status, now)
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

fn want_link(request: &Request, approver: EmailAddress, now: Timestamp) -> Transition {
    let granted = request.wanted_by(&approver, now) == Wanted::Noted;
    when(granted, request, |next| next.wanted_links.push(WantedLink { approver, at: now }))
}

fn note_contacts(request: &Request, contacts: Vec<Contact>, now: Timestamp) -> Transition {
    when(!contacts.is_empty(), request, |next| {
        for contact in contacts {
            let Contact { approver, channel, purpose, failure, .. } = contact.clone();
            next.contacts.retain(|known| {
                (&known.approver, known.channel, known.purpose)
                    != (&contact.approver, contact.channel, contact.purpose)
            });
            if contact.purpose == Purpose::Link {
                next.wanted_links.retain(|wanted| wanted.approver != contact.approver);
            }
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

/// Only once, and only when it is due: the deadline of the first groups has passed.
fn escalate(request: &Request, now: Timestamp) -> Transition {
    let due = request.status == Status::Pending && request.escalation_due_at().is_some_and(|due| due <= now);
    when(due, request, |next| {
        next.escalated_at = Some(now);
        if let Some(role) = next.further_group().map(|group| group.role.clone()) {
            happened(next, Happening::Escalated { role }, now);
        }
    })
}

/// Whoever rejected was not silent. And a caller that cannot wait again goes on to its failure, so for it silence
/// never approves.
fn expire(request: &Request, now: Timestamp) -> Transition {
    let objected = request.votes.iter().any(|vote| vote.choice == Choice::Reject);
    if request.level.silence == Silence::Approve && request.can_wait && !objected {
        let reason = Some("nobody objected by the deadline".to_owned());
        let decision = Decision { reason, ..Decision::without_vote(Status::Approved, now) };
        // The task that asks takes the answer along; if it dies first, whoever comes by next tells the workflow.
        return close(request, decision, Resume::Owed, now);
    }
    close(request, Decision::without_vote(Status::Expired, now), Resume::None, now)
}

/// Where nothing is owed, the task that closes the request answers its workflow itself.
fn close(request: &Request, decision: Decision, resume: Resume, now: Timestamp) -> Transition {
    when(request.status == Status::Pending, request, |next| decide(next, decision, resume, now))
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

/// Nothing is held up that has begun. One that is held up longer, or by another freeze, waits since then all the same.
fn freeze(request: &Request, by: Frozen, now: Timestamp) -> Transition {
    let free = request.status == Status::Approved && request.progress() == Progress::Unused;
    let said = request.frozen.as_ref().is_some_and(|frozen| frozen.is_same_end(&by));
    when(free && !said, request, |next| {
        let since = next.frozen.as_ref().map_or(by.since, |frozen| frozen.since);
        let by = Frozen { since, ..by };
        happened(next, Happening::Frozen { by: by.clone() }, now);
        next.frozen = Some(by);
    })
}

fn thaw(request: &Request, now: Timestamp) -> Transition {
    when(request.waits_for().is_some(), request, |next| {
        happened(next, Happening::Thawed, now);
        next.frozen = None;
        next.thawed_at.get_or_insert(now);
    })
}

/// The first claim counts, and only on an approval that was not used.
fn claim(request: &Request, change: Change, now: Timestamp) -> Transition {
    let free = request.status == Status::Approved && request.progress() == Progress::Unused;
    when(free, request, |next| {
        happened(next, Happening::Claimed { change: change.clone() }, now);
        next.change = Some(change);
    })
}

/// A change that is under way goes on, until it is taken back.
fn reach(request: &Request, stage: Stage, now: Timestamp) -> Transition {
    let goes_on = request.progress() == Progress::Deploying && stage.follows(request.stage.as_ref());
    when(goes_on, request, |next| {
        happened(next, Happening::Reached { stage: stage.clone() }, now);
        next.stage = Some(stage);
    })
}

/// The first end counts. What is being taken back is not deployed any more.
fn execute(request: &Request, end: Deployment, now: Timestamp) -> Transition {
    let taken_back = end.deployed && matches!(request.stage, Some(Stage::RollingBack { .. }));
    when(request.deployment.is_none() && !taken_back, request, |next| {
        let Deployment { deployed, failure, reason, .. } = end.clone();
        happened(next, Happening::Executed { deployed, failure, reason }, now);
        next.deployment = Some(end);
    })
}

fn decide(next: &mut Request, decision: Decision, resume: Resume, now: Timestamp) {
    let decision = Decision { policy: next.policy.clone(), ..decision };
    next.status = decision.status;
    next.resume = resume;
    next.decision = Some(decision.clone());
    next.wanted_links.clear();
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
