//! Who is imagined to approve a level, so that the next one opens.

use common::domain::{
    Approver, Ballot, Channel, Choice, Command, EmailAddress, Group, Request, Status, Strength, Transition,
    apply,
};

use super::SimulationError;
use super::request::START;

/// Lets the first people of each group who may approve do so, as many as the group needs.
pub(super) fn run(mut request: Request) -> Result<Vec<EmailAddress>, SimulationError> {
    let level = request.level_number;
    let mut approved_by = Vec::new();
    for group in request.level.groups.clone() {
        for approver in able(&request, &group) {
            let vote = Command::Vote(ballot(&approver, request.level.strength));
            match apply(&request, vote, START) {
                Ok(Transition::Changed(next)) => request = *next,
                Ok(Transition::Unchanged) => {}
                Err(refusal) => return Err(SimulationError::Refused { level, approver, refusal }),
            }
            approved_by.push(approver);
        }
    }
    if request.status == Status::Approved {
        Ok(approved_by)
    } else {
        Err(SimulationError::StaysOpen { level })
    }
}

fn able(request: &Request, group: &Group) -> Vec<EmailAddress> {
    let quorum = usize::try_from(group.quorum).unwrap_or(usize::MAX);
    let people = group.approvers.iter().map(|Approver { email, .. }| email);
    people.filter(|person| request.check_entitled(person).is_ok()).take(quorum).cloned().collect()
}

fn ballot(approver: &EmailAddress, strength: Strength) -> Ballot {
    let channel = match strength {
        Strength::Link => Channel::Email,
        Strength::Slack => Channel::Slack,
    };
    Ballot { approver: approver.clone(), choice: Choice::Approve, reason: None, channel, strength }
}
