//! Sound records of every kind pass, and every kind of edit is found.

use super::*;
use crate::domain::event::Event;
use crate::domain::samples::{
    after, at, escalating_request, group, level, person, request, request_of, task_token, vote,
};
use crate::domain::{
    Approver, BuildProject, Called, Channel, Choice, Command, Decision, Deployment, Destination, Facts,
    Frozen, Generation, Happening, Level, Notice, Outlook, Preview, Resume, SCHEMA, Silence, Status,
    Transition, Vote, apply,
};

fn later(request: &Request, command: Command, seconds: i64) -> Request {
    match apply(request, command, at(seconds)) {
        Ok(Transition::Changed(next)) => *next,
        other => panic!("expected a change, got {other:?}"),
    }
}

fn kinds(request: &Request) -> Vec<Finding> {
    check(request, None)
}

fn differs(field: &'static str) -> Finding {
    Finding::EntriesDiffer { field }
}

/// Two of three have to approve; one has, the wait was renewed, then the second did, and it was carried out.
fn whole_story() -> Request {
    let opened = request_of(vec![group("security", &["ana", "bob", "cyd"], 2)]);
    let request = after(&opened, vote("ana", Choice::Approve));
    let generation = Generation { entered_at: at(100), retry: 0 };
    let request = later(&request, Command::RenewWait { task_token: task_token("second"), generation }, 100);
    let request = later(&request, vote("bob", Choice::Approve), 200);
    let request = later(&request, Command::NoteResume(Resume::Done), 201);
    // The use case takes its time before the write does.
    let used = Deployment::done(at(201));
    let request = later(&request, Command::Execute(used), 202);
    let told = Command::NoteNotice { notice: Notice::CarriedOut, recipients: vec![person("dev")] };
    later(&request, told, 203)
}

/// Approved, and a freeze holds it up.
fn waiting() -> Request {
    let (name, opens) = ("weekend".to_owned(), "then".to_owned());
    let by = Frozen { name, since: at(20), until: at(90), opens };
    later(&after(&request(), vote("ana", Choice::Approve)), Command::Freeze(by), 20)
}

/// It was over, and another one came.
fn open_again() -> Request {
    let open = later(&waiting(), Command::Thaw, 90);
    let by = Frozen { name: "night".to_owned(), since: at(95), until: at(99), opens: "later".to_owned() };
    later(&open, Command::Freeze(by), 95)
}

/// Makes every link of the chain right again, as an insider would.
fn rechained(mut request: Request) -> Request {
    let mut chain: Vec<Event> = Vec::new();
    for event in request.events {
        let next = Event::after(&chain, event.what, event.at);
        chain.push(next);
    }
    request.events = chain;
    request
}

#[test]
fn records_of_every_kind_are_sound() {
    let silent = |silence| {
        let mut request = request();
        request.level.silence = silence;
        later(&request, Command::Expire, 1_000)
    };
    let nobody = Request { level: level(Vec::new()), ..request() };
    let too_few = request_of(vec![group("security", &["ana", "bob", "cyd"], 2)]);
    let too_few = Request { level: Level { reject_quorum: 3, ..too_few.level.clone() }, ..too_few };
    let too_few = after(&after(&too_few, vote("ana", Choice::Reject)), vote("bob", Choice::Reject));
    let escalated = later(&escalating_request(), Command::Escalate, 1_000);
    for sound in vec![
        request(),
        after(&request(), vote("ana", Choice::Approve)),
        after(&request(), vote("ana", Choice::Reject)),
        later(&after(&request(), vote("ana", Choice::Reject)), Command::NoteResume(Resume::Gone), 20),
        whole_story(),
        waiting(),
        open_again(),
        later(&waiting(), Command::Execute(Deployment::done(at(99))), 100),
        silent(Silence::Reject),
        silent(Silence::Approve),
        after(&nobody, Command::Waive),
        after(&request(), Command::TakeBack { reason: "postponed".to_owned() }),
        after(&request(), Command::Withdraw { reason: "undeliverable".to_owned() }),
        after(&request(), Command::Supersede { by: PlanKey::of_execution("newer") }),
        too_few,
        escalated.clone(),
        later(&escalated, vote("hana", Choice::Approve), 1_100),
        later(&escalated, vote("ana", Choice::Approve), 1_100),
        later(&escalated, Command::Expire, 1_500),
    ] {
        assert_eq!(kinds(&sound), [], "{:?}", sound.events.last());
    }
}

#[test]
fn an_entry_that_was_changed_removed_added_or_moved_breaks_the_chain() {
    let sound = whole_story();
    let broken = |edit: fn(&mut Vec<Event>)| {
        let mut edited = sound.clone();
        edit(&mut edited.events);
        kinds(&edited).first().cloned()
    };
    let at = |entry| Some(Finding::ChainBroken { entry });
    assert_eq!(broken(|events| events[1].at += jiff::SignedDuration::from_secs(1)), at(3));
    assert_eq!(broken(|events| drop(events.remove(2))), at(3));
    assert_eq!(broken(|events| events.insert(2, events[1].clone())), at(3));
    assert_eq!(broken(|events| events.swap(1, 2)), at(2));
    let reason = |events: &mut Vec<Event>| {
        if let Happening::Voted { vote, .. } = &mut events[1].what {
            vote.reason = Some("she never said that".to_owned());
        }
    };
    assert_eq!(broken(reason), at(3));
}

/// Nothing follows the last entry, so the chain alone cannot tell; the record does.
#[test]
fn a_change_of_the_last_entry_is_found_by_the_record() {
    let mut edited = after(&request(), vote("ana", Choice::Reject));
    let Some(Happening::Decided { decision }) = edited.events.last_mut().map(|event| &mut event.what) else {
        panic!("the rejection decides")
    };
    decision.reason = Some("something else".to_owned());
    assert_eq!(kinds(&edited), [differs("decision")]);
}

#[test]
fn a_fact_that_was_changed_under_its_fingerprint_is_found() {
    let mut edited = whole_story();
    if let Facts::Deployment(facts) = &mut edited.facts {
        facts.version = "6.6.6".to_owned();
    }
    assert!(matches!(kinds(&edited)[..], [Finding::FingerprintDiffers { of: "record", .. }]));
    // With a fingerprint that fits, the entries still say what was shown.
    edited.fingerprint = Fingerprint::of(&edited.facts, edited.requested_by.as_ref());
    assert_eq!(kinds(&edited), [differs("opening"), differs("votes")]);
}

#[test]
fn a_field_that_is_not_what_the_entries_say_is_found() {
    type Edit = fn(&mut Request);
    let edits: [(Edit, &str); 12] = [
        (|request| request.status = Status::Rejected, "status"),
        (|request| request.resume = Resume::Gone, "resume"),
        (|request| request.notices.clear(), "notices"),
        (|request| request.deployment = None, "use"),
        (|request| request.deployment.as_mut().unwrap().deployed = false, "use"),
        (|request| request.generation.retry = 7, "attempt"),
        (|request| request.escalated_at = Some(at(5)), "escalation"),
        (|request| request.votes[0].reason = Some("edited".to_owned()), "votes"),
        (|request| request.votes[0].channel = Channel::Slack, "votes"),
        (|request| request.decision.as_mut().unwrap().at = at(999), "decision"),
        (|request| request.requested_by = Some(person("zoe")), "opening"),
        (|request| drop(request.events.remove(0)), "opening"),
    ];
    for (edit, field) in edits {
        let mut edited = whole_story();
        edit(&mut edited);
        assert!(kinds(&edited).contains(&differs(field)), "{field}: {:?}", kinds(&edited));
    }
    let edits: [(Edit, &str); 5] = [
        (|request| request.frozen = None, "freeze"),
        (|request| request.frozen.as_mut().unwrap().until = at(91), "freeze"),
        (|request| drop(request.events.pop()), "freeze"),
        (|request| request.thawed_at = Some(at(91)), "end of a freeze"),
        (|request| request.thawed_at = None, "end of a freeze"),
    ];
    for (edit, field) in edits {
        let mut edited = open_again();
        edit(&mut edited);
        assert_eq!(kinds(&edited), [differs(field)]);
    }
    let mut owed = after(&request(), vote("ana", Choice::Approve));
    owed.resume = Resume::Done;
    assert_eq!(kinds(&owed), [differs("resume")], "nothing says that it was delivered");
}

/// An insider who makes the chain right again still cannot make up a decision that the votes do not carry.
#[test]
fn a_decision_without_its_votes_is_found_although_the_chain_holds() {
    let decided =
        after(&request_of(vec![group("security", &["ana", "bob"], 2)]), vote("ana", Choice::Approve));
    let alone = after(&request(), vote("ana", Choice::Approve));
    let forged = Request {
        status: Status::Approved,
        resume: Resume::Owed,
        decision: alone.decision.clone(),
        events: decided.events.iter().chain(alone.events.last()).cloned().collect(),
        ..decided.clone()
    };
    assert_eq!(kinds(&rechained(forged)), [Finding::DecisionUnfounded]);

    // Nobody decided, and the record says approved.
    let mut nobody = after(&request(), Command::Withdraw { reason: "x".to_owned() });
    let approved = Decision::without_vote(Status::Approved, at(10));
    nobody.status = Status::Approved;
    nobody.decision = Some(approved.clone());
    nobody.events.pop();
    nobody.events.push(Event::after(&nobody.events, Happening::Decided { decision: approved }, at(10)));
    assert_eq!(kinds(&nobody), [Finding::DecisionUnfounded]);
}

/// The decision of a sound record, edited, also where it is told.
fn redecided(mut request: Request, edit: impl Fn(&mut Decision)) -> Vec<Finding> {
    request.decision.iter_mut().for_each(&edit);
    for event in &mut request.events {
        if let Happening::Decided { decision } = &mut event.what {
            edit(decision);
        }
    }
    request.status = request.decision.as_ref().unwrap().status;
    kinds(&rechained(request))
}

#[test]
fn a_decision_is_of_whoever_voted_last_and_as_they_voted() {
    let unfounded = vec![Finding::DecisionUnfounded];
    let two = after(&request_of(vec![group("security", &["ana", "bob"], 2)]), vote("ana", Choice::Approve));
    let approved = after(&two, vote("bob", Choice::Approve));
    assert_eq!(redecided(approved.clone(), |_| {}), []);
    assert_eq!(redecided(approved.clone(), |decision| decision.by = Some(person("ana"))), unfounded);
    assert_eq!(redecided(approved, |decision| decision.status = Status::Rejected), unfounded);
    let rejected = after(&two, vote("bob", Choice::Reject));
    assert_eq!(redecided(rejected.clone(), |_| {}), []);
    assert_eq!(redecided(rejected, |decision| decision.by = Some(person("ana"))), unfounded);
}

#[test]
fn silence_approves_beside_an_approval_and_not_beside_a_rejection() {
    let silent = |choice| {
        let mut request = request_of(vec![group("security", &["ana", "bob", "cyd"], 2)]);
        request.level.silence = Silence::Approve;
        request.level.reject_quorum = 2;
        after(&request, vote("ana", choice))
    };
    let by_silence = later(&silent(Choice::Approve), Command::Expire, 1_000);
    assert_eq!((by_silence.status, kinds(&by_silence)), (Status::Approved, Vec::new()));
    let objected = later(&silent(Choice::Reject), Command::Expire, 1_000);
    assert_eq!((objected.status, kinds(&objected)), (Status::Expired, Vec::new()));
    let edit = |decision: &mut Decision| decision.status = Status::Approved;
    assert!(redecided(objected, edit).contains(&Finding::DecisionUnfounded));
}

/// Entries that were made before they had a reason.
#[test]
fn an_end_whose_entry_has_no_reason_is_sound() {
    let approved =
        later(&after(&request(), vote("ana", Choice::Approve)), Command::NoteResume(Resume::Done), 11);
    let nowhere = Deployment::nowhere(at(12), "no target".to_owned());
    let mut older = later(&approved, Command::Execute(nowhere), 12);
    if let Some(Happening::Executed { reason, .. }) = older.events.last_mut().map(|event| &mut event.what) {
        *reason = None;
    }
    assert_eq!(kinds(&rechained(older.clone())), []);
    older.deployment.as_mut().unwrap().deployed = true;
    assert_ne!(kinds(&rechained(older)), []);
}

#[test]
fn a_vote_that_the_rules_would_have_refused_is_found_although_the_chain_holds() {
    let vote_of = |edit: fn(&mut Vote)| {
        let mut forged =
            after(&request_of(vec![group("security", &["ana", "bob"], 2)]), vote("ana", Choice::Approve));
        edit(&mut forged.votes[0]);
        if let Some(Happening::Voted { vote, .. }) = forged.events.last_mut().map(|event| &mut event.what) {
            *vote = forged.votes[0].clone();
        }
        kinds(&rechained(forged))
    };
    let of = |name: &str| Finding::VoteNotAllowed { approver: person(name) };
    assert_eq!(vote_of(|vote| vote.approver = person("stranger")), [of("stranger")]);
    assert_eq!(vote_of(|vote| vote.role = "head".to_owned()), [of("ana")]);
    assert_eq!(vote_of(|vote| vote.at = at(1_000)), [of("ana")]);
    let mut twice =
        after(&request_of(vec![group("security", &["ana", "bob"], 2)]), vote("ana", Choice::Approve));
    twice.votes.push(twice.votes[0].clone());
    let event = twice.events.last().unwrap().clone();
    twice.events.push(event);
    assert!(kinds(&rechained(twice)).contains(&of("ana")));
}

/// The plan that this request is of, with these levels.
fn plan_of(request: &Request, levels: Vec<Level>) -> Plan {
    Plan {
        schema: SCHEMA,
        key: PlanKey::of_execution("first"),
        execution: None,
        can_wait: request.can_wait,
        prepared_at: request.opened_at,
        facts: request.facts.clone(),
        requested_by: request.requested_by.clone(),
        fingerprint: request.fingerprint.clone(),
        policy: None,
        subject: None,
        rollout: None,
        preview: request.preview.clone(),
        levels,
    }
}

#[test]
fn where_the_plan_asks_nobody_its_only_record_asks_nobody() {
    let of = |level_number, groups| {
        let opened = request_of(groups);
        let plan = plan_of(&opened, Vec::new());
        let id = RequestId::of_level(&plan.key, level_number);
        let request = Request { id, plan: Some(plan.key.clone()), level_number, ..opened };
        check(&request, Some(&plan)).contains(&Finding::PlanDiffers { field: "level" })
    };
    assert!(!of(1, Vec::new()));
    assert!(of(2, Vec::new()) && of(1, vec![group("manager", &["ana"], 1)]));
    let asked = request_of(vec![group("manager", &["ana"], 1)]);
    let plan = plan_of(&asked, vec![asked.level.clone()]);
    let level = Level { groups: Vec::new(), ..asked.level.clone() };
    let second = Request { plan: Some(plan.key.clone()), level_number: 2, level, ..asked };
    assert!(
        check(&second, Some(&plan)).contains(&Finding::PlanDiffers { field: "level" }),
        "it has one level"
    );
}

#[test]
fn what_the_plan_says_otherwise_is_found() {
    let request = request();
    let plan = plan_of(&request, vec![request.level.clone()]);
    let key = plan.key.clone();
    let sound = Request { id: RequestId::of_level(&key, 1), plan: Some(key), ..request };
    assert_eq!(check(&sound, Some(&plan)), []);
    let missing = Finding::PlanMissing { key: plan.key.clone() };
    assert_eq!(check(&sound, None), [missing]);
    let mut other = sound.clone();
    other.level.groups[0].approvers.push(Approver::at(person("mallory")));
    assert_eq!(check(&other, Some(&plan)), [Finding::PlanDiffers { field: "level" }]);
    let mut shown = sound.clone();
    let place = BuildProject { project: "deploy".to_owned() };
    let outlook = Outlook::Change { before: None, after: Called::exactly("2.4.1") };
    shown.preview = Some(Preview::of(&Destination::Codebuild(place), outlook, shown.opened_at));
    assert_eq!(check(&shown, Some(&plan)), [Finding::PlanDiffers { field: "preview" }]);
    let foreseen = Plan { preview: shown.preview.clone(), ..plan.clone() };
    assert_eq!(check(&shown, Some(&foreseen)), []);
    assert_eq!(check(&sound, Some(&foreseen)), [], "it was opened by somebody who knew of no previews");
    let mut edited = plan.clone();
    edited.requested_by = Some(person("mallory"));
    let kinds = check(&sound, Some(&edited));
    assert!(matches!(kinds[0], Finding::FingerprintDiffers { of: "plan", .. }), "{kinds:?}");
    assert_eq!(kinds[1..], [Finding::PlanDiffers { field: "requester" }]);
}
