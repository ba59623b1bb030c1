//! Modals: opened with a trigger, submitted, found wrong, changed, closed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::Step;
use crate::run::{ANA, BEN, Run, buttons, modal};

/// Clicks on Reject; the app opens this view. Gives the view's id.
async fn opened(run: &Run, view: Value) -> String {
    let ts = run.post(buttons()).await;
    let call = Some(("views.open", json!({"trigger_id": "TRIGGER", "view": view})));
    run.app.next(Step { call, ..Step::default() });
    let answer = run.click(ANA, &ts, "reject_deployment").await;
    answer["view"]["id"].as_str().unwrap_or_else(|| panic!("nothing opened: {answer}")).to_owned()
}

async fn submit(run: &Run, view: &str, reason: &str) -> Value {
    let body = json!({"user": ANA, "view_id": view, "values": {"reason": reason}});
    run.control("submit", body).await["answers"][0].clone()
}

async fn state(run: &Run, view: &str) -> Value {
    let views = run.get("control/views").await.json();
    let views = views["views"].as_array().unwrap();
    views.iter().find(|found| found["view"]["id"] == view).unwrap().clone()
}

fn answering(body: &Value) -> Step {
    Step { body: body.to_string(), ..Step::default() }
}

#[tokio::test]
async fn a_submission_carries_what_was_typed_and_closes_the_modal() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    assert!(run.get("?as=U0ANA").await.body.contains(r#"<textarea rows="4" name="input:reason""#));
    assert!(!run.get("?as=U0BEN").await.body.contains("<textarea"));
    assert_eq!(submit(&run, &view, "freeze until\nMonday").await["status"], 200);
    let received = run.app.last();
    assert_eq!(received.verified, Ok(()));
    let payload = received.payload;
    assert_eq!((&payload["type"], &payload["user"]["id"]), (&"view_submission".into(), &ANA.into()));
    assert_eq!(
        (&payload["view"]["id"], &payload["view"]["callback_id"]),
        (&view.as_str().into(), &"reject".into())
    );
    assert_eq!(payload["view"]["private_metadata"], "r-1");
    let values = json!({"reason": {"text": {"type": "plain_text_input", "value": "freeze until\nMonday"}}});
    assert_eq!(payload["view"]["state"]["values"], values);
    assert_eq!(state(&run, &view).await["status"], "submitted");
    let again = json!({"user": ANA, "view_id": view, "values": {"reason": "again"}});
    assert_eq!(run.control_reply("POST", "submit", again).await.status, 404);
}

#[tokio::test]
async fn the_client_submits_nothing_that_is_incomplete() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    let said = async |reason: &str| {
        let body = json!({"user": ANA, "view_id": view, "values": {"reason": {"text": reason}}});
        let reply = run.control_reply("POST", "submit", body).await;
        assert_eq!(reply.status, 422);
        reply.json()["errors"]["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(said("").await, "Please complete this required field.");
    assert_eq!(said("no").await, "Please enter at least 3 characters.");
    assert_eq!(said(&"x".repeat(21)).await, "Please enter no more than 20 characters.");
    assert_eq!(run.app.count(), 1);
    let body = json!({"user": ANA, "view_id": view, "values": {}, "unchecked": true});
    run.control("submit", body).await;
    assert_eq!(run.app.last().payload["view"]["state"]["values"]["reason"]["text"]["value"], json!(null));
    let other = json!({"user": BEN, "view_id": view, "values": {"reason": "mine"}});
    assert_eq!(run.control_reply("POST", "submit", other).await.status, 404);
}

#[tokio::test]
async fn what_the_app_finds_wrong_is_shown_and_typed_text_stays() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    run.app.next(answering(&json!({"response_action": "errors", "errors": {"reason": "say <more>"}})));
    submit(&run, &view, "because").await;
    assert_eq!(state(&run, &view).await["errors"]["reason"], "say <more>");
    let page = run.get("?as=U0ANA").await.body;
    assert!(page.contains("say &lt;more&gt;") && page.contains("because</textarea>"), "{page}");
    submit(&run, &view, "because I say so").await;
    assert_eq!(state(&run, &view).await["status"], "submitted");
}

#[tokio::test]
async fn a_modal_shows_text_as_text() {
    let run = Run::start().await;
    let evil = "<b>\"'</textarea>";
    let mut view = modal();
    view["title"]["text"] = evil.into();
    view["blocks"][0]["label"]["text"] = evil.into();
    view["blocks"][0]["block_id"] = evil.into();
    view["blocks"][0]["element"]["placeholder"] = json!({"type": "plain_text", "text": evil});
    let id = opened(&run, view).await;
    let typed = json!({"user": ANA, "view_id": id, "values": { evil: format!("{evil} is too long") }});
    assert_eq!(run.control_reply("POST", "submit", typed).await.status, 422);
    let page = run.get("?as=U0ANA").await.body;
    assert!(page.contains("&lt;b&gt;&quot;&#39;&lt;/textarea&gt; is too long</textarea>"), "{page}");
    assert!(!page.contains("<b>\""), "{page}");
}

#[tokio::test]
async fn an_answer_can_change_stack_or_clear_modals() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    let mut next = modal();
    next["title"]["text"] = "Second".into();
    run.app.next(answering(&json!({"response_action": "update", "view": next})));
    submit(&run, &view, "one").await;
    assert_eq!(state(&run, &view).await["view"]["title"]["text"], "Second");
    run.app.next(answering(&json!({"response_action": "push", "view": modal()})));
    submit(&run, &view, "two").await;
    let views = run.get("control/views").await.json();
    let pushed = &views["views"][1]["view"];
    assert_eq!((&pushed["previous_view_id"], &pushed["root_view_id"]), (&json!(view), &json!(view)));
    run.app.next(answering(&json!({"response_action": "clear"})));
    submit(&run, pushed["id"].as_str().unwrap(), "three").await;
    let page = run.get("?as=U0ANA").await.body;
    assert!(!page.contains("class=\"modal\""), "{page}");
}

#[tokio::test]
async fn an_answer_that_slack_does_not_know_is_trouble() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    run.app.next(answering(&json!({"ok": true})));
    submit(&run, &view, "one").await;
    let found = state(&run, &view).await;
    assert_eq!(found["status"], "open");
    assert!(found["trouble"].as_str().unwrap().contains("response_action"), "{found}");
    assert!(run.get("?as=U0ANA").await.body.contains("We had some trouble connecting"));
}

#[tokio::test]
async fn a_trigger_opens_one_view_and_only_for_a_while() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let open =
        async |trigger: &Value| run.call("views.open", json!({"trigger_id": trigger, "view": modal()})).await;
    let trigger = run.click(ANA, &ts, "reject_deployment").await["trigger_id"].clone();
    let mut broken = modal();
    broken["title"]["text"] = "a title of more than 24 ch".into();
    let refused = run.call("views.open", json!({"trigger_id": trigger, "view": broken})).await;
    let message = "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]";
    assert_eq!(
        (&refused["error"], &refused["response_metadata"]["messages"][0]),
        (&"invalid_arguments".into(), &message.into())
    );
    assert_eq!(open(&trigger).await["view"]["state"], json!({"values": {}}));
    assert_eq!(open(&trigger).await["error"], "exchanged_trigger_id");
    assert_eq!(open(&json!("1.2.3")).await["error"], "invalid_trigger_id");
    let malformed = open(&json!("nonsense")).await;
    assert_eq!(
        malformed["response_metadata"]["messages"][0],
        "[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]"
    );
    let late = run.click(ANA, &ts, "reject_deployment").await["trigger_id"].clone();
    tokio::time::sleep(Duration::from_millis(3050)).await;
    assert_eq!(open(&late).await["error"], "expired_trigger_id");
}

#[tokio::test]
async fn a_view_is_updated_by_its_id_while_it_is_open() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    let hash = state(&run, &view).await["view"]["hash"].clone();
    let update = async |arguments: Value| run.call("views.update", arguments).await;
    let updated = update(json!({"view_id": view, "hash": hash, "view": modal()})).await;
    assert_eq!((&updated["ok"], &updated["view"]["id"]), (&true.into(), &json!(view)));
    assert_eq!(
        update(json!({"view_id": view, "hash": hash, "view": modal()})).await["error"],
        "hash_conflict"
    );
    assert_eq!(update(json!({"view_id": "V9", "view": modal()})).await["error"], "not_found");
    run.control("close", json!({"user": ANA, "view_id": view})).await;
    assert_eq!(update(json!({"view_id": view, "view": modal()})).await["error"], "not_found");
}

#[tokio::test]
async fn the_app_hears_of_a_closed_modal_where_it_asked_to() {
    let run = Run::start().await;
    let view = opened(&run, modal()).await;
    let told = run.control("close", json!({"user": ANA, "view_id": view})).await;
    assert_eq!(told["answers"][0]["status"], 200);
    let payload = run.app.last().payload;
    assert_eq!((&payload["type"], &payload["is_cleared"]), (&"view_closed".into(), &false.into()));
    assert_eq!((&payload["view"]["id"], &payload["view"]["private_metadata"]), (&json!(view), &"r-1".into()));
    let mut quiet = modal();
    quiet["notify_on_close"] = false.into();
    let view = opened(&run, quiet).await;
    let before = run.app.count();
    assert_eq!(run.control("close", json!({"user": ANA, "view_id": view})).await, json!({"answers": []}));
    assert_eq!(run.app.count(), before);
}
