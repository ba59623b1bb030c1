//! Changes that fail every time, among others: only they are reported, and the others are paid.

use super::*;

/// The request of the sample whose record cannot be read.
const SPOILED: &str = "1111111111111111aaaaaaaaaaaaaaaa-1";
/// Those of the sample that can never be taken in: an unknown key, a spoiled record, a pointer without a plan, and no key.
const POISON: [&str; 4] =
    ["500000000000000000202", "500000000000000000203", "500000000000000000204", "500000000000000000205"];

fn with_poison() -> Memory {
    let memory = world(&[owing(FIRST), owing(SPOILED), owing(SECOND)]);
    memory.spoil(&RequestId::parse(SPOILED).unwrap());
    memory
}

fn failures(numbers: &[&str]) -> Value {
    let failed: Vec<_> = numbers.iter().map(|number| json!({ "itemIdentifier": number })).collect();
    json!({ "batchItemFailures": failed })
}

#[tokio::test]
async fn poison_is_reported_by_itself_and_the_others_are_paid_at_once() {
    let memory = with_poison();
    // The first delivery, and as many again as the mapping makes.
    for _ in 0..6 {
        assert_eq!(handled(&memory, "hostile-stream-poison").await, failures(&POISON));
        assert_eq!((resume_of(&memory, FIRST), resume_of(&memory, SECOND)), (Resume::Done, Resume::Done));
        assert_eq!(memory.count(Call::Answer), 2, "each is told once");
    }
    assert_eq!(resume_of(&memory, SPOILED), Resume::Owed);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_keeps_no_run_of_the_schedule_from_the_others() {
    let memory = with_poison();
    for run in 0..3 {
        memory.advance(SignedDuration::from_mins(1));
        let swept = handled(&memory, "schedule").await;
        assert_eq!(swept["failed"], 1, "run {run}: an alarm hears of it");
        assert_eq!((resume_of(&memory, FIRST), resume_of(&memory, SECOND)), (Resume::Done, Resume::Done));
    }
}

/// Without a number a change cannot be reported: the whole run fails, so that the mapping delivers it alone.
#[tokio::test]
async fn a_change_without_a_number_fails_the_run_after_the_others_are_paid() {
    let memory = world(&[owing(FIRST), owing(SECOND)]);
    let mut batch = event("stream-two");
    let nameless = batch["Records"][0].clone();
    batch["Records"].as_array_mut().unwrap().push(nameless);
    batch["Records"][2]["dynamodb"].as_object_mut().unwrap().remove("SequenceNumber");
    let failed = handle(&settle(&memory), batch).await.unwrap_err();
    assert_eq!(failed.error_type, "UnreadableChanges");
    assert_eq!((resume_of(&memory, FIRST), resume_of(&memory, SECOND)), (Resume::Done, Resume::Done));
    let shapes = handle(&settle(&Memory::new()), event("hostile-stream-shapes")).await.unwrap_err();
    assert_eq!(shapes.error_type, "UnreadableChanges");
}
