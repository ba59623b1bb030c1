//! From a written level to one that approvers can be asked by.

use std::collections::BTreeMap;

use common::domain::{Approver, Confirmation, Escalation, Group, Level, NamedBy, Silence, Strength};

use super::channels;
use super::directory::Directory;
use super::mistakes::Mistakes;
use super::read::{self, At, Given, OnSilence, Terms};
use super::size::{self, Footprint};

/// The most people that a level may ask: its record holds every link and message to each of them.
const MAX_PEOPLE: usize = 100;

/// What a level needs to know of its rule.
pub(super) struct Surroundings<'a> {
    pub(super) terms: &'a Terms,
    /// Whether silence may approve.
    pub(super) low_risk: bool,
}

/// Compiles a level and notes what is wrong with it; what is left is only used when nothing is.
pub(super) fn compile(
    level: &read::Level,
    rule: &Surroundings<'_>,
    directory: &mut Directory,
    mistakes: &mut Mistakes<'_>,
) -> Level {
    let deadline = level.terms.deadline.or(&rule.terms.deadline);
    if *deadline == Given::Absent {
        mistakes
            .error(level.at, format!("the level {:?} has no deadline", level.name))
            .suggest("add deadline = \"24h\" to the level, or to the rule for all its levels");
    }
    let groups = groups(level, directory, mistakes);
    let silence = silence(level, rule, directory, mistakes);
    let ways = channels::compile(level, rule, mistakes);
    let compiled = Level {
        name: level.name.clone(),
        groups,
        named_by: NamedBy::Policy,
        deadline_seconds: value(deadline),
        remind_after_seconds: reminders(level.terms.remind.or(&rule.terms.remind)),
        confirmation: value(level.terms.confirm.or(&rule.terms.confirm)).unwrap_or(Confirmation::Phrase),
        self_approval: value(level.terms.self_approval.or(&rule.terms.self_approval)).unwrap_or(false),
        same_person: value(level.terms.same_person.or(&rule.terms.same_person)).unwrap_or(false),
        reject_quorum: value(level.terms.reject_quorum.or(&rule.terms.reject_quorum)).unwrap_or(1),
        silence,
        strength: ways.strength,
        mail: ways.mail,
        slack: ways.slack,
    };
    if compiled.silence == Silence::Approve && compiled.strength == Strength::Slack {
        mistakes
            .error(
                level.at,
                format!("at the level {:?} only votes in Slack count, and silence approves: whoever has no account there could not object", level.name),
            )
            .suggest("write on_silence = \"reject\" or \"escalate\", or leave strength out");
    }
    check_reminders(level, rule, &compiled, mistakes);
    check_people(level, rule, &compiled, mistakes);
    compiled
}

fn value<T: Copy>(given: &Given<T>) -> Option<T> {
    given.value().map(|value| value.value)
}

fn reminders(given: &Given<Vec<At<u32>>>) -> Vec<u32> {
    given.value().map(|times| times.value.iter().map(|time| time.value).collect()).unwrap_or_default()
}

fn groups(level: &read::Level, directory: &mut Directory, mistakes: &mut Mistakes<'_>) -> Vec<Group> {
    let groups = match &level.groups {
        Given::Is(groups) => groups.value.as_slice(),
        Given::Broken => return Vec::new(),
        Given::Absent => &[],
    };
    if groups.is_empty() {
        mistakes
            .error(level.at, format!("the level {:?} has no group", level.name))
            .suggest("add [[rule.level.group]] with approvers = [...] below it");
    }
    groups.iter().map(|group| compile_group(group, directory, mistakes)).collect()
}

fn compile_group(group: &read::Group, directory: &mut Directory, mistakes: &mut Mistakes<'_>) -> Group {
    let quorum = value(&group.quorum).unwrap_or(1);
    let mut approvers = Vec::new();
    if let Given::Is(names) = &group.approvers {
        let resolved = directory.resolve(&names.value, mistakes);
        if names.value.is_empty() {
            mistakes.error(names.at, format!("nobody is in the group {:?}", group.role));
        } else if resolved.complete {
            check_quorum(group, quorum, resolved.approvers.len(), mistakes);
        }
        approvers = resolved.approvers;
    }
    Group { role: group.role.clone(), approvers, quorum }
}

fn check_quorum(group: &read::Group, quorum: u32, people: usize, mistakes: &mut Mistakes<'_>) {
    let Some(At { at, .. }) = group.quorum.value() else {
        return;
    };
    if quorum == 0 {
        mistakes
            .error(*at, "a quorum of 0 would ask people and not wait for them")
            .suggest("leave the group out, or ask for at least 1");
    } else if quorum as usize > people && people > 0 {
        mistakes.error(
            *at,
            format!("the quorum of the group {:?} is {quorum}, but only {people} are in it", group.role),
        );
    }
}

fn silence(
    level: &read::Level,
    rule: &Surroundings<'_>,
    directory: &mut Directory,
    mistakes: &mut Mistakes<'_>,
) -> Silence {
    let given = level.terms.on_silence.or(&rule.terms.on_silence);
    let means = match given {
        Given::Is(word) => word.value,
        Given::Absent => OnSilence::Reject,
        Given::Broken => return Silence::Reject,
    };
    let at = given.value().map_or(level.at, |word| word.at);
    match (means, &level.escalate) {
        (OnSilence::Escalate, Given::Is(escalate)) => {
            let group = compile_group(&escalate.value.group, directory, mistakes);
            let deadline_seconds = value(&escalate.value.deadline).unwrap_or(1);
            return Silence::Escalate(Box::new(Escalation { group, deadline_seconds }));
        }
        (OnSilence::Escalate, Given::Absent) => {
            mistakes
                .error(level.at, format!("silence escalates at the level {:?}, but to nobody", level.name))
                .suggest("add [rule.level.escalate] with role, approvers and deadline below the level");
        }
        (OnSilence::Reject | OnSilence::Approve, Given::Is(escalate)) => {
            let word = if means == OnSilence::Approve { "approve" } else { "reject" };
            mistakes
                .error(escalate.at, format!("there is an escalation, but on_silence is {word:?}"))
                .suggest("write on_silence = \"escalate\" at the level, or leave the escalation out");
        }
        _ => {}
    }
    if means == OnSilence::Approve && !rule.low_risk {
        mistakes
            .error(at, "silence may approve only where little is at risk")
            .suggest("if that is so, write low_risk = true at the rule");
    }
    if means == OnSilence::Approve { Silence::Approve } else { Silence::Reject }
}

fn check_reminders(
    level: &read::Level,
    rule: &Surroundings<'_>,
    compiled: &Level,
    mistakes: &mut Mistakes<'_>,
) {
    let own = level.terms.remind.value();
    let Some(times) = own.or(rule.terms.remind.value()) else {
        return;
    };
    let name = &compiled.name;
    let mut seen = Vec::new();
    for At { value: seconds, at } in &times.value {
        if seen.contains(&seconds) {
            mistakes.error(*at, "this reminder is there twice");
        } else if compiled.ends_after_seconds().is_some_and(|end| *seconds >= end) {
            let mistake =
                mistakes.error(*at, format!("this reminder comes when the level {name:?} has ended already"));
            if own.is_none() {
                mistake.suggest("give the level its own remind = [...]");
            }
        }
        seen.push(seconds);
    }
}

fn check_people(level: &read::Level, rule: &Surroundings<'_>, compiled: &Level, mistakes: &mut Mistakes<'_>) {
    let written = level.groups.value().map(|groups| groups.value.as_slice()).unwrap_or_default();
    let further = level.escalate.value().map(|escalate| &escalate.value.group);
    let places = written.iter().chain(further).map(place_of_people);
    let groups = compiled.groups.iter().chain(compiled.escalation().map(|escalation| &escalation.group));
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (at, group) in places.zip(groups) {
        for Approver { email, .. } in &group.approvers {
            if let Some(other) = seen.insert(email.person(), &group.role) {
                mistakes
                    .error(
                        at,
                        format!("{email} is in the groups {other:?} and {:?} of one level", group.role),
                    )
                    .suggest("one person's vote counts for one group; leave them out of the other");
            }
        }
    }
    if seen.len() > MAX_PEOPLE {
        let message = format!(
            "the level {:?} asks {} people; at most {MAX_PEOPLE} may be asked",
            level.name,
            seen.len()
        );
        mistakes.error(level.at, message);
    }
    check_size(level, compiled, mistakes);
    check_reject_quorum(level, rule, compiled, mistakes);
}

fn check_size(level: &read::Level, compiled: &Level, mistakes: &mut Mistakes<'_>) {
    let Footprint { messages, bytes } = Footprint::of(compiled);
    if bytes > size::MAX {
        let (kilobytes, most) = (bytes.div_ceil(1024), size::MAX / 1024);
        mistakes
            .error(
                level.at,
                format!(
                    "the level {:?} could send {messages} messages, and its record would take {kilobytes} KB for \
                     them and its votes; at most {most} KB are possible",
                    level.name
                ),
            )
            .suggest("remind less often, or ask fewer people, or by fewer ways");
    }
}

fn place_of_people(group: &read::Group) -> usize {
    group.approvers.value().map_or(group.at, |approvers| approvers.at)
}

fn check_reject_quorum(
    level: &read::Level,
    rule: &Surroundings<'_>,
    compiled: &Level,
    mistakes: &mut Mistakes<'_>,
) {
    let Some(At { value: quorum, at }) = level.terms.reject_quorum.or(&rule.terms.reject_quorum).value()
    else {
        return;
    };
    let people = compiled.approvers().count();
    if *quorum == 0 {
        mistakes
            .error(*at, "a reject_quorum of 0 would reject before anybody has voted")
            .suggest("1 lets one rejection end the level");
    } else if *quorum as usize > people && people > 0 {
        mistakes.error(
            *at,
            format!("reject_quorum is {quorum}, but the level {:?} asks only {people}", compiled.name),
        );
    }
}
