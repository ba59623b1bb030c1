//! Rules, their levels and their groups as they are written.

use common::domain::{Confirmation, Glob, Strength};

use super::keys::{Given, Keys};
use super::{Escalate, Group, Level, Mistakes, OnSilence, Patterns, Rule, Terms, slack, values};

const ON_SILENCE: [(&str, OnSilence); 3] =
    [("reject", OnSilence::Reject), ("escalate", OnSilence::Escalate), ("approve", OnSilence::Approve)];

const CONFIRM: [(&str, Confirmation); 2] =
    [("phrase", Confirmation::Phrase), ("button", Confirmation::Button)];

const STRENGTH: [(&str, Strength); 2] = [("link", Strength::Link), ("slack", Strength::Slack)];

/// `[[rule]]`
pub(super) fn rules(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Rule>> {
    let given = file.tables("rule", "a rule", mistakes);
    each(given, |keys| rule(keys, mistakes))
}

fn rule(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Rule {
    let name = values::name(&mut keys, "name", "the name of a rule", mistakes);
    let patterns = patterns(&mut keys, mistakes);
    let rule = Rule {
        at: keys.at,
        name,
        patterns,
        amount_up_to: values::amounts(&mut keys, "amount_up_to", mistakes),
        terms: terms(&mut keys, mistakes),
        low_risk: keys.flag("low_risk", mistakes),
        supersede: keys.flag("supersede", mistakes).value().is_none_or(|flag| flag.value),
        levels: levels(&mut keys, mistakes),
    };
    let elsewhere = [
        ("group", "a level of the rule: write [[rule.level]] first"),
        ("escalate", "a level of the rule: [rule.level.escalate]"),
        ("approvers", "a group of a level: [[rule.level.group]]"),
        ("quorum", "a group of a level: [[rule.level.group]]"),
        ("target", "the file: [[target]], with a service and an environment of its own"),
        ("subject_kind", "a target: [[target]]; a rule is chosen by kind"),
        ("function", "a target: [[target]]"),
        ("alias", "a target: [[target]]"),
        ("steps", "a target: [[target]]"),
        ("alarms", "a target: [[target]]"),
        ("freeze", "the file: [[freeze]], with a service and an environment of its own"),
    ];
    keys.refuse_others(&elsewhere, mistakes);
    rule
}

fn patterns(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Patterns> {
    let before = mistakes.errors();
    let mut globs = |key| values::globs(keys, key, vec![Glob::any()], mistakes);
    let patterns =
        Patterns { service: globs("service"), environment: globs("environment"), kind: globs("kind") };
    (mistakes.errors() == before).then_some(patterns)
}

fn levels(rule: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Level>> {
    let given = rule.tables("level", "a level", mistakes);
    each(given, |keys| level(keys, mistakes))
}

fn level(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Level {
    let name = values::name(&mut keys, "name", "the name of a level", mistakes);
    let terms = terms(&mut keys, mistakes);
    let groups = keys.tables("group", "a group", mistakes);
    let groups = each(groups, |keys| group(keys, Some(&name), mistakes));
    let escalate = keys.table("escalate", "an escalation", mistakes);
    let escalate = escalate.and(|keys| Some(escalation(keys.value, mistakes)));
    let level = Level { at: keys.at, name, terms, groups, escalate };
    let elsewhere = [
        ("low_risk", "the rule: it holds for all its levels"),
        ("supersede", "the rule: it holds for all its levels"),
        ("approvers", "a group of the level: [[rule.level.group]]"),
        ("quorum", "a group of the level: [[rule.level.group]]"),
        ("role", "a group of the level: [[rule.level.group]]"),
    ];
    keys.refuse_others(&elsewhere, mistakes);
    level
}

fn terms(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Terms {
    Terms {
        deadline: values::duration(keys, "deadline", mistakes),
        remind: values::durations(keys, "remind", mistakes),
        on_silence: values::word(keys, "on_silence", &ON_SILENCE, mistakes),
        confirm: values::word(keys, "confirm", &CONFIRM, mistakes),
        self_approval: keys.flag("self_approval", mistakes),
        same_person: keys.flag("same_person", mistakes),
        reject_quorum: keys.number("reject_quorum", mistakes),
        channels: slack::channels(keys, mistakes),
        slack_channel: slack::channel(keys, mistakes),
        slack_direct: keys.flag("slack_direct", mistakes),
        strength: values::word(keys, "strength", &STRENGTH, mistakes),
    }
}

/// A group whose role is the level's name, unless it says otherwise.
fn group(mut keys: Keys<'_, '_>, level: Option<&str>, mistakes: &mut Mistakes<'_>) -> Group {
    let group = members(&mut keys, level, mistakes);
    let elsewhere = [
        ("deadline", "the level or the rule, or to [rule.level.escalate]"),
        ("remind", "the level or the rule"),
        ("confirm", "the level or the rule"),
        ("reject_quorum", "the level or the rule"),
        ("channels", "the level or the rule"),
        ("slack_channel", "the level or the rule"),
        ("slack_direct", "the level or the rule"),
        ("strength", "the level or the rule"),
    ];
    keys.refuse_others(&elsewhere, mistakes);
    group
}

fn escalation(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Escalate {
    let group = members(&mut keys, None, mistakes);
    let deadline = values::duration(&mut keys, "deadline", mistakes);
    if deadline == Given::Absent {
        mistakes
            .error(keys.at, "an escalation has no deadline")
            .suggest("add deadline = \"8h\": how long everyone has from then on");
    }
    keys.refuse_others(&[("remind", "the level: its reminders go on after the escalation")], mistakes);
    Escalate { group, deadline }
}

fn members(keys: &mut Keys<'_, '_>, level: Option<&str>, mistakes: &mut Mistakes<'_>) -> Group {
    let role = match level {
        None => values::name(keys, "role", "the role of an escalation", mistakes),
        Some(level) => values::optional_name(keys, "role", "the role of a group", mistakes)
            .value()
            .map_or_else(|| level.to_owned(), |role| role.value.clone()),
    };
    let approvers = keys.texts("approvers", mistakes);
    if approvers == Given::Absent {
        mistakes
            .error(keys.at, format!("the group {role:?} has no approvers"))
            .suggest("add approvers = [...] with names of people or teams");
    }
    Group { at: keys.at, role, approvers, quorum: keys.number("quorum", mistakes) }
}

fn each<'a, 'i, T>(given: Given<Vec<Keys<'a, 'i>>>, read: impl FnMut(Keys<'a, 'i>) -> T) -> Given<Vec<T>> {
    given.and(|tables| Some(tables.value.into_iter().map(read).collect()))
}
