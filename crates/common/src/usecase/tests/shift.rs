//! Calls go over step by step, each held as long as the policy says, and an alarm takes them back.

use serde_json::{Value, json};

use super::deploy::{LIMIT, approved_world, by_a_caller_that_cannot_poll, failed, unavailable};
use super::interleaved::Invocation;
use super::world::{World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::samples::person;
use crate::domain::{
    Change, Destination, Failure, Happening, LambdaAlias, LambdaTarget, Progress, Request, Shift, Stage,
    audit,
};
use crate::ports::{Part, Routes};

const HOLD: i64 = 300;
const ALARM: &str = "checkout-errors";

/// Ana has approved what goes over in two steps, watched by an alarm.
fn world() -> (World, Value) {
    in_steps(approved_world())
}

fn in_steps((world, state): (World, Value)) -> (World, Value) {
    let mut plan = world.memory.stored_plans().remove(0);
    let place = LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() };
    let hold_seconds = u32::try_from(HOLD).unwrap();
    let shift = Shift { steps: vec![10, 50], hold_seconds, alarms: vec![ALARM.to_owned()] };
    plan.rollout.as_mut().unwrap().to = Destination::Lambda(LambdaTarget { place, shift: Some(shift) });
    world.memory.put_plan(plan);
    world.memory.put_alarm(ALARM, false);
    (world, state)
}

/// Of a hundred calls, how many the new version gets.
fn share(world: &World) -> u8 {
    let Routes { version, part } = world.memory.stored_alias("checkout", "live").unwrap().routes;
    match (version.as_str(), part) {
        ("1", None) => 0,
        ("1", Some(Part { version, percent })) if version == "2" => percent,
        ("2", None) => 100,
        other => panic!("{other:?}"),
    }
}

fn asked(world: &World, state: &Value) -> Value {
    now(world.carry_out(state)).unwrap()
}

fn status(world: &World, state: &Value) -> String {
    asked(world, state)["status"].as_str().unwrap().to_owned()
}

/// On this step, for as long as it is held.
fn on_step(step: u8) -> (World, Value) {
    let (world, state) = world();
    assert_eq!(status(&world, &state), "in_progress");
    for _ in 1..step {
        world.pass(HOLD);
        assert_eq!(status(&world, &state), "in_progress");
    }
    assert_eq!(share(&world), if step == 1 { 10 } else { 50 });
    (world, state)
}

fn is_sound(request: &Request, world: &World) {
    assert_eq!(audit::check(request, Some(&world.memory.stored_plans()[0])), Vec::new());
}

/// It was rolled back, everybody was told, and nothing moves any more.
fn is_rolled_back(world: &World, state: &Value) -> String {
    let answer = asked(world, state);
    assert_eq!((&answer["status"], &answer["deployed"]), (&json!("rolled_back"), &json!(false)));
    assert_eq!((share(world), answer.get("wayBack")), (0, None));
    let request = world.request();
    assert_eq!(request.progress(), Progress::RolledBack);
    is_sound(&request, world);
    assert_eq!((world.mails_to("dev"), world.mails_to("ana")), (1, 2), "the requester, and who was asked");
    let changes = world.memory.alias_changes();
    world.memory.put_alarm(ALARM, false);
    world.pass(HOLD);
    assert_eq!((asked(world, state), world.memory.alias_changes()), (answer.clone(), changes));
    answer["reason"].as_str().unwrap().to_owned()
}

#[test]
fn calls_go_over_in_steps_and_each_is_held_as_long_as_the_policy_says() {
    let (world, state) = world();
    for (step, percent) in [(1, 10), (2, 50)] {
        let answer = asked(&world, &state);
        assert_eq!(
            (&answer["status"], &answer["reached"], &answer["pollSeconds"]),
            (&json!("in_progress"), &json!(format!("{percent}% of the calls")), &json!(20))
        );
        assert_eq!(share(&world), percent);
        let Some(Stage::Reached { step: noted, .. }) = world.request().stage else { panic!("no step") };
        assert_eq!(noted, step);
        let looked_at = world.request().version;
        world.pass(HOLD - 1);
        assert_eq!((asked(&world, &state), share(&world)), (answer, percent), "held");
        assert_eq!(world.request().version, looked_at, "a look that changes nothing writes nothing");
        world.pass(1);
    }
    let answer = asked(&world, &state);
    assert_eq!(
        (&answer["status"], &answer["before"], &answer["after"]),
        (&json!("deployed"), &json!("1"), &json!("2"))
    );
    let way_back = answer["wayBack"].as_str().unwrap();
    assert!(
        way_back.ends_with("--function-version 1 --routing-config AdditionalVersionWeights={}"),
        "{way_back}"
    );
    assert_eq!((share(&world), world.memory.alias_changes() - 1), (100, 3));
    let request = world.request();
    let steps = request.events.iter().filter(|event| matches!(event.what, Happening::Reached { .. }));
    assert_eq!((steps.count(), request.progress()), (2, Progress::Deployed));
    is_sound(&request, &world);
    assert_eq!((world.mails_to("dev"), world.mails_to("ana")), (1, 1));
}

#[test]
fn an_alarm_takes_the_calls_back_on_any_step() {
    for step in [1, 2] {
        let (world, state) = on_step(step);
        world.memory.put_alarm(ALARM, true);
        assert_eq!(is_rolled_back(&world, &state), "the alarm checkout-errors has gone off");
        let mail = world.memory.sent_to(&person("dev")).remove(0);
        assert!(mail.text.contains("rolled back") && !mail.text.contains("goes back:"), "{}", mail.text);
    }
}

#[test]
fn an_alarm_that_is_gone_takes_the_calls_back_as_well() {
    let (world, state) = on_step(1);
    world.memory.remove_alarm(ALARM);
    assert_eq!(is_rolled_back(&world, &state), "there is no alarm checkout-errors");
}

#[test]
fn nothing_is_begun_while_an_alarm_has_gone_off_or_is_missing() {
    let (off, gone) = (world(), world());
    off.0.memory.put_alarm(ALARM, true);
    gone.0.memory.remove_alarm(ALARM);
    for (world, state) in [off, gone] {
        assert!(failed(&world, &state).starts_with("nothing is begun while"));
        assert_eq!((share(&world), world.memory.alias_changes()), (0, 1));
        assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::NothingChanged));
    }
}

#[test]
fn what_is_taken_back_stays_on_its_way_back_after_the_alarm_is_quiet_again() {
    for (call, fault) in [
        (Call::PointAlias, Fault::DeathBefore),
        (Call::PointAlias, Fault::DeathAfter),
        (Call::PointAlias, Fault::BeforeEffect),
        (Call::PointAlias, Fault::AfterEffect),
        (Call::Keep, Fault::DeathAfter),
    ] {
        let (world, state) = on_step(2);
        world.memory.put_alarm(ALARM, true);
        world.memory.inject(call, fault);
        until_death(world.carry_out(&state));
        assert!(matches!(world.request().stage, Some(Stage::RollingBack { .. })), "{call:?} {fault:?}");
        world.memory.put_alarm(ALARM, false);
        world.pass(HOLD);
        assert_eq!(
            is_rolled_back(&world, &state),
            "the alarm checkout-errors has gone off",
            "{call:?} {fault:?}"
        );
        assert_eq!(world.memory.alias_changes() - 1, 3, "two steps, and back once: {call:?} {fault:?}");
    }
}

/// Whatever fails or dies at whichever call: no step is left out, made twice or held for less.
#[test]
fn a_shift_goes_on_where_it_stopped() {
    let calls =
        [Call::ReadAlias, Call::PointAlias, Call::ReadAlarms, Call::Keep, Call::Claim, Call::ReadRequest];
    let faults = [Fault::BeforeEffect, Fault::AfterEffect, Fault::DeathBefore, Fault::DeathAfter];
    for (call, fault) in calls.into_iter().flat_map(|call| faults.map(|fault| (call, fault))) {
        for when in 0..4 {
            let (world, state) = world();
            let mut since = 0;
            let mut shares = vec![0];
            for look in 0..60 {
                if look == when * 8 {
                    world.memory.inject(call, fault);
                }
                until_death(world.carry_out(&state));
                if *shares.last().unwrap() != share(&world) {
                    assert!(
                        since >= HOLD || shares.len() == 1,
                        "held for {since} s: {call:?} {fault:?} {when}"
                    );
                    shares.push(share(&world));
                    since = 0;
                }
                world.pass(40);
                since += 40;
            }
            assert_eq!(shares, [0, 10, 50, 100], "{call:?} {fault:?} {when}");
            assert_eq!(world.memory.alias_changes() - 1, 3, "{call:?} {fault:?} {when}");
            assert_eq!(status(&world, &state), "deployed");
            is_sound(&world.request(), &world);
        }
    }
}

/// One sees the alarm, the other has seen it quiet and is about to let every call go over.
#[test]
fn of_two_invocations_the_one_that_takes_back_wins() {
    let (world, state) = on_step(2);
    world.pass(HOLD);
    let (mut forth, mut back) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!(forth.run(Some(Call::PointAlias)), None);
    world.memory.put_alarm(ALARM, true);
    assert_eq!(back.run(Some(Call::PointAlias)), None, "noted, not done");
    let answer = forth.run(None).unwrap();
    assert_eq!(back.run(None), Some(answer));
    is_rolled_back(&world, &state);
}

/// The other way round: it was deployed before anybody noted that it has to be taken back.
#[test]
fn what_is_deployed_is_not_taken_back() {
    let (world, state) = on_step(2);
    world.pass(HOLD);
    world.memory.put_alarm(ALARM, true);
    let mut back = Invocation::of(&world, &state);
    assert_eq!(back.run(Some(Call::Keep)), None);
    world.memory.put_alarm(ALARM, false);
    let answer = asked(&world, &state);
    assert_eq!((&answer["status"], back.run(None)), (&json!("deployed"), Some(answer.clone())));
    assert_eq!((share(&world), world.request().progress()), (100, Progress::Deployed));
    is_sound(&world.request(), &world);
}

#[test]
fn what_somebody_changes_between_two_steps_is_left_alone() {
    type Change = fn(&World);
    let changes: [(Change, &str); 3] = [
        (|world| world.memory.put_alias("checkout", "live", "1"), "it leads to 1 now"),
        (|world| world.memory.put_alias("checkout", "live", "3"), "it leads to 3 now"),
        (
            |world| {
                let part = Part { version: "2".to_owned(), percent: 10 };
                world.memory.split_alias("checkout", "live", Some(part));
            },
            "it leads to 1 now",
        ),
    ];
    for (change, found) in changes {
        let (world, state) = on_step(2);
        change(&world);
        let before = world.memory.stored_alias("checkout", "live");
        world.pass(HOLD);
        assert!(failed(&world, &state).ends_with(found));
        assert_eq!(world.memory.stored_alias("checkout", "live"), before);
        assert_eq!(world.request().deployment.unwrap().failure, Some(Failure::LeftAlone));
    }
}

#[test]
fn what_is_not_there_when_only_the_time_to_go_back_is_left_is_taken_back() {
    let (world, state) = on_step(1);
    world.memory.fail_functions(Some(unavailable()));
    world.pass(LIMIT - HOLD);
    assert_eq!(status(&world, &state), "in_progress", "nothing answers");
    world.memory.fail_functions(None);
    assert_eq!(is_rolled_back(&world, &state), "its time is nearly over");
}

#[test]
fn a_refusal_on_the_way_takes_the_calls_back_and_one_on_the_way_back_is_a_failure() {
    let (world, state) = on_step(1);
    world.pass(HOLD);
    world.memory.refuse_pointing("AccessDeniedException");
    let reason = failed(&world, &state);
    let refused = "lambda:UpdateAlias was refused: AccessDeniedException";
    assert_eq!(reason, format!("{refused}; it was being taken back: {refused}"));
    assert!(matches!(world.request().stage, Some(Stage::RollingBack { .. })));
    assert!(asked(&world, &state)["wayBack"].as_str().unwrap().contains("--function-version 1"));
}

#[test]
fn what_nobody_knows_any_more_says_how_far_it_was_known_to_be() {
    let (world, state) = on_step(2);
    world.memory.fail_functions(Some(unavailable()));
    world.pass(LIMIT);
    let reason = failed(&world, &state);
    assert!(reason.ends_with("(TooManyRequestsException); so far: 50% of the calls"), "{reason}");
}

#[test]
fn a_way_back_whose_reply_was_lost_is_recognised_while_calls_still_come_back() {
    let (world, state) = on_step(2);
    world.memory.put_alarm(ALARM, true);
    world.memory.inject(Call::PointAlias, Fault::DeathAfter);
    assert!(until_death(world.carry_out(&state)).is_none());
    let left = Part { version: "2".to_owned(), percent: 20 };
    world.memory.split_alias("checkout", "live", Some(left));
    assert_eq!(status(&world, &state), "rolled_back");
}

#[test]
fn calls_cannot_be_shared_with_unpublished_code_or_between_a_version_and_itself() {
    let (world, state) = self::world();
    world.memory.put_alias("checkout", "live", "$LATEST");
    assert!(failed(&world, &state).contains("code that is not published"));

    let (world, state) = self::world();
    world.memory.put_alias("checkout", "live", "2");
    let answer = asked(&world, &state);
    assert_eq!((&answer["status"], share(&world)), (&json!("deployed"), 100));
    let Some(Change { before, after, .. }) = world.request().change else { panic!("no change") };
    assert_eq!(before, Some(after));
}

#[test]
fn what_no_workflow_asks_about_goes_on_by_the_schedule_and_its_requester_is_told_at_the_end() {
    let (world, state) = in_steps(by_a_caller_that_cannot_poll());
    assert_eq!((status(&world, &state).as_str(), share(&world)), ("in_progress", 10));
    for share_then in [10, 50, 50, 100] {
        world.pass(HOLD / 2);
        assert_eq!(world.mails_to("dev"), 0);
        now(world.go_on()).unwrap();
        assert_eq!(share(&world), share_then);
    }
    assert_eq!((world.request().progress(), world.mails_to("dev")), (Progress::Deployed, 1));
    assert_eq!(status(&world, &state), "deployed", "whoever asks later");
}

#[test]
fn an_alarm_takes_back_what_a_stopped_workflow_left_on_its_way() {
    let (world, state) = on_step(1);
    world.memory.end_workflow(super::world::EXECUTION);
    now(world.close_ended()).unwrap();
    world.memory.put_alarm(ALARM, true);
    world.pass(60);
    now(world.go_on()).unwrap();
    assert_eq!(is_rolled_back(&world, &state), "the alarm checkout-errors has gone off");
}

#[test]
fn alarms_that_may_not_be_seen_any_more_take_the_calls_back() {
    let (world, state) = on_step(1);
    world.memory.refuse_watching("AccessDenied");
    assert_eq!(is_rolled_back(&world, &state), "cloudwatch:DescribeAlarms was refused: AccessDenied");
}
