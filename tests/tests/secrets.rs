//! No secret and no address of a person in any log of the whole run. Cargo runs this target after those that made
//! the secrets.

use std::collections::BTreeSet;

use countersign_tests::{Log, Run};

/// Enough of a secret to recognise it where a log cut it off.
const PIECE: usize = 24;

#[test]
fn no_log_has_a_task_token() {
    let run = Run::connect();
    let tokens: BTreeSet<_> =
        run.records().into_iter().map(|record| record.task_token.expose().to_owned()).collect();
    assert!(tokens.len() > 5, "only {} requests were made in this run, so nothing is shown", tokens.len());
    for log in logs(&run) {
        for token in &tokens {
            has_not(&log, "a task token", token);
        }
    }
}

#[test]
fn no_log_has_a_link() {
    let run = Run::connect();
    let tokens: BTreeSet<_> =
        run.mails().iter().filter(|mail| mail.asks()).flat_map(countersign_tests::Mail::tokens).collect();
    assert!(tokens.len() > 5, "only {} links were sent in this run, so nothing is shown", tokens.len());
    for log in logs(&run) {
        for token in &tokens {
            // It begins with the request's id, which is no secret.
            has_not(&log, "a link", &token[token.len() - 40..]);
        }
    }
}

/// The emulator says itself to whom it sends mail, as SES does not.
#[test]
fn no_function_logs_an_address_or_a_mail() {
    let run = Run::connect();
    let mails = run.mails();
    let people: BTreeSet<_> = mails.iter().map(|mail| mail.to.clone()).collect();
    assert!(people.len() > 5, "only {} people got mail in this run, so nothing is shown", people.len());
    for log in function_logs(&run) {
        for person in &people {
            assert!(!log.text.contains(person), "{} has the address {person}", log.name);
        }
        for words in ["Opening a link decides nothing", "approve?token=", "- faster carts"] {
            assert!(!log.text.contains(words), "{} has {words:?}", log.name);
        }
    }
}

fn logs(run: &Run) -> Vec<Log> {
    let mut logs = function_logs(run);
    logs.push(run.emulator_log());
    logs
}

fn function_logs(run: &Run) -> Vec<Log> {
    let mut logs = run.log_groups();
    assert!(logs.iter().any(|log| !log.text.is_empty()), "no log group has a line");
    logs.push(run.function_log());
    logs
}

/// Looks for every piece of a secret, as it is and as it stands in a URL or in JSON.
fn has_not(log: &Log, what: &str, secret: &str) {
    for start in (0..secret.len() - PIECE).step_by(PIECE) {
        let piece = &secret[start..start + PIECE];
        let in_url = piece.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        for form in [piece, &in_url, &piece.replace('/', "\\/")] {
            if let Some(at) = log.text.find(form) {
                let line = log.text[..at].matches('\n').count() + 1;
                panic!("{} has {what} in line {line}", log.name);
            }
        }
    }
}
