//! Buttons: what the app hears, and what becomes of its answer.

use std::collections::HashSet;
use std::time::Duration;

use common::adapters::slack::signature::SignatureError;
use serde_json::json;

use crate::app::Step;
use crate::run::{ANA, BEN, DEPLOYMENTS, Run, buttons};
use crate::wire;

#[tokio::test]
async fn a_click_reaches_the_app_signed_and_complete() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let answer = run.click(ANA, &ts, "approve_deployment").await;
    assert_eq!(
        (&answer["status"], &answer["error"], &answer["view"]),
        (&200.into(), &json!(null), &json!(null))
    );
    let received = run.app.last();
    assert_eq!(received.verified, Ok(()));
    let payload = received.payload;
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(payload["user"], json!({"id": ANA, "username": "ana", "name": "ana", "team_id": "T0STANDIN"}));
    assert_eq!((&payload["team"]["id"], &payload["api_app_id"]), (&"T0STANDIN".into(), &"A0STANDIN".into()));
    assert_eq!(payload["channel"], json!({"id": DEPLOYMENTS, "name": "deployments"}));
    assert_eq!((&payload["message"]["ts"], &payload["container"]["message_ts"]), (&json!(ts), &json!(ts)));
    assert_eq!(payload["message"]["blocks"][1]["block_id"], "decide");
    let action = &payload["actions"][0];
    assert_eq!((&action["action_id"], &action["value"]), (&"approve_deployment".into(), &"r-1".into()));
    assert_eq!((&action["block_id"], &action["type"]), (&"decide".into(), &"button".into()));
    assert_eq!(payload["trigger_id"], answer["trigger_id"]);
    assert!(action["action_ts"].as_str().unwrap().contains('.'));
}

#[tokio::test]
async fn clicks_at_once_are_clicks_of_their_own() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let body =
        json!({"user": ANA, "channel": DEPLOYMENTS, "ts": ts, "action_id": "approve_deployment", "times": 5});
    let answers = run.control("click", body).await;
    let answers = answers["answers"].as_array().unwrap();
    let triggers: HashSet<_> = answers.iter().map(|answer| answer["trigger_id"].as_str().unwrap()).collect();
    assert_eq!((answers.len(), triggers.len(), run.app.count()), (5, 5, 5));
}

#[tokio::test]
async fn only_what_a_person_sees_can_be_clicked() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let refused = async |user: &str, ts: &str, action: &str| {
        let body = json!({"user": user, "channel": DEPLOYMENTS, "ts": ts, "action_id": action});
        run.control_reply("POST", "click", body).await.status
    };
    assert_eq!(refused("U9", &ts, "approve_deployment").await, 404);
    assert_eq!(refused(ANA, "1.2", "approve_deployment").await, 404);
    assert_eq!(refused(ANA, &ts, "other").await, 404);
    let arguments = json!({"channel": DEPLOYMENTS, "user": BEN, "text": "t", "blocks": buttons()});
    let hidden = run.call("chat.postEphemeral", arguments).await;
    let hidden = hidden["message_ts"].as_str().unwrap();
    assert_eq!(refused(ANA, hidden, "approve_deployment").await, 404);
    run.click(BEN, hidden, "approve_deployment").await;
    let payload = run.app.last().payload;
    assert_eq!((&payload["container"]["is_ephemeral"], payload.get("message")), (&true.into(), None));
}

#[tokio::test]
async fn a_click_on_a_button_that_was_just_taken_away_still_arrives() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    run.call("chat.update", json!({"channel": DEPLOYMENTS, "ts": ts, "text": "decided"})).await;
    assert_eq!(run.click(ANA, &ts, "reject_deployment").await["status"], 200);
    assert_eq!(run.app.last().payload["message"]["text"], "decided");
}

#[tokio::test]
async fn a_patched_payload_is_signed_all_the_same() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let patch =
        json!({"team": {"id": "T0OTHER"}, "actions": [{"action_id": "approve_deployment", "value": "r-2"}]});
    let body = json!({"user": ANA, "channel": DEPLOYMENTS, "ts": ts, "action_id": "approve_deployment", "patch": patch});
    run.control("click", body).await;
    let received = run.app.last();
    assert_eq!((received.verified, &received.payload["team"]["id"]), (Ok(()), &"T0OTHER".into()));
    assert_eq!(received.payload["actions"][0]["value"], "r-2");
}

#[tokio::test]
async fn an_app_that_is_late_or_fails_is_complained_of() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let page = async || run.get("feed?as=U0ANA").await.body;
    run.app.next(Step { status: 500, ..Step::default() });
    assert_eq!(run.click(ANA, &ts, "approve_deployment").await["status"], 500);
    assert!(page().await.contains("answered with an error (status 500)"));
    run.app.next(Step { delay: Duration::from_millis(3300), ..Step::default() });
    let late = run.click(ANA, &ts, "approve_deployment").await;
    assert_eq!(
        (&late["status"], &late["error"]),
        (&json!(null), &"the app did not answer within 3 seconds".into())
    );
    assert!((3000..3300).contains(&late["milliseconds"].as_u64().unwrap()), "{late}");
    assert!(page().await.contains("did not respond in time"));
    assert!(!run.get("feed?as=U0BEN").await.body.contains("did not respond"));
    run.click(ANA, &ts, "approve_deployment").await;
    assert!(!page().await.contains("did not respond"));
}

#[tokio::test]
async fn a_replay_is_the_same_to_the_byte() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let first = run.click(ANA, &ts, "approve_deployment").await;
    run.click(BEN, &ts, "reject_deployment").await;
    let received = run.app.received.lock().unwrap().clone();
    run.control("replay", json!({})).await;
    assert_eq!(
        (run.app.last().body, run.app.last().signature),
        (received[1].body.clone(), received[1].signature.clone())
    );
    let again = run.control("replay", json!({"id": first["id"], "times": 2})).await;
    assert_eq!(again["answers"].as_array().unwrap().len(), 2);
    let last = run.app.last();
    assert_eq!((last.verified, last.body), (Ok(()), received[0].body.clone()));
    assert_eq!(run.control_reply("POST", "replay", json!({"id": "I0"})).await.status, 404);
}

#[tokio::test]
async fn anything_can_be_sent_signed_or_not() {
    let run = Run::start().await;
    let unsigned = run.control("send", json!({"body": "payload=%7B%7D"})).await;
    assert_eq!(unsigned["answers"][0]["status"], 401);
    assert_eq!(run.app.last().verified, Err(SignatureError::Missing));
    let signed = run.control("send", json!({"body": "payload=%7B%7D", "signed": true})).await;
    assert_eq!((&signed["answers"][0]["status"], run.app.last().verified), (&200.into(), Ok(())));
    run.control("send", json!({"body_hex": "ff00", "headers": {"x-slack-signature": ["v0=00", "v0=01"]}}))
        .await;
    let last = run.app.last();
    assert_eq!((last.verified, last.body.as_ref()), (Err(SignatureError::Missing), [0xff, 0].as_slice()));
    let headers = json!({"x-slack-request-timestamp": "1", "x-slack-signature": ["v0=00", "v0=01"]});
    run.control("send", json!({"body": "", "headers": headers})).await;
    assert_eq!(run.app.last().verified, Err(SignatureError::Repeated));
    assert_eq!(run.control_reply("POST", "send", json!({})).await.status, 400);
}

#[tokio::test]
async fn a_response_url_answers_the_click() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    run.click(ANA, &ts, "approve_deployment").await;
    let url = run.app.last().payload["response_url"].as_str().unwrap().to_owned();
    let respond = async |body: serde_json::Value| wire::send("POST", &url, &[], body.to_string()).await;
    assert_eq!(respond(json!({"text": "you may not"})).await.status, 200);
    let notice = run.messages().await.remove(1);
    assert_eq!((&notice["user"], &notice["text"]), (&ANA.into(), &"you may not".into()));
    assert_eq!(respond(json!({"text": "decided", "replace_original": true})).await.status, 200);
    assert_eq!(run.messages().await[0]["text"], "decided");
    assert_eq!(respond(json!({})).await.json()["error"], "no_text");
    respond(json!({"text": "4"})).await;
    assert_eq!(respond(json!({"delete_original": true})).await.status, 200);
    assert_eq!(run.messages().await[0]["deleted"], true);
    assert!(!run.get("feed?as=U0ANA").await.body.contains("decided"));
    assert_eq!(respond(json!({"text": "6"})).await.json()["error"], "used_url");
}
