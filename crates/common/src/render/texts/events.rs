//! The timeline in words. Names of failures stay in the record and the log.

use crate::domain::{Choice, Happening, Purpose, Resume, Status};

use super::super::untrusted::Shown;
use super::{channel, list, voter};

/// What happened, and the words that someone gave with it.
pub(in super::super) fn happening(what: &Happening) -> (String, Option<Shown>) {
    let said = |reason: &Option<String>| reason.as_deref().map(Shown::block);
    match what {
        Happening::Opened { fingerprint, requested_by, policy, .. } => {
            let requester = requested_by
                .as_ref()
                .map_or(String::new(), |person| format!(" by {person} (stated requester)"));
            let rule = policy.as_ref().map_or(String::new(), |policy| {
                format!("; policy version {}, rule “{}”", policy.number, Shown::line(&policy.rule))
            });
            (format!("Requested{requester}; fingerprint {}{rule}", fingerprint.short()), None)
        }
        Happening::Escalated { role } => {
            (format!("No decision by the deadline: the group “{}” is asked as well", Shown::line(role)), None)
        }
        Happening::WaitRenewed { .. } => ("The workflow went on waiting".to_owned(), None),
        Happening::Asked { approver, channel: way, purpose } => {
            (format!("{approver} {} {}", done(*purpose), channel(*way)), None)
        }
        Happening::AskFailed { approver, channel: way, .. } => {
            (format!("A message to {approver} {} could not be sent", channel(*way)), None)
        }
        Happening::SlackPosted { to, purpose } => {
            let line = match (to, purpose) {
                (None, Purpose::Ask | Purpose::Link) => "Posted in the Slack channel".to_owned(),
                (None, Purpose::Reminder(_)) => "A reminder was posted in the Slack channel".to_owned(),
                (None, Purpose::Escalation) => {
                    "Posted in the Slack channel that others are asked as well".to_owned()
                }
                (Some(person), _) => format!("{person} {} in Slack", done(*purpose)),
            };
            (line, None)
        }
        Happening::SlackFailed { to, .. } => {
            let line = match to {
                None => "A message could not be posted in the Slack channel".to_owned(),
                Some(person) => format!("A message to {person} in Slack could not be sent"),
            };
            (line, None)
        }
        Happening::SlackAdopted => ("A message in Slack was found by its button".to_owned(), None),
        Happening::Voted { vote, fingerprint } => {
            let verb = match vote.choice {
                Choice::Approve => "Approved",
                Choice::Reject => "Rejected",
            };
            let role = Shown::line(&vote.role);
            let digits = fingerprint.short();
            let line = format!(
                "{verb} as “{role}” by {}, {}; fingerprint {digits}",
                voter(vote),
                channel(vote.channel)
            );
            (line, said(&vote.reason))
        }
        Happening::Decided { decision } => {
            // A voter's reason stands with the vote.
            let reason = if decision.by.is_some() { None } else { said(&decision.reason) };
            let line = match decision.status {
                Status::Pending => "Waiting for votes",
                Status::Approved => "Decided: approved",
                Status::Rejected => "Decided: rejected",
                Status::Expired => "Expired: not enough votes in time",
                Status::Withdrawn => "Withdrawn",
                Status::Superseded => "Superseded by a newer request",
            };
            (line.to_owned(), reason)
        }
        Happening::Resumed { resume } => {
            let line = match resume {
                Resume::None => "The workflow has nothing to be told",
                Resume::Owed => "The workflow is to be told",
                Resume::Done => "The workflow was told the decision",
                Resume::Gone => "The workflow had already ended",
            };
            (line.to_owned(), None)
        }
        Happening::Told { recipients, .. } => {
            let people: Vec<_> = recipients.iter().map(ToString::to_string).collect();
            (format!("Outcome mailed to {}", list(&people)), None)
        }
        Happening::Executed { deployed: true } => ("The deployment step reported: deployed".to_owned(), None),
        Happening::Executed { deployed: false } => {
            ("The deployment step reported: nothing was deployed".to_owned(), None)
        }
    }
}

/// What a message did to its reader.
fn done(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ask => "asked",
        Purpose::Link => "sent a new link",
        Purpose::Reminder(_) => "reminded",
        Purpose::Escalation => "told that others are asked as well",
    }
}
