//! Who may serve where.

use proptest::prelude::*;

use super::*;
use crate::domain::samples::{escalating, group, level, person};

fn levels(groups: &[(&[&str], u32)]) -> Vec<Level> {
    let roles = ["manager", "security", "board", "owner"];
    groups.iter().zip(roles).map(|((names, quorum), role)| level(vec![group(role, names, *quorum)])).collect()
}

fn served(names: &[&str], at: u32) -> Vec<Served> {
    names.iter().map(|name| Served { approver: person(name), level: at }).collect()
}

fn excluded(levels: &[Level], number: u32, served: &[Served]) -> Vec<(String, Why)> {
    let found = exclusions(levels, number, Some(&person("dev")), served).unwrap();
    found.into_iter().map(|excluded| (excluded.approver.to_string(), excluded.why)).collect()
}

#[test]
fn a_level_that_only_the_requester_could_approve_is_a_dead_end() {
    let mut only_dev = levels(&[(&["dev"], 1)]);
    let dead_end = check(&only_dev, Some(&person("dev"))).unwrap_err();
    assert_eq!(
        (dead_end.level, dead_end.role.as_str(), dead_end.requester),
        (1, "manager", Some(person("dev")))
    );
    assert_eq!(check(&only_dev, Some(&person("ana"))), Ok(()));
    assert_eq!(check(&only_dev, None), Ok(()));
    only_dev[0].self_approval = true;
    assert_eq!(check(&only_dev, Some(&person("dev"))), Ok(()));
}

#[test]
fn case_34_another_address_of_the_requester_is_the_requester() {
    let asked = EmailAddress::parse("Dev+ci@example.com").unwrap();
    assert!(check(&levels(&[(&["dev"], 1)]), Some(&asked)).is_err());
}

#[test]
fn a_quorum_beyond_the_group_is_a_dead_end() {
    let of = |names: &[&str], quorum| {
        check(&levels(&[(&["ana"], 1), (names, quorum)]), None).map_err(|end| end.role)
    };
    let short = check(&levels(&[(&["ana"], 3)]), Some(&person("dev"))).unwrap_err();
    assert_eq!(short.requester, None, "who asked is not why");
    assert_eq!(of(&["eve", "bob"], 2), Ok(()));
    assert_eq!(of(&["eve", "bob"], 3), Err("security".to_owned()));
    assert_eq!(of(&["eve", "eve"], 2), Err("security".to_owned()), "one person is one");
    assert_eq!(of(&[], 1), Err("security".to_owned()));
    assert_eq!(of(&["eve"], 0), Err("security".to_owned()), "a group that nobody has to approve for");
    assert!(check(&[level(Vec::new())], None).is_err(), "a level without a group");
}

#[test]
fn nobody_can_fill_two_levels() {
    let one_for_both = levels(&[(&["ana"], 1), (&["ana"], 1)]);
    let dead_end = check(&one_for_both, None).unwrap_err();
    assert_eq!((dead_end.level, &*dead_end.elsewhere), (2, [person("ana")].as_slice()));
    let mut allowed = one_for_both;
    allowed[1].same_person = true;
    assert_eq!(check(&allowed, None), Ok(()));
    // Ana, Bob and Cyd have four seats to fill.
    assert!(check(&levels(&[(&["ana", "bob", "cyd"], 2), (&["ana", "bob", "cyd"], 2)]), None).is_err());
}

#[test]
fn a_dead_end_says_which_level_which_group_and_why() {
    let both = levels(&[(&["dev", "ana"], 1), (&["ana", "dev"], 1)]);
    let sentence = check(&both, Some(&person("dev"))).unwrap_err().to_string();
    assert_eq!(
        sentence,
        "level 2 (\"approval\") needs 1 of its group \"security\", which cannot be reached: dev@example.com asked for this, \
         and requesters may not approve their own request; nobody may serve at two levels, which concerns ana@example.com; the group has only \
         ana@example.com"
    );
}

#[test]
fn who_voted_at_an_earlier_level_may_not_vote_again() {
    let levels = levels(&[(&["ana", "bob"], 1), (&["ana", "eve"], 1)]);
    assert_eq!(excluded(&levels, 1, &[]), []);
    let voted = ("ana@example.com".to_owned(), Why::VotedAt { level: 1 });
    assert_eq!(excluded(&levels, 2, &served(&["ana"], 1)), [voted]);
    assert_eq!(excluded(&levels, 2, &served(&["bob"], 1)), []);
}

#[test]
fn who_is_needed_later_is_kept_for_it() {
    let levels = levels(&[(&["ana", "bob"], 1), (&["ana"], 1)]);
    assert_eq!(excluded(&levels, 1, &[]), [("ana@example.com".to_owned(), Why::NeededAt { level: 2 })]);
    // Of three, only as many as are needed; those whom no other level asks come first.
    let levels = self::levels(&[(&["ana", "bob", "cyd"], 1), (&["ana", "bob", "eve"], 2)]);
    assert_eq!(excluded(&levels, 1, &[]).len(), 1);
}

#[test]
fn a_level_outside_of_the_separation_excludes_nobody_and_takes_nobody() {
    let mut levels = levels(&[(&["ana", "bob"], 1), (&["ana"], 1), (&["bob", "ana", "eve"], 1)]);
    levels[1].same_person = true;
    assert_eq!(excluded(&levels, 1, &[]), []);
    assert_eq!(excluded(&levels, 2, &served(&["ana"], 1)), []);
    let voted = |name: &str| (format!("{name}@example.com"), Why::VotedAt { level: 1 });
    let both = [served(&["bob"], 1), served(&["ana"], 2)].concat();
    assert_eq!(excluded(&levels, 3, &both), [voted("bob")]);
}

#[test]
fn people_whom_silence_would_bring_in_are_kept_as_well() {
    let mut second = level(vec![group("board", &["hana"], 1)]);
    second.name = "board".to_owned();
    assert_eq!(
        excluded(&[escalating(), second], 1, &[]),
        [("hana@example.com".to_owned(), Why::NeededAt { level: 2 })]
    );
}

const PEOPLE: [&str; 6] = ["ana", "bob", "cyd", "dev", "eve", "fay"];

fn any_levels() -> impl Strategy<Value = Vec<Level>> {
    let group = (prop::sample::subsequence(PEOPLE.to_vec(), 1..=5), 1..3_u32);
    prop::collection::vec((group, prop::bool::weighted(0.2)), 1..4).prop_map(|groups| {
        let level = |((names, quorum), same_person): ((Vec<&str>, u32), bool)| Level {
            same_person,
            ..level(vec![group_of(&names, quorum)])
        };
        groups.into_iter().map(level).collect()
    })
}

fn group_of(names: &[&str], quorum: u32) -> Group {
    group("any", names, quorum)
}

proptest! {
    /// What `check` lets through never runs into a dead end, whoever of those who may vote does.
    #[test]
    fn a_plan_that_can_be_approved_stays_so(levels in any_levels(), order in Just(PEOPLE.to_vec()).prop_shuffle()) {
        let dev = person("dev");
        prop_assume!(check(&levels, Some(&dev)).is_ok());
        let mut votes: Vec<Served> = Vec::new();
        for (number, level) in (1..).zip(&levels) {
            let excluded = exclusions(&levels, number, Some(&dev), &votes);
            prop_assert!(excluded.is_ok(), "level {number}: {excluded:?}");
            let excluded = excluded.unwrap();
            for group in &level.groups {
                let able: Vec<_> = order
                    .iter()
                    .map(|name| person(name))
                    .filter(|who| group.has(who) && level.admits(who, Some(&dev)))
                    .filter(|who| excluded.iter().all(|other| other.approver != *who))
                    .collect();
                prop_assert!(able.len() >= group.quorum as usize, "level {number}: {able:?}");
                let voting = able.into_iter().take(group.quorum as usize);
                votes.extend(voting.map(|approver| Served { approver, level: number }));
            }
        }
        for (vote, other) in votes.iter().flat_map(|vote| votes.iter().map(move |other| (vote, other))) {
            let separate = |served: &Served| !levels[served.level as usize - 1].same_person;
            if vote.approver == other.approver && separate(vote) && separate(other) {
                prop_assert_eq!(vote.level, other.level, "nobody serves at two levels");
            }
        }
    }
}
