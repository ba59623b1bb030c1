//! How a request ended, in words: for outcome mails and for pages.

use jiff::Timestamp;

use crate::domain::{Choice, Decision, EmailAddress, Notice, Request, Resume, Status, Strength, Vote};

use super::super::untrusted::Shown;
use super::super::when::Moment;
use super::{Story, Tone, channel, list, reason_label, voter};

/// The status on a page's badge.
pub(in super::super) fn status_badge(request: &Request, now: Timestamp) -> (Tone, &'static str) {
    match request.status {
        Status::Pending if request.is_past_deadline(now) => (Tone::Calm, "Time is up"),
        Status::Pending => (Tone::Calm, "Waiting for approval"),
        Status::Approved => (Tone::Good, "Approved"),
        Status::Rejected => (Tone::Bad, "Rejected"),
        Status::Expired => (Tone::Calm, "Expired"),
        Status::Withdrawn => (Tone::Calm, "Withdrawn"),
        Status::Superseded => (Tone::Calm, "Superseded"),
    }
}

/// Who decided, by which way, and when: `Approved by the holder of the link ..., by email, on ...`.
pub(super) fn decided(request: &Request) -> Option<String> {
    let decision = request.decision.as_ref()?;
    let at = Moment(decision.at);
    Some(match decision.status {
        Status::Pending => return None,
        Status::Approved if request.votes.is_empty() => format!("Approved on {at}, without a vote."),
        Status::Approved if decision.by.is_none() => {
            format!("Approved on {at}, without the votes that were asked for.")
        }
        Status::Approved => format!("Approved by {} on {at}.", approvers(request)),
        Status::Rejected => format!("Rejected by {} on {at}.", decider(request, decision)),
        Status::Expired => format!("It was not decided in time: the request expired on {at}."),
        Status::Withdrawn => format!("The request was withdrawn on {at}."),
        Status::Superseded => format!("A newer request took its place on {at}."),
    })
}

/// Whoever's vote decided, and by which way it came.
fn decider(request: &Request, decision: &Decision) -> String {
    match decision.by.as_ref() {
        None => "nobody in particular".to_owned(),
        Some(person) => match request.vote_of(person) {
            Some(vote) => voter_and_way(vote),
            None => person.to_string(),
        },
    }
}

fn approvers(request: &Request) -> String {
    let votes: Vec<_> =
        request.votes.iter().filter(|vote| vote.choice == Choice::Approve).map(voter_and_way).collect();
    if votes.is_empty() {
        request.decision.as_ref().map_or(String::new(), |end| decider(request, end))
    } else {
        list(&votes)
    }
}

/// Signed in to Slack says the way already; a link does not.
fn voter_and_way(vote: &Vote) -> String {
    match vote.strength {
        Strength::Link => format!("{} ({})", voter(vote), channel(vote.channel)),
        Strength::Slack => voter(vote),
    }
}

/// The deciding person's reason, or why it was closed.
pub(super) fn reason(request: &Request) -> Option<(&'static str, Shown)> {
    let decision = request.decision.as_ref()?;
    // Words without a voter are the stack's own, and say why.
    let comment = decision.status == Status::Approved && decision.by.is_some();
    let choice = if comment { Choice::Approve } else { Choice::Reject };
    decision.reason.as_deref().map(|words| (reason_label(choice), Shown::block(words)))
}

/// Where something is read; it may say where to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Seen {
    /// On a page that somebody opened.
    OnPage,
    /// In a message that follows the record by itself.
    InSlack,
}

/// Whether the workflow followed the decision.
pub(super) fn follows(request: &Request, seen: Seen) -> Option<String> {
    let approved = match request.status {
        Status::Pending => return None,
        Status::Expired | Status::Withdrawn | Status::Superseded => {
            return Some("It counts as not approved: nothing was carried out.".to_owned());
        }
        Status::Approved => true,
        Status::Rejected => false,
    };
    if request.notices.contains(&Notice::Overtaken) {
        return Some(
            "A newer request took its place before it was carried out: nothing was done.".to_owned(),
        );
    }
    Some(match request.resume {
        Resume::Done if !approved => "The workflow has been told and does not go ahead.".to_owned(),
        Resume::Done if request.level_number < request.level_count => format!(
            "The workflow has been told and goes on to level {} of {}.",
            request.level_number + 1,
            request.level_count
        ),
        Resume::Done => "The workflow has been told and continues.".to_owned(),
        Resume::Gone => {
            "The decision is recorded, but the workflow had already ended: nothing was carried out."
                .to_owned()
        }
        Resume::Owed | Resume::None if request.workflow.execution.is_some() => {
            let again = match seen {
                Seen::OnPage => "open this page again in a minute",
                Seen::InSlack => "the message will say so when it has",
            };
            format!("The decision is recorded. The workflow has not confirmed it yet; {again}.")
        }
        Resume::Owed | Resume::None => {
            "The decision is recorded, not confirmed: the workflow did not say which \
                                        one it is, so nobody can check from here that it goes on."
                .to_owned()
        }
    })
}

/// What the deployment step answered.
pub(super) fn deployment_answer(request: &Request) -> Option<String> {
    let deployment = request.deployment.as_ref()?;
    let reason = deployment.reason.as_deref().map(Shown::line);
    let said = reason.map_or(String::new(), |reason| format!(" Its answer: {reason}"));
    let at = Moment(deployment.at);
    Some(if deployment.deployed {
        format!("The deployment step finished on {at}: deployed.{said}")
    } else {
        format!("The deployment step ran on {at} and deployed nothing.{said}")
    })
}

/// The start of an outcome mail's subject.
pub(in super::super) fn outcome_subject(request: &Request, notice: Notice) -> &'static str {
    match notice {
        Notice::Rejected => "Rejected",
        Notice::Expired => "Expired",
        Notice::CarriedOut => "Approved",
        Notice::TooLate => "Approved too late",
        Notice::Overtaken => "Approved, but replaced",
        Notice::Closed if request.status == Status::Superseded => "Superseded",
        Notice::Closed => "Withdrawn",
    }
}

/// What an outcome mail tells.
pub(in super::super) fn outcome(request: &Request, notice: Notice) -> Story {
    let (tone, heading, after) = match notice {
        Notice::Rejected => (Tone::Bad, "Rejected", vec!["The workflow does not go ahead."]),
        Notice::Expired => (
            Tone::Calm,
            "Expired without a decision",
            vec!["It counts as not approved: nothing was carried out."],
        ),
        Notice::CarriedOut => (Tone::Good, "Approved", vec!["The workflow went on with it."]),
        Notice::TooLate => (
            Tone::Calm,
            "Approved, but too late",
            vec![
                "The approval is recorded, but the workflow had already ended its wait: nothing was carried out.",
                "To go ahead, start the workflow anew.",
            ],
        ),
        Notice::Overtaken => (
            Tone::Calm,
            "Approved, but a newer request took its place",
            vec!["The newer one came before this one was carried out: nothing was done."],
        ),
        Notice::Closed => (
            Tone::Calm,
            if request.status == Status::Superseded { "Superseded by a newer request" } else { "Withdrawn" },
            vec!["No vote is needed any more. Links to this request only show how it ended."],
        ),
    };
    let mut lines: Vec<String> = decided(request).into_iter().collect();
    if notice == Notice::Expired && !request.votes.is_empty() {
        let votes: Vec<_> = request
            .votes
            .iter()
            .map(|vote| format!("{} {}", voter(vote), super::voted(vote.choice)))
            .collect();
        lines.push(format!("Until then, {}.", list(&votes)));
    }
    lines.extend(after.into_iter().map(str::to_owned));
    if notice == Notice::CarriedOut {
        lines.extend(deployment_answer(request));
    }
    Story { tone, heading: heading.to_owned(), lines, reason: reason(request) }
}

/// Why this person gets an outcome mail.
pub(in super::super) fn why_told(request: &Request, person: &EmailAddress) -> Option<String> {
    let asked = request.group_of(person).filter(|_| request.check_entitled(person).is_ok());
    if let Some(group) = asked {
        let role = Shown::line(&group.role);
        return Some(format!("You receive this because you were asked to decide as “{role}”."));
    }
    (request.requested_by.as_ref() == Some(person))
        .then(|| "You receive this because you are named as the requester.".to_owned())
}
