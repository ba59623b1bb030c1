//! The timeline in words. Names of failures stay in the record and the log.

use crate::domain::{
    Channel, Choice, Decision, EmailAddress, Facts, Failure, Happening, Purpose, Resume, Stage, Status, Vote,
};

use super::super::untrusted::Shown;
use super::{SAY, channel, ends, fill, list, of_use, voter};

/// What happened to a request for this, and the words that someone gave with it.
pub(in super::super) fn happening(what: &Happening, facts: &Facts) -> (String, Option<Shown>) {
    let of = |deployment, other| of_use(facts, deployment, other);
    let said = |reason: &Option<String>| reason.as_deref().map(Shown::block);
    let line = match what {
        Happening::Opened { .. } => opened(what),
        Happening::Escalated { role } => fill(SAY.escalation, &[("role", &Shown::line(role))]),
        Happening::WaitRenewed { .. } => SAY.wait_renewed.to_owned(),
        Happening::Asked { approver, channel, purpose } => asked(&approver.to_string(), *channel, *purpose),
        Happening::AskFailed { approver, channel, .. } => failed(approver, *channel),
        Happening::SlackPosted { to: None, purpose } => posted(*purpose).to_owned(),
        Happening::SlackPosted { to: Some(person), purpose } => {
            asked(&person.to_string(), Channel::Slack, *purpose)
        }
        Happening::SlackFailed { to: None, .. } => SAY.slack_failed.to_owned(),
        Happening::SlackFailed { to: Some(person), .. } => failed(person, Channel::Slack),
        Happening::SlackAdopted => SAY.slack_adopted.to_owned(),
        Happening::Voted { vote, fingerprint } => {
            return (voted(vote, fingerprint.short()), said(&vote.reason));
        }
        Happening::Decided { decision } => {
            // A voter's reason stands with the vote.
            let reason = if decision.by.is_some() { None } else { said(&decision.reason) };
            return (decided(decision).to_owned(), reason);
        }
        Happening::Resumed { resume } => resumed(*resume).to_owned(),
        Happening::Told { recipients, .. } => {
            let people: Vec<_> = recipients.iter().map(ToString::to_string).collect();
            fill(SAY.outcome_mailed, &[("people", &list(&people))])
        }
        Happening::Frozen { by } => {
            fill(SAY.step_frozen, &[("name", &Shown::line(&by.name)), ("opens", &Shown::line(&by.opens))])
        }
        Happening::Thawed => SAY.step_thawed.to_owned(),
        Happening::Claimed { change } => {
            fill(of(SAY.step_claimed, SAY.step_begun), &[("change", &ends::change(change))])
        }
        Happening::Reached { stage: Stage::Reached { says, .. } } => {
            fill(of(SAY.step_reached, SAY.step_goes_on), &[("says", &Shown::line(says))])
        }
        Happening::Reached { stage: Stage::RollingBack { reason, .. } } => {
            fill(SAY.step_rolling_back, &[("reason", &Shown::line(reason))])
        }
        Happening::Executed { deployed, failure, .. } => executed(facts, *deployed, *failure).to_owned(),
    };
    (line, None)
}

/// That somebody got a message; several people who got the same one stand in one line.
pub(in super::super) fn asked(people: &str, way: Channel, purpose: Purpose) -> String {
    let text = match purpose {
        Purpose::Ask => SAY.was_asked,
        Purpose::Reminder(_) => SAY.was_reminded,
        Purpose::Escalation => SAY.was_told,
        Purpose::Link => SAY.was_mailed_a_link,
    };
    fill(text, &[("person", &people), ("way", &channel(way))])
}

fn executed(facts: &Facts, deployed: bool, failure: Option<Failure>) -> &'static str {
    let of = |deployment, other| of_use(facts, deployment, other);
    match failure {
        Some(Failure::NothingChanged | Failure::LeftAlone | Failure::Failed) => {
            of(SAY.step_failed, SAY.step_not_done)
        }
        Some(Failure::RolledBack) => SAY.step_rolled_back,
        None if deployed => of(SAY.step_deployed, SAY.step_done),
        None => of(SAY.step_deployed_nothing, SAY.step_nothing_to_do),
    }
}

fn opened(what: &Happening) -> String {
    let Happening::Opened { fingerprint, requested_by, policy, .. } = what else { return String::new() };
    let digits = fingerprint.short();
    let requested = match requested_by {
        Some(person) => fill(SAY.requested_by, &[("person", person), ("fingerprint", &digits)]),
        None => fill(SAY.requested, &[("fingerprint", &digits)]),
    };
    match policy {
        None => requested,
        Some(policy) => {
            let rule = Shown::line(&policy.rule);
            fill(SAY.under_policy, &[("requested", &requested), ("number", &policy.number), ("rule", &rule)])
        }
    }
}

fn failed(person: &EmailAddress, way: Channel) -> String {
    fill(SAY.ask_failed, &[("person", person), ("way", &channel(way))])
}

fn posted(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ask | Purpose::Link => SAY.slack_asked,
        Purpose::Reminder(_) => SAY.slack_reminded,
        Purpose::Escalation => SAY.slack_escalated,
    }
}

fn voted(vote: &Vote, fingerprint: &str) -> String {
    let text = match vote.choice {
        Choice::Approve => SAY.voted_approve,
        Choice::Reject => SAY.voted_reject,
    };
    let role = Shown::line(&vote.role);
    fill(
        text,
        &[
            ("role", &role),
            ("voter", &voter(vote)),
            ("way", &channel(vote.channel)),
            ("fingerprint", &fingerprint),
        ],
    )
}

fn decided(decision: &Decision) -> &'static str {
    match decision.status {
        Status::Pending => SAY.undecided,
        Status::Approved => SAY.decided_approved,
        Status::Rejected => SAY.decided_rejected,
        Status::Expired => SAY.decided_expired,
        Status::Withdrawn => SAY.decided_withdrawn,
        Status::Superseded => SAY.decided_superseded,
    }
}

/// Whether the workflow knows the decision.
pub(in super::super) fn resumed(resume: Resume) -> &'static str {
    match resume {
        Resume::None => SAY.resume_none,
        Resume::Owed => SAY.resume_owed,
        Resume::Done => SAY.resume_done,
        Resume::Gone => SAY.resume_gone,
    }
}
