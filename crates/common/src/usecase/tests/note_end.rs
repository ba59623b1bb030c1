//! Noting an end: whoever dies on the way, everybody learns it once, in every level's record and by mail.

use super::deploy::two_levels;
use super::world::{EXECUTION, World, now};
use crate::adapters::memory::{Call, Fault, until_death};
use crate::domain::Progress;

/// The workflow is stopped and asks no more: the schedules alone go on.
fn by_the_schedules_alone(world: &World) -> bool {
    world.memory.end_workflow(EXECUTION);
    let died = until_death(world.go_on()).is_none();
    for _ in 0..3 {
        world.pass(60);
        now(world.sweep()).unwrap();
        now(world.go_on()).unwrap();
    }
    died
}

fn every_record_says(world: &World, progress: Progress) {
    for request in world.memory.stored_requests() {
        assert_eq!((request.progress(), request.owing_since()), (progress, None), "{}", request.id);
    }
}

#[test]
fn a_run_of_the_schedule_that_dies_loses_no_end() {
    for call in [Call::Keep, Call::SendMail] {
        for (nth, fault) in (1..9).flat_map(|nth| [(nth, Fault::DeathBefore), (nth, Fault::DeathAfter)]) {
            let (world, state, _) = two_levels();
            world.memory.inject(Call::PointAlias, Fault::DeathAfter);
            assert!(until_death(world.carry_out(&state)).is_none());
            world.memory.inject_nth(call, nth, fault);
            if !by_the_schedules_alone(&world) {
                assert!(nth > 1, "{call:?} is made");
                break;
            }
            every_record_says(&world, Progress::Deployed);
            let again = usize::from((call, fault) == (Call::SendMail, Fault::DeathAfter));
            let unnoted = usize::from((call, nth, fault) == (Call::Keep, 3, Fault::DeathBefore));
            assert_eq!(world.mails_to("dev"), 1 + again + unnoted, "{call:?} {nth} {fault:?}");
        }
    }
}

#[test]
fn a_run_of_the_schedule_that_dies_loses_no_failure() {
    let (world, state, _) = two_levels();
    world.memory.publish("checkout", "2.4.1");
    world.memory.inject_nth(Call::Keep, 1, Fault::DeathBefore);
    assert!(until_death(world.carry_out(&state)).is_none(), "before the first level says it");
    by_the_schedules_alone(&world);
    every_record_says(&world, Progress::Failed);
    assert_eq!((world.mails_to("dev"), world.mails_to("ana"), world.mails_to("bob")), (1, 2, 2));
}
