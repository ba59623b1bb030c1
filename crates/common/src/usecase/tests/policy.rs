//! What a stored policy makes of an input, a caller and a level.

use serde_json::json;

use super::world::{EXECUTION, World, approved, id_of, input, name_of, now, policy, rule, timed_out};
use crate::adapters::memory::Call;
use crate::contract::TaskErrorName;
use crate::domain::samples::{group, level, person};
use crate::domain::{Choice, Command, Level, NamedBy, Refusal, Request, Resume, Silence, Status};
use crate::usecase::decide::DecideError;

fn of_policy(level: Level) -> Level {
    Level { named_by: NamedBy::Policy, remind_after_seconds: Vec::new(), ..level }
}

/// Ana or Bob, then two of Eve, Sam and Kim.
fn two_levels() -> Vec<Level> {
    let first = Level { name: "manager".to_owned(), ..level(vec![group("manager", &["ana", "bob"], 1)]) };
    let second =
        Level { name: "security".to_owned(), ..level(vec![group("security", &["eve", "sam", "kim"], 2)]) };
    vec![of_policy(first), of_policy(second)]
}

fn refusal(vote: Result<Request, DecideError>) -> Refusal {
    match vote {
        Err(DecideError::Refused { refusal, .. }) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn the_rule_that_matches_says_who_is_asked_and_the_plan_and_the_record_keep_its_version() {
    let world = World::new();
    world
        .memory
        .put_policy(policy(vec![rule("search", "search", two_levels()), rule("rest", "*", two_levels())]));
    let details = world.details();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let plan = world.memory.stored_plans().remove(0);
    assert_eq!(plan.policy.as_ref().map(|policy| (policy.number, policy.rule.as_str())), Some((7, "rest")));
    assert_eq!(world.memory.count(Call::ReadPolicy), 1, "one read, by prepare");
    let request = world.request();
    assert_eq!((&request.policy, request.level.named_by), (&plan.policy, NamedBy::Policy));
    assert_eq!((world.mails_to("ana"), world.mails_to("bob"), world.mails_to("eve")), (1, 1, 0));
    let decided = world.vote("ana", Choice::Approve).unwrap();
    assert_eq!(decided.decision.unwrap().policy, plan.policy);
}

#[test]
fn levels_follow_each_other_and_each_needs_its_quorum() {
    let world = World::new();
    let mut levels = two_levels();
    levels[1].deadline_seconds = Some(400);
    world.memory.put_policy(policy(vec![rule("all", "*", levels)]));
    let mut details = world.details();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let manager = world.vote("bob", Choice::Approve).unwrap();
    let next = approved(&details, &manager)["approvalResult"]["next"].clone();
    assert_eq!((&next["level"], &next["waitSeconds"]), (&json!(2), &json!(400)), "its own time");
    details["approval"] = next;
    world.ask(&world.own(&details, "second", 0)).unwrap();
    assert_eq!((world.mails_to("eve"), world.mails_to("sam"), world.mails_to("kim")), (1, 1, 1));
    assert_eq!(world.vote("eve", Choice::Approve).unwrap().status, Status::Pending);
    assert_eq!(world.vote("eve", Choice::Approve).unwrap().votes.len(), 1, "one person counts once");
    assert_eq!(world.vote("kim", Choice::Approve).unwrap().status, Status::Approved);
    assert_eq!(world.was_approved("second"), Some(true));
}

#[test]
fn a_caller_that_does_not_go_on_to_further_levels_is_refused_before_anyone_is_asked() {
    let world = World::new();
    world.memory.put_policy(policy(vec![rule("all", "*", two_levels())]));
    assert_eq!(name_of(now(world.prepare(&input()))), TaskErrorName::InvalidInput);
    assert!(world.memory.stored_plans().is_empty());
}

#[test]
fn a_rule_without_levels_needs_no_approval() {
    let world = World::new();
    world.memory.put_policy(policy(vec![rule("all", "*", Vec::new())]));
    let details = world.details();
    assert_eq!(details["approval"]["needed"], json!(false));
    assert_eq!(
        now(world.carry_out(&json!({"deploymentDetails": details}))).unwrap()["deployed"],
        json!(false)
    );
    assert!(world.memory.stored_requests().is_empty());
}

#[test]
fn a_dead_end_is_found_before_anyone_is_asked_and_says_where() {
    let world = World::new();
    let only_dev = of_policy(level(vec![group("manager", &["dev"], 1)]));
    world.memory.put_policy(policy(vec![rule("all", "*", vec![only_dev])]));
    let failed =
        now(world.prepare(&json!({"input": input(), "execution": EXECUTION, "canWait": true}))).unwrap_err();
    assert_eq!(failed.name(), TaskErrorName::InvalidInput);
    for word in ["level 1", "\"manager\"", "dev@example.com asked for this"] {
        assert!(failed.to_string().contains(word), "{failed}");
    }
}

#[test]
fn who_voted_at_an_earlier_level_is_not_asked_again_and_could_not_vote() {
    let world = World::new();
    let mut levels = two_levels();
    levels[1].groups = vec![group("security", &["ana", "eve", "sam"], 1)];
    world.memory.put_policy(policy(vec![rule("all", "*", levels)]));
    let mut details = world.details();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    let manager = world.vote("ana", Choice::Approve).unwrap();
    details["approval"] = approved(&details, &manager)["approvalResult"]["next"].clone();
    world.ask(&world.own(&details, "second", 0)).unwrap();
    assert_eq!((world.mails_to("ana"), world.mails_to("eve")), (1, 1));
    let security = world.memory.stored_request(&id_of(&details, 2)).unwrap();
    assert_eq!(security.check_entitled(&person("ana")), Err(Refusal::VotedAtEarlierLevel { level: 1 }));
}

#[test]
fn somebody_who_is_needed_later_is_not_used_up() {
    let world = World::new();
    let mut levels = two_levels();
    levels[1].groups = vec![group("security", &["ana"], 1)];
    world.memory.put_policy(policy(vec![rule("all", "*", levels)]));
    let mut details = world.details();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    assert_eq!((world.mails_to("ana"), world.mails_to("bob")), (0, 1));
    let manager = world.vote("bob", Choice::Approve).unwrap();
    details["approval"] = approved(&details, &manager)["approvalResult"]["next"].clone();
    world.ask(&world.own(&details, "second", 0)).unwrap();
    assert_eq!(world.vote("ana", Choice::Approve).unwrap().status, Status::Approved);
}

#[test]
fn silence_approves_where_the_policy_says_so_and_the_caller_can_take_it() {
    for can_wait in [true, false] {
        let world = World::new();
        let quiet =
            Level { silence: Silence::Approve, ..of_policy(level(vec![group("manager", &["ana"], 1)])) };
        world.memory.put_policy(policy(vec![rule("all", "*", vec![quiet])]));
        let payload = json!({"input": input(), "execution": EXECUTION, "canWait": can_wait});
        let details = now(world.prepare(&payload)).unwrap();
        world.ask(&world.own(&details, "first", 0)).unwrap();
        world.pass(1_000);
        world.memory.end_wait(&super::world::first());
        let report = now(world.time_out(&timed_out(&details))).unwrap();
        let (status, approved) = if can_wait { ("approved", true) } else { ("expired", false) };
        assert_eq!((&report["status"], &report["approved"]), (&json!(status), &json!(approved)));
        let request = world.request();
        let resume = if can_wait { Resume::Owed } else { Resume::None };
        assert_eq!((request.votes.len(), request.resume), (0, resume));
        if can_wait {
            assert_eq!(
                refusal(world.vote("ana", Choice::Reject)),
                Refusal::AlreadyDecided { status: Status::Approved }
            );
            now(world.carry_out(&super::world::approved(&details, &request))).unwrap();
            assert_eq!(world.request().resume, Resume::Done);
        }
    }
}

#[test]
fn silence_does_not_outvote_an_objection() {
    let world = World::new();
    let quiet = Level {
        silence: Silence::Approve,
        reject_quorum: 2,
        ..of_policy(level(vec![group("manager", &["ana", "bob", "cyd"], 2)]))
    };
    world.memory.put_policy(policy(vec![rule("all", "*", vec![quiet])]));
    let details = world.details();
    world.ask(&world.own(&details, "first", 0)).unwrap();
    world.vote("ana", Choice::Approve).unwrap();
    world.vote("bob", Choice::Reject).unwrap();
    world.pass(1_000);
    world.memory.end_wait(&super::world::first());
    assert_eq!(now(world.time_out(&timed_out(&details))).unwrap()["status"], json!("expired"));
}

#[test]
fn nothing_enters_a_protected_environment_without_a_person() {
    let world = World::new();
    let mut stored = policy(vec![rule("all", "*", Vec::new())]);
    stored.policy.protected_environments = vec![crate::domain::Glob::parse("prod*").unwrap()];
    world.memory.put_policy(stored);
    let failed = now(world.prepare(&input())).unwrap_err();
    assert_eq!(failed.name(), TaskErrorName::InvalidInput);
    assert!(failed.to_string().contains("protects"), "{failed}");
}

#[test]
fn a_caller_without_a_plan_gets_the_policy_s_one_level() {
    let subject = json!({
        "taskToken": "first", "execution": EXECUTION, "state": "Ask", "requestedBy": "dev@example.com",
        "subject": {"kind": "data release", "title": "Customers of May"}
    });
    let world = World::new();
    world.memory.put_policy(policy(vec![rule("all", "*", two_levels())]));
    assert_eq!(name_of(world.ask(&subject)), TaskErrorName::InvalidInput, "two levels need a plan");

    let world = World::new();
    world.memory.put_policy(policy(vec![rule("all", "*", two_levels().split_off(1))]));
    world.ask(&subject).unwrap();
    assert_eq!((world.mails_to("eve"), world.mails_to("ana")), (1, 0));
    // A new version between two attempts does not make another request.
    world.memory.put_policy(policy(vec![rule("all", "*", two_levels().split_off(1))]));
    let mut retried = subject.clone();
    (retried["taskToken"], retried["retry"]) = (json!("second"), json!(1));
    world.ask(&retried).unwrap();
    assert_eq!(world.request().task_token.expose(), "second");

    let world = World::new();
    world.memory.put_policy(policy(vec![rule("all", "*", Vec::new())]));
    world.ask(&subject).unwrap();
    assert_eq!((world.was_approved("first"), world.memory.sent().len()), (Some(true), 0));
    assert_eq!(world.request().decision.unwrap().by, None);
}

#[test]
fn the_votes_of_one_person_under_two_addresses_are_one() {
    let request = crate::domain::samples::request_of(vec![group("manager", &["ana", "bob"], 2)]);
    let mut other = crate::domain::samples::ballot("ana", Choice::Approve);
    other.approver = crate::domain::EmailAddress::parse("ana+releases@example.com").unwrap();
    let once = crate::domain::samples::after(&request, crate::domain::samples::vote("ana", Choice::Approve));
    let twice = crate::domain::apply(&once, Command::Vote(other), crate::domain::samples::at(11));
    assert_eq!(twice, Ok(crate::domain::Transition::Unchanged));
}
