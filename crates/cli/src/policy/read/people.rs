//! People and teams as they are declared.

use common::domain::EmailAddress;
use toml::de::DeValue;

use super::keys::{Given, Keys};
use super::values::{is_name, optional_name};
use super::{At, Mistakes, Person, Team};

/// `[people.*]`
pub(super) fn people(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Person> {
    let Given::Is(people) = file.table("people", "people", mistakes) else {
        return Vec::new();
    };
    let mut declared = Vec::new();
    for (key, value) in people.value.entries() {
        if let DeValue::Table(table) = value.get_ref() {
            let keys = Keys::of(table, key.at, "a person");
            declared.push(person(key, keys, mistakes));
        } else {
            mistakes
                .error(key.at, format!("the person {:?} must be a table", key.value))
                .suggest(format!("write [people.{}] and below it email = \"...\"", key.value));
            declared.push(Person { key, email: None, name: None, slack: None });
        }
    }
    declared
}

fn person(key: At<String>, mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Person {
    is_name("a person's key", &key, mistakes);
    let email = match keys.text("email", mistakes) {
        Given::Is(text) => address(&text, mistakes),
        Given::Broken => None,
        Given::Absent => {
            mistakes
                .error(key.at, format!("{:?} has no email address", key.value))
                .suggest("add email = \"name@example.com\"");
            None
        }
    };
    let name = optional_name(&mut keys, "name", "a person's name", mistakes);
    let slack = keys.text("slack", mistakes).and(|id| slack_id(id, mistakes));
    keys.refuse_others(&[], mistakes);
    Person { key, email, name: name.value().map(|name| name.value.clone()), slack: slack.value().cloned() }
}

fn address(text: &At<String>, mistakes: &mut Mistakes<'_>) -> Option<At<EmailAddress>> {
    match EmailAddress::parse(&text.value) {
        Ok(value) => Some(At { value, at: text.at }),
        Err(error) => {
            mistakes.error(text.at, format!("{:?} {error}", text.value));
            None
        }
    }
}

fn slack_id(id: At<String>, mistakes: &mut Mistakes<'_>) -> Option<String> {
    let mut bytes = id.value.bytes();
    let first = bytes.next().is_some_and(|byte| matches!(byte, b'U' | b'W'));
    let rest = bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if first && rest && (3..=21).contains(&id.value.len()) {
        return Some(id.value);
    }
    mistakes.error(id.at, format!("{:?} is not the id of a Slack user", id.value)).suggest(
        "it starts with U or W, such as U012AB3CD; Slack shows it in the person's profile, under More",
    );
    None
}

/// `[teams]`
pub(super) fn teams(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Team> {
    let Given::Is(teams) = file.table("teams", "the teams", mistakes) else {
        return Vec::new();
    };
    let mut declared = Vec::new();
    for (key, value) in teams.value.entries() {
        is_name("a team's name", &key, mistakes);
        let members = teams.value.list(&key.value, Some(value), mistakes);
        if members.value().is_some_and(|members| members.value.is_empty()) {
            mistakes.error(key.at, format!("nobody is in the team {:?}", key.value));
        }
        declared.push(Team { key, members });
    }
    declared
}
