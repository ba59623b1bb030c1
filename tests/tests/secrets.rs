//! What holds of the whole run: no secret and no address of a person in any log, and every record sound. Cargo runs
//! this target after those that made them.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::panic::catch_unwind;
use std::sync::LazyLock;

use countersign_tests::{Log, Run};

/// Enough of a secret to recognise it where a log cut it off.
const PIECE: usize = 24;

/// Everything that the run logged. It is read once: the log groups are many, and one process serves them all.
static LOGS: LazyLock<Logs> = LazyLock::new(|| {
    let run = Run::connect();
    let mut functions = run.log_groups();
    assert!(functions.iter().any(|log| !log.text.is_empty()), "no log group has a line");
    functions.push(run.function_log());
    Logs { functions, emulator: run.emulator_log() }
});

struct Logs {
    /// What functions, state machines and the API logged.
    functions: Vec<Log>,
    emulator: Log,
}

#[test]
fn case_50_no_log_has_a_task_token() {
    let run = Run::connect();
    let tokens: BTreeSet<_> =
        run.records().into_iter().map(|record| record.task_token.expose().to_owned()).collect();
    assert!(tokens.len() > 5, "only {} requests were made in this run, so nothing is shown", tokens.len());
    let pieces = Pieces::of(tokens.iter().map(String::as_str));
    for log in all_logs() {
        pieces.are_not_in(log, "a task token");
    }
}

#[test]
fn no_log_has_a_link() {
    let run = Run::connect();
    let tokens: BTreeSet<_> =
        run.mails().iter().filter(|mail| mail.asks()).flat_map(countersign_tests::Mail::tokens).collect();
    assert!(tokens.len() > 5, "only {} links were sent in this run, so nothing is shown", tokens.len());
    // It begins with the request's id, which is no secret.
    let pieces = Pieces::of(tokens.iter().map(|token| &token[token.len() - 40..]));
    for log in all_logs() {
        pieces.are_not_in(log, "a link");
    }
}

/// The emulator says itself to whom it sends mail, as SES does not.
#[test]
fn no_function_logs_an_address_or_a_mail() {
    let run = Run::connect();
    let mails = run.mails();
    let people: BTreeSet<_> = mails.iter().map(|mail| mail.to.clone()).collect();
    assert!(people.len() > 5, "only {} people got mail in this run, so nothing is shown", people.len());
    for log in &LOGS.functions {
        for person in &people {
            assert!(!log.text.contains(person), "{} has the address {person}", log.name);
        }
        for words in ["Opening a link decides nothing", "approve?token=", "- faster carts"] {
            assert!(!log.text.contains(words), "{} has {words:?}", log.name);
        }
    }
}

/// Whatever the tests did to them: races, deaths, throttling, withdrawals, hostile words.
#[test]
fn every_record_of_the_run_is_sound() {
    let run = Run::connect();
    let records = run.records().len();
    assert!(records > 5, "only {records} requests were made in this run, so nothing is shown");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["countersign", "audit", "verify", "--all", "--outputs"].map(OsString::from);
    let line = words.into_iter().chain([run.outputs_file().into()]);
    let exit = countersign::run(line, &mut out, &mut err);
    let said = String::from_utf8_lossy(&out).into_owned() + &String::from_utf8_lossy(&err);
    assert_eq!(exit, countersign::exit::Exit::Ok, "{said}");
    // Some tests make records older than they are, but none older than ten years.
    assert!(
        said.contains(&format!("checked {records}: {records} sound, 0 not")),
        "{records} records: {said}"
    );
}

fn all_logs() -> impl Iterator<Item = &'static Log> {
    LOGS.functions.iter().chain([&LOGS.emulator])
}

/// Every piece of every secret, as it is and as it stands in a URL or in JSON, by its first bytes.
struct Pieces(HashMap<Vec<u8>, Vec<String>>);

impl Pieces {
    /// Enough to pass over nearly everything that is none.
    const START: usize = 8;

    fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Self {
        let mut pieces = HashMap::<_, Vec<_>>::new();
        for secret in secrets {
            for piece in secret.as_bytes().chunks_exact(PIECE).map(String::from_utf8_lossy) {
                let in_url = piece.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
                for form in [piece.to_string(), in_url, piece.replace('/', "\\/")] {
                    let start = form.bytes().take(Self::START).collect();
                    pieces.entry(start).or_default().push(form);
                }
            }
        }
        Self(pieces)
    }

    /// Reads the log once, however many pieces there are.
    fn are_not_in(&self, log: &Log, what: &str) {
        let text = log.text.as_bytes();
        for (at, start) in text.windows(Self::START).enumerate() {
            let Some(pieces) = self.0.get(start) else { continue };
            let (before, rest) = text.split_at(at);
            if pieces.iter().any(|piece| rest.starts_with(piece.as_bytes())) {
                let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
                panic!("{} has {what} in line {line}", log.name);
            }
        }
    }
}

#[test]
fn a_piece_of_a_secret_is_found_in_every_form() {
    let secret = "ab+cd/ef=ghijklmnopqrstuvwxyz0123456789";
    let pieces = Pieces::of([secret].into_iter());
    let found = |text: &str| {
        let log = Log { name: "a log".to_owned(), text: format!("line\n{text}") };
        catch_unwind(|| pieces.are_not_in(&log, "it")).is_err()
    };
    assert!(
        found(secret)
            && found(&format!(
                "token={}&x",
                secret.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
            ))
    );
    assert!(found(&format!("\"{}\"", secret.replace('/', "\\/"))));
    assert!(!found("ab+cd/ef=ghijklmnopqrst"), "less than a piece");
}
