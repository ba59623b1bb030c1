//! Whether a record says what its events say, and whether its votes make its decision.

use super::Finding;
use crate::domain::{
    Change, Choice, Decision, Event, Failure, Frozen, Generation, Happening, Notice, Request, Resume,
    Silence, Stage, Status, Tally, Vote, tally,
};

/// Whether it was deployed, how it failed, and why.
type End<'a> = (bool, Option<Failure>, Option<&'a str>);

/// What the events tell of a record.
#[derive(Default)]
struct Told<'a> {
    opened: Vec<&'a Event>,
    votes: Vec<&'a Vote>,
    /// Whether every voter was shown what the record shows.
    shown: bool,
    decisions: Vec<&'a Decision>,
    resume: Option<Resume>,
    notices: Vec<Notice>,
    frozen: Option<&'a Frozen>,
    /// When a freeze was gone for the first time.
    thawed: Option<&'a Event>,
    claimed: Vec<&'a Change>,
    reached: Option<&'a Stage>,
    ends: Vec<End<'a>>,
    escalated: Vec<&'a Event>,
    generation: Option<Generation>,
    /// Whether somebody voted after the further group came in.
    vote_after_escalation: bool,
}

impl<'a> Told<'a> {
    fn by(request: &'a Request) -> Self {
        let mut told = Self { shown: true, ..Self::default() };
        for event in &request.events {
            match &event.what {
                Happening::Opened { .. } => told.opened.push(event),
                Happening::Escalated { .. } => told.escalated.push(event),
                Happening::WaitRenewed { generation } => told.generation = Some(*generation),
                Happening::Voted { vote, fingerprint } => {
                    told.votes.push(vote);
                    told.shown &= *fingerprint == request.fingerprint;
                    told.vote_after_escalation |= !told.escalated.is_empty();
                }
                Happening::Decided { decision } => told.decisions.push(decision),
                Happening::Resumed { resume } => told.resume = Some(*resume),
                Happening::Told { notice, .. } => told.notices.push(*notice),
                Happening::Frozen { by } => told.frozen = Some(by),
                Happening::Thawed => {
                    told.frozen = None;
                    told.thawed.get_or_insert(event);
                }
                Happening::Claimed { change } => told.claimed.push(change),
                Happening::Reached { stage } => told.reached = Some(stage),
                Happening::Executed { deployed, failure, reason } => {
                    told.ends.push((*deployed, *failure, reason.as_deref()));
                }
                // What was tried to reach people leaves other traces in the record, which earlier tries may have left.
                Happening::Asked { .. }
                | Happening::AskFailed { .. }
                | Happening::SlackPosted { .. }
                | Happening::SlackFailed { .. }
                | Happening::SlackAdopted => {}
            }
        }
        told
    }
}

pub(super) fn check(request: &Request) -> Vec<Finding> {
    let told = Told::by(request);
    let fields = [
        ("opening", opening(request, &told)),
        ("votes", told.shown && request.votes.iter().eq(told.votes.iter().copied())),
        ("decision", request.decision.iter().eq(told.decisions.iter().copied())),
        ("status", request.status == told.decisions.first().map_or(Status::Pending, |end| end.status)),
        ("resume", resume(request, &told)),
        ("notices", request.notices == told.notices),
        ("freeze", request.frozen.as_ref() == told.frozen),
        ("end of a freeze", request.thawed_at == told.thawed.map(|event| event.at)),
        ("change", request.change.iter().eq(told.claimed.iter().copied())),
        ("stage", request.stage.as_ref() == told.reached),
        ("use", used(request, &told)),
        ("escalation", request.escalated_at.into_iter().eq(told.escalated.iter().map(|event| event.at))),
        ("attempt", told.generation.is_none_or(|generation| generation == request.generation)),
    ];
    let differing = fields.into_iter().filter(|(_, equal)| !equal);
    let mut found: Vec<_> = differing.map(|(field, _)| Finding::EntriesDiffer { field }).collect();
    found.extend(votes(request));
    if !founded(request, &told) {
        found.push(Finding::DecisionUnfounded);
    }
    found
}

/// The first event, and no other, opened it for what the record shows.
fn opening(request: &Request, told: &Told<'_>) -> bool {
    let [event] = told.opened.as_slice() else { return false };
    if request.events.first() != Some(*event) {
        return false;
    }
    let Happening::Opened { fingerprint, requested_by, policy, excluded } = &event.what else { return false };
    (fingerprint, requested_by, policy, excluded)
        == (&request.fingerprint, &request.requested_by, &request.policy, &request.excluded)
}

/// What the deciding write owed stands in no event, only what became of it.
fn resume(request: &Request, told: &Told<'_>) -> bool {
    match (told.decisions.is_empty(), told.resume) {
        (true, None) => request.resume == Resume::None,
        (true, Some(_)) => false,
        (false, None) => matches!(request.resume, Resume::None | Resume::Owed),
        (false, Some(resume)) => request.resume == resume,
    }
}

/// When it was used is told by the entry to within the time that storing it took.
fn used(request: &Request, told: &Told<'_>) -> bool {
    let ended = request.deployment.iter().map(|end| (end.deployed, end.failure, end.reason.as_deref()));
    // Entries that were made before they had a reason say less.
    let before = |ended: End<'_>| (!ended.0).then_some((ended.0, ended.1, None));
    let same = |(ended, told): (End<'_>, &End<'_>)| ended == *told || before(ended) == Some(*told);
    ended.len() == told.ends.len() && ended.zip(&told.ends).all(same)
}

/// Each vote is of somebody who may vote, as surely as the level asks for, before the deadline, with a reason where one is needed, and their only one.
fn votes(request: &Request) -> Vec<Finding> {
    let allowed = |position: usize, vote: &Vote| {
        let earlier = request.votes.iter().take(position);
        request.check_entitled(&vote.approver).is_ok()
            && request.group_of(&vote.approver).is_some_and(|group| group.role == vote.role)
            && !request.is_past_deadline(vote.at)
            && vote.strength >= request.level.strength
            && (vote.choice == Choice::Approve || vote.reason.is_some())
            && earlier.into_iter().all(|other| !other.approver.is_same_person(&vote.approver))
    };
    let wrong = request.votes.iter().enumerate().filter(|(position, vote)| !allowed(*position, vote));
    wrong.map(|(_, vote)| Finding::VoteNotAllowed { approver: vote.approver.clone() }).collect()
}

/// Whether the votes and the level make the decision, or leave it open.
fn founded(request: &Request, told: &Told<'_>) -> bool {
    let counted = count(request, told);
    let undecided = request.votes.is_empty() || counted == Tally::Open;
    let Some(decision) = &request.decision else { return undecided };
    let made_by_vote = |choice| {
        request.votes.last().is_some_and(|vote| {
            (Some(&vote.approver), Some(vote.channel), &vote.reason)
                == (decision.by.as_ref(), decision.channel, &decision.reason)
                && vote.choice == choice
        })
    };
    match (decision.status, &decision.by) {
        (Status::Approved, Some(_)) => counted == Tally::Approved && made_by_vote(Choice::Approve),
        // The last vote may be an approval that leaves too few who could still approve.
        (Status::Rejected, Some(_)) => {
            counted == Tally::Rejected && (made_by_vote(Choice::Reject) || made_by_vote(Choice::Approve))
        }
        (Status::Approved, None) => request.level.groups.is_empty() || approved_by_silence(request),
        (Status::Expired | Status::Withdrawn | Status::Superseded, None) => undecided,
        (Status::Rejected | Status::Pending, None) | (_, Some(_)) => false,
    }
}

fn approved_by_silence(request: &Request) -> bool {
    let objected = request.votes.iter().any(|vote| vote.choice == Choice::Reject);
    request.level.silence == Silence::Approve && request.can_wait && !objected
}

/// What the votes amounted to when the last of them came: a group that came in after it decides nothing.
fn count(request: &Request, told: &Told<'_>) -> Tally {
    if told.vote_after_escalation {
        return tally(request);
    }
    tally(&Request { escalated_at: None, ..request.clone() })
}
