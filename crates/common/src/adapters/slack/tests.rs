//! Calls against a server on this machine that answers as it is told.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::*;
use crate::adapters::memory::Memory;
use crate::domain::EmailAddress;
use crate::ports::{
    AskSlackWho, EditSlack, OpenSlackModals, PostToSlack, SecretError, SlackCard, SlackError, SlackModal,
    SlackPlace, SlackReply, SlackTrigger, TellPrivately,
};
use jiff::SignedDuration;

/// What a request looked like: its first line, its headers and its body.
type Seen = Arc<Mutex<Vec<(String, String)>>>;

/// A server that gives each request the next answer.
fn server(answers: Vec<String>) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    let seen: Seen = Arc::default();
    let noted = seen.clone();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut text = Vec::new();
            let mut buffer = [0; 4096];
            while !is_whole(&text) {
                let count = stream.read(&mut buffer).unwrap();
                text.extend_from_slice(&buffer[..count]);
            }
            let text = String::from_utf8(text).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            noted.lock().unwrap().push((head.to_owned(), body.to_owned()));
            stream.write_all(answer.as_bytes()).ok();
        }
    });
    (url, seen)
}

fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| body.len() >= length.parse().unwrap())
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn ok(body: &Value) -> String {
    http("200 OK", "", &body.to_string())
}

struct Fixed {
    url: String,
    renewed: &'static str,
}

impl Fixed {
    fn of(&self, token: &str) -> SlackAccess {
        SlackAccess::new(BotToken::new(token.to_owned()), Some(&self.url)).unwrap().of_team(Some("T1"))
    }
}

impl GiveAccess for Fixed {
    async fn access(&self) -> Result<Option<SlackAccess>, SecretError> {
        Ok(Some(self.of("xoxb-sample")))
    }

    async fn renewed(&self) -> Result<Option<SlackAccess>, SecretError> {
        Ok(Some(self.of(self.renewed)))
    }
}

fn client(url: String, patience: Patience) -> (SlackClient<Fixed, Memory>, Memory) {
    let memory = Memory::new();
    (SlackClient::new(Fixed { url, renewed: "xoxb-sample" }, memory.clone(), patience), memory)
}

fn card() -> SlackCard {
    SlackCard { text: "text".to_owned(), blocks: json!([{"type": "divider"}]) }
}

fn place() -> SlackPlace {
    SlackPlace { channel: "C1".to_owned(), ts: "1.1".to_owned() }
}

#[tokio::test]
async fn each_method_sends_what_slack_documents() {
    let user =
        json!({"ok": true, "user": {"id": "U1", "team_id": "T1", "profile": {"email": "Ana@example.com"}}});
    let (url, seen) = server(vec![
        ok(&json!({"ok": true, "channel": "C1", "ts": "1.1"})),
        ok(&json!({"ok": true, "channel": {"id": "D1"}})),
        ok(&json!({"ok": true})),
        ok(&user),
        ok(&user),
        ok(&json!({"ok": true})),
        ok(&json!({"ok": true})),
    ]);
    let (slack, _) = client(url, Patience::Task);
    assert_eq!(slack.post("#releases", Some("0.1"), &card()).await.unwrap(), place());
    assert_eq!(slack.direct_channel("U1").await.unwrap(), "D1");
    slack.edit(&place(), &card()).await.unwrap();
    let ana = EmailAddress::parse("ana@example.com").unwrap();
    assert_eq!(slack.address_of("U1").await.unwrap(), Some(ana.clone()));
    assert_eq!(slack.user_with(&ana).await.unwrap().as_deref(), Some("U1"));
    slack
        .open_modal(&SlackTrigger::new("1.2.3".to_owned()), &SlackModal(json!({"type": "modal"})))
        .await
        .unwrap();
    slack.tell_privately("C1", "U1", &card()).await.unwrap();
    let seen = seen.lock().unwrap();
    let lines: Vec<_> = seen.iter().map(|(head, _)| head.lines().next().unwrap()).collect();
    let methods = [
        "chat.postMessage",
        "conversations.open",
        "chat.update",
        "users.info",
        "users.lookupByEmail",
        "views.open",
        "chat.postEphemeral",
    ];
    assert_eq!(lines, methods.map(|method| format!("POST /api/{method} HTTP/1.1")));
    assert!(seen.iter().all(|(head, _)| head.contains("authorization: Bearer xoxb-sample")));
    let json = |position: usize| serde_json::from_str::<Value>(&seen[position].1).unwrap();
    assert_eq!(json(0)["thread_ts"], "0.1");
    assert_eq!((&json(0)["channel"], &json(0)["blocks"]), (&json!("#releases"), &card().blocks));
    assert_eq!(json(1), json!({"users": "U1"}));
    assert_eq!((&json(2)["ts"], &json(2)["parse"]), (&json!("1.1"), &json!("none")));
    assert_eq!((seen[3].1.as_str(), seen[4].1.as_str()), ("user=U1", "email=ana%40example.com"));
    assert_eq!(json(5), json!({"trigger_id": "1.2.3", "view": {"type": "modal"}}));
    assert_eq!((&json(6)["user"], &json(6)["text"]), (&json!("U1"), &json!("text")));
}

#[tokio::test]
async fn a_click_is_answered_at_its_own_address_without_the_token() {
    let gone = http("404 Not Found", "", "expired_url");
    let (url, seen) = server(vec![http("200 OK", "", "ok"), gone]);
    let (slack, _) = client(url.clone(), Patience::Interaction);
    slack.prepare();
    let reply = SlackReply::new(url.replace("/api", "/response/x"));
    assert_eq!(slack.reply_privately(&reply, &card()).await, Ok(()));
    {
        let seen = seen.lock().unwrap();
        assert!(seen[0].0.starts_with("POST /response/x ") && !seen[0].0.contains("authorization"));
        let body: Value = serde_json::from_str(&seen[0].1).unwrap();
        assert_eq!((&body["response_type"], &body["replace_original"]), (&json!("ephemeral"), &json!(false)));
        assert_eq!((&body["text"], &body["blocks"]), (&json!("text"), &card().blocks));
    }
    let gone = SlackError::Unavailable { code: "HTTP 404".to_owned() };
    assert_eq!(slack.reply_privately(&reply, &card()).await, Err(gone));
    let elsewhere = SlackReply::new("https://example.com/hook".to_owned());
    let refused = slack.reply_privately(&elsewhere, &card()).await.unwrap_err();
    assert_eq!(refused.code(), "foreign_reply_address");
    assert_eq!(seen.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn only_an_active_person_with_an_address_of_their_own_is_somebody() {
    let with = |extra: Value| {
        let mut user = json!({"id": "U1", "profile": {"email": "ana@example.com"}});
        user.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        ok(&json!({"ok": true, "user": user}))
    };
    let (url, _) = server(vec![
        with(json!({"deleted": true})),
        with(json!({"is_bot": true})),
        with(json!({"is_stranger": true})),
        with(json!({"is_email_confirmed": false})),
        with(json!({"profile": {}})),
        with(json!({"team_id": "T2"})),
        with(json!({"id": "U2"})),
        ok(&json!({"ok": false, "error": "user_not_found"})),
        with(json!({"deleted": true})),
        with(json!({"is_email_confirmed": false})),
        with(json!({"team_id": "T2"})),
        with(json!({"profile": {"email": "anna@example.com"}})),
        ok(&json!({"ok": false, "error": "users_not_found"})),
        with(json!({})),
    ]);
    let (slack, _) = client(url, Patience::Task);
    for _ in 0..8 {
        assert_eq!(slack.address_of("U1").await, Ok(None));
    }
    let ana = EmailAddress::parse("ana@example.com").unwrap();
    for _ in 0..5 {
        assert_eq!(slack.user_with(&ana).await, Ok(None));
    }
    assert_eq!(slack.user_with(&ana).await, Ok(Some("U1".to_owned())));
}

#[tokio::test]
async fn every_failure_has_its_kind() {
    let (url, _) = server(vec![
        http("502 Bad Gateway", "", "<html>"),
        ok(&json!({"ok": false, "error": "not_in_channel"})),
        ok(&json!({"ok": true})),
        "not HTTP at all".to_owned(),
    ]);
    let (slack, _) = client(url, Patience::Task);
    let unavailable = |code: &str| SlackError::Unavailable { code: code.to_owned() };
    for expected in [
        unavailable("HTTP 502"),
        SlackError::Refused { error: "not_in_channel".to_owned() },
        unavailable("UnreadableResponse"),
        unavailable("NoConnection"),
        unavailable("NoConnection"),
    ] {
        assert_eq!(slack.post("C1", None, &card()).await, Err(expected));
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (slack, _) = client(format!("http://{}/api", listener.local_addr().unwrap()), Patience::Interaction);
    let before = std::time::Instant::now();
    let answered = slack.tell_privately("C1", "U1", &card()).await;
    assert_eq!(answered, Err(SlackError::Unavailable { code: "Timeout".to_owned() }));
    assert!(before.elapsed() < std::time::Duration::from_secs(2));
}

#[tokio::test]
async fn slack_that_did_not_answer_is_left_alone_for_a_moment() {
    let broken = || "not HTTP at all".to_owned();
    let fine = ok(&json!({"ok": true, "channel": "C1", "ts": "1.1"}));
    let (url, seen) = server(vec![broken(), fine.clone()]);
    let (slack, clock) = client(url, Patience::Backlog);
    let silent = || SlackError::Unavailable { code: "NoConnection".to_owned() };
    assert_eq!(slack.edit(&place(), &card()).await, Err(silent()));
    clock.advance(SignedDuration::from_secs(9));
    assert_eq!(slack.post("C1", None, &card()).await, Err(silent()), "by no method");
    assert_eq!(seen.lock().unwrap().len(), 1);
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(slack.post("C1", None, &card()).await, Ok(place()));
    for patience in [Patience::Interaction, Patience::Task] {
        let (url, _) = server(vec![broken(), fine.clone()]);
        let (slack, _) = client(url, patience);
        assert_eq!(slack.edit(&place(), &card()).await, Err(silent()));
        assert_eq!(slack.post("C1", None, &card()).await, Ok(place()), "another person, another request");
    }
}

#[tokio::test]
async fn a_long_pause_is_kept_and_other_methods_go_on() {
    let limited = http("429 Too Many Requests", "retry-after: 30\r\n", "");
    let fine = ok(&json!({"ok": true, "channel": "C1", "ts": "1.1"}));
    let (url, seen) = server(vec![limited, fine.clone(), fine]);
    let (slack, clock) = client(url, Patience::Task);
    let wait = |retry_after_seconds| Err(SlackError::RateLimited { retry_after_seconds });
    assert_eq!(slack.edit(&place(), &card()).await, wait(30));
    clock.advance(SignedDuration::from_secs(10));
    assert_eq!(slack.edit(&place(), &card()).await, wait(20));
    assert!(slack.post("C1", None, &card()).await.is_ok());
    assert_eq!(seen.lock().unwrap().len(), 2, "Slack was left alone");
    clock.advance(SignedDuration::from_secs(20));
    assert_eq!(slack.edit(&place(), &card()).await, Ok(()));
}

#[tokio::test]
async fn a_short_pause_is_waited_for_where_there_is_time() {
    let limited = || http("429 Too Many Requests", "retry-after: 1\r\n", "");
    let fine = || ok(&json!({"ok": true, "channel": "C1", "ts": "1.1"}));
    let (url, _) = server(vec![limited(), fine()]);
    assert_eq!(client(url, Patience::Task).0.post("C1", None, &card()).await, Ok(place()));
    let (url, _) = server(vec![limited(), fine()]);
    let impatient = client(url, Patience::Interaction).0.post("C1", None, &card()).await;
    assert_eq!(impatient, Err(SlackError::RateLimited { retry_after_seconds: 1 }));
}

#[tokio::test]
async fn a_token_that_was_rotated_is_read_anew_once() {
    let invalid = || ok(&json!({"ok": false, "error": "invalid_auth"}));
    let (url, seen) = server(vec![invalid(), ok(&json!({"ok": true, "channel": "C1", "ts": "1.1"}))]);
    let slack = SlackClient::new(Fixed { url, renewed: "xoxb-new" }, Memory::new(), Patience::Task);
    assert_eq!(slack.post("C1", None, &card()).await, Ok(place()));
    assert!(seen.lock().unwrap()[1].0.contains("Bearer xoxb-new"));
    let (url, _) = server(vec![invalid()]);
    let refused = client(url, Patience::Task).0.post("C1", None, &card()).await;
    assert_eq!(refused, Err(SlackError::Refused { error: "invalid_auth".to_owned() }));
}
