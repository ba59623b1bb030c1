//! What a page says to the person who opened a link or voted.

use jiff::Timestamp;

use crate::domain::{Choice, EmailAddress, Group, Refusal, Request, Resume, Status, Vote, tally};

use super::super::untrusted::Shown;
use super::super::when::Moment;
use super::ends::{Seen, decided, deployment_answer, follows, reason};
use super::{
    Story, Tone, channel, either, list, missing, reason_label, vote_noun, voted, voted_first, voter,
};

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
    lines.extend(pending(request, now));
    lines.extend(follows(request, seen));
    lines.extend(deployment_answer(request));
    let lost = request.resume == Resume::Gone || matches!(request.status, Status::Expired);
    Story {
        tone: match choice {
            Choice::Approve if !lost && request.status != Status::Rejected => Tone::Good,
            _ => Tone::Calm,
        },
        heading: format!("Your {} is recorded", vote_noun(choice)),
        lines,
        reason: if decided_it {
            vote.and_then(|vote| {
                vote.reason.as_deref().map(|words| (reason_label(vote.choice), Shown::block(words)))
            })
        } else {
            reason(request)
        },
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
    // What stands in the record outweighs what was believed a moment earlier.
    let refusal = match (refusal, Refusal::of_status(request.status)) {
        (
            Refusal::AlreadyDecided { .. } | Refusal::Expired | Refusal::Withdrawn | Refusal::Superseded,
            Some(known),
        ) => known,
        (refusal, _) => refusal,
    };
    let (tone, heading, first): (Tone, String, Vec<String>) = match refusal {
        Refusal::NotAnApprover => (
            Tone::Calm,
            "You are not asked to decide this".to_owned(),
            vec![format!("This link was sent to {holder}, who is not, or no longer, among the approvers.")],
        ),
        Refusal::SelfApproval => (
            Tone::Calm,
            "You cannot decide your own request".to_owned(),
            vec![format!("{holder} is named as the requester. Somebody else has to decide.")],
        ),
        Refusal::VotedAtEarlierLevel { level } => (
            Tone::Calm,
            "You have decided an earlier level".to_owned(),
            vec![format!(
                "{holder} voted at level {level}, and nobody may serve at two levels. Somebody else has to decide."
            )],
        ),
        Refusal::NeededAtLaterLevel { level } => (
            Tone::Calm,
            "You are needed at a later level".to_owned(),
            vec![format!(
                "{holder} is needed at level {level}, and nobody may serve at two levels. Somebody else has to decide."
            )],
        ),
        Refusal::AlreadyVoted { choice } => (
            Tone::Calm,
            format!("You have already {} this", voted(choice)),
            request
                .vote_of(holder)
                .map(own_vote)
                .into_iter()
                .chain(["A vote cannot be changed.".to_owned()])
                .collect(),
        ),
        Refusal::AlreadyDecided { status: Status::Approved } => {
            (Tone::Good, "Already approved".to_owned(), Vec::new())
        }
        Refusal::AlreadyDecided { .. } => (Tone::Bad, "Already rejected".to_owned(), Vec::new()),
        Refusal::Expired => (Tone::Calm, "This request has expired".to_owned(), overdue(request)),
        Refusal::Withdrawn => (Tone::Calm, "This request was withdrawn".to_owned(), Vec::new()),
        Refusal::Superseded => (
            Tone::Calm,
            "A newer request took this one’s place".to_owned(),
            vec!["If the newer one needs you, it came with a mail of its own.".to_owned()],
        ),
        Refusal::WorkflowGone => (
            Tone::Calm,
            "The workflow has already ended".to_owned(),
            vec!["It ended before a decision reached it: nothing was carried out.".to_owned()],
        ),
        Refusal::PhraseMissing | Refusal::PhraseWrong | Refusal::ReasonMissing | Refusal::ReasonTooLong => (
            Tone::Calm,
            "Not recorded yet".to_owned(),
            vec!["Please open the link in your mail again.".to_owned()],
        ),
    };
    let mut lines = first;
    let said = matches!(refusal, Refusal::AlreadyVoted { .. }) && decided_by(request, holder);
    lines.extend(decided(request).filter(|_| !said));
    lines.extend(pending(request, now));
    if refusal != Refusal::WorkflowGone {
        lines.extend(follows(request, seen));
    }
    lines.extend(deployment_answer(request));
    Story { tone, heading, lines, reason: reason(request) }
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

fn pending(request: &Request, now: Timestamp) -> Option<String> {
    let lacking = missing_votes(request, now);
    (!lacking.is_empty()).then(|| format!("Still needed: {}.", list(&lacking)))
}

fn own_vote(vote: &Vote) -> String {
    let (verb, at, who) = (voted_first(vote.choice), Moment(vote.at), voter(vote));
    format!("{verb} on {at} by {who}, {}.", channel(vote.channel))
}

fn decided_by(request: &Request, person: &EmailAddress) -> bool {
    request.decision.as_ref().and_then(|decision| decision.by.as_ref()) == Some(person)
}

fn overdue(request: &Request) -> Vec<String> {
    match request.deadline {
        Some(deadline) if request.status == Status::Pending => {
            vec![format!("Votes counted until {}.", Moment(deadline))]
        }
        _ => Vec::new(),
    }
}
