//! The page for people, with forms as a browser sends them.

use serde_json::json;

use crate::app::Step;
use crate::run::{ANA, DEPLOYMENTS, Run, buttons, modal};
use crate::wire::{self, Reply};

async fn send(run: &Run, path: &str, fields: &[(&str, &str)]) -> Reply {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    wire::send("POST", &format!("{}/{path}", run.url), &headers, form).await
}

#[tokio::test]
async fn a_person_clicks_types_and_submits() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let call = Some(("views.open", json!({"trigger_id": "TRIGGER", "view": modal()})));
    run.app.next(Step { call, ..Step::default() });
    let click = [
        ("as", ANA),
        ("channel", DEPLOYMENTS),
        ("in", DEPLOYMENTS),
        ("ts", &ts),
        ("action_id", "reject_deployment"),
    ];
    let clicked = send(&run, "click", &click).await;
    assert_eq!(
        (clicked.status, &clicked.headers["location"]),
        (303, &"/slack-stand-in/?as=U0ANA&channel=C0DEPLOY".parse().unwrap())
    );
    let page = run.get("?as=U0ANA&channel=C0DEPLOY").await.body;
    let view = page.split(r#"name="view" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(page.contains("<h2>Reject</h2>"), "{page}");
    let seat = [("as", ANA), ("channel", DEPLOYMENTS), ("view", view.as_str())];
    send(&run, "submit", &[seat[0], seat[1], seat[2], ("input:reason", "no")]).await;
    assert!(run.get("?as=U0ANA").await.body.contains("Please enter at least 3 characters."));
    send(&run, "submit", &[seat[0], seat[1], seat[2], ("input:reason", "two\r\nlines")]).await;
    let payload = run.app.last().payload;
    assert_eq!(payload["view"]["state"]["values"]["reason"]["text"]["value"], "two\nlines");
    assert!(!run.get("?as=U0ANA").await.body.contains("<textarea"));
}

#[tokio::test]
async fn a_message_is_shown_with_its_buttons_and_dialogs() {
    let run = Run::start().await;
    let ts = run.post(buttons()).await;
    let reply = json!({"channel": DEPLOYMENTS, "text": "*still* waiting", "thread_ts": ts});
    run.call("chat.postMessage", reply).await;
    let page = run.get("?as=U0ANA").await;
    let body = &page.body;
    assert!(body.contains("<h3>Deploy checkout &lt;!channel&gt;</h3>"), "{body}");
    assert!(
        body.contains(r#"<details class="confirm"><summary class="button primary">Approve</summary>"#),
        "{body}"
    );
    assert!(body.contains("<h4>Sure?</h4><p>Really</p>"), "{body}");
    assert!(body.contains(r#"<button class="button danger">Reject</button>"#), "{body}");
    let thread = body.split(r#"<div class="thread">"#).nth(1).unwrap();
    assert!(thread.contains("<strong>still</strong> waiting"), "{body}");
    assert!(!body.contains("edited"), "{body}");
    run.call("chat.update", json!({"channel": DEPLOYMENTS, "ts": ts, "text": "done"})).await;
    assert!(run.get("?as=U0ANA").await.body.contains("(edited)"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

#[tokio::test]
async fn nothing_that_apps_send_is_html() {
    let run = Run::start().await;
    let evil = "<img src=x onerror=alert(1)>\"'><!channel>`*";
    let plain = json!({"type": "plain_text", "text": evil});
    let blocks = json!([
        {"type": "header", "text": plain},
        {"type": "section", "text": {"type": "mrkdwn", "text": evil}, "fields": [plain, {"type": "mrkdwn", "text": evil}],
         "accessory": {"type": "button", "text": plain, "action_id": evil, "value": evil}},
        {"type": "context", "elements": [plain]},
    ]);
    run.call("chat.postMessage", json!({"channel": ANA, "text": evil, "blocks": blocks})).await;
    run.call("chat.postMessage", json!({"channel": ANA, "text": evil})).await;
    run.control("users", json!({"id": "U0EVIL", "name": evil, "email": evil})).await;
    run.control("channels", json!({"id": "C0EVIL", "name": evil})).await;
    for page in ["?as=U0ANA&channel=D0ANA", "?as=U0EVIL&channel=C0EVIL"] {
        let body = run.get(page).await.body;
        assert!(!body.contains("<img") && !body.contains("<!channel"), "{body}");
        assert!(!body.contains("\"'>"), "{body}");
    }
}

#[tokio::test]
async fn one_chooses_who_one_is_and_under_which_address() {
    let run = Run::start().await;
    run.call("conversations.open", json!({"users": ANA})).await;
    let body = run.get("?as=U0BEN").await.body;
    assert!(
        body.contains(r#"href="/slack-stand-in/?as=U0BEN&amp;channel=C0DEPLOY" aria-current="page">ben"#),
        "{body}"
    );
    assert!(!body.contains("D0ANA"), "a direct message of another person is listed: {body}");
    assert!(run.get("?as=U0ANA").await.body.contains("D0ANA"));
    send(&run, "email", &[("as", ANA), ("email", "ana@new.example")]).await;
    assert!(run.get("?as=U0BEN").await.body.contains("ana@new.example"));
}

#[tokio::test]
async fn another_sites_page_cannot_act() {
    let run = Run::start().await;
    for path in ["click", "control/users"] {
        let headers = [("sec-fetch-site", "cross-site"), ("content-type", "text/plain")];
        let reply = wire::send("POST", &format!("{}/{path}", run.url), &headers, "{}".to_owned()).await;
        assert_eq!(reply.status, 403, "{path}");
    }
    assert_eq!(run.get("nothing").await.status, 404);
    assert_eq!(wire::send("GET", &run.url, &[], String::new()).await.status, 303);
}
