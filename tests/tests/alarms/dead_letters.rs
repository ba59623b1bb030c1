//! `DeadLettersAlarm`: what fails every time is put aside, and the others are paid.

use common::domain::Choice;
use countersign_tests::{Run, unique, until};

use crate::event;

#[test]
fn poison_in_the_stream_and_an_event_that_fails_end_in_the_queue_and_hold_up_nobody() {
    let run = Run::connect();
    let before = run.ask_to_deploy("checkout");
    let after = run.ask_to_deploy("checkout");
    let (one, other) = (before.asked(), after.asked());
    run.vote_and_die(&one, Choice::Approve);
    let poison = run.poison(&unique("poison"), false);
    run.vote_and_die(&other, Choice::Approve);
    before.end().success();
    after.end().success();

    let put_aside = until("dead letter of the stream", || {
        run.dead_letters().into_iter().find(|letter| letter["DDBStreamBatchInfo"].is_object())
    });
    assert_eq!(put_aside["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(put_aside["DDBStreamBatchInfo"]["batchSize"], 1, "the poison, and nothing else");
    drop(poison);

    run.hand_over("ReconcileFunctionArn", &event("hostile-stream-shapes"));
    let given_up = until("dead letter of the event", || {
        run.dead_letters().into_iter().find(|letter| letter["requestPayload"].is_object())
    });
    assert_eq!(given_up["responsePayload"]["errorType"], "UnreadableChanges");

    let alarm = run.alarm("DeadLettersAlarm");
    let queue = run.output("DeadLetterQueueUrl").rsplit('/').next().unwrap().to_owned();
    assert_eq!(alarm.dimensions(), [("QueueName".to_owned(), queue)]);
    assert!(alarm.minds(1.0) && !alarm.minds(0.0));
    run.purge_dead_letters();
    until("empty queue", || run.dead_letters().is_empty().then_some(()));
}
