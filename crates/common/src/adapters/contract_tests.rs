//! What every adapter of a port keeps to: run against memory and against the real adapters over a
//! stand-in for their service.

use super::memory::START;
use super::samples::{EXECUTION, after, every_shape, person, plan, request, vote};
use crate::domain::{
    Change, Choice, Command, Facts, Plan, Policy, Request, SCHEMA, Status, StoredPolicy, Subject, Workflow,
};
use crate::ports::{
    BrowseRequests, ClaimApprovals, Claimed, Guarded, KeepRequests, ListPolicies, ListRequests, Listed,
    ReadInboxes, ReadPointers, RecordVotes, Span, StorePlans, StorePolicies, WalkRequests, Written,
};

/// The contract of [`KeepRequests`] and [`RecordVotes`], on an empty store.
pub(crate) async fn requests(store: &(impl KeepRequests + RecordVotes)) {
    let opened = request("first");
    let later = opened.opened_at + jiff::SignedDuration::from_secs(60);

    // Nothing is there before it is opened, and a request that is not there cannot be changed.
    assert_eq!(store.request(&opened.id).await.unwrap(), None);
    assert!(store.keep(&opened, 1).await.is_err());
    assert!(store.record_vote(&opened, 1).await.is_err());

    // The first to open it wins; repeating the same is no conflict, anything else is.
    assert_eq!(store.open(&opened).await.unwrap(), Guarded::Stored);
    assert_eq!(store.request(&opened.id).await.unwrap(), Some(opened.clone()));
    assert_eq!(store.open(&opened).await.unwrap(), Guarded::Stored);
    let mut other = opened.clone();
    other.base_url = "https://other.example.com".to_owned();
    assert_eq!(store.open(&other).await.unwrap(), Guarded::Conflict(Box::new(opened.clone())));

    // A change needs the version that it follows from.
    let notice = |notice| Command::NoteNotice { notice, recipients: Vec::new() };
    let noted = after(&opened, notice(crate::domain::Notice::Closed), later);
    assert_eq!(store.keep(&noted, opened.version).await.unwrap(), Written::Stored);
    assert_eq!(store.keep(&noted, opened.version).await.unwrap(), Written::Stored, "a lost reply");
    let stale = after(&opened, vote(Choice::Approve), later);
    assert_eq!(
        store.record_vote(&stale, opened.version).await.unwrap(),
        Guarded::Conflict(Box::new(noted.clone()))
    );

    // Of two votes on the same version the first counts, and its repetition is no conflict.
    let approved = after(&noted, vote(Choice::Approve), later);
    let rejected = after(&noted, vote(Choice::Reject), later);
    assert_eq!(store.record_vote(&approved, noted.version).await.unwrap(), Guarded::Stored);
    assert_eq!(store.record_vote(&approved, noted.version).await.unwrap(), Guarded::Stored, "a lost reply");
    assert_eq!(
        store.record_vote(&rejected, noted.version).await.unwrap(),
        Guarded::Conflict(Box::new(approved.clone()))
    );

    // A vote never goes on top of a decision, even with the right version; other changes do.
    let mut overturned = approved.clone();
    overturned.version += 1;
    overturned.status = Status::Rejected;
    assert_eq!(
        store.record_vote(&overturned, approved.version).await.unwrap(),
        Guarded::Conflict(Box::new(approved.clone()))
    );
    let paid = after(&approved, Command::NoteResume(crate::domain::Resume::Done), later);
    assert_eq!(store.keep(&paid, approved.version).await.unwrap(), Written::Stored);
    assert_eq!(store.request(&paid.id).await.unwrap(), Some(paid));

    // Every shape comes back as it was.
    for shape in every_shape() {
        assert_eq!(store.open(&shape).await.unwrap(), Guarded::Stored);
        assert_eq!(store.request(&shape.id).await.unwrap(), Some(shape));
    }
}

/// The contract of [`ListRequests`], on an empty store.
pub(crate) async fn lists(store: &(impl KeepRequests + ListRequests)) {
    const MANY: usize = 100;
    let [first, second, third, other] = ["first", "second", "third", "other"].map(|name| {
        let mut request = request(name);
        // The oldest has the last name.
        let age = ["other", "third", "second", "first"].iter().position(|older| *older == name).unwrap();
        request.opened_at += jiff::SignedDuration::from_secs(i64::try_from(age).unwrap());
        request
    });
    let other = Request { workflow: Workflow::default(), ..other };
    for request in [&first, &second, &third, &other] {
        store.open(request).await.unwrap();
    }
    let ids = |requests: &[&Request]| requests.iter().map(|request| request.id.clone()).collect::<Vec<_>>();
    assert_eq!(store.pending_requests(MANY).await.unwrap(), ids(&[&other, &third, &second, &first]));
    assert_eq!(store.pending_requests(3).await.unwrap(), ids(&[&other, &third, &second]));
    assert!(store.owing_requests(MANY).await.unwrap().is_empty());
    let of = async |execution| {
        let mut found = store.requests_of(execution, MANY).await.unwrap();
        found.sort();
        found
    };
    assert_eq!(of(EXECUTION).await, ids(&[&first, &second, &third]), "not that of an unknown workflow");
    assert!(of("another").await.is_empty());

    // Decided: it waits no more, and owes; the older decision comes first.
    let at = |seconds| START + jiff::SignedDuration::from_secs(seconds);
    let decided = after(&first, vote(Choice::Approve), at(60));
    let earlier = after(&second, vote(Choice::Reject), at(59));
    for (next, follows) in [(&decided, first.version), (&earlier, second.version)] {
        store.keep(next, follows).await.unwrap();
    }
    assert_eq!(store.pending_requests(MANY).await.unwrap(), ids(&[&other, &third]));
    assert_eq!(store.owing_requests(MANY).await.unwrap(), ids(&[&earlier, &decided]));
    assert_eq!(store.owing_requests(1).await.unwrap(), ids(&[&earlier]));
    assert_eq!(of(EXECUTION).await, ids(&[&first, &second, &third]), "what owes is still concerned");

    // Delivered: it owes nothing. Gone: its people have to be told.
    let done = after(&decided, Command::NoteResume(crate::domain::Resume::Done), at(61));
    let gone = after(&earlier, Command::NoteResume(crate::domain::Resume::Gone), at(61));
    for (next, follows) in [(&done, decided.version), (&gone, earlier.version)] {
        store.keep(next, follows).await.unwrap();
    }
    assert_eq!(store.owing_requests(MANY).await.unwrap(), ids(&[&gone]));
    assert_eq!(of(EXECUTION).await, ids(&[&third]));
    let notice = Command::NoteNotice { notice: crate::domain::Notice::Rejected, recipients: Vec::new() };
    store.keep(&after(&gone, notice, at(62)), gone.version).await.unwrap();
    assert!(store.owing_requests(MANY).await.unwrap().is_empty());
}

/// The contract of [`BrowseRequests`] and [`ReadInboxes`], on an empty store.
pub(crate) async fn overviews(store: &(impl KeepRequests + BrowseRequests + ReadInboxes)) {
    const DAY: i64 = 24 * 60 * 60;
    let opened = async |id: &str, days: i64| {
        let mut request = request(id);
        request.opened_at = START + jiff::SignedDuration::from_secs(days * DAY);
        store.open(&request).await.unwrap();
        request
    };
    let (december, first, second) =
        (opened("december", -10).await, opened("first", 0).await, opened("second", 1).await);
    let mut nameless = every_shape()[1].clone();
    nameless.opened_at = START + jiff::SignedDuration::from_secs(2 * DAY);
    store.open(&nameless).await.unwrap();
    let decided = after(&first, vote(Choice::Approve), first.opened_at);
    store.keep(&decided, first.version).await.unwrap();

    let row = |request: &Request| Listed {
        id: request.id.clone(),
        status: request.status,
        title: request.facts.title(),
        requested_by: request.requested_by.clone(),
        opened_at: request.opened_at,
        deadline: request.deadline,
    };
    let open = [row(&nameless), row(&second), row(&december)];
    assert_eq!(store.open_requests(100).await.unwrap(), open);
    assert_eq!(store.open_requests(2).await.unwrap(), open[..2]);
    let january = [row(&nameless), row(&second), row(&decided)];
    assert_eq!(store.requests_in_month_of(START, 100).await.unwrap(), january);
    assert_eq!(store.requests_in_month_of(START, 1).await.unwrap(), january[..1]);
    assert_eq!(store.requests_in_month_of(december.opened_at, 9).await.unwrap(), [row(&december)]);
    let awaited: Vec<_> =
        store.inbox(&person("ana"), 9).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(
        awaited,
        [nameless.id.clone(), second.id.clone(), december.id.clone()],
        "not what she has voted on"
    );
    assert_eq!(store.inbox(&person("ana"), 1).await.unwrap(), [row(&nameless)]);
    assert!(store.inbox(&person("eve"), 9).await.unwrap().is_empty());
    let later = START + jiff::SignedDuration::from_secs(60 * DAY);
    assert!(store.requests_in_month_of(later, 9).await.unwrap().is_empty());
}

/// The contract of [`WalkRequests`], on an empty store.
pub(crate) async fn walks(store: &(impl KeepRequests + WalkRequests)) {
    // Two at the same moment, and one a nanosecond before the end.
    let at = |seconds: i64| START + jiff::SignedDuration::from_secs(seconds);
    let last = at(100) - jiff::SignedDuration::from_nanos(1);
    let times = [("e", at(0)), ("b", at(50)), ("a", at(50)), ("d", last), ("c", at(100))];
    for (name, opened_at) in times {
        store.open(&Request { opened_at, ..request(name) }).await.unwrap();
    }
    let walk = async |since, until| {
        let (mut names, mut last) = (Vec::new(), None);
        loop {
            let page = store.opened_requests(Span { since, until }, last.as_ref()).await.unwrap();
            last = page.requests.last().cloned();
            assert!(last.is_some() || !page.more, "a page that leads nowhere");
            names.extend(page.requests.iter().map(|opened| opened.id.to_string()));
            if !page.more {
                return names;
            }
        }
    };
    assert_eq!(walk(at(0), at(100)).await, ["e", "a", "b", "d"], "the end is not in it");
    assert_eq!(walk(at(50), at(101)).await, ["a", "b", "d", "c"], "the beginning is");
    assert_eq!(walk(at(200), at(300)).await, [""; 0]);
    assert_eq!(walk(at(50), at(50)).await, [""; 0]);
    assert_eq!(walk(at(-86_400 * 40), at(-86_400 * 39)).await, [""; 0], "another month");
}

/// The contract of [`StorePlans`], on an empty store.
pub(crate) async fn plans(store: &impl StorePlans) {
    let first = plan("first");
    assert_eq!(store.plan(&first.key).await.unwrap(), None);
    assert_eq!(store.store_plan(&first).await.unwrap(), Written::Stored);
    assert_eq!(store.store_plan(&first).await.unwrap(), Written::Stored, "a lost reply");
    let mut other = first.clone();
    other.levels.clear();
    assert_eq!(store.store_plan(&other).await.unwrap(), Written::Conflict(Box::new(first.clone())));
    assert_eq!(store.plan(&first.key).await.unwrap(), Some(first));
    assert_eq!(store.plan(&plan("second").key).await.unwrap(), None);
}

/// The contract of pointers: they move forward with the plans, and guard the requests of a plan.
pub(crate) async fn pointers(
    store: &(impl StorePlans + ReadPointers + KeepRequests + RecordVotes + ClaimApprovals),
) {
    let at = |seconds| START + jiff::SignedDuration::from_secs(seconds);
    let for_subject = |execution: &str, seconds| {
        let mut plan = plan(execution);
        let Facts::Deployment(facts) = &plan.facts else { panic!("a deployment") };
        plan.subject = Some(Subject::of(facts));
        plan.prepared_at = at(seconds);
        plan
    };
    let (old, new, late) = (for_subject("old", 0), for_subject("new", 10), for_subject("late", 5));
    let subject = old.subject.clone().unwrap();
    let newest = async || store.pointer(&subject).await.unwrap().map(|pointer| pointer.plan);
    assert_eq!(newest().await, None);
    assert_eq!(store.store_plan(&old).await.unwrap(), Written::Stored);
    assert_eq!(newest().await, Some(old.key.clone()));

    // The requests of the newest plan can be opened and voted on.
    let of_plan = |plan: &Plan, id: &str| {
        let mut request = request(id);
        (request.plan, request.subject) = (Some(plan.key.clone()), plan.subject.clone());
        request
    };
    let first = of_plan(&old, "first");
    assert_eq!(store.open(&first).await.unwrap(), Guarded::Stored);
    assert_eq!(store.open(&first).await.unwrap(), Guarded::Stored, "a lost reply");
    let approved = after(&first, vote(Choice::Approve), at(60));
    assert_eq!(
        store.record_vote(&approved, first.version + 1).await.unwrap(),
        Guarded::Conflict(Box::new(first.clone()))
    );

    // An approval of it can be claimed, by whoever knows its version, and the first claim stands.
    let claimable = after(&of_plan(&old, "claimable"), vote(Choice::Approve), at(60));
    assert_eq!(store.open(&claimable).await.unwrap(), Guarded::Stored);
    let claimed = after(&claimable, claim("8"), at(61));
    assert_eq!(store.claim(&claimed, claimable.version, 0).await.unwrap(), Claimed::Stored);
    assert_eq!(store.claim(&claimed, claimable.version, 0).await.unwrap(), Claimed::Stored, "a lost reply");
    let other = after(&claimable, claim("9"), at(61));
    assert_eq!(
        store.claim(&other, claimable.version, 0).await.unwrap(),
        Claimed::Conflict(Box::new(claimed.clone()))
    );
    let unclaimed = after(&of_plan(&old, "unclaimed"), vote(Choice::Approve), at(60));
    assert_eq!(store.open(&unclaimed).await.unwrap(), Guarded::Stored);

    // A newer plan takes the pointer. One that was prepared earlier and comes later does not.
    assert_eq!(store.store_plan(&new).await.unwrap(), Written::Stored);
    assert_eq!(store.store_plan(&late).await.unwrap(), Written::Stored);
    assert_eq!(newest().await, Some(new.key.clone()));
    assert_eq!(store.plan(&late.key).await.unwrap(), Some(late.clone()));
    assert_eq!(store.store_plan(&old).await.unwrap(), Written::Stored, "a lost reply moves nothing");
    assert_eq!(newest().await, Some(new.key.clone()));

    // Nothing of an older plan is opened or voted on; that it has ended can be stored.
    let superseded = Guarded::Superseded(new.key.clone());
    assert_eq!(store.record_vote(&approved, first.version).await.unwrap(), superseded);
    assert_eq!(store.request(&first.id).await.unwrap(), Some(first.clone()));
    let too_late = after(&unclaimed, claim("8"), at(61));
    assert_eq!(
        store.claim(&too_late, unclaimed.version, 0).await.unwrap(),
        Claimed::Superseded(new.key.clone())
    );
    assert_eq!(store.request(&unclaimed.id).await.unwrap(), Some(unclaimed));
    let second = of_plan(&old, "second");
    assert_eq!(store.open(&second).await.unwrap(), superseded);
    assert_eq!(store.request(&second.id).await.unwrap(), None);
    let closed = after(&second, Command::Supersede { by: new.key.clone() }, at(60));
    assert_eq!(store.open(&closed).await.unwrap(), Guarded::Stored);
    assert_eq!(store.open(&of_plan(&new, "third")).await.unwrap(), Guarded::Stored);
    let unguarded = request("fourth");
    assert_eq!(store.open(&unguarded).await.unwrap(), Guarded::Stored);
    let approved = after(&unguarded, vote(Choice::Approve), at(60));
    assert_eq!(store.record_vote(&approved, unguarded.version).await.unwrap(), Guarded::Stored);
    let claimed = after(&approved, claim("8"), at(61));
    assert_eq!(
        store.claim(&claimed, unguarded.version, 0).await.unwrap(),
        Claimed::Conflict(Box::new(approved.clone()))
    );
    assert_eq!(store.claim(&claimed, approved.version, 0).await.unwrap(), Claimed::Stored);
}

/// The contract of claims: they hold only under the policy that was read. On an empty store.
pub(crate) async fn claims(store: &(impl StorePolicies + StorePlans + KeepRequests + ClaimApprovals)) {
    let at = |seconds| START + jiff::SignedDuration::from_secs(seconds);
    let approved = |id: &str| after(&request(id), vote(Choice::Approve), at(60));
    let first = approved("first");
    assert_eq!(store.open(&first).await.unwrap(), Guarded::Stored);
    let claimed = after(&first, claim("8"), at(61));
    let claims = async |policy| store.claim(&claimed, first.version, policy).await.unwrap();
    assert_eq!(store.store_policy(&policy_version(1, "a")).await.unwrap(), Written::Stored);
    assert_eq!(claims(0).await, Claimed::NewerPolicy, "the first one came");
    assert_eq!(store.store_policy(&policy_version(2, "b")).await.unwrap(), Written::Stored);
    assert_eq!(claims(1).await, Claimed::NewerPolicy);
    assert_eq!(store.request(&first.id).await.unwrap(), Some(first.clone()), "nothing was written");
    assert_eq!(claims(2).await, Claimed::Stored);
    assert_eq!(store.request(&first.id).await.unwrap(), Some(claimed.clone()));
    assert_eq!(claims(1).await, Claimed::Stored, "a lost reply, whatever came since");
    let ahead = approved("ahead");
    assert_eq!(store.open(&ahead).await.unwrap(), Guarded::Stored);
    let claimed_ahead = after(&ahead, claim("8"), at(61));
    let claimed_ahead = store.claim(&claimed_ahead, ahead.version, 3).await.unwrap();
    assert_eq!(claimed_ahead, Claimed::Stored, "nothing follows what is not there yet");
    let other = after(&first, claim("9"), at(61));
    assert_eq!(
        store.claim(&other, first.version, 1).await.unwrap(),
        Claimed::Conflict(Box::new(claimed.clone())),
        "what stands there says more than the policy"
    );

    // The same where plans replace each other; that a newer one came says more than the policy.
    let mut plan = plan("old");
    let Facts::Deployment(facts) = &plan.facts else { panic!("a deployment") };
    plan.subject = Some(Subject::of(facts));
    assert_eq!(store.store_plan(&plan).await.unwrap(), Written::Stored);
    let mut second = approved("second");
    (second.plan, second.subject) = (Some(plan.key.clone()), plan.subject.clone());
    assert_eq!(store.open(&second).await.unwrap(), Guarded::Stored);
    let claimed = after(&second, claim("8"), at(61));
    let claims = async |policy| store.claim(&claimed, second.version, policy).await.unwrap();
    assert_eq!(claims(1).await, Claimed::NewerPolicy);
    let mut newer = self::plan("new");
    (newer.subject, newer.prepared_at) =
        (plan.subject.clone(), plan.prepared_at + jiff::SignedDuration::from_secs(1));
    assert_eq!(store.store_plan(&newer).await.unwrap(), Written::Stored);
    for policy in [1, 2] {
        assert_eq!(claims(policy).await, Claimed::Superseded(newer.key.clone()), "policy {policy}");
    }
}

/// The claim of a change to this version.
fn claim(version: &str) -> Command {
    Command::Claim(Change {
        at: START,
        until: START,
        place: "alias live of the function checkout".to_owned(),
        before: Some("7".to_owned()),
        after: version.to_owned(),
        seal: "revision-1".to_owned(),
        way_back: None,
    })
}

pub(crate) fn policy_version(number: u32, source: &str) -> StoredPolicy {
    StoredPolicy {
        schema: SCHEMA,
        number,
        hash: format!("hash of {source}"),
        stored_at: START,
        source: source.to_owned(),
        policy: Policy {
            schema: SCHEMA,
            protected_environments: Vec::new(),
            rules: Vec::new(),
            targets: Vec::new(),
            freezes: Vec::new(),
        },
    }
}

/// The contract of [`StorePolicies`] and [`ListPolicies`], on an empty store.
pub(crate) async fn policies(store: &(impl StorePolicies + ListPolicies)) {
    let version = policy_version;
    let (first, second, other) = (version(1, "a"), version(2, "b"), version(2, "c"));
    assert_eq!(store.policy().await.unwrap(), None);
    assert!(store.policy_versions().await.unwrap().is_empty());
    assert_eq!(store.store_policy(&first).await.unwrap(), Written::Stored);
    assert_eq!(store.store_policy(&first).await.unwrap(), Written::Stored, "a lost reply");
    assert_eq!(store.store_policy(&second).await.unwrap(), Written::Stored);
    // Whoever has not seen the second version does not replace it.
    assert_eq!(store.store_policy(&other).await.unwrap(), Written::Conflict(Box::new(second.clone())));
    assert_eq!(
        store.store_policy(&version(1, "d")).await.unwrap(),
        Written::Conflict(Box::new(second.clone()))
    );
    assert_eq!(
        store.store_policy(&version(4, "e")).await.unwrap(),
        Written::Conflict(Box::new(second.clone())),
        "none is left out"
    );
    assert_eq!(store.policy().await.unwrap(), Some(second.clone()));
    assert_eq!(store.policy_version(1).await.unwrap(), Some(first));
    assert_eq!(store.policy_version(2).await.unwrap(), Some(second));
    assert_eq!(store.policy_version(3).await.unwrap(), None);

    // The list has every version once, and not the one that holds a second time.
    let long = version(3, "four");
    assert_eq!(store.store_policy(&long).await.unwrap(), Written::Stored);
    let listed = store.policy_versions().await.unwrap();
    let numbers: Vec<_> = listed.iter().map(|policy| (policy.number, policy.size)).collect();
    assert_eq!(numbers, [(3, 4), (2, 1), (1, 1)]);
    assert_eq!((listed[0].hash.as_str(), listed[0].stored_at), ("hash of four", START));
}
