//! Answers to a submission, from an app that means well and from one that does not.

use serde_json::{Map, json};

use super::*;
use crate::app::NoAnswer;
use crate::workspace::{Status, Workspace};

fn view() -> View {
    let content = json!({"type": "modal", "title": {"type": "plain_text", "text": "Reject"}, "blocks": [
        {"type": "input", "block_id": "reason", "label": {"type": "plain_text", "text": "Reason"},
         "element": {"type": "plain_text_input", "action_id": "text"}},
        {"type": "divider", "block_id": "line"},
    ]});
    let view = crate::interaction::open(&mut Workspace::new(), "U0ANA", "1.2.3", None, content);
    assert_eq!(view.status, Status::Open);
    view
}

fn answered(status: u16, body: &str) -> Reply {
    read(&view(), &Answered { answer: Ok((status, body.to_owned())), milliseconds: 1 })
}

fn is_trouble(reply: &Reply) -> bool {
    matches!(reply, Reply::Trouble(why) if !why.is_empty())
}

#[test]
fn an_empty_answer_closes_and_a_clear_clears() {
    assert_eq!(answered(200, ""), Reply::Close);
    assert_eq!(answered(200, r#"{"response_action":"clear"}"#), Reply::Clear);
}

#[test]
fn errors_belong_to_inputs() {
    let errors = Map::from_iter([("reason".to_owned(), json!("too short"))]);
    assert_eq!(
        answered(200, r#"{"response_action":"errors","errors":{"reason":"too short"}}"#),
        Reply::Errors(errors)
    );
    for errors in [r#"{"line":"x"}"#, r#"{"other":"x"}"#, r#"{"reason":1}"#, "{}", "null"] {
        let body = format!(r#"{{"response_action":"errors","errors":{errors}}}"#);
        assert!(is_trouble(&answered(200, &body)), "{errors}");
    }
}

#[test]
fn views_in_answers_are_checked() {
    let view = json!({"type": "modal", "title": {"type": "plain_text", "text": "Done"}, "blocks": []});
    let body = |action: &str| json!({"response_action": action, "view": view}).to_string();
    assert_eq!(answered(200, &body("update")), Reply::Update(view.clone()));
    assert_eq!(answered(200, &body("push")), Reply::Push(view.clone()));
    assert!(is_trouble(&answered(200, r#"{"response_action":"update","view":{"type":"modal"}}"#)));
    assert!(is_trouble(&answered(200, r#"{"response_action":"push"}"#)));
}

#[test]
fn anything_else_is_trouble() {
    for body in [r#"{"ok":true}"#, "ok", "[]", r#"{"response_action":"explode"}"#] {
        assert!(is_trouble(&answered(200, body)), "{body}");
    }
    assert!(is_trouble(&answered(500, "")) && is_trouble(&answered(204, "")));
    let late = Answered { answer: Err(NoAnswer::Late), milliseconds: 3000 };
    assert_eq!(read(&view(), &late), Reply::Trouble("This app did not respond in time.".to_owned()));
}
