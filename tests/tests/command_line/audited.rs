//! The audit trail of real records: sound as they were made, found out when somebody edits the table, and kept under a
//! lock.

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use common::domain::RequestId;
use countersign::exit::Exit;
use countersign_tests::{Anchor, Run};
use serde_json::{Value, json};

use crate::terminal::{Asked, File, Said, countersign};

type Edit = fn(&mut Value);

static EDITING: Mutex<()> = Mutex::new(());

/// While one test edits the table, no other lists or exports it.
pub(crate) fn editing() -> MutexGuard<'static, ()> {
    EDITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A workflow of two levels that was approved and has ended.
fn carried_out() -> Asked {
    let asked = Asked::by("levels");
    let waiting = asked.wait(&[]);
    asked.approve("max");
    asked.approve("sam");
    asked.approve("sol");
    waiting.said().fine();
    asked
}

/// The kinds of problems that are told of a request; none when it is not told of.
fn problems(said: &Said, id: &RequestId) -> Vec<String> {
    let json = said.json();
    let requests = json["requests"].as_array().cloned().unwrap_or_default();
    let told = requests.into_iter().find(|request| request["id"] == id.as_str()).unwrap_or_default();
    let problems = told["problems"].as_array().cloned().unwrap_or_default();
    problems.iter().filter_map(|problem| problem["kind"].as_str().map(str::to_owned)).collect()
}

/// An edit of an item, as whoever may write to the table can make it; taken back when it is dropped.
struct Edited<'a> {
    run: &'a Run,
    id: RequestId,
    original: Value,
}

impl<'a> Edited<'a> {
    fn by(run: &'a Run, id: &RequestId, edit: fn(&mut Value)) -> Self {
        let original = run.item(id);
        let mut item = original.clone();
        edit(&mut item);
        assert_ne!(item, original, "the edit changes something");
        run.put_item(&item);
        Self { run, id: id.clone(), original }
    }
}

impl Drop for Edited<'_> {
    fn drop(&mut self) {
        self.run.put_item(&self.original);
    }
}

#[test]
fn records_are_sound_as_they_were_made_and_every_edit_of_the_table_is_found() {
    let asked = carried_out();
    let _editing = editing();
    let run = &asked.run;
    let verified = countersign(run, &["audit", "verify", &asked.name]);
    let text = verified.fine();
    assert!(text.contains(": sound\n") && text.ends_with("checked 2: 2 sound, 0 not\n"), "{text}");
    let export = File::with("");
    let since = asked.record(1).map(|record| record.opened_at.to_string()).unwrap_or_default();
    countersign(run, &["audit", "export", "--since", &since, "--out", export.path()]).fine();
    // Both levels' requests are in it, and an edit of either is found online, alone and among all.
    let id = asked.id(2);
    let edits: [(Edit, &str); 5] = [
        (|item| item["events"][1]["at"] = json!("2026-01-05T09:00:00Z"), "chain_broken"),
        (|item| drop(item["events"].as_array_mut().map(|events| events.remove(1))), "chain_broken"),
        (|item| item["votes"][0]["reason"] = json!("I was asked to"), "entries_differ"),
        (|item| item["facts"]["deployment"]["version"] = json!("6.6.6"), "fingerprint_differs"),
        (|item| item["status"] = json!("no status"), "unreadable"),
    ];
    for (edit, kind) in edits {
        let edited = Edited::by(run, &id, edit);
        for which in [&[edited.id.as_str()][..], &["--all", "--since", &since]] {
            let said = countersign(run, &[&["audit", "verify", "--json"], which].concat());
            assert_eq!(
                (said.exit, &said.json()["ok"]),
                (Exit::Unsound, &false.into()),
                "{kind}: {}",
                said.out
            );
            assert!(problems(&said, &id).iter().any(|found| found == kind), "{kind}: {}", said.out);
        }
    }
    countersign(run, &["audit", "verify", id.as_str()]).fine();

    // An approver who was added to record and plan fits, and is not what the earlier export has.
    let against = ["audit", "verify", id.as_str(), "--json", "--against", export.path()];
    countersign(run, &against).fine();
    let _edited = Edited::by(run, &id, |item| item["openedAt"] = json!("2026-01-05T09:00:00.000000000Z"));
    countersign(run, &["audit", "verify", id.as_str()]).fine();
    let said = countersign(run, &against);
    assert_eq!(
        (said.exit, problems(&said, &id)),
        (Exit::Unsound, vec!["frozen_differs".to_owned()]),
        "{}",
        said.out
    );
}

#[test]
fn an_export_is_kept_under_a_lock_and_compared_later_without_the_table() {
    let asked = carried_out();
    let _editing = editing();
    let (run, first) = (&asked.run, asked.record(1).unwrap_or_else(|| panic!("it was asked")));
    let (since, until) =
        (first.opened_at.to_string(), asked.record(2).map(|second| second.opened_at.to_string()));
    let until = until.unwrap_or_default();
    let lines = countersign(run, &["audit", "export", "--since", &since, "--until", &until]);
    assert_eq!(lines.exit, Exit::Ok, "{}", lines.err);
    let again = countersign(run, &["audit", "export", "--since", &since, "--until", &until]);
    let line_of = |said: &Said| {
        said.out.lines().find(|line| line.contains(first.id.as_str())).map(str::to_owned).unwrap_or_default()
    };
    assert_eq!(line_of(&lines), line_of(&again), "the same record is the same bytes");
    for secret in [first.task_token.expose(), "taskToken", "\"links\""] {
        assert!(!lines.out.contains(secret), "a secret in an export");
    }
    assert!(lines.err.contains("SHA-256 "), "{}", lines.err);

    let anchor = Anchor::new(run);
    let kept = anchor.keep("audit.jsonl", &lines.out);
    assert_eq!(anchor.remove(&kept), 403, "nobody deletes it before its time");
    anchor.keep("audit.jsonl", "something else\n");
    let read = anchor.read(&kept);
    assert_eq!(read, lines.out, "an upload under the same name leaves it as it was");

    let earlier = File::with(&read);
    let verified =
        countersign(run, &["audit", "verify", "--from", earlier.path(), "--against", earlier.path()]);
    assert!(verified.fine().contains(" sound, 0 not\n"), "{}", verified.out);
    let forged = File::with(&read.replacen("max@example.com", "eve@example.com", 1));
    let found = countersign(run, &["audit", "verify", "--from", forged.path(), "--against", earlier.path()]);
    assert_eq!(found.exit, Exit::Unsound, "{}", found.out);
    let nothing = fs::metadata(format!("{}.part", earlier.path()));
    assert!(nothing.is_err(), "a part of an export was left");
}
