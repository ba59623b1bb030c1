//! What a page says to the person who opened a link or voted.

use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, Group, Refusal, Request, Resume, Status, Strength, Vote, tally};

use super::super::untrusted::Shown;
use super::super::when::Moment;
use super::ends::{Seen, decided, deployment_answer, follow_at, follows, reason};
use super::{SAY, Story, Tone, channel, either, fill, list, missing, reason_label, rejection, voter};

/// The page after a vote, and whenever its voter comes back with the same choice.
pub(in super::super) fn recorded(
    request: &Request,
    holder: &EmailAddress,
    choice: Choice,
    now: Timestamp,
    seen: Seen,
) -> Story {
    let vote = request.vote_of(holder);
    let choice = vote.map_or(choice, |vote| vote.choice);
    let mut lines: Vec<String> = vote.map(own_vote).into_iter().collect();
    // A vote that was not the last word: say what was.
    let decided_it = decided_by(request, holder);
    if !decided_it {
        lines.extend(decided(request));
    }
    let heading = match choice {
        Choice::Approve => SAY.your_approval,
        Choice::Reject => SAY.your_rejection,
    };
    let lost = request.resume == Resume::Gone || matches!(request.status, Status::Expired);
    Story {
        tone: match choice {
            Choice::Approve if !lost && request.status != Status::Rejected => Tone::Good,
            _ => Tone::Calm,
        },
        heading: heading.to_owned(),
        lines,
        reason: if decided_it {
            vote.and_then(|vote| {
                vote.reason.as_deref().map(|words| (reason_label(vote.choice), Shown::block(words)))
            })
        } else {
            reason(request)
        },
        next: what_follows(request, now, seen),
    }
}

/// Why a vote was not recorded, and what holds instead.
pub(in super::super) fn refused(
    request: &Request,
    holder: &EmailAddress,
    refusal: Refusal,
    now: Timestamp,
    seen: Seen,
) -> Story {
    let refusal = as_it_stands(request, refusal);
    let (tone, heading) = headline(refusal);
    let mut lines = explanation(request, holder, refusal);
    let said = matches!(refusal, Refusal::AlreadyVoted { .. }) && decided_by(request, holder);
    lines.extend(decided(request).filter(|_| !said));
    let mut next = what_follows(request, now, seen);
    if refusal == Refusal::WorkflowGone {
        next = deployment_answer(request).into_iter().chain(follow_at(request)).collect();
    }
    Story { tone, heading: heading.to_owned(), lines, reason: reason(request), next }
}

/// What stands in the record outweighs what was believed a moment earlier.
fn as_it_stands(request: &Request, refusal: Refusal) -> Refusal {
    match (refusal, Refusal::of_status(request.status)) {
        (
            Refusal::AlreadyDecided { .. } | Refusal::Expired | Refusal::Withdrawn | Refusal::Superseded,
            Some(known),
        ) => known,
        (refusal, _) => refusal,
    }
}

fn headline(refusal: Refusal) -> (Tone, &'static str) {
    match refusal {
        Refusal::NotAnApprover => (Tone::Calm, SAY.not_asked),
        Refusal::SelfApproval => (Tone::Calm, SAY.own_request),
        Refusal::VotedAtEarlierLevel { .. } => (Tone::Calm, SAY.voted_earlier),
        Refusal::NeededAtLaterLevel { .. } => (Tone::Calm, SAY.needed_later),
        Refusal::LinkNotEnough => (Tone::Calm, SAY.decide_in_slack),
        Refusal::AlreadyVoted { choice: Choice::Approve } => (Tone::Calm, SAY.approved_before),
        Refusal::AlreadyVoted { choice: Choice::Reject } => (Tone::Calm, SAY.rejected_before),
        Refusal::AlreadyDecided { status: Status::Approved } => (Tone::Good, SAY.already_approved),
        Refusal::AlreadyDecided { .. } => (Tone::Bad, SAY.already_rejected),
        Refusal::Expired => (Tone::Calm, SAY.has_expired),
        Refusal::Withdrawn => (Tone::Calm, SAY.was_withdrawn),
        Refusal::Superseded => (Tone::Calm, SAY.was_superseded),
        Refusal::WorkflowGone => (Tone::Calm, SAY.workflow_ended),
        Refusal::PhraseMissing | Refusal::PhraseWrong | Refusal::ReasonMissing | Refusal::ReasonTooLong => {
            (Tone::Calm, SAY.not_recorded_yet)
        }
    }
}

/// What the headline does not say yet.
fn explanation(request: &Request, holder: &EmailAddress, refusal: Refusal) -> Vec<String> {
    let person = |text: &str| vec![fill(text, &[("person", holder)])];
    let at_level = |text: &str, level: u32| vec![fill(text, &[("person", holder), ("level", &level)])];
    match refusal {
        Refusal::NotAnApprover => person(SAY.not_asked_line),
        Refusal::SelfApproval => person(SAY.own_request_line),
        Refusal::VotedAtEarlierLevel { level } => at_level(SAY.voted_earlier_line, level),
        Refusal::NeededAtLaterLevel { level } => at_level(SAY.needed_later_line, level),
        Refusal::LinkNotEnough => decide_in_slack(request).into_iter().collect(),
        Refusal::AlreadyVoted { .. } => {
            let vote = request.vote_of(holder).map(own_vote);
            vote.into_iter().chain([SAY.vote_stands.to_owned()]).collect()
        }
        Refusal::Expired => overdue(request).into_iter().collect(),
        Refusal::Superseded => vec![SAY.newer_has_own_mail.to_owned()],
        Refusal::WorkflowGone => vec![SAY.workflow_ended_line.to_owned()],
        Refusal::AlreadyDecided { .. } | Refusal::Withdrawn => Vec::new(),
        Refusal::PhraseMissing | Refusal::PhraseWrong | Refusal::ReasonMissing | Refusal::ReasonTooLong => {
            vec![SAY.open_again.to_owned()]
        }
    }
}

/// Where a vote counts, where one by link does not.
pub(in super::super) fn decide_in_slack(request: &Request) -> Option<String> {
    let target = request.slack_target.as_ref().filter(|_| request.level.strength == Strength::Slack)?;
    let place = match (&target.channel, target.direct) {
        (None, _) => SAY.in_person.to_owned(),
        (Some(channel), direct) => {
            let text = if direct { SAY.in_channel_or_person } else { SAY.in_channel };
            fill(text, &[("channel", &Shown::line(channel))])
        }
    };
    Some(fill(SAY.decide_in_slack_line, &[("place", &place)]))
}

/// What is still needed, whether the workflow followed, and what came of it.
fn what_follows(request: &Request, now: Timestamp, seen: Seen) -> Vec<String> {
    let so_far = [pending(request, now), follows(request, seen)].into_iter().flatten();
    so_far.chain(deployment_answer(request)).chain(follow_at(request)).collect()
}

/// What is still needed; nothing once it is decided or too late.
pub(in super::super) fn missing_votes(request: &Request, now: Timestamp) -> Vec<String> {
    if request.status != Status::Pending || request.is_past_deadline(now) {
        return Vec::new();
    }
    let lacking = |group: &Group| {
        let count = tally::approvals(request, group);
        let lacking =
            usize::try_from(group.quorum).ok()?.checked_sub(count).filter(|lacking| *lacking > 0)?;
        Some(missing(lacking, &Shown::line(&group.role)))
    };
    let all: Vec<_> = request.level.groups.iter().filter_map(lacking).collect();
    match request.further_group().and_then(lacking) {
        None => all,
        Some(further) => vec![either(&list(&all), &further)],
    }
}

/// What is still needed, and what would end it; `None` once it is decided or too late.
pub(in super::super) fn needed(request: &Request, now: Timestamp) -> Option<String> {
    let needed = pending(request, now)?;
    let rejection = rejection(request.level.reject_quorum);
    Some(fill(SAY.needed_and, &[("needed", &needed), ("rejection", &rejection)]))
}

fn pending(request: &Request, now: Timestamp) -> Option<String> {
    let lacking = missing_votes(request, now);
    (!lacking.is_empty()).then(|| fill(SAY.still_needed, &[("votes", &list(&lacking))]))
}

fn own_vote(vote: &Vote) -> String {
    let text = match vote.choice {
        Choice::Approve => SAY.own_approval,
        Choice::Reject => SAY.own_rejection,
    };
    let (at, voter, way) = (Moment(vote.at), voter(vote), channel(vote.channel));
    fill(text, &[("at", &at), ("voter", &voter), ("way", &way)])
}

fn decided_by(request: &Request, person: &EmailAddress) -> bool {
    request.decision.as_ref().and_then(|decision| decision.by.as_ref()) == Some(person)
}

fn overdue(request: &Request) -> Option<String> {
    let deadline = request.deadline.filter(|_| request.status == Status::Pending)?;
    Some(fill(SAY.votes_counted_until, &[("at", &Moment(deadline))]))
}
