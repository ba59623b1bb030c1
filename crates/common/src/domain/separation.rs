//! Separation of duties: who may not serve at a level because of who asked, and of the other levels.
//!
//! Nobody serves at two levels. So that a level never finds its people used up, those who are needed at a later
//! level are kept for it. A level with `same_person` is outside of this: whoever voted elsewhere may vote there,
//! and voting there keeps nobody from voting elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{EmailAddress, Group, Level, Refusal};

/// Somebody in a level's groups who may not vote there. Frozen when the level is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exclusion {
    /// Who.
    pub approver: EmailAddress,
    /// Why not.
    pub why: Why,
}

/// Why somebody may not vote at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// They voted at this earlier level.
    VotedAt {
        /// Its number.
        level: u32,
    },
    /// This later level has nobody else.
    NeededAt {
        /// Its number.
        level: u32,
    },
}

impl Why {
    /// The refusal that their vote meets.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::VotedAt { level } => Refusal::VotedAtEarlierLevel { level },
            Self::NeededAt { level } => Refusal::NeededAtLaterLevel { level },
        }
    }
}

/// A group that can never reach its quorum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DeadEnd {
    /// The number of its level.
    pub level: u32,
    /// The name of its level.
    pub level_name: String,
    /// Its role.
    pub role: String,
    /// How many of it must approve.
    pub quorum: u32,
    /// Who of it may not, because they asked.
    pub requester: Option<EmailAddress>,
    /// Who else of it could.
    pub able: Box<[EmailAddress]>,
    /// Who of these serve at other levels, or have.
    pub elsewhere: Box<[EmailAddress]>,
}

impl fmt::Display for DeadEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, level_name, role, quorum, .. } = self;
        write!(
            f,
            "level {level} ({level_name:?}) needs {quorum} of its group {role:?}, which cannot be reached: "
        )?;
        let mut reasons = Vec::new();
        if let Some(requester) = &self.requester {
            reasons.push(format!(
                "{requester} asked for this, and requesters may not approve their own request"
            ));
        }
        if !self.elsewhere.is_empty() {
            reasons.push(format!("nobody may serve at two levels, which concerns {}", list(&self.elsewhere)));
        }
        match &*self.able {
            [] => reasons.push("nobody else is in the group".to_owned()),
            able => reasons.push(format!("the group has only {}", list(able))),
        }
        f.write_str(&reasons.join("; "))
    }
}

fn list(people: &[EmailAddress]) -> String {
    people.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join(", ")
}

/// Somebody's vote at an earlier level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Who.
    pub approver: EmailAddress,
    /// At which level.
    pub level: u32,
}

/// Whether every level can be approved by people who may, given who asks.
///
/// # Errors
/// The first group that cannot.
pub fn check(levels: &[Level], requester: Option<&EmailAddress>) -> Result<(), DeadEnd> {
    let mut seating = Seating::new(levels, 1, requester, &[]);
    refuse_empty(levels)?;
    for seat in seating.all() {
        seating.fill(seat, |_| true)?;
    }
    Ok(())
}

/// Who in a level's groups may not vote there, given who asked and who has served at earlier levels.
///
/// # Errors
/// The first group, of this level or a later one, that can no longer reach its quorum.
pub fn exclusions(
    levels: &[Level],
    number: u32,
    requester: Option<&EmailAddress>,
    served: &[Served],
) -> Result<Vec<Exclusion>, DeadEnd> {
    let mut seating = Seating::new(levels, number, requester, served);
    let Some(level) = at(levels, number) else {
        return Ok(Vec::new());
    };
    refuse_empty(levels)?;
    let here: BTreeSet<_> = level.everyone().map(|approver| approver.email.person()).collect();
    let later = seating.seats_where(|seat| seat.level > number);
    // Whoever is only in later levels is taken for them first, so that as few as possible are kept from here.
    for seat in &later {
        seating.try_fill(*seat, |person| !here.contains(person));
    }
    for seat in later.into_iter().chain(seating.seats_where(|seat| seat.level == number)) {
        seating.fill(seat, |_| true)?;
    }
    if level.same_person {
        return Ok(Vec::new());
    }
    let mut seen = BTreeSet::new();
    let excluded =
        level.everyone().filter(|approver| seen.insert(approver.email.person())).filter_map(|approver| {
            let person = approver.email.person();
            let voted = seating.served.get(&person).map(|level| Why::VotedAt { level: *level });
            let needed = || {
                seating.level_of(&person).filter(|level| *level > number).map(|level| Why::NeededAt { level })
            };
            Some(Exclusion { approver: approver.email.clone(), why: voted.or_else(needed)? })
        });
    Ok(excluded.collect())
}

/// A level or a group that nobody has to approve for is a mistake, not an approval.
fn refuse_empty(levels: &[Level]) -> Result<(), DeadEnd> {
    for (number, level) in (1..).zip(levels) {
        let empty = level.groups.iter().find(|group| group.quorum == 0);
        if empty.is_some() || level.groups.is_empty() {
            return Err(DeadEnd {
                level: number,
                level_name: level.name.clone(),
                role: empty.map(|group| group.role.clone()).unwrap_or_default(),
                quorum: 0,
                requester: None,
                able: Box::default(),
                elsewhere: Box::default(),
            });
        }
    }
    Ok(())
}

fn at(levels: &[Level], number: u32) -> Option<&Level> {
    usize::try_from(number).ok()?.checked_sub(1).and_then(|index| levels.get(index))
}

/// One approval that a group needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seat {
    level: u32,
    group: usize,
    number: u32,
}

/// Which person takes which seat; nobody takes two. Seats of levels that are outside of the separation are filled
/// by anyone of their group and taken by nobody.
struct Seating<'a> {
    levels: &'a [Level],
    first: u32,
    requester: Option<&'a EmailAddress>,
    /// Who voted at earlier levels, and where.
    served: BTreeMap<String, u32>,
    taken: BTreeMap<String, Seat>,
}

impl<'a> Seating<'a> {
    fn new(levels: &'a [Level], first: u32, requester: Option<&'a EmailAddress>, served: &[Served]) -> Self {
        let counts = |served: &&Served| at(levels, served.level).is_some_and(|level| !level.same_person);
        let served =
            served.iter().filter(counts).map(|served| (served.approver.person(), served.level)).collect();
        Self { levels, first, requester, served, taken: BTreeMap::new() }
    }

    fn all(&self) -> Vec<Seat> {
        let mut seats = Vec::new();
        for (number, level) in (1..).zip(self.levels).filter(|(number, _)| *number >= self.first) {
            for (index, group) in level.groups.iter().enumerate() {
                seats.extend((0..group.quorum).map(|seat| Seat {
                    level: number,
                    group: index,
                    number: seat,
                }));
            }
        }
        seats
    }

    fn seats_where(&self, wanted: impl Fn(&Seat) -> bool) -> Vec<Seat> {
        self.all().into_iter().filter(wanted).collect()
    }

    fn level_of(&self, person: &str) -> Option<u32> {
        self.taken.get(person).map(|seat| seat.level)
    }

    fn group(&self, seat: Seat) -> Option<(&'a Level, &'a Group)> {
        let level = at(self.levels, seat.level)?;
        Some((level, level.groups.get(seat.group)?))
    }

    /// Who of a seat's group may take it, leaving aside the other seats.
    fn able(&self, seat: Seat) -> Vec<&'a EmailAddress> {
        let Some((level, group)) = self.group(seat) else {
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let may = |person: &&EmailAddress| {
            level.admits(person, self.requester)
                && (level.same_person || !self.served.contains_key(&person.person()))
        };
        group
            .approvers
            .iter()
            .map(|approver| &approver.email)
            .filter(|email| seen.insert(email.person()))
            .filter(may)
            .collect()
    }

    fn fill(&mut self, seat: Seat, may: impl Fn(&str) -> bool + Copy) -> Result<(), DeadEnd> {
        if self.try_fill(seat, may) { Ok(()) } else { Err(self.dead_end(seat)) }
    }

    fn try_fill(&mut self, seat: Seat, may: impl Fn(&str) -> bool + Copy) -> bool {
        let Some((level, _)) = self.group(seat) else {
            return false;
        };
        if level.same_person {
            return self.able(seat).len() > seat.number as usize;
        }
        self.taken.values().any(|taken| *taken == seat) || self.place(seat, may, &mut BTreeSet::new())
    }

    /// Seats somebody, moving others to seats that they can take as well: an augmenting path.
    fn place(&mut self, seat: Seat, may: impl Fn(&str) -> bool + Copy, tried: &mut BTreeSet<String>) -> bool {
        // Whoever is free first: moving others makes long chains.
        let (free, seated): (Vec<_>, Vec<_>) = self
            .able(seat)
            .into_iter()
            .map(EmailAddress::person)
            .partition(|person| !self.taken.contains_key(person));
        for person in free.into_iter().chain(seated) {
            if !may(&person) || !tried.insert(person.clone()) {
                continue;
            }
            let free = match self.taken.get(&person).copied() {
                None => true,
                Some(other) => self.place(other, may, tried),
            };
            if free {
                self.taken.insert(person, seat);
                return true;
            }
        }
        false
    }

    fn dead_end(&self, seat: Seat) -> DeadEnd {
        let (level, group) = match self.group(seat) {
            Some((level, group)) => (level.name.clone(), Some(group)),
            None => (String::new(), None),
        };
        let able = self.able(seat);
        let members = || group.into_iter().flat_map(|group| &group.approvers).map(|approver| &approver.email);
        let requester = self.requester.filter(|requester| {
            members().any(|member| member.is_same_person(requester))
                && !able.iter().any(|able| able.is_same_person(requester))
        });
        let elsewhere = members().filter(|member| {
            let person = member.person();
            self.served.contains_key(&person)
                || self.level_of(&person).is_some_and(|other| other != seat.level)
        });
        DeadEnd {
            level: seat.level,
            level_name: level,
            role: group.map(|group| group.role.clone()).unwrap_or_default(),
            quorum: group.map_or(0, |group| group.quorum),
            requester: requester.cloned(),
            elsewhere: elsewhere.cloned().collect(),
            able: able.into_iter().cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
