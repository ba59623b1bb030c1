//! What was approved really gets to its place: by a receiver that is no part of AWS. It is a server of this test, which
//! verifies what it is told by code of its own.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::adapters::system::SystemClock;
use common::domain::{Progress, RequestId};
use common::ports::Clock as _;
use countersign_tests::schema::broken;
use countersign_tests::{Call, Release, Run, until};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::stored::policy;

/// What the receiver was told at once.
#[derive(Clone, Debug)]
struct Told {
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Whatever the receiver was told, and what it has done.
#[derive(Default)]
struct Receiver {
    told: Vec<Told>,
    done: BTreeSet<String>,
}

static RECEIVER: Mutex<Option<Receiver>> = Mutex::new(None);

fn receiver<T>(with: impl FnOnce(&mut Receiver) -> T) -> T {
    let mut held: MutexGuard<'_, _> = RECEIVER.lock().unwrap_or_else(PoisonError::into_inner);
    with(held.get_or_insert_default())
}

/// Where the receiver listens, from the first time on that somebody asks.
fn port() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(&stream)));
        port
    })
}

fn answer(mut stream: &TcpStream) {
    let Some(told) = read(stream) else { return };
    let id = told.headers.get("webhook-id").cloned().unwrap_or_default();
    let (status, content) = match told.path.split('?').next() {
        Some("/slow") if receiver(|receiver| receiver.done.contains(&id)) => ("200 OK", json!({})),
        Some("/slow") => {
            ("202 Accepted", json!({ "says": "1 of 2 done", "link": "https://ci.example.com/runs/7" }))
        }
        _ => ("422 Unprocessable Content", json!({ "reason": "nobody has built that version" })),
    };
    receiver(|receiver| receiver.told.push(told));
    let content = content.to_string();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}", content.len());
    stream.write_all(format!("{head}\r\n\r\n{content}").as_bytes()).ok();
}

fn read(stream: &TcpStream) -> Option<Told> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().map(|_| line.trim_end().to_owned())
    };
    let path = line()?.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = line()?.split_once(": ") {
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Told { path, headers, body: String::from_utf8(body).ok()? })
}

fn secret(run: &Run, operation: &str, name: &str) -> Value {
    let operation = format!("secretsmanager.{operation}");
    run.send(&Call::to("secretsmanager", &operation, &json!({ "SecretId": name }))).json()
}

/// The targets of these tests, by the starts of their services.
pub(crate) fn targets() -> Vec<(&'static str, Value)> {
    let run = Run::connect();
    let to = |path: &str, name: &str| {
        let arn = secret(&run, "DescribeSecret", name)["ARN"].clone();
        let url = format!("http://localhost:{}{path}", port());
        json!({ "kind": "webhook", "url": url, "secret": arn })
    };
    vec![
        ("hook-slow", to("/slow?token=pa55word", "release-hook")),
        ("hook-refusing", to("/refusing", "release-hook")),
        ("hook-unsigned", to("/unsigned", "countersign-slack")),
    ]
}

/// HMAC as RFC 2104 writes it down.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

/// The keys that the stack signs with, as their owner wrote them.
fn keys(run: &Run) -> Vec<Vec<u8>> {
    let text = secret(run, "GetSecretValue", "release-hook")["SecretString"].as_str().unwrap().to_owned();
    let content: Value = serde_json::from_str(&text).unwrap();
    let key = |name: &str| STANDARD.decode(content[name].as_str().unwrap().trim_start_matches("whsec_"));
    vec![key("signingSecret").unwrap(), key("previousSigningSecret").unwrap()]
}

/// What the receiver was told under an id: each time the same, with a time of its own, and signed.
fn verified(run: &Run, id: &RequestId) -> Vec<Told> {
    let told = receiver(|receiver| receiver.told.clone());
    let told: Vec<_> = told.into_iter().filter(|told| told.headers["webhook-id"] == id.as_str()).collect();
    let keys = keys(run);
    for one in &told {
        let timestamp = &one.headers["webhook-timestamp"];
        let age = SystemClock.now().as_second() - timestamp.parse::<i64>().unwrap();
        assert!((0..300).contains(&age), "{one:?}");
        let text = format!("{id}.{timestamp}.{}", one.body);
        let signatures = keys.iter().map(|key| format!("v1,{}", STANDARD.encode(hmac(key, text.as_bytes()))));
        assert_eq!(one.headers["webhook-signature"], signatures.collect::<Vec<_>>().join(" "));
        assert_eq!((&one.path, &one.body), (&told[0].path, &told[0].body));
    }
    told
}

fn show(run: &Run, id: &RequestId) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["countersign", "show", id.as_str(), "--outputs"].map(OsString::from);
    countersign::run(words.into_iter().chain([run.outputs_file().into()]), &mut out, &mut err);
    String::from_utf8_lossy(&out).into_owned() + &String::from_utf8_lossy(&err)
}

#[test]
fn after_the_click_a_receiver_is_told_once_and_its_end_is_the_deployment_s() {
    let run = Run::connect();
    let release = Release::by(policy, "hook-slow");
    assert_eq!(release.approve("mia").status, 200);
    let id = release.id(1);
    release.when(1, "word of the receiver", |record| {
        record.stage.as_ref().is_some_and(|it| it.made().is_some_and(|made| made.link.is_some()))
    });
    let asked_again = || (verified(&run, &id).len() > 1).then_some(());
    until("another look at the receiver", asked_again);
    let page = release.ask("mia").approve().open();
    for words in ["localhost says: 1 of 2 done", "https://ci.example.com/runs/7"] {
        assert!(page.says(words), "{words}: {}", page.text());
        assert!(show(&run, &id).contains(words), "{words}: {}", show(&run, &id));
    }
    receiver(|receiver| receiver.done.insert(id.to_string()));
    let output = release.end().success();
    let deployment = &output["deployment"];
    assert_eq!(deployment["status"], "deployed", "{deployment}");
    assert_eq!(broken("execute-deployment-answer", deployment), [""; 0]);
    assert_eq!(
        (&deployment["place"], deployment.get("before"), &deployment["after"]),
        (&json!("webhook of localhost"), None, &json!("2.4.1"))
    );
    assert_eq!(release.record(1).unwrap().progress(), Progress::Deployed);
    let told = verified(&run, &id);
    let body: Value = serde_json::from_str(&told[0].body).unwrap();
    assert_eq!(broken("deployment-webhook", &body), [""; 0]);
    assert_eq!(
        (&body["data"]["serviceName"], &body["data"]["version"], &body["data"]["fingerprint"]),
        (&json!(release.service), &json!("2.4.1"), &deployment["fingerprint"])
    );
    let again = run.call("ExecuteDeploymentFunctionArn", &output).success();
    assert_eq!((&again, verified(&run, &id).len()), (deployment, told.len()));
    let page = release.ask("mia").approve().open();
    assert!(page.says("webhook of localhost, for 2.4.1"), "{}", page.text());
    let all = format!("{} {} {}", page.text(), show(&run, &id), json!(release.record(1)));
    assert!(!all.contains("pa55word"), "only the host is shown: {all}");
    logs_hold_no_key_and_no_address(&run);
}

/// What signs the word to a receiver, and what may be a password in its address.
fn logs_hold_no_key_and_no_address(run: &Run) {
    let text = secret(run, "GetSecretValue", "release-hook")["SecretString"].as_str().unwrap().to_owned();
    let content: Value = serde_json::from_str(&text).unwrap();
    let mut logs = run.log_groups();
    logs.push(run.function_log());
    for log in logs {
        for key in ["signingSecret", "previousSigningSecret"] {
            let key = content[key].as_str().unwrap().trim_start_matches("whsec_");
            assert!(!log.text.contains(&key[..24]), "{} has the key of a webhook", log.name);
        }
        assert!(!log.text.contains("pa55word"), "{} has the address of a webhook", log.name);
    }
}

#[test]
fn a_receiver_that_refuses_fails_the_workflow_in_its_own_words() {
    let run = Run::connect();
    let release = Release::by(policy, "hook-refusing");
    release.approve("mia");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "failed");
    assert!(cause.contains("localhost refused it (HTTP 422): nobody has built that version"), "{cause}");
    let mail = release.mail("mia", "Deployment failed").text.replace('\n', " ");
    assert!(mail.contains("nobody has built that version") && mail.contains("Nothing was changed"), "{mail}");
    assert_eq!(verified(&run, &release.id(1)).len(), 1);
}

/// The policy names its secret, the stack's parameter does not.
#[test]
fn a_receiver_whose_key_the_stack_may_not_read_is_told_nothing() {
    let run = Run::connect();
    let release = Release::by(policy, "hook-unsigned");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("secretsmanager:GetSecretValue was refused: AccessDenied"), "{cause}");
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
    assert!(verified(&run, &release.id(1)).is_empty());
}
