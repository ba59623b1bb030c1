//! How large the record of a level can get. One item of the table takes 400 KB, and holds every link and message to
//! each person, with what happened to it; so people, reminders and ways of asking multiply.

use common::domain::{Approver, Level, SlackTarget};

/// The most that may grow with the level, in bytes. The rest of an item is for the facts, which take 80 KB in the
/// worst case, and for what every record has.
pub(super) const MAX: usize = 340 * 1024;

/// A mail: its link, its note and its event. The address stands in each of them.
const MAIL: usize = 500;
/// A message in Slack: its note and its event.
const SLACK: usize = 460;
/// A wait: its event.
const WAIT: usize = 240;
/// A person, beside what the level says of them: their account, their vote with its event, and who was told of the end.
const PERSON: usize = 640;
/// The reason of a rejection, with its event and, once, with the decision: 2,000 letters of two bytes.
const REASON: usize = 2_000 * 2 * 2;

/// What a level sends, and what that and its votes take in its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Footprint {
    /// How many messages it sends at most.
    pub(super) messages: usize,
    /// How many bytes its record takes for them, its people and their votes.
    pub(super) bytes: usize,
}

impl Footprint {
    pub(super) fn of(level: &Level) -> Self {
        let asks = level.remind_after_seconds.len() + 1 + usize::from(level.escalation().is_some());
        let in_slack = level.slack.as_ref() != Some(&SlackTarget::NOWHERE);
        let directly = level.slack.as_ref().is_some_and(|target| target.direct);
        let ways = usize::from(level.mail) + usize::from(directly);
        let reasons = (level.reject_quorum as usize).saturating_add(1).saturating_mul(REASON);
        let written = serde_json::to_string(level).map_or(usize::MAX, |text| text.len());
        let mut all = Self {
            messages: if in_slack { asks } else { 0 },
            bytes: written.saturating_add(reasons).saturating_add(asks * WAIT),
        };
        if in_slack {
            all.bytes = all.bytes.saturating_add(asks * SLACK);
        }
        for Approver { email, .. } in level.everyone() {
            let address = email.as_str().len();
            let mails = if level.mail { MAIL + 3 * address } else { 0 };
            let direct = if directly { SLACK + 2 * address } else { 0 };
            all.messages += asks * ways;
            all.bytes = all.bytes.saturating_add(asks * (mails + direct) + PERSON + 8 * address);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use common::adapters::memory::START;
    use common::domain::{
        Ballot, Called, Channel, Choice, Command, DeploymentFacts, EmailAddress, Facts, Generation, Level,
        Link, LinkToken, Notice, Outlook, Preview, Purpose, Request, SlackMessage, SlackPerson, Strength,
        TaskToken,
    };

    use super::*;
    use crate::policy::compile;
    use crate::samples::{at, contact, plan, request};

    /// What one item of the table takes.
    const ITEM: usize = 400 * 1024;

    fn address(person: usize, long: bool) -> String {
        let label = "x".repeat(60);
        let domain = if long { format!("{label}.{label}.{label}") } else { "example".to_owned() };
        format!("{:x<width$}{person:03}@{domain}.com", "p", width = if long { 60 } else { 8 })
    }

    /// So many people, who are asked in every way, and so many reminders; the level, if lint allows it.
    fn lint(people: usize, long: bool, reminders: usize) -> Option<Level> {
        let mut text = "schema = 1\n".to_owned();
        for person in 0..people {
            let email = address(person, long);
            writeln!(text, "[people.p{person}]\nemail = \"{email}\"\nslack = \"U{person:010}\"").unwrap();
        }
        let times: Vec<_> = (1..=reminders).map(|minutes| format!("\"{minutes}m\"")).collect();
        let names: Vec<_> = (0..people).map(|person| format!("\"p{person}\"")).collect();
        write!(
            text,
            "[[rule]]\nname = \"rest\"\ndeadline = \"24h\"\nslack_direct = true\nremind = [{}]\n\
             [[rule.level]]\nname = \"one\"\n[[rule.level.group]]\napprovers = [{}]\nquorum = {people}\n",
            times.join(", "),
            names.join(", ")
        )
        .unwrap();
        compile(text.as_bytes()).policy.map(|policy| policy.rules[0].levels[0].clone())
    }

    /// The record when everything was sent, everybody approved but for the last, who rejected at length.
    fn filled(level: &Level) -> Request {
        let mut plan = plan();
        plan.levels = vec![level.clone()];
        plan.facts = Facts::Deployment(DeploymentFacts {
            service_name: "s".repeat(100),
            version: "v".repeat(100),
            environment: "e".repeat(64),
            change_log: Some("😀".repeat(20_000)),
        });
        // As much as a target may say of two versions, or of why it cannot be looked at.
        let called = || Called::exactly(&"i".repeat(1_000)).named(&"😀".repeat(256));
        let outlook = Outlook::Change { before: Some(called()), after: called() };
        plan.preview = Some(Preview { at: START, place: "p".repeat(300), outlook });
        let mut request = request(&plan, 1, 0);
        request.contacts.clear();
        let people: Vec<EmailAddress> = level.everyone().map(|approver| approver.email.clone()).collect();
        let mut commands = Vec::new();
        for person in &people {
            commands.push(Command::RememberSlackPerson(SlackPerson {
                user: format!("U{:010}", people.len()),
                approver: person.clone(),
            }));
        }
        for ask in 0..=level.remind_after_seconds.len() {
            let number = u32::try_from(ask).unwrap();
            let purpose = if ask == 0 { Purpose::Ask } else { Purpose::Reminder(number) };
            commands.push(Command::RenewWait {
                task_token: TaskToken::parse(&"t".repeat(1_000)).unwrap(),
                generation: Generation { entered_at: at(i64::from(number)), retry: 0 },
            });
            let hash = LinkToken::mint(request.id.clone(), [7; 32]).hash();
            let link = |person: &EmailAddress| Link {
                approver: person.clone(),
                hash: hash.clone(),
                minted_at: START,
            };
            commands.push(Command::AddLinks(people.iter().map(link).collect()));
            let mails = people.iter().map(|person| contact(person, purpose, START)).collect();
            commands.push(Command::NoteContacts(mails));
            let posted = people.iter().map(Some).chain([None]).enumerate();
            let posted = posted.map(|(position, to)| SlackMessage {
                channel: "D0123456789".to_owned(),
                ts: Some(format!("1767603600.{:06}", ask * 1_000 + position)),
                to: to.cloned(),
                purpose,
                at: START,
                failure: None,
                passing: false,
                shows: request.slack_face(),
            });
            commands.push(Command::NoteSlackMessages(posted.collect()));
        }
        for (position, person) in people.iter().enumerate() {
            let last = position + 1 == people.len();
            commands.push(Command::Vote(Ballot {
                approver: person.clone(),
                choice: if last { Choice::Reject } else { Choice::Approve },
                reason: last.then(|| "ä".repeat(2_000)),
                channel: Channel::Slack,
                strength: Strength::Slack,
            }));
        }
        commands.push(Command::NoteNotice { notice: Notice::Rejected, recipients: people.clone() });
        commands.into_iter().fold(request, |request, command| request.after(command, START))
    }

    #[test]
    fn the_largest_level_that_lint_allows_fits_into_its_record() {
        for (people, long) in [(100, false), (100, true), (40, true), (10, false), (1, false), (1, true)] {
            let reminders: Vec<_> = (0..500).collect();
            let most = reminders.partition_point(|reminders| lint(people, long, *reminders).is_some());
            let Some(level) = most.checked_sub(1).and_then(|most| lint(people, long, most)) else { continue };
            let request = filled(&level);
            assert_eq!((request.votes.len(), request.decision.is_some()), (people, true));
            // As JSON it is a little longer than the table counts it.
            let bytes = serde_json::to_string(&request).unwrap().len();
            assert!(bytes < ITEM, "{people} people, {:?}: {bytes}", Footprint::of(&level));
        }
    }

    #[test]
    fn a_team_that_is_asked_in_every_way_and_reminded_daily_is_allowed() {
        assert!(
            lint(100, false, 1).is_some() && lint(50, false, 3).is_some() && lint(20, false, 10).is_some()
        );
    }
}
