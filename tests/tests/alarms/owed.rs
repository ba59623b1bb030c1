//! `OwedTooLongAlarm`, `ReconcileSilentAlarm` and `ReconcileFailingAlarm`: what the schedule measures.

use common::adapters::system::SystemClock;
use common::domain::{Choice, Resume};
use common::ports::Clock as _;
use countersign_tests::{Caller, Run, unique, until, until_within};
use jiff::SignedDuration;

use crate::sweep;

#[test]
fn a_decision_that_its_workflow_does_not_take_for_more_than_a_minute() {
    let run = Run::connect();
    let machine = Caller::with_a_plan_of_its_own().machine(&run);
    let checkout = run.ask_to_deploy_through("checkout", &machine);
    let asked = checkout.asked();
    machine.throttle_answers();
    // It was decided a while ago, so that nobody has to wait for it here.
    run.vote_and_die_at(&asked, Choice::Approve, SystemClock.now() - SignedDuration::from_secs(75));

    let listening = run.listen();
    assert!(sweep(&run)["oldestOwedSeconds"].as_u64().unwrap() >= 75);
    until("line that sets off the alarm", || {
        listening.sets_off(&run.alarm("OwedTooLongAlarm")).then_some(())
    });
    let named = until("line that names the request", || {
        listening.lines().into_iter().find(|line| {
            line["message"] == "a decision is still owed" && line["approval.id"] == asked.id.as_str()
        })
    });
    assert_eq!(named["level"], "WARN");

    machine.take_answers();
    until("delivery", || {
        sweep(&run);
        (checkout.record().resume == Resume::Done).then_some(())
    });
    checkout.end().success();
}

/// Every run says how it stands. The silence itself is not provoked: it would take ten minutes.
#[test]
fn each_run_of_the_schedule_is_heard() {
    let run = Run::connect();
    let silent = run.alarm("ReconcileSilentAlarm");
    let listening = run.listen();
    assert!(listening.sets_off(&silent), "nothing was heard yet");
    sweep(&run);
    until("line of the run", || (!listening.sets_off(&silent)).then_some(()));
}

#[test]
fn a_record_in_the_list_of_debts_that_cannot_be_read() {
    let run = Run::connect();
    let listening = run.listen();
    let poison = run.poison(&unique("poison"), true);
    let failing = run.alarm("ReconcileFailingAlarm");
    until("run that fails at it", || sweep(&run)["failed"].as_u64().filter(|failed| *failed > 0));
    until("line that sets off the alarm", || listening.sets_off(&failing).then_some(()));
    drop(poison);
    until_within(std::time::Duration::from_mins(1), "run that fails at nothing", || {
        (sweep(&run)["failed"] == 0).then_some(())
    });
}
