//! Exports and what is found in them, over a world in memory.

use std::collections::BTreeSet;

use common::adapters::dynamo::ItemError;
use common::adapters::memory::{Call, Memory};
use common::domain::canonical::canonical_json;
use common::domain::event::Event;
use common::domain::{Approver, Choice, Command, Happening, Plan, PlanKey, Request, RequestId, Resume};
use common::ports::{Opened, OpenedPage, ReadPlans, ReadRequests, Span, StoreError, WalkRequests};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::report::Report;
use super::*;
use crate::error::Error;
use crate::exit::Exit;
use crate::samples::{EXECUTION, MACHINE, TOKEN, after, at, person, plan, request, vote};

/// Ten years.
const EVERYTHING: Span =
    Span { since: Timestamp::constant(1_577_836_800, 0), until: Timestamp::constant(1_893_456_000, 0) };

/// A manager has approved; one of two from security has. Beside them, a request without a plan that is open.
fn world() -> Memory {
    let (memory, plan) = (Memory::new(), plan());
    let first = after(&request(&plan, 1, 0), vote("ana", Choice::Approve), at(60));
    memory.put_request(after(&first, Command::NoteResume(Resume::Done), at(61)));
    memory.put_request(after(&request(&plan, 2, 61), vote("sam", Choice::Approve), at(90)));
    memory.put_request(lone("lone", 100));
    memory.put_plan(plan);
    memory
}

fn lone(id: &str, seconds: i64) -> Request {
    Request { id: RequestId::parse(id).unwrap(), plan: None, ..request(&plan(), 1, seconds) }
}

fn first() -> RequestId {
    RequestId::of_level(&plan().key, 1)
}

async fn exported(store: &(impl WalkRequests + ReadRequests + ReadPlans), span: Span) -> String {
    let (mut out, mut err, clock) = (Vec::new(), Vec::new(), Memory::new());
    let mut ticker = Ticker::new(&clock, &mut err);
    export(store, span, &mut out, Error::Stdout, &mut ticker).await.unwrap();
    String::from_utf8(out).unwrap()
}

fn earlier(export: &str) -> Earlier {
    Earlier::read(&mut export.as_bytes(), "earlier.jsonl").unwrap()
}

type Edit = fn(&mut Value);

/// The kinds of problems of each unsound line, by its name.
fn told(report: &Report) -> Vec<(String, Vec<String>)> {
    let requests = report.answer().json["requests"].as_array().unwrap().clone();
    let kinds = |request: &Value| -> Vec<String> {
        request["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| problem["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    requests.iter().map(|request| (request["id"].as_str().unwrap().to_owned(), kinds(request))).collect()
}

fn offline(export: &str, earlier: &mut Earlier) -> Report {
    verify_lines(&mut export.as_bytes(), "audit.jsonl", at(1_000), earlier).unwrap()
}

async fn online(
    store: &(impl WalkRequests + ReadRequests + ReadPlans),
    earlier: &mut Earlier,
    now: Timestamp,
) -> Report {
    let (clock, mut err) = (Memory::new(), Vec::new());
    let mut ticker = Ticker::new(&clock, &mut err);
    let mut report = verify_all(store, EVERYTHING, earlier, &mut ticker).await.unwrap();
    verify_rest(store, now, earlier, &mut report, &mut ticker).await.unwrap();
    report
}

#[tokio::test]
async fn an_export_is_in_the_order_of_opening_and_always_the_same_bytes() {
    const DAY: i64 = 24 * 60 * 60;
    let memory = Memory::new();
    // Across months; five at the same moment, which are more than a page of the list.
    let all = [("z", -40), ("c", 0), ("a", 0), ("e", 0), ("b", 0), ("d", 0), ("y", 40)];
    for (id, days) in all {
        memory.put_request(lone(id, days * DAY));
    }
    let ids = |export: &str| -> Vec<String> {
        let id = |line: &str| {
            serde_json::from_str::<Value>(line).unwrap()["record"]["id"].as_str().unwrap().to_owned()
        };
        export.lines().map(id).collect()
    };
    let whole = exported(&memory, EVERYTHING).await;
    assert_eq!(ids(&whole), ["z", "a", "b", "c", "d", "e", "y"]);
    assert_eq!(exported(&memory, EVERYTHING).await, whole);
    let some = Span { since: at(0), until: at(40 * DAY) };
    assert_eq!(ids(&exported(&memory, some).await), ["a", "b", "c", "d", "e"], "the end is not in it");
}

#[tokio::test]
async fn an_export_reads_by_keys_and_the_index_and_nothing_else() {
    let memory = world();
    memory.forget_calls();
    exported(&memory, Span { since: at(-100), until: at(1_000) }).await;
    let calls: BTreeSet<_> = memory.calls().into_iter().collect();
    assert_eq!(calls, BTreeSet::from([Call::Walk, Call::ReadRequest, Call::ReadPlan]));
    assert_eq!((memory.count(Call::ReadRequest), memory.count(Call::ReadPlan)), (3, 2));
}

/// A field that is new in the record is either exported or kept back on purpose.
#[tokio::test]
async fn nothing_secret_leaves_and_every_field_is_known() {
    let memory = world();
    let export = exported(&memory, EVERYTHING).await;
    let stored = memory.stored_request(&first()).unwrap();
    let hash = serde_json::to_value(&stored.links[0].hash).unwrap();
    for secret in [TOKEN, hash.as_str().unwrap(), "taskToken", "links", "withheld"] {
        assert!(!export.contains(secret), "{secret} in {export}");
    }
    let stored = serde_json::to_value(&stored).unwrap();
    let names = stored.as_object().unwrap().keys().map(String::as_str);
    let kept_back: BTreeSet<_> = names.filter(|name| !line::KEPT.contains(name)).collect();
    assert_eq!(kept_back, BTreeSet::from(["baseUrl", "contacts", "links", "taskToken"]));
}

#[tokio::test]
async fn what_people_wrote_stays_on_its_line() {
    let hostile = "a\nb\r\nc\u{2028}d\u{2029}e\u{85}f\0g\u{1b}[2J\u{202e}\"}\\\u{1f600}";
    let memory = Memory::new();
    let Command::Vote(mut ballot) = vote("ana", Choice::Reject) else { panic!("a vote") };
    ballot.reason = Some(hostile.to_owned());
    let rejected = after(&lone("one", 0), Command::Vote(ballot), at(5));
    memory.put_request(rejected.clone());
    memory.put_request(lone("two", 1));
    let export = exported(&memory, EVERYTHING).await;
    assert_eq!(export.bytes().filter(|byte| *byte == b'\n').count(), 2);
    assert!(!export.bytes().any(|byte| byte < b' ' && byte != b'\n'), "nothing steers a terminal");
    let line: Value = serde_json::from_str(export.split('\n').next().unwrap()).unwrap();
    assert_eq!(line["record"]["votes"][0]["reason"], hostile);
    assert_eq!(offline(&export, &mut Earlier::default()).answer().exit, Exit::Ok);
}

/// Whoever reads an export without this program gets the same heads by the recipe in `docs/AUDIT.md`.
#[tokio::test]
async fn the_head_is_the_hash_of_the_last_entry_as_it_stands_in_the_line() {
    let export = exported(&world(), EVERYTHING).await;
    let line = export.lines().next().unwrap();
    let json: Value = serde_json::from_str(line).unwrap();
    let entry = canonical_json(json["record"]["events"].as_array().unwrap().last().unwrap());
    assert!(line.contains(&entry), "{entry} is not in {line}");
    assert_eq!(json["head"], hex::encode(Sha256::digest(entry.as_bytes())));
}

#[tokio::test]
async fn an_export_that_was_edited_is_found_out() {
    let export = exported(&world(), EVERYTHING).await;
    assert_eq!(told(&offline(&export, &mut Earlier::default())), []);
    let edits: [(Edit, &[&str]); 10] = [
        (|line| line["record"]["events"][2]["at"] = json!("2026-01-05T09:01:01Z"), &["chain_broken"]),
        (
            |line| drop(line["record"]["events"].as_array_mut().unwrap().remove(1)),
            &["chain_broken", "head_differs"],
        ),
        (|line| line["record"]["events"].as_array_mut().unwrap().swap(1, 2), &["chain_broken"]),
        (
            |line| line["record"]["events"][2]["what"]["vote"]["reason"] = json!("she said so"),
            &["chain_broken", "entries_differ"],
        ),
        (
            |line| line["record"]["votes"][0]["reason"] = json!("she said so"),
            &["entries_differ", "decision_unfounded"],
        ),
        (
            |line| line["record"]["facts"]["deployment"]["version"] = json!("6.6.6"),
            &["fingerprint_differs", "plan_differs"],
        ),
        (|line| line["record"]["status"] = json!("rejected"), &["entries_differ"]),
        (|line| line["plan"]["levels"][0]["groups"][0]["quorum"] = json!(2), &["plan_differs"]),
        (|line| line["head"] = json!("0".repeat(64)), &["head_differs"]),
        (|line| drop(line.as_object_mut().unwrap().remove("plan")), &["plan_missing"]),
    ];
    for (edit, expected) in edits {
        let mut lines: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        edit(&mut lines[0]);
        let edited: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
        let report = offline(&edited.concat(), &mut Earlier::default());
        assert_eq!(report.answer().exit, Exit::Unsound);
        let [(id, kinds)] = &told(&report)[..] else { panic!("one line was edited: {report:?}") };
        assert_eq!(id, first().as_str());
        let expected: BTreeSet<_> = expected.iter().copied().collect();
        let kinds: BTreeSet<_> = kinds.iter().map(String::as_str).collect();
        assert!(expected.is_subset(&kinds), "{expected:?} is not all in {kinds:?}");
    }
}

#[tokio::test]
async fn what_is_no_line_is_named_and_holds_up_no_other() {
    let export = exported(&world(), EVERYTHING).await;
    let mut lines: Vec<_> = export.lines().collect();
    lines.insert(1, "{}");
    lines.insert(2, r#"{"audit":2}"#);
    let cut = lines.join("\n");
    let report = offline(&cut[..cut.len() - 10], &mut Earlier::default());
    let no_line = |number| (format!("line {number}"), vec!["no_line".to_owned()]);
    assert_eq!(told(&report), [no_line(2), no_line(3), no_line(5)]);
    let text = report.answer().text;
    assert!(
        text.contains("another version of countersign wrote it") && text.contains("was cut off"),
        "{text}"
    );
    assert!(text.ends_with("checked 5: 2 sound, 3 not\n"), "{text}");
}

#[tokio::test]
async fn a_later_state_goes_on_from_an_earlier_export() {
    let memory = world();
    let before = exported(&memory, EVERYTHING).await;
    memory.put_request(after(&memory.stored_request(&first()).unwrap(), told_people(), at(200)));
    memory.put_request(lone("newer", 150));
    assert_eq!(told(&online(&memory, &mut earlier(&before), at(300)).await), []);
    let later = exported(&memory, EVERYTHING).await;
    assert_eq!(told(&offline(&later, &mut earlier(&before))), []);
    // The other way round, an entry and a request are gone.
    let back = told(&offline(&before, &mut earlier(&later)));
    assert_eq!(
        back,
        [
            (first().to_string(), vec!["rewritten".to_owned()]),
            ("newer".to_owned(), vec!["missing".to_owned()])
        ]
    );
}

fn told_people() -> Command {
    Command::NoteNotice { notice: common::domain::Notice::CarriedOut, recipients: Vec::new() }
}

/// What no chain shows by itself: somebody with the rights made every part fit again.
#[tokio::test]
async fn a_history_that_was_rewritten_as_a_whole_is_found_by_an_earlier_export_alone() {
    let memory = world();
    let before = exported(&memory, EVERYTHING).await;
    let mut forged = memory.stored_request(&first()).unwrap();
    forged.votes[0].reason = Some("I was asked to".to_owned());
    if let Some(decision) = &mut forged.decision {
        decision.reason = forged.votes[0].reason.clone();
    }
    let mut chain: Vec<Event> = Vec::new();
    for mut event in std::mem::take(&mut forged.events) {
        match &mut event.what {
            Happening::Voted { vote, .. } => *vote = forged.votes[0].clone(),
            Happening::Decided { decision } => *decision = forged.decision.clone().unwrap(),
            _ => {}
        }
        chain.push(Event::after(&chain, event.what, event.at));
    }
    forged.events = chain;
    memory.put_request(forged);
    assert_eq!(
        told(&online(&memory, &mut Earlier::default(), at(300)).await),
        [],
        "the chain alone is content"
    );
    let found = told(&online(&memory, &mut earlier(&before), at(300)).await);
    assert_eq!(found, [(first().to_string(), vec!["rewritten".to_owned()])]);

    // Another approver, in records and plan: no entry says who might have voted.
    let memory = world();
    let mut plan = plan();
    plan.levels[1].groups[0].approvers.push(Approver::at(person("mallory")));
    let second = memory.stored_request(&RequestId::of_level(&plan.key, 2)).unwrap();
    memory.put_request(Request { level: plan.levels[1].clone(), ..second });
    memory.put_plan(plan);
    assert_eq!(told(&online(&memory, &mut Earlier::default(), at(300)).await), []);
    let found = told(&online(&memory, &mut earlier(&before), at(300)).await);
    assert_eq!(found.len(), 2, "both levels have that plan: {found:?}");
    assert!(found.iter().all(|(_, kinds)| kinds == &["frozen_differs"]), "{found:?}");
}

#[tokio::test]
async fn what_is_gone_is_missing_unless_its_retention_is_over() {
    let memory = Memory::new();
    let closed = |id: &str, days| {
        let request = Request { retention_days: Some(days), ..lone(id, 0) };
        after(&request, vote("ana", Choice::Reject), at(5))
    };
    memory.put_request(closed("short", 1));
    memory.put_request(closed("long", 90));
    let before = exported(&memory, EVERYTHING).await;
    let report = online(&Memory::new(), &mut earlier(&before), at(2 * 24 * 3_600)).await;
    assert_eq!(told(&report), [("long".to_owned(), vec!["missing".to_owned()])]);
    assert!(
        report.answer().text.contains("dropped when their retention was over: 1\n"),
        "{}",
        report.answer().text
    );
    // What the walk did not meet is looked up by its id.
    let (clock, mut err) = (Memory::new(), Vec::new());
    let mut ticker = Ticker::new(&clock, &mut err);
    let (mut report, mut known) = (Report::default(), earlier(&before));
    verify_rest(&memory, at(10), &mut known, &mut report, &mut ticker).await.unwrap();
    assert!(report.answer().text.ends_with("checked 2: 2 sound, 0 not\n"), "{}", report.answer().text);
}

#[tokio::test]
async fn a_damaged_earlier_export_proves_nothing() {
    let export = exported(&world(), EVERYTHING).await;
    let refused = |text: &str| {
        let error = Earlier::read(&mut text.as_bytes(), "earlier.jsonl").unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        error.line()
    };
    let wrong = refused(&export.replace(r#""entries":"#, r#""entries":1"#));
    assert!(wrong.contains("earlier.jsonl is not an export to compare with: line 1"), "{wrong}");
    let cut = refused(&export[..export.len() - 1]);
    assert!(cut.contains("line 3") && cut.contains("cut off"), "{cut}");
    // An export of nothing is one.
    assert!(Earlier::read(&mut &b""[..], "empty").is_ok());
}

/// One request is stored as something that is none.
struct Damaged(Memory);

impl ReadRequests for Damaged {
    async fn request(&self, id: &RequestId) -> Result<Option<Request>, StoreError> {
        if *id == first() {
            return Err(StoreError { operation: "read a request", source: Box::new(ItemError::Unreadable) });
        }
        self.0.request(id).await
    }
}

impl ReadPlans for Damaged {
    async fn plan(&self, key: &PlanKey) -> Result<Option<Plan>, StoreError> {
        self.0.plan(key).await
    }
}

impl WalkRequests for Damaged {
    async fn opened_requests(&self, span: Span, after: Option<&Opened>) -> Result<OpenedPage, StoreError> {
        self.0.opened_requests(span, after).await
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_holds_up_no_other() {
    let damaged = Damaged(world());
    let unreadable = (first().to_string(), vec!["unreadable".to_owned()]);
    let mut none = Earlier::default();
    assert_eq!(told(&online(&damaged, &mut none, at(300)).await), vec![unreadable.clone()]);
    assert_eq!(exported(&damaged, EVERYTHING).await.lines().count(), 2);
    let found = verify_found(&damaged, MACHINE, first().as_str(), &mut none).await.unwrap();
    assert_eq!(told(&found), [unreadable]);
    // A service that does not answer is no finding.
    damaged.0.inject(Call::Walk, common::adapters::memory::Fault::BeforeEffect);
    let (clock, mut err) = (Memory::new(), Vec::new());
    let error =
        verify_all(&damaged, EVERYTHING, &mut none, &mut Ticker::new(&clock, &mut err)).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Failed);
}

#[tokio::test]
async fn every_kind_of_id_is_checked_and_sound_ones_are_told_as_well() {
    let memory = world();
    let mut none = Earlier::default();
    for id in [EXECUTION, "checkout-1", plan().key.as_str()] {
        let answer = verify_found(&memory, MACHINE, id, &mut none).await.unwrap().answer();
        assert_eq!((answer.exit, &answer.json["checked"]), (Exit::Ok, &2.into()), "{}", answer.text);
    }
    let answer = verify_found(&memory, MACHINE, first().as_str(), &mut none).await.unwrap().answer();
    let head = answer.json["requests"][0]["head"].as_str().unwrap();
    assert_eq!(
        answer.text,
        format!("{}  5 entries, head {head}: sound\nchecked 1: 1 sound, 0 not\n", first())
    );
    let nothing = verify_found(&memory, MACHINE, "nothing", &mut none).await.unwrap_err();
    assert!(nothing.line().contains("nothing is called"), "{}", nothing.line());
}

#[tokio::test]
async fn who_waits_for_long_is_told_how_far_it_is() {
    let memory = world();
    let said = async |each: SignedDuration| {
        memory.slow_down(Call::ReadRequest, each);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut ticker = Ticker::new(&memory, &mut err);
        export(&memory, EVERYTHING, &mut out, Error::Stdout, &mut ticker).await.unwrap();
        String::from_utf8(err).unwrap()
    };
    assert_eq!(said(SignedDuration::from_millis(300)).await, "");
    assert_eq!(said(SignedDuration::from_secs(1)).await, "requests so far: 1\n");
}
