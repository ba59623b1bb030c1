//! The published schemas say of every sample what the code says of it.

use common::contract::prepare::Input;
use common::contract::send_approval::Payload;
use countersign_tests::schema::broken;

use crate::samples::samples;

#[test]
fn the_schema_of_an_input_takes_what_prepare_takes() {
    for sample in samples("workflow").into_iter().chain(samples("prepare")) {
        let input = sample.content.get("input").unwrap_or(&sample.content);
        let mistakes = broken("workflow-input", input);
        assert_eq!(
            mistakes.is_empty(),
            Input::read(&sample.content).is_ok(),
            "{}: {mistakes:?}",
            sample.name
        );
    }
}

#[test]
fn the_schema_of_a_payload_takes_what_send_approval_takes() {
    for sample in samples("send-approval") {
        let mistakes = broken("send-approval-payload", &sample.content);
        assert_eq!(
            mistakes.is_empty(),
            Payload::read(&sample.content).is_ok(),
            "{}: {mistakes:?}",
            sample.name
        );
    }
}
