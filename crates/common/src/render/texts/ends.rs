//! How a request ended, in words: for outcome mails, for pages and for Slack.

use jiff::Timestamp;

use crate::domain::{
    Change, Choice, Decision, EmailAddress, Failure, Frozen, Notice, Progress, Request, Resume, Stage,
    Status, Strength, Vote,
};

use super::super::untrusted::Shown;
use super::super::when::Moment;
use super::{SAY, Story, Tone, channel, fill, list, of_use, reason_label, voter};

/// The status on a page's badge.
pub(in super::super) fn status_badge(request: &Request, now: Timestamp) -> (Tone, &'static str) {
    match request.status {
        Status::Pending if request.is_past_deadline(now) => (Tone::Calm, SAY.overdue),
        Status::Pending => (Tone::Calm, SAY.waiting),
        Status::Approved => used_badge(request),
        Status::Rejected => (Tone::Bad, SAY.rejected),
        Status::Expired => (Tone::Calm, SAY.expired),
        Status::Withdrawn => (Tone::Calm, SAY.withdrawn),
        Status::Superseded => (Tone::Calm, SAY.superseded),
    }
}

/// What came of an approval.
fn used_badge(request: &Request) -> (Tone, &'static str) {
    let of = |deployment, other| of_use(&request.facts, deployment, other);
    match request.progress() {
        Progress::Unused if request.waits_for().is_some() => (Tone::Calm, SAY.badge_frozen),
        Progress::Unused | Progress::NotDeployed => (Tone::Good, SAY.approved),
        Progress::Deploying if matches!(request.stage, Some(Stage::RollingBack { .. })) => {
            (Tone::Bad, SAY.badge_rolling_back)
        }
        Progress::Deploying => (Tone::Calm, of(SAY.badge_deploying, SAY.badge_carrying_out)),
        Progress::Deployed => (Tone::Good, of(SAY.badge_deployed, SAY.badge_carried_out)),
        Progress::Failed => (Tone::Bad, of(SAY.badge_failed, SAY.badge_not_carried_out)),
        Progress::RolledBack => (Tone::Bad, SAY.badge_rolled_back),
    }
}

/// Who decided, by which way, and when: `Approved by the holder of the link ..., by email, on ...`.
pub(in super::super) fn decided(request: &Request) -> Option<String> {
    let decision = request.decision.as_ref()?;
    let at = Moment(decision.at);
    let on = |text: &str| fill(text, &[("at", &at)]);
    Some(match decision.status {
        Status::Pending => return None,
        Status::Approved if request.votes.is_empty() => on(SAY.approved_without_vote),
        Status::Approved if decision.by.is_none() => on(SAY.approved_without_votes),
        Status::Approved => fill(SAY.approved_by, &[("voters", &approvers(request)), ("at", &at)]),
        Status::Rejected => fill(SAY.rejected_by, &[("voter", &decider(request, decision)), ("at", &at)]),
        Status::Expired => on(SAY.expired_on),
        Status::Withdrawn => on(SAY.withdrawn_on),
        Status::Superseded => on(SAY.superseded_on),
    })
}

/// Whoever's vote decided, and by which way it came.
fn decider(request: &Request, decision: &Decision) -> String {
    match decision.by.as_ref() {
        None => SAY.nobody.to_owned(),
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
        Strength::Link => {
            fill(SAY.voter_and_way, &[("voter", &voter(vote)), ("way", &channel(vote.channel))])
        }
        Strength::Slack => voter(vote),
    }
}

/// The deciding person's reason, or why it was closed.
pub(in super::super) fn reason(request: &Request) -> Option<(&'static str, Shown)> {
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
        Status::Expired | Status::Withdrawn | Status::Superseded => return Some(SAY.not_approved.to_owned()),
        Status::Approved => true,
        Status::Rejected => false,
    };
    if request.notices.contains(&Notice::Overtaken) {
        return Some(SAY.overtaken.to_owned());
    }
    Some(match request.resume {
        Resume::Done if !approved => SAY.told_no.to_owned(),
        Resume::Done if !request.is_last_level() => {
            let next = request.level_number + 1;
            fill(SAY.told_next_level, &[("number", &next), ("count", &request.level_count)])
        }
        Resume::Done if matches!(request.progress(), Progress::Failed | Progress::RolledBack) => return None,
        Resume::Done => SAY.told_yes.to_owned(),
        Resume::Gone => SAY.gone.to_owned(),
        Resume::Owed | Resume::None if request.workflow.execution.is_some() => {
            let again = match seen {
                Seen::OnPage => SAY.again_on_page,
                Seen::InSlack => SAY.again_in_slack,
            };
            fill(SAY.not_confirmed_yet, &[("again", &again)])
        }
        Resume::Owed | Resume::None => SAY.unconfirmed.to_owned(),
    })
}

/// What came of the deployment so far: how far it is, what it changes, and how to go back.
pub(in super::super) fn deployment_answer(request: &Request) -> Vec<String> {
    if let Some(frozen) = request.waits_for() {
        return vec![waits(frozen)];
    }
    let ended = request.deployment.as_ref();
    let failure = ended.and_then(|end| end.failure);
    let (so_far, turned) = match request.stage.as_ref().filter(|_| ended.is_none()) {
        Some(Stage::Reached { says, .. }) => (Some(says), None),
        Some(Stage::RollingBack { at, reason, .. }) => (None, Some((*at, reason.as_str()))),
        None => (None, None),
    };
    let of = |deployment, other| of_use(&request.facts, deployment, other);
    let text = match request.progress() {
        Progress::Unused => return Vec::new(),
        Progress::Deploying if turned.is_some() => SAY.rolling_back,
        Progress::Deploying => of(SAY.deploying, SAY.carrying_out),
        Progress::Deployed => of(SAY.deployed, SAY.carried_out),
        Progress::NotDeployed => of(SAY.nothing_deployed, SAY.nothing_to_carry_out),
        Progress::Failed if failure == Some(Failure::NothingChanged) => {
            of(SAY.deployment_changed_nothing, SAY.nothing_carried_out)
        }
        Progress::Failed => of(SAY.deployment_failed, SAY.not_carried_out),
        Progress::RolledBack => SAY.deployment_rolled_back,
    };
    let at = ended.map(|end| end.at).or(turned.map(|(at, _)| at));
    let at = at.or_else(|| request.change.as_ref().map(|change| change.at));
    let mut lines: Vec<_> = at.map(|at| fill(text, &[("at", &Moment(at))])).into_iter().collect();
    lines.extend(so_far.map(|says| fill(SAY.so_far, &[("says", &Shown::line(says))])));
    let reason = turned.map(|(_, reason)| reason).or(ended.and_then(|end| end.reason.as_deref()));
    let reason = reason.map(|reason| Shown::line(reason.trim_end_matches('.')));
    lines.extend(reason.map(|reason| fill(SAY.deployment_answer, &[("reason", &reason)])));
    let Some(made) = &request.change else { return lines };
    let label = match request.progress() {
        Progress::Deployed => SAY.what_changed,
        Progress::Failed | Progress::RolledBack => SAY.what_was_to_change,
        Progress::Unused | Progress::Deploying | Progress::NotDeployed => SAY.what_changes,
    };
    lines.push(format!("{label} {}.", change(made)));
    lines.extend(
        request.way_back().map(Shown::line).map(|command| fill(SAY.way_back, &[("command", &command)])),
    );
    lines
}

/// Which freeze holds it up, and until when.
fn waits(frozen: &Frozen) -> String {
    let (name, opens) = (Shown::line(&frozen.name), Shown::line(&frozen.opens));
    fill(SAY.frozen, &[("name", &name), ("at", &Moment(frozen.until)), ("opens", &opens)])
}

/// Where the deployment can be followed. No mail says so: its reader's program would make a link of it.
pub(super) fn follow_at(request: &Request) -> Option<String> {
    let link = request.stage.as_ref().and_then(Stage::made)?.link.as_ref()?;
    Some(fill(SAY.follow_at, &[("link", &Shown::line(link))]))
}

/// What is changed to what.
pub(super) fn change(change: &Change) -> String {
    let (place, after) = (Shown::line(&change.place), Shown::line(&change.after));
    match &change.before {
        Some(before) => {
            let before = Shown::line(before);
            fill(SAY.change, &[("place", &place), ("before", &before), ("after", &after)])
        }
        None => fill(SAY.change_for, &[("place", &place), ("after", &after)]),
    }
}

/// The start of an outcome mail's subject.
pub(in super::super) fn outcome_subject(request: &Request, notice: Notice) -> &'static str {
    match notice {
        Notice::Rejected => SAY.rejected,
        Notice::Expired => SAY.expired,
        Notice::Frozen => SAY.badge_frozen,
        Notice::CarriedOut => SAY.approved,
        Notice::TooLate => SAY.subject_too_late,
        Notice::DeploymentFailed if request.progress() == Progress::RolledBack => SAY.badge_rolled_back,
        Notice::DeploymentFailed => of_use(&request.facts, SAY.badge_failed, SAY.badge_not_carried_out),
        Notice::Overtaken => SAY.subject_overtaken,
        Notice::Closed if request.status == Status::Superseded => SAY.superseded,
        Notice::Closed => SAY.withdrawn,
    }
}

/// What an outcome mail tells.
pub(in super::super) fn outcome(request: &Request, notice: Notice) -> Story {
    let (tone, heading, after) = match notice {
        Notice::Rejected => (Tone::Bad, SAY.told_rejected, vec![SAY.does_not_go_ahead]),
        Notice::Expired => (Tone::Calm, SAY.told_expired, vec![SAY.not_approved]),
        Notice::Frozen => (Tone::Calm, SAY.told_frozen, vec![SAY.frozen_line]),
        Notice::CarriedOut => (Tone::Good, SAY.told_approved, vec![SAY.went_on]),
        Notice::DeploymentFailed if request.progress() == Progress::RolledBack => {
            (Tone::Bad, SAY.told_rolled_back, Vec::new())
        }
        Notice::DeploymentFailed => {
            (Tone::Bad, of_use(&request.facts, SAY.told_failed, SAY.told_not_carried_out), Vec::new())
        }
        Notice::TooLate => (Tone::Calm, SAY.told_too_late, vec![SAY.too_late_line, SAY.start_anew]),
        Notice::Overtaken => (Tone::Calm, SAY.told_overtaken, vec![SAY.overtaken_line]),
        Notice::Closed if request.status == Status::Superseded => {
            (Tone::Calm, SAY.told_superseded, vec![SAY.no_vote_needed])
        }
        Notice::Closed => (Tone::Calm, SAY.told_withdrawn, vec![SAY.no_vote_needed]),
    };
    let mut lines: Vec<String> = decided(request).into_iter().collect();
    if notice == Notice::Expired && !request.votes.is_empty() {
        let votes: Vec<_> = request.votes.iter().map(someone_voted).collect();
        lines.push(fill(SAY.until_then, &[("votes", &list(&votes))]));
    }
    let mut next: Vec<_> = after.into_iter().map(str::to_owned).collect();
    if notice == Notice::Frozen {
        lines.extend(deployment_answer(request));
    }
    if matches!(notice, Notice::CarriedOut | Notice::DeploymentFailed) {
        next.extend(deployment_answer(request));
    }
    Story { tone, heading: heading.to_owned(), lines, reason: reason(request), next }
}

fn someone_voted(vote: &Vote) -> String {
    let text = match vote.choice {
        Choice::Approve => SAY.someone_approved,
        Choice::Reject => SAY.someone_rejected,
    };
    fill(text, &[("voter", &voter(vote))])
}

/// Why this person gets an outcome mail.
pub(in super::super) fn why_told(request: &Request, person: &EmailAddress) -> Option<String> {
    let asked = request.group_of(person).filter(|_| request.check_entitled(person).is_ok());
    if let Some(group) = asked {
        let role = Shown::line(&group.role);
        return Some(fill(SAY.told_as_approver, &[("role", &role)]));
    }
    (request.requested_by.as_ref() == Some(person)).then(|| SAY.told_as_requester.to_owned())
}
