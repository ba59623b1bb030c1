//! One state that asks more than once: at the same time in a Map, and again in a loop of its caller's.

use std::thread;

use common::domain::{Choice, RequestId, Resume, Status};
use countersign_tests::crowd::vote;
use countersign_tests::invariants::{all_were_told, one_decision};
use countersign_tests::{Link, Question, Run, Workflow};
use serde_json::{Value, json};

/// The link to a request, among the mails of a question that opens several.
fn link_to(run: &Run, question: &Question, mails: usize, id: &RequestId) -> Link {
    let links: Vec<_> = question.mails(run, mails).iter().map(countersign_tests::Mail::approve).collect();
    let opens = |link: &&Link| link.open_as_json().json()["request"]["id"] == id.as_str();
    links.iter().find(opens).unwrap().clone()
}

#[test]
fn two_iterations_of_a_map_are_two_requests() {
    let (run, question) = (Run::connect(), Question::about("map"));
    let mut state = question.state(json!({ "TimeoutSeconds": 600, "End": true }));
    state["Parameters"]["Payload"]["requestKey.$"] = json!("$.index");
    let workflow = run
        .machine(&json!({
            "StartAt": "Each",
            "States": { "Each": {
                "Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 0,
                "ItemSelector": { "index.$": "$$.Map.Item.Index" },
                "ItemProcessor": { "StartAt": "Ask", "States": { "Ask": state } },
                "End": true
            } }
        }))
        .start(&json!({ "items": ["a", "b"] }));
    let ids = ["0", "1"].map(|key| question.id(&workflow, "Ask", Some(key)));
    assert_ne!(ids[0], ids[1]);
    let links = [0, 1].map(|number| link_to(&run, &question, 2, &ids[number]));
    let phrase = run.record(&ids[0]).unwrap().phrase().to_owned();
    let told = thread::scope(|scope| {
        let voters = links.each_ref().map(|link| {
            let phrase = &phrase;
            scope.spawn(move || vote(link, Choice::Approve, phrase))
        });
        voters.map(|voter| voter.join().unwrap())
    });
    let output = workflow.end().success();
    for (number, told) in told.into_iter().enumerate() {
        assert_eq!(output[number]["requestId"], ids[number].as_str());
        let record =
            run.record_when(&ids[number], "that knows of the end", |record| record.resume == Resume::Done);
        one_decision(&record);
        all_were_told(&record, &[told]);
        assert_eq!(record.status, Status::Approved);
    }
}

/// Asks, and asks once more in the same state when the first answer was an approval.
fn asking_twice(run: &Run, question: &Question) -> Workflow {
    let ask = question.state(json!({ "TimeoutSeconds": 600, "ResultPath": "$.answer", "Next": "Again?" }));
    let again = json!({ "Variable": "$.first", "IsPresent": false, "Next": "Keep" });
    run.machine(&json!({
        "StartAt": "Ask",
        "States": {
            "Ask": ask,
            "Again?": { "Type": "Choice", "Choices": [again], "Default": "Done" },
            "Keep": { "Type": "Pass", "InputPath": "$.answer", "ResultPath": "$.first", "Next": "Ask" },
            "Done": { "Type": "Succeed" }
        }
    }))
    .start(&json!({}))
}

fn two_rounds(second_choice: Choice) -> (Value, [Status; 2]) {
    let (run, question) = (Run::connect(), Question::about("loop"));
    let workflow = asking_twice(&run, &question);
    let first = question.id(&workflow, "Ask", None);
    let second = first.of_round(2);
    let link = link_to(&run, &question, 1, &first);
    let phrase = run.record(&first).unwrap().phrase().to_owned();
    let told = vote(&link, Choice::Approve, &phrase);

    let next_link = link_to(&run, &question, 2, &second);
    let page = link.open_as_json();
    assert_eq!((page.status, page.json()["request"]["id"].as_str()), (200, Some(first.as_str())));
    assert_eq!(run.record(&second).unwrap().status, Status::Pending, "the first answer is not used twice");
    let told_next = vote(&next_link, second_choice, &phrase);

    let end = workflow.end();
    let records = [(first, told), (second, told_next)].map(|(id, told)| {
        let record = run.record_when(&id, "that knows of the end", |record| record.resume == Resume::Done);
        one_decision(&record);
        all_were_told(&record, &[told]);
        record.status
    });
    let output = if end.status == "SUCCEEDED" { end.output } else { json!(end.error) };
    (output, records)
}

#[test]
fn a_loop_of_the_callers_own_asks_two_requests() {
    let (output, statuses) = two_rounds(Choice::Approve);
    assert_eq!(statuses, [Status::Approved, Status::Approved]);
    let (first, second) = (&output["first"]["requestId"], &output["answer"]["requestId"]);
    assert_eq!(second.as_str(), first.as_str().map(|id| format!("{id}-r2")).as_deref());
}

#[test]
fn the_second_round_may_end_otherwise() {
    let (error, statuses) = two_rounds(Choice::Reject);
    assert_eq!((error, statuses), (json!("RejectedError"), [Status::Approved, Status::Rejected]));
}
