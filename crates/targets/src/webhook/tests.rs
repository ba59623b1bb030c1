//! Calls against a server on this machine that answers as it is told.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{Rule, mock};
use common::adapters::memory::Memory;
use common::adapters::secrets_manager::SigningKey;
use jiff::SignedDuration;
use serde_json::json;

use super::super::mocked::{error, secrets};
use super::*;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const ARN: &str = "arn:aws:secretsmanager:eu-west-1:1:secret:hook-AbCdEf";

/// What requests looked like: their first lines with their headers, and their bodies.
type Seen = Arc<Mutex<Vec<(String, String)>>>;

/// A server that gives each request the next answer, and then is gone.
fn server(answers: Vec<String>) -> (Webhook, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = place(&format!("http://{}/hooks/shop?token=pa55", listener.local_addr().unwrap()));
    let seen: Seen = Arc::default();
    let noted = seen.clone();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let Some(told) = read(&mut stream) else { continue };
            noted.lock().unwrap().push(told);
            stream.write_all(answer.as_bytes()).ok();
        }
    });
    (place, seen)
}

/// Nothing where whoever called goes away before they have said everything.
fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    while !is_whole(&text) {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        text.extend_from_slice(&buffer[..count]);
    }
    let text = String::from_utf8(text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
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

fn place(url: &str) -> Webhook {
    Webhook { url: WebhookUrl::parse(url).unwrap(), secret: ARN.to_owned() }
}

fn holding(text: String) -> Rule {
    mock!(Client::get_secret_value)
        .match_requests(|call| call.secret_id() == Some(ARN))
        .then_output(move || GetSecretValueOutput::builder().secret_string(&text).build())
}

fn with_keys(text: String) -> (Webhooks<Memory>, Memory) {
    let memory = Memory::new();
    let keys = SigningKeys::new(secrets(&[holding(text)]), memory.clone());
    (Webhooks::new(keys, memory.clone()), memory)
}

fn webhooks() -> (Webhooks<Memory>, Memory) {
    with_keys(json!({ "signingSecret": OLD }).to_string())
}

fn request() -> RequestId {
    RequestId::parse("request-1").unwrap()
}

fn unavailable(code: &str) -> TargetError {
    TargetError::Unavailable { operation: "POST", code: code.to_owned() }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

#[tokio::test]
async fn each_try_has_the_same_id_and_body_and_a_time_and_signature_of_its_own() {
    let (place, seen) = server(vec![http("202 Accepted", "", ""), http("204 No Content", "", "")]);
    let (webhooks, clock) = webhooks();
    let body = r#"{"version":"2.4.1"}"#;
    let accepted = Received::Accepted { says: None, link: None };
    assert_eq!(webhooks.post(&place, &request(), body).await, Ok(accepted));
    let first = clock.now().as_second();
    clock.advance(SignedDuration::from_secs(20));
    assert_eq!(webhooks.post(&place, &request(), body).await, Ok(Received::Done));
    let seen = seen.lock().unwrap();
    for ((head, sent), seconds) in seen.iter().zip([first, first + 20]) {
        assert!(head.starts_with("POST /hooks/shop?token=pa55 HTTP/1.1\r\n"), "{head}");
        assert_eq!((header(head, "webhook-id"), sent.as_str()), ("request-1", body));
        assert_eq!(header(head, "content-type"), "application/json");
        assert!(header(head, "user-agent").starts_with("countersign/"));
        assert_eq!(header(head, "webhook-timestamp"), seconds.to_string());
        let keys = [SigningKey::parse(OLD).unwrap()];
        let signature = signature::sign(&keys, "request-1", seconds, body);
        assert_eq!(header(head, "webhook-signature"), signature);
    }
}

#[tokio::test]
async fn during_a_rotation_either_key_opens_it() {
    let (place, seen) = server(vec![http("200 OK", "", "")]);
    let both = json!({ "signingSecret": NEW, "previousSigningSecret": OLD });
    let (webhooks, clock) = with_keys(both.to_string());
    webhooks.post(&place, &request(), "{}").await.unwrap();
    let seen = seen.lock().unwrap();
    let signatures: Vec<_> = header(&seen[0].0, "webhook-signature").split(' ').collect();
    let of = |key| {
        let keys = [SigningKey::parse(key).unwrap()];
        signature::sign(&keys, "request-1", clock.now().as_second(), "{}")
    };
    assert_eq!(signatures, [of(NEW), of(OLD)]);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, told) = server(vec![http("200 OK", "", "")]);
    let location = format!("location: {}\r\n", elsewhere.url.expose());
    let answers = ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"];
    let (place, seen) = server(answers.map(|status| http(status, &location, "")).to_vec());
    for _ in answers {
        let received = webhooks().0.post(&place, &request(), "{}").await.unwrap();
        let Received::Failed(how) = received else { panic!("{received:?}") };
        assert!(how.starts_with("answers with a redirect (HTTP 30"), "{how}");
    }
    assert_eq!((seen.lock().unwrap().len(), told.lock().unwrap().len()), (5, 0));
}

#[tokio::test]
async fn what_is_no_whole_answer_says_nothing_yet() {
    let too_large = http("200 OK", "", &"a".repeat(LIMITS.answer + 1));
    let (place, _) = server(vec![
        http("503 Service Unavailable", "retry-after: 3600\r\n", "{\"status\":\"failed\"}"),
        "not HTTP at all".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"sta".to_owned(),
        too_large,
    ]);
    for code in ["HTTP 503", "NoConnection", "UnreadableResponse", "UnreadableResponse", "NoConnection"] {
        let answered = webhooks().0.post(&place, &request(), "{}").await;
        assert_eq!(answered, Err(unavailable(code)));
    }
}

#[tokio::test]
async fn a_silent_receiver_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = place(&format!("http://{}", listener.local_addr().unwrap()));
    let (mut webhooks, _) = webhooks();
    assert!(webhooks.patience * 3 < Duration::from_mins(1), "the function lives for so long");
    webhooks.patience = Duration::from_millis(200);
    let before = Instant::now();
    assert_eq!(webhooks.post(&place, &request(), "{}").await, Err(unavailable("Timeout")));
    assert!(before.elapsed() < Duration::from_secs(2));
}

/// A receiver that cannot show a certificate is not told anything.
#[tokio::test]
async fn nothing_is_said_to_whoever_is_not_who_the_address_says() {
    let (plain, seen) = server(vec![http("200 OK", "", "")]);
    let place = place(&plain.url.expose().replace("http://", "https://"));
    let (mut webhooks, _) = webhooks();
    webhooks.patience = Duration::from_millis(500);
    // The server waits for a request that never comes; what it was sent is a handshake.
    assert_eq!(webhooks.post(&place, &request(), "{}").await, Err(unavailable("Timeout")));
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_key_nothing_is_sent_and_nothing_of_the_secret_is_said() {
    let operation = "secretsmanager:GetSecretValue";
    let (place, seen) = server(vec![http("200 OK", "", "")]);
    let (webhooks, _) = with_keys(json!({ "signingSecret": "s3cret" }).to_string());
    let refused = webhooks.signable(&place).await.unwrap_err();
    assert!(matches!(refused, TargetError::Refused { .. }) && !refused.to_string().contains("s3cret"));
    assert_eq!(webhooks.post(&place, &request(), "{}").await, Err(refused));
    for (code, expected) in [
        (
            "AccessDeniedException",
            TargetError::Refused { operation, reason: "AccessDeniedException".to_owned() },
        ),
        (
            "ThrottlingException",
            TargetError::Unavailable { operation, code: "ThrottlingException".to_owned() },
        ),
    ] {
        let rule = mock!(Client::get_secret_value).then_http_response(move || error(400, code));
        let keys = SigningKeys::new(secrets(&[rule]), Memory::new());
        let webhooks = Webhooks::new(keys, Memory::new());
        assert_eq!(webhooks.signable(&place).await, Err(expected));
    }
    assert!(seen.lock().unwrap().is_empty());
    assert!(!format!("{webhooks:?}").contains("s3cret"));
}
