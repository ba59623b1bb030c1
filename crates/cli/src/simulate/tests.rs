//! Policies with every trait, and many at random.

use common::domain::freeze::When;
use common::domain::{
    Approver, Confirmation, DeploymentFacts, Destination, EmailAddress, Escalation, Facts, Freeze,
    GeneralFacts, Glob, Group, LambdaAlias, Level, NamedBy, Plan, Policy, Rollout, Rule, SCHEMA, Silence,
    StateMachine, Strength, Target, separation,
};
use proptest::prelude::*;

use super::{Asked, Moment, Timeline, What, simulate};

fn person(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.com")).unwrap()
}

fn group(role: &str, names: &[&str], quorum: u32) -> Group {
    let approvers = names.iter().map(|name| Approver::at(person(name))).collect();
    Group { role: role.to_owned(), approvers, quorum }
}

/// A level that ends after 100 seconds.
fn level(groups: Vec<Group>) -> Level {
    Level {
        name: "approval".to_owned(),
        groups,
        named_by: NamedBy::Policy,
        deadline_seconds: Some(100),
        remind_after_seconds: Vec::new(),
        confirmation: Confirmation::Phrase,
        self_approval: false,
        same_person: false,
        reject_quorum: 1,
        silence: Silence::Reject,
        strength: Strength::Link,
        mail: true,
        slack: None,
    }
}

fn policy(levels: Vec<Level>) -> Policy {
    let any = || vec![Glob::any()];
    let rule = Rule {
        name: "all".to_owned(),
        service: any(),
        environment: any(),
        kind: any(),
        amount_up_to: Vec::new(),
        supersede: true,
        levels,
    };
    Policy {
        schema: SCHEMA,
        protected_environments: Vec::new(),
        rules: vec![rule],
        targets: Vec::new(),
        freezes: Vec::new(),
    }
}

fn asked_by(name: &str) -> Asked {
    let facts = DeploymentFacts {
        service_name: "checkout".to_owned(),
        version: "2.4.1".to_owned(),
        environment: "production".to_owned(),
        change_log: None,
    };
    Asked { facts: Facts::Deployment(facts), requested_by: Some(person(name)) }
}

fn timeline(levels: Vec<Level>) -> Timeline {
    simulate(&policy(levels), &asked_by("dev")).unwrap()
}

/// Seconds, what, and to whom, for one level.
fn told(level: &super::LevelTimeline) -> Vec<String> {
    let line = |moment: &Moment| {
        let names: Vec<_> =
            moment.people.iter().map(|person| person.as_str().split('@').next().unwrap()).collect();
        format!("{} {:?} {}", moment.after_seconds, moment.what, names.join(" ")).trim_end().to_owned()
    };
    level.silence.iter().map(line).collect()
}

#[test]
fn whoever_is_needed_later_is_kept_and_whoever_voted_is_out() {
    let timeline = timeline(vec![
        level(vec![group("first", &["ana", "bob", "dev"], 1)]),
        level(vec![group("second", &["bob", "ana", "eve"], 1)]),
        level(vec![group("third", &["ana"], 1)]),
    ]);
    let excluded = |number: usize| -> Vec<_> {
        let groups = timeline.levels[number].groups.iter();
        groups
            .flat_map(|group| &group.excluded)
            .map(|excluded| (excluded.approver.as_str(), excluded.why, excluded.level))
            .collect()
    };
    assert_eq!(
        excluded(0),
        [("ana@example.com", "needed_at_later_level", Some(3)), ("dev@example.com", "self_approval", None)]
    );
    assert_eq!(timeline.levels[0].approved_by, [person("bob")]);
    assert_eq!(
        excluded(1),
        [
            ("bob@example.com", "voted_at_earlier_level", Some(1)),
            ("ana@example.com", "needed_at_later_level", Some(3))
        ]
    );
    assert_eq!(excluded(2), []);
    assert_eq!(timeline.levels[2].approved_by, [person("ana")]);
}

#[test]
fn whoever_is_brought_in_late_is_not_reminded_of_what_came_before() {
    let mut asks = level(vec![group("manager", &["ana", "bob"], 1)]);
    asks.remind_after_seconds = vec![40, 120];
    asks.silence =
        Silence::Escalate(Box::new(Escalation { group: group("head", &["eve"], 1), deadline_seconds: 50 }));
    assert_eq!(
        told(&timeline(vec![asks]).levels[0]),
        [
            "0 Asks ana bob",
            "40 Reminds ana bob",
            "100 Escalates eve",
            "100 Tells ana bob",
            "120 Reminds ana bob eve",
            "150 Expires"
        ]
    );
}

#[test]
fn a_reminder_at_the_time_of_the_escalation_is_one_message() {
    let mut asks = level(vec![group("manager", &["ana"], 1)]);
    asks.remind_after_seconds = vec![100, 1];
    asks.silence = Silence::Escalate(Box::new(Escalation {
        group: group("head", &["eve", "dev"], 1),
        deadline_seconds: 50,
    }));
    let timeline = timeline(vec![asks]);
    assert_eq!(
        told(&timeline.levels[0]),
        ["0 Asks ana", "1 Reminds ana", "100 Escalates eve", "100 Tells ana", "150 Expires"]
    );
    let further = timeline.levels[0].escalation.as_ref().unwrap();
    assert_eq!((further.approvers.len(), further.excluded[0].why), (1, "self_approval"));
}

#[test]
fn silence_approves_only_where_the_level_says_so() {
    let mut approves = level(vec![group("developer", &["ana"], 1)]);
    approves.silence = Silence::Approve;
    let timeline = timeline(vec![approves, level(vec![group("manager", &["bob"], 1)])]);
    assert_eq!(told(&timeline.levels[0]).last().unwrap(), "100 Approves");
    assert_eq!(told(&timeline.levels[1]).last().unwrap(), "100 Expires");
}

#[test]
fn a_dead_end_is_found_before_anybody_is_asked() {
    let levels = vec![level(vec![group("first", &["ana"], 1)]), level(vec![group("second", &["dev"], 1)])];
    let timeline = timeline(levels);
    let dead_end = timeline.dead_end.unwrap();
    assert_eq!((dead_end.level, dead_end.role.as_str()), (2, "second"));
    assert!(dead_end.message.contains("dev@example.com asked for this"), "{}", dead_end.message);
    assert!(timeline.levels.is_empty());
}

fn target(service: &str, alias: &str) -> Target {
    let to =
        Destination::Lambda(LambdaAlias { function: "checkout".to_owned(), alias: alias.to_owned() }.into());
    let rollout = Rollout { to, max_age_seconds: Some(86_400), poll_seconds: 15, limit_seconds: 3_600 };
    Target::of_deployments(vec![Glob::parse(service).unwrap()], vec![Glob::any()], rollout)
}

#[test]
fn the_first_target_that_matches_is_where_it_goes_with_and_without_an_approval() {
    let targets = vec![target("search", "search"), target("check*", "live"), target("*", "rest")];
    for levels in [vec![level(vec![group("manager", &["ana"], 1)])], Vec::new()] {
        let policy = Policy { targets: targets.clone(), ..policy(levels) };
        let timeline = simulate(&policy, &asked_by("dev")).unwrap();
        assert_eq!(timeline.target.as_ref(), Some(&targets[1].rollout));
        let end = "\nthen: alias live of the function checkout, at most 24h after its first approval\n";
        assert!(timeline.to_string().ends_with(end), "{timeline}");
    }
}

#[test]
fn the_freezes_that_it_waits_for_are_named() {
    let freeze = |name: &str, environment: &str| Freeze {
        name: name.to_owned(),
        service: vec![Glob::any()],
        environment: vec![Glob::parse(environment).unwrap()],
        except_services: Vec::new(),
        zone: "UTC".to_owned(),
        when: When::Once {
            starts: "2026-12-20T00:00".parse().unwrap(),
            ends: "2027-01-04T08:00".parse().unwrap(),
        },
    };
    let freezes = vec![freeze("weekend", "prod*"), freeze("tests", "staging"), freeze("year's end", "*")];
    let without_target = Policy { freezes, ..policy(Vec::new()) };
    assert!(simulate(&without_target, &asked_by("dev")).unwrap().freezes.is_empty());
    let policy = Policy { targets: vec![target("*", "live")], ..without_target };
    let timeline = simulate(&policy, &asked_by("dev")).unwrap();
    assert_eq!(timeline.freezes, ["weekend", "year's end"]);
    let end = "\n      not while a freeze holds: \"weekend\", \"year's end\"\n";
    assert!(timeline.to_string().ends_with(end), "{timeline}");
}

#[test]
fn without_a_target_nothing_is_deployed() {
    let policy = Policy { targets: vec![target("search", "search")], ..policy(Vec::new()) };
    let timeline = simulate(&policy, &asked_by("dev")).unwrap();
    assert_eq!(timeline.target, None);
    let end = "\nthen: nothing is deployed, because no target is about it\n";
    assert!(timeline.to_string().ends_with(end), "{timeline}");
}

/// What is about deployments is about nothing else, whatever that calls itself.
#[test]
fn a_subject_goes_where_the_target_of_its_kind_leads() {
    let machine = StateMachine {
        state_machine: "arn:aws:states:eu-west-1:123456789012:stateMachine:release".to_owned(),
    };
    let to = Destination::StepFunctions(machine);
    let rollout = Rollout { to, max_age_seconds: None, poll_seconds: 15, limit_seconds: 3_600 };
    let release = Target::of_subjects(vec![Glob::parse("data release").unwrap()], rollout);
    let policy = Policy { targets: vec![target("*", "live"), release], ..policy(Vec::new()) };
    let of_kind = |kind: &str| {
        let facts = Facts::General(GeneralFacts::titled(Some(kind), "Orders of May"));
        simulate(&policy, &Asked { facts, requested_by: None }).unwrap()
    };
    let timeline = of_kind("deployment");
    assert_eq!(timeline.target, None);
    assert!(!timeline.to_string().contains("then:"), "{timeline}");
    let timeline = of_kind("data release");
    assert_eq!(timeline.target.as_ref(), Some(&policy.targets[1].rollout));
    assert!(timeline.to_string().ends_with("\nthen: execution of the state machine release\n"), "{timeline}");
}

#[test]
fn what_can_never_be_approved_goes_nowhere() {
    let policy = Policy {
        targets: vec![target("*", "live")],
        ..policy(vec![level(vec![group("manager", &["dev"], 1)])])
    };
    let timeline = simulate(&policy, &asked_by("dev")).unwrap();
    assert_eq!((timeline.dead_end.is_some(), timeline.target), (true, None));
}

const NAMES: [&str; 6] = ["ana", "bob", "cyd", "dev", "eve", "fay"];

fn any_group() -> impl Strategy<Value = Group> {
    prop::sample::subsequence(NAMES.to_vec(), 1..=NAMES.len()).prop_flat_map(|names| {
        let most = u32::try_from(names.len().min(3)).unwrap();
        (1..=most).prop_map(move |quorum| group("group", &names, quorum))
    })
}

fn any_silence() -> impl Strategy<Value = Silence> {
    prop_oneof![
        Just(Silence::Reject),
        Just(Silence::Approve),
        (any_group(), 1..200_u32).prop_map(|(group, deadline_seconds)| {
            Silence::Escalate(Box::new(Escalation { group, deadline_seconds }))
        }),
    ]
}

fn any_level() -> impl Strategy<Value = Level> {
    let groups = prop::collection::vec(any_group(), 1..3);
    let reminders = prop::collection::vec(1..300_u32, 0..4);
    (groups, reminders, any_silence(), prop::bool::weighted(0.2), prop::bool::weighted(0.2)).prop_map(
        |(groups, reminders, silence, self_approval, same_person)| {
            let mut level = level(groups);
            // Nobody is in two groups of a level.
            let mut seen = std::collections::BTreeSet::new();
            for group in &mut level.groups {
                group.approvers.retain(|approver| seen.insert(approver.email.clone()));
                group.quorum = group.quorum.min(u32::try_from(group.approvers.len()).unwrap());
            }
            level.groups.retain(|group| !group.approvers.is_empty());
            level.silence = silence;
            if let Silence::Escalate(escalation) = &mut level.silence {
                escalation.group.approvers.retain(|approver| !seen.contains(&approver.email));
            }
            level.remind_after_seconds = reminders;
            let end = level.ends_after_seconds().unwrap();
            level.remind_after_seconds.retain(|after| *after < end);
            Level { self_approval, same_person, ..level }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// What the check lets pass is reachable: every level opens and can be approved, whoever asks.
    #[test]
    fn what_can_be_approved_opens_every_level(
        levels in prop::collection::vec(any_level(), 1..5),
        requester in prop::sample::select(NAMES.to_vec()),
    ) {
        let asked = asked_by(requester);
        let reachable = separation::check(&levels, asked.requested_by.as_ref()).is_ok();
        let timeline = simulate(&policy(levels.clone()), &asked).unwrap();
        prop_assert_eq!(timeline.dead_end.is_none(), reachable);
        prop_assert_eq!(timeline.levels.len(), if reachable { levels.len() } else { 0 });
    }

    /// Silence ends when the level says, in as many waits as it says, and nobody gets two messages at once.
    #[test]
    fn silence_ends_when_the_level_says(level in any_level()) {
        let asked = asked_by("zoe");
        prop_assume!(separation::check(std::slice::from_ref(&level), asked.requested_by.as_ref()).is_ok());
        let end = level.ends_after_seconds();
        let waits = level.waits();
        let timeline = simulate(&policy(vec![level]), &asked).unwrap();
        let moments = &timeline.levels[0].silence;
        let last = moments.last().unwrap();
        prop_assert_eq!(Some(last.after_seconds), end);
        prop_assert!(matches!(last.what, What::Expires | What::Approves));
        let mut times: Vec<_> = moments.iter().map(|moment| moment.after_seconds).collect();
        prop_assert!(times.is_sorted());
        times.dedup();
        prop_assert!(times.len() <= waits + 1 && waits <= Plan::MAX_WAITS as usize);
        for pair in moments.windows(2) {
            let both = pair[0].after_seconds == pair[1].after_seconds;
            prop_assert!(!both || !pair[0].people.iter().any(|person| pair[1].people.contains(person)));
        }
    }
}
