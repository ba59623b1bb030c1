//! The timeline for people.

use std::fmt::{self, Formatter};

use common::domain::{Confirmation, Destination, EmailAddress, LambdaTarget, Rollout, Strength};

use super::timeline::{Excluded, GroupPlan, LevelTimeline, Moment, Timeline, What};
use crate::duration;

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.title)?;
        if let Some(amount) = &self.amount {
            write!(f, ", {amount}")?;
        }
        if let Some(requester) = &self.requested_by {
            write!(f, ", asked for by {requester}")?;
        }
        write!(f, "\nrule {:?}: ", self.rule)?;
        if !self.approval_needed {
            writeln!(f, "no approval needed")?;
            return write_end(f, self);
        }
        if let Some(dead_end) = &self.dead_end {
            return writeln!(f, "can never be approved\n{}", dead_end.message);
        }
        match self.levels.len() {
            1 => writeln!(f, "1 level")?,
            count => writeln!(f, "{count} levels")?,
        }
        let mut before = None;
        for level in &self.levels {
            write_level(f, level, before)?;
            before = Some(level);
        }
        write_end(f, self)
    }
}

/// What is done once it is approved.
fn write_end(f: &mut Formatter<'_>, timeline: &Timeline) -> fmt::Result {
    match &timeline.target {
        Some(Rollout { to, max_age_seconds, .. }) => {
            write!(f, "\nthen: {to}")?;
            if let Some(seconds) = max_age_seconds {
                write!(f, ", at most {} after its first approval", duration::show(*seconds))?;
            }
            if let Destination::Lambda(LambdaTarget { shift: Some(shift), .. }) = to {
                write!(f, "\n      {shift}")?;
            }
            if !timeline.freezes.is_empty() {
                let names: Vec<_> = timeline.freezes.iter().map(|name| format!("{name:?}")).collect();
                write!(f, "\n      not while a freeze holds: {}", names.join(", "))?;
            }
            writeln!(f)
        }
        // Only a deployment has a service.
        None if timeline.service.is_empty() => Ok(()),
        None => writeln!(f, "\nthen: nothing is deployed, because no target is about it"),
    }
}

fn write_level(f: &mut Formatter<'_>, level: &LevelTimeline, before: Option<&LevelTimeline>) -> fmt::Result {
    write!(f, "\nlevel {}, {:?}", level.number, level.name)?;
    if let Some(before) = before {
        write!(f, ", once level {} is approved (here by {})", before.number, list(&before.approved_by))?;
    }
    writeln!(f)?;
    for group in &level.groups {
        write_group(f, "", group)?;
    }
    if let Some(group) = &level.escalation {
        write_group(f, "after silence: ", group)?;
    }
    let confirmed = match level.confirmation {
        Confirmation::Phrase => "a typed phrase",
        Confirmation::Button => "a button",
    };
    let confirmed = match level.strength {
        Some(Strength::Slack) => format!("{confirmed} in Slack, no link counts"),
        Some(Strength::Link) | None => confirmed.to_owned(),
    };
    match level.reject_quorum {
        1 => writeln!(f, "  confirmed by {confirmed}; one rejection ends the level\n")?,
        count => writeln!(f, "  confirmed by {confirmed}; {count} rejections end the level\n")?,
    }
    let times: Vec<_> =
        level.silence.iter().map(|moment| format!("+{}", duration::show(moment.after_seconds))).collect();
    let width = times.iter().map(String::len).max().unwrap_or(0);
    for (time, moment) in times.iter().zip(&level.silence) {
        writeln!(f, "  {time:<width$}  {}", happening(moment))?;
    }
    Ok(())
}

fn write_group(f: &mut Formatter<'_>, prefix: &str, group: &GroupPlan) -> fmt::Result {
    let GroupPlan { role, quorum, approvers, excluded } = group;
    writeln!(f, "  {prefix}{role}, {quorum} of {}: {}", approvers.len(), list(approvers))?;
    for Excluded { approver, why, level } in excluded {
        let reason = match (*why, level) {
            ("self_approval", _) => "asked for it".to_owned(),
            ("voted_at_earlier_level", Some(level)) => format!("approved at level {level}"),
            ("needed_at_later_level", Some(level)) => format!("needed at level {level}"),
            (other, _) => other.replace('_', " "),
        };
        writeln!(f, "    not {approver}: {reason}")?;
    }
    Ok(())
}

fn happening(moment: &Moment) -> String {
    let people = list(&moment.people);
    match moment.what {
        What::Asks => format!("asks {people}"),
        What::Reminds => format!("reminds {people}"),
        What::Escalates => {
            let role = moment.role.as_deref().unwrap_or_default();
            format!("escalates to {people} ({role})")
        }
        What::Tells => format!("tells {people} that others are asked as well"),
        What::Approves => "approves by silence".to_owned(),
        What::Expires => "expires".to_owned(),
    }
}

fn list(people: &[EmailAddress]) -> String {
    if people.is_empty() {
        return "nobody".to_owned();
    }
    people.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join(", ")
}
