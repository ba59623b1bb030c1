//! The Web API: who may call, what is refused, and what calls leave behind.

use serde_json::{Value, json};

use crate::run::{ANA, BEN, DEPLOYMENTS, Run, buttons};
use crate::wire;

#[tokio::test]
async fn only_the_bots_token_is_taken() {
    let run = Run::start().await;
    let call = async |headers: &[(&str, &str)]| {
        wire::send("POST", &format!("{}/api/auth.test", run.url), headers, String::new()).await.json()
    };
    assert_eq!(call(&[]).await, json!({"ok": false, "error": "not_authed"}));
    assert_eq!(call(&[("authorization", "Bearer xoxb-other")]).await["error"], "invalid_auth");
    let told = run.call("auth.test", json!({})).await;
    assert_eq!((&told["ok"], &told["team_id"]), (&true.into(), &"T0STANDIN".into()));
    assert_eq!(run.call("chat.explode", json!({})).await["error"], "unknown_method");
}

#[tokio::test]
async fn a_message_goes_to_a_channel_by_id_or_name_or_to_a_person() {
    let run = Run::start().await;
    let post =
        async |channel: &str| run.call("chat.postMessage", json!({"channel": channel, "text": "hi"})).await;
    for name in [DEPLOYMENTS, "deployments", "#deployments"] {
        assert_eq!(post(name).await["channel"], DEPLOYMENTS);
    }
    let opened = run.call("conversations.open", json!({"users": ANA})).await;
    assert_eq!(opened, json!({"ok": true, "channel": {"id": "D0ANA"}}));
    assert_eq!(post(ANA).await["channel"], "D0ANA");
    let refusals = [
        ("C0NOWHERE", "channel_not_found"),
        ("", "channel_not_found"),
        ("C0OLD", "is_archived"),
        ("C0PRIVATE", "not_in_channel"),
    ];
    for (channel, error) in refusals {
        assert_eq!(post(channel).await["error"], error, "{channel}");
    }
    assert_eq!(run.call("conversations.open", json!({"users": "U9"})).await["error"], "user_not_found");
}

#[tokio::test]
async fn forms_are_read_like_json() {
    let run = Run::start().await;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("channel", DEPLOYMENTS)
        .append_pair("blocks", &buttons().to_string())
        .append_pair("metadata", r#"{"event_type":"asked","event_payload":{}}"#)
        .finish();
    let token = format!("Bearer {}", run.credentials.bot_token);
    let headers = [("authorization", token.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let url = format!("{}/api/chat.postMessage", run.url);
    let posted = wire::send("POST", &url, &headers, form).await.json();
    assert_eq!(posted["message"]["blocks"][1]["block_id"], "decide");
    assert_eq!(posted["message"]["blocks"][0]["block_id"], "block-0");
    assert_eq!(posted["message"]["metadata"]["event_type"], "asked");
    let broken = wire::send("POST", &url, &headers, "channel=C0DEPLOY&blocks=%5B".to_owned()).await.json();
    assert_eq!(broken["error"], "invalid_blocks_format");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    for (body, error) in [("{", "invalid_json"), ("[]", "json_not_object")] {
        assert_eq!(wire::send("POST", &url, &headers, body.to_owned()).await.json()["error"], error);
    }
    let headers = [("authorization", token.as_str()), ("content-type", "text/xml")];
    assert_eq!(
        wire::send("POST", &url, &headers, "<a/>".to_owned()).await.json()["error"],
        "invalid_post_type"
    );
}

#[tokio::test]
async fn what_is_too_long_is_refused_by_name() {
    let run = Run::start().await;
    let post = async |text: String, blocks: Value| {
        let told = run
            .call("chat.postMessage", json!({"channel": DEPLOYMENTS, "text": text, "blocks": blocks}))
            .await;
        told["error"].as_str().unwrap_or("taken").to_owned()
    };
    assert_eq!(post(String::new(), json!([])).await, "no_text");
    assert_eq!(post("é".repeat(40_000), json!([])).await, "taken");
    assert_eq!(post("x".repeat(40_001), json!([])).await, "msg_too_long");
    // The JSON of these five is 13,200 characters.
    let section =
        |length: usize| json!({"type": "section", "text": {"type": "mrkdwn", "text": "x".repeat(length)}});
    let frame = section(0).to_string().len();
    let blocks = |over: usize| {
        let mut blocks = vec![section(2900); 4];
        blocks.push(section(13_200 - 4 * (frame + 2900) - frame + over));
        Value::Array(blocks)
    };
    assert_eq!(post(String::new(), blocks(0)).await, "taken");
    assert_eq!(post(String::new(), blocks(1)).await, "msg_blocks_too_long");
    let refused =
        run.call("chat.postMessage", json!({"channel": DEPLOYMENTS, "blocks": [{"type": "header"}]})).await;
    assert_eq!(refused["error"], "invalid_blocks");
    let message = "[ERROR] missing required field: text [json-pointer:/blocks/0]";
    assert_eq!(refused["response_metadata"]["messages"], json!([message]));
}

#[tokio::test]
async fn a_channel_takes_a_burst_and_then_one_message_a_second() {
    let run = Run::start().await;
    let post =
        async || run.call_reply("chat.postMessage", json!({"channel": DEPLOYMENTS, "text": "hi"})).await;
    let mut taken = 0;
    let refused = loop {
        let reply = post().await;
        if reply.status != 200 {
            break reply;
        }
        taken += 1;
        assert!(taken < 100, "the limit never comes");
    };
    assert!(taken >= 10, "{taken}");
    assert_eq!((refused.status, &refused.headers["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(refused.json(), json!({"ok": false, "error": "ratelimited"}));
    run.control("rate-limit", json!({"on": false})).await;
    assert_eq!(post().await.status, 200);
}

#[tokio::test]
async fn an_update_replaces_what_is_shown_and_keeps_what_was() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let update = async |mut arguments: Value| {
        arguments["channel"] = arguments.get("channel").cloned().unwrap_or(DEPLOYMENTS.into());
        run.call("chat.update", arguments).await
    };
    let done = json!([{"type": "header", "text": {"type": "plain_text", "text": "Approved"}}]);
    let told = update(json!({"ts": ts, "blocks": done})).await;
    assert_eq!((&told["ok"], &told["ts"], &told["text"]), (&true.into(), &ts.as_str().into(), &"t".into()));
    assert_eq!(update(json!({"ts": ts, "text": "only text"})).await["message"]["blocks"], json!([]));
    let message = run.messages().await.remove(0);
    assert_eq!((&message["edits"], &message["text"]), (&2.into(), &"only text".into()));
    assert_eq!(message["history"][0]["blocks"][1]["block_id"], "decide");
    assert_eq!(message["history"][1]["blocks"][0]["text"]["text"], "Approved");
    assert_eq!(update(json!({"ts": "1.2", "text": "x"})).await["error"], "message_not_found");
    assert_eq!(update(json!({"ts": ts})).await["error"], "no_text");
    let by_name = update(json!({"ts": ts, "text": "x", "channel": "deployments"})).await;
    assert_eq!(by_name["error"], "channel_not_found");
}

#[tokio::test]
async fn people_are_found_by_id_and_by_address() {
    let run = Run::start().await;
    let token = format!("Bearer {}", run.credentials.bot_token);
    let ask = async |question: &str| {
        let url = format!("{}/api/{question}", run.url);
        wire::send("GET", &url, &[("authorization", &token)], String::new()).await.json()
    };
    assert_eq!(ask("users.info?user=U0ANA").await["user"]["profile"]["email"], "ana@example.com");
    assert_eq!(ask("users.info?user=U9").await["error"], "user_not_found");
    assert_eq!(ask("users.lookupByEmail?email=ANA%40example.com").await["user"]["id"], ANA);
    assert_eq!(ask("users.lookupByEmail?email=no%40example.com").await["error"], "users_not_found");
    run.control("users", json!({"id": ANA, "name": "ana", "email": "ana@new.example"})).await;
    assert_eq!(ask("users.info?user=U0ANA").await["user"]["profile"]["email"], "ana@new.example");
    run.control("users", json!({"id": "U0NEW", "name": "new"})).await;
    assert_eq!(ask("users.info?user=U0NEW").await["user"]["profile"].get("email"), None);
    // Slack does not look at a JSON body here.
    assert_eq!(run.call("users.info", json!({"user": ANA})).await["error"], "user_not_found");
}

#[tokio::test]
async fn an_ephemeral_message_is_for_one_person_and_cannot_be_changed() {
    let run = Run::start().await;
    let arguments = json!({"channel": DEPLOYMENTS, "user": ANA, "text": "just for you"});
    let told = run.call("chat.postEphemeral", arguments).await;
    let ts = told["message_ts"].as_str().unwrap();
    assert_eq!(run.messages().await[0]["user"], ANA);
    assert!(run.get("feed?as=U0ANA").await.body.contains("just for you"));
    assert!(!run.get("feed?as=U0BEN").await.body.contains("just for you"));
    let changed = run.call("chat.update", json!({"channel": DEPLOYMENTS, "ts": ts, "text": "x"})).await;
    assert_eq!(changed["error"], "message_not_found");
    let direct = run.call("conversations.open", json!({"users": ANA})).await;
    let arguments = json!({"channel": direct["channel"]["id"], "user": BEN, "text": "x"});
    assert_eq!(run.call("chat.postEphemeral", arguments).await["error"], "user_not_in_channel");
}

#[tokio::test]
async fn calls_are_remembered_without_the_token() {
    let run = Run::start().await;
    run.call("chat.postMessage", json!({"channel": "C9", "text": "hi", "token": run.credentials.bot_token}))
        .await;
    let calls = run.get("control/calls").await;
    assert!(!calls.body.contains(&run.credentials.bot_token));
    let call = &calls.json()["calls"][0];
    assert_eq!((&call["method"], &call["status"]), (&"chat.postMessage".into(), &200.into()));
    assert_eq!((&call["arguments"]["text"], &call["error"]), (&"hi".into(), &"channel_not_found".into()));
}
