//! `RefusedAnswersAlarm`: Step Functions refuses a decision for good.

use common::domain::{Resume, Status};
use countersign_tests::{Run, until, until_within};

use crate::sweep;

/// The margin that is left to whoever decided, and the runs between.
const SETTLED: std::time::Duration = std::time::Duration::from_mins(1);

#[test]
fn a_task_token_that_is_none() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    run.spoil_the_token(&checkout.asked());

    let listening = run.listen();
    let page = link.confirm("production");
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.says("is recorded") && page.says("has not confirmed it yet"), "{}", page.text());
    until("line that sets off the alarm", || {
        listening.sets_off(&run.alarm("RefusedAnswersAlarm")).then_some(())
    });
    let metric = listening.lines().into_iter().find(|line| line["RefusedAnswers"] == 1).unwrap();
    assert_eq!(metric["what"], "token");
    let decided = checkout.record();
    assert_eq!((decided.status, decided.resume), (Status::Approved, Resume::Owed));

    // What an operator does about it.
    checkout.workflow.stop();
    until_within(SETTLED, "end of the debt", || {
        sweep(&run);
        (checkout.record().resume == Resume::Gone).then_some(())
    });
    assert_eq!(link.open().status, 410);
}
