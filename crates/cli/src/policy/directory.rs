//! Whom the names in a policy file stand for.

use std::collections::{BTreeMap, BTreeSet};

use common::domain::{Approver, EmailAddress};

use super::mistakes::Mistakes;
use super::read::{At, Person, Team};
use super::suggest::instead;

/// The people and teams that a file declares, and which of them it uses.
pub(super) struct Directory {
    people: BTreeMap<String, Entry<Option<Approver>>>,
    teams: BTreeMap<String, Entry<Vec<String>>>,
    /// Teams whose members are noted as a mistake.
    broken_teams: BTreeSet<String>,
    incomplete: usize,
}

struct Entry<T> {
    at: usize,
    used: bool,
    value: T,
}

/// The people behind some names.
pub(super) struct Resolved {
    /// Each person once, in the order of the names.
    pub(super) approvers: Vec<Approver>,
    /// Whether that is everyone: no name is noted as a mistake.
    pub(super) complete: bool,
}

impl Directory {
    /// Declares everyone, and notes what is wrong with that.
    pub(super) fn of(people: Vec<Person>, teams: Vec<Team>, mistakes: &mut Mistakes<'_>) -> Self {
        refuse_shared_addresses(&people, mistakes);
        let mut directory = Self {
            people: BTreeMap::new(),
            teams: BTreeMap::new(),
            broken_teams: BTreeSet::new(),
            incomplete: 0,
        };
        for Person { key, email, name, slack } in people {
            let slack = slack.map(|id| id.value);
            let value = email.map(|email| Approver { email: email.value, name, slack });
            directory.people.insert(key.value, Entry { at: key.at, used: false, value });
        }
        for Team { key, members } in teams {
            if directory.people.contains_key(&key.value) {
                mistakes
                    .error(key.at, format!("{:?} is the name of a person and of a team", key.value))
                    .suggest("give the team another name, so that it is clear who is meant");
            }
            match members.value() {
                Some(members) => {
                    let value = directory.members(&key.value, &members.value, mistakes);
                    directory.teams.insert(key.value, Entry { at: key.at, used: false, value });
                }
                None => {
                    directory.broken_teams.insert(key.value);
                }
            }
        }
        directory
    }

    fn members(&mut self, team: &str, names: &[At<String>], mistakes: &mut Mistakes<'_>) -> Vec<String> {
        let mut members = Vec::new();
        for name in names {
            if let Some(person) = self.people.get_mut(&name.value) {
                person.used = true;
                members.push(name.value.clone());
                continue;
            }
            self.broken_teams.insert(team.to_owned());
            let mistake = mistakes.error(name.at, format!("no person is called {:?}", name.value));
            mistake.suggestion = if self.teams.contains_key(&name.value) {
                Some("a team lists people, not other teams".to_owned())
            } else {
                instead(&name.value, self.people.keys().map(String::as_str), "declared are")
            };
        }
        members
    }

    /// The people behind names of people and teams; notes those that stand for nobody.
    pub(super) fn resolve(&mut self, names: &[At<String>], mistakes: &mut Mistakes<'_>) -> Resolved {
        let mut resolved = Resolved { approvers: Vec::new(), complete: true };
        let mut seen = BTreeSet::new();
        for name in names {
            let people = match self.teams.get_mut(&name.value) {
                Some(team) => {
                    team.used = true;
                    resolved.complete &= !self.broken_teams.contains(&name.value);
                    team.value.clone()
                }
                None => vec![name.value.clone()],
            };
            for person in people {
                if let Some(entry) = self.people.get_mut(&person) {
                    entry.used = true;
                    resolved.complete &= entry.value.is_some();
                    let new = |approver: &Approver| seen.insert(approver.email.person());
                    resolved.approvers.extend(entry.value.clone().filter(new));
                } else {
                    resolved.complete = false;
                    self.refuse_unknown(name, mistakes);
                }
            }
        }
        self.incomplete += usize::from(!resolved.complete);
        resolved
    }

    /// How often somebody could not be found; the same number before and after a step says that everybody was.
    pub(super) fn incomplete(&self) -> usize {
        self.incomplete
    }

    fn refuse_unknown(&self, name: &At<String>, mistakes: &mut Mistakes<'_>) {
        if self.broken_teams.contains(&name.value) {
            return;
        }
        let mistake = mistakes.error(name.at, format!("no person or team is called {:?}", name.value));
        mistake.suggestion = if EmailAddress::parse(&name.value).is_ok() {
            Some(
                "approvers are names: declare the address once, under [people.NAME], and write NAME here"
                    .to_owned(),
            )
        } else {
            let known = self.people.keys().chain(self.teams.keys()).map(String::as_str);
            instead(&name.value, known, "declared are")
        };
    }

    /// Notes whoever is declared and used nowhere.
    pub(super) fn warn_of_unused(&self, mistakes: &mut Mistakes<'_>) {
        for (name, entry) in self.people.iter().filter(|(_, entry)| !entry.used) {
            mistakes.warning(entry.at, format!("the person {name:?} is used nowhere"));
        }
        for (name, entry) in self.teams.iter().filter(|(_, entry)| !entry.used) {
            mistakes.warning(entry.at, format!("the team {name:?} is used nowhere"));
        }
    }
}

/// Two names for one person would let that person count twice.
fn refuse_shared_addresses(people: &[Person], mistakes: &mut Mistakes<'_>) {
    let mut declared: BTreeMap<String, (&str, &EmailAddress)> = BTreeMap::new();
    for person in people {
        let Some(At { value: email, at }) = &person.email else {
            continue;
        };
        let key = person.key.value.as_str();
        if let Some((other, address)) = declared.get(&email.person()) {
            let mistake = mistakes.error(*at, format!("{email} is the same person as {other:?} ({address})"));
            mistake.suggest(if *address == email {
                format!("declare the address once, and write {other:?} where {key:?} is meant")
            } else {
                "what follows a + before the @ does not make another person".to_owned()
            });
        } else {
            declared.insert(email.person(), (key, email));
        }
    }
}
