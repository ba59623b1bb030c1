//! A receiver of webhooks: a server of the test's own, which verifies what it is told by code of its own.

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::adapters::system::SystemClock;
use common::domain::RequestId;
use common::ports::Clock as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Call, Run};

/// The secret of a local run whose keys the stack signs with.
pub const SECRET: &str = "release-hook";

/// What the receiver was told at once.
#[derive(Clone, Debug)]
pub struct Told {
    /// Where it was sent, behind the host.
    pub path: String,
    /// Its headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
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

/// Where the receiver takes what is sent to this path, from the first time on that somebody asks: `/done` it does, of
/// `/slow` it says so until it [is done](finish), anything else it refuses.
pub fn url(path: &str) -> String {
    format!("http://localhost:{}{path}", port())
}

/// From now on it says that it is done with this.
pub fn finish(id: &RequestId) {
    receiver(|receiver| receiver.done.insert(id.to_string()));
}

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
        Some("/done") => ("200 OK", json!({})),
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

/// What Secrets Manager says of a secret.
pub fn secret(run: &Run, operation: &str, name: &str) -> Value {
    let operation = format!("secretsmanager.{operation}");
    run.send(&Call::to("secretsmanager", &operation, &json!({ "SecretId": name }))).json()
}

/// HMAC as RFC 2104 writes it down.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

/// The keys that the stack signs with, as their owner wrote them, in base64.
pub fn keys(run: &Run) -> Vec<String> {
    let held = secret(run, "GetSecretValue", SECRET);
    let text = held.get("SecretString").and_then(Value::as_str).unwrap_or_default();
    let content: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{SECRET}: {error}"));
    let key = |name: &str| {
        let key = content.get(name).and_then(Value::as_str);
        key.unwrap_or_else(|| panic!("{SECRET} has no {name}")).trim_start_matches("whsec_").to_owned()
    };
    ["signingSecret", "previousSigningSecret"].map(key).to_vec()
}

/// What the receiver was told under an id: each time the same, with a time of its own, and signed.
pub fn verified(run: &Run, id: &RequestId) -> Vec<Told> {
    let told = receiver(|receiver| receiver.told.clone());
    let told: Vec<_> = told.into_iter().filter(|told| told.headers["webhook-id"] == id.as_str()).collect();
    let keys: Vec<_> = keys(run).iter().map(|key| STANDARD.decode(key).unwrap()).collect();
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
