//! The table: requests and plans, with the conditions of the real one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Call, Memory, State, policies};
use crate::domain::{EmailAddress, Plan, PlanKey, Pointer, Request, RequestId, Status, Subject};
use crate::ports::{
    BrowseRequests, ClaimApprovals, Claimed, Guarded, KeepRequests, ListRequests, Listed, ReadInboxes,
    ReadPlans, ReadPointers, ReadRequests, RecordVotes, StoreError, StorePlans, Written,
};

/// What one item of the real table may weigh, counted here in bytes of JSON.
const MAX_ITEM: usize = 400 * 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    requests: BTreeMap<RequestId, Request>,
    spoiled: BTreeSet<RequestId>,
    plans: BTreeMap<String, Plan>,
    pointers: BTreeMap<Subject, Pointer>,
    pub(super) policies: policies::Policies,
    /// Those not taken yet, once somebody wants them.
    changes: Option<Vec<StoreChange>>,
}

/// A write that took effect, as the table's stream tells of it.
#[derive(Clone, Debug)]
pub enum StoreChange {
    /// A request, as it stands after it.
    Request(Box<Request>),
    /// The newest plan of a subject.
    Pointer {
        /// The one before.
        replaced: Option<PlanKey>,
    },
}

impl Memory {
    /// Looks at a stored request.
    pub fn stored_request(&self, id: &RequestId) -> Option<Request> {
        self.lock().store.requests.get(id).cloned()
    }

    /// Looks at every stored request, in the order of their ids.
    pub fn stored_requests(&self) -> Vec<Request> {
        self.lock().store.requests.values().cloned().collect()
    }

    /// Looks at every stored plan, in the order of their keys.
    pub fn stored_plans(&self) -> Vec<Plan> {
        self.lock().store.plans.values().cloned().collect()
    }

    /// The writes since this was last asked; the first time, none.
    pub fn take_changes(&self) -> Vec<StoreChange> {
        self.lock().store.changes.replace(Vec::new()).unwrap_or_default()
    }

    /// Puts a request into the table, whatever stands there.
    pub fn put_request(&self, request: Request) {
        self.lock().store.requests.insert(request.id.clone(), request);
    }

    /// Spoils a stored request: from now on it cannot be read, as one of another schema.
    pub fn spoil(&self, id: &RequestId) {
        self.lock().store.spoiled.insert(id.clone());
    }

    /// Puts a plan into the table, whatever stands there.
    pub fn put_plan(&self, plan: Plan) {
        self.lock().store.plans.insert(plan.key.as_str().to_owned(), plan);
    }

    /// Drops the closed requests whose time to live is over, as the real table does some time later.
    pub fn drop_expired(&self) {
        let mut state = self.lock();
        let now = state.now;
        state.store.requests.retain(|_, request| request.expires_at().is_none_or(|end| end > now));
    }
}

impl ReadRequests for Memory {
    async fn request(&self, id: &RequestId) -> Result<Option<Request>, StoreError> {
        let id = id.clone();
        let effect = move |state: &mut State| {
            if state.store.spoiled.contains(&id) {
                return Err(failure("read a request", "the item does not have the form of its schema"));
            }
            Ok(state.store.requests.get(&id).cloned())
        };
        self.call(Call::ReadRequest, effect, || failure("read a request", "no reply")).await
    }
}

impl KeepRequests for Memory {
    async fn open(&self, request: &Request) -> Result<Guarded<Request>, StoreError> {
        let request = request.clone();
        let effect = move |state: &mut State| {
            fits("open a request", &request)?;
            if let Some(stored) = state.store.requests.get(&request.id) {
                return Ok(told(&request, stored).into());
            }
            if let Some(newer) = newer_plan(state, &request).filter(|_| request.status == Status::Pending) {
                return Ok(Guarded::Superseded(newer));
            }
            state.store.note(StoreChange::Request(Box::new(request.clone())));
            state.store.requests.insert(request.id.clone(), request);
            Ok(Guarded::Stored)
        };
        self.call(Call::Open, effect, || failure("open a request", "no reply")).await
    }

    async fn keep(&self, next: &Request, follows: u64) -> Result<Written<Request>, StoreError> {
        let next = next.clone();
        let effect = move |state: &mut State| {
            replace(state, "keep a request", &next, |stored| stored.version == follows)
        };
        self.call(Call::Keep, effect, || failure("keep a request", "no reply")).await
    }
}

/// The real lists may be behind; these are not.
impl ListRequests for Memory {
    async fn owing_requests(&self, at_most: usize) -> Result<Vec<RequestId>, StoreError> {
        let effect = move |state: &mut State| Ok(listed(state, at_most, Request::owing_since));
        self.call(Call::ListOwing, effect, || failure("list what is owed", "no reply")).await
    }

    async fn pending_requests(&self, at_most: usize) -> Result<Vec<RequestId>, StoreError> {
        let effect = move |state: &mut State| {
            Ok(listed(state, at_most, |request| {
                (request.status == Status::Pending).then_some(request.opened_at)
            }))
        };
        self.call(Call::ListPending, effect, || failure("list pending requests", "no reply")).await
    }

    async fn requests_of(&self, execution: &str, at_most: usize) -> Result<Vec<RequestId>, StoreError> {
        let execution = execution.to_owned();
        let effect = move |state: &mut State| {
            Ok(listed(state, at_most, |request| {
                request.awaited_by().filter(|arn| *arn == execution).map(drop)
            }))
        };
        self.call(Call::ListOf, effect, || failure("list the requests of a workflow", "no reply")).await
    }
}

/// The ids of the requests that have a place in a list, in the order of their places.
fn listed<P: Ord>(state: &State, at_most: usize, place: impl Fn(&Request) -> Option<P>) -> Vec<RequestId> {
    let all = state.store.requests.values();
    let mut found: Vec<_> = all.filter_map(|request| Some((place(request)?, request.id.clone()))).collect();
    found.sort();
    found.into_iter().map(|(_, id)| id).take(at_most).collect()
}

impl BrowseRequests for Memory {
    async fn open_requests(&self, at_most: usize) -> Result<Vec<Listed>, StoreError> {
        let effect =
            move |state: &mut State| Ok(browsed(state, at_most, |request| request.status == Status::Pending));
        self.call(Call::Browse, effect, || failure("list open requests", "no reply")).await
    }

    async fn requests_in_month_of(&self, time: Timestamp, at_most: usize) -> Result<Vec<Listed>, StoreError> {
        let month = |time: Timestamp| time.to_zoned(TimeZone::UTC).date().first_of_month();
        let effect = move |state: &mut State| {
            Ok(browsed(state, at_most, |request| month(request.opened_at) == month(time)))
        };
        self.call(Call::Browse, effect, || failure("list requests", "no reply")).await
    }
}

impl ReadInboxes for Memory {
    async fn inbox(&self, person: &EmailAddress, at_most: usize) -> Result<Vec<Listed>, StoreError> {
        let person = person.clone();
        let effect = move |state: &mut State| {
            Ok(browsed(state, at_most, |request| request.awaited_people().any(|awaited| *awaited == person)))
        };
        self.call(Call::Browse, effect, || failure("list what waits for somebody", "no reply")).await
    }
}

fn browsed(state: &State, at_most: usize, wanted: impl Fn(&Request) -> bool) -> Vec<Listed> {
    let mut found: Vec<_> = state.store.requests.values().filter(|request| wanted(request)).collect();
    found.sort_by_key(|request| std::cmp::Reverse(request.opened_at));
    let listed = found.into_iter().take(at_most).map(|request| Listed {
        id: request.id.clone(),
        status: request.status,
        title: request.facts.title(),
        requested_by: request.requested_by.clone(),
        opened_at: request.opened_at,
        deadline: request.deadline,
    });
    listed.collect()
}

impl RecordVotes for Memory {
    async fn record_vote(&self, next: &Request, follows: u64) -> Result<Guarded<Request>, StoreError> {
        let next = next.clone();
        let effect = move |state: &mut State| {
            replace_guarded(state, "record a vote", &next, |stored| {
                stored.version == follows && stored.status == Status::Pending
            })
        };
        self.call(Call::RecordVote, effect, || failure("record a vote", "no reply")).await
    }
}

impl ClaimApprovals for Memory {
    async fn claim(&self, next: &Request, follows: u64, policy: u32) -> Result<Claimed, StoreError> {
        let next = next.clone();
        let effect = move |state: &mut State| {
            let holds = state.store.policies.newest() <= policy;
            let condition = |stored: &Request| holds && stored.version == follows;
            let written = replace_guarded(state, "claim an approval", &next, condition)?;
            Ok(match written {
                Guarded::Conflict(stored) if stored.version == follows => match newer_plan(state, &next) {
                    Some(newer) => Claimed::Superseded(newer),
                    None => Claimed::NewerPolicy,
                },
                written => written.into(),
            })
        };
        self.call(Call::Claim, effect, || failure("claim an approval", "no reply")).await
    }
}

impl ReadPlans for Memory {
    async fn plan(&self, key: &PlanKey) -> Result<Option<Plan>, StoreError> {
        let key = key.as_str().to_owned();
        let effect = move |state: &mut State| Ok(state.store.plans.get(&key).cloned());
        self.call(Call::ReadPlan, effect, || failure("read a plan", "no reply")).await
    }
}

impl StorePlans for Memory {
    async fn store_plan(&self, plan: &Plan) -> Result<Written<Plan>, StoreError> {
        let plan = plan.clone();
        let effect = move |state: &mut State| {
            fits("store a plan", &plan)?;
            if !state.store.plans.contains_key(plan.key.as_str()) {
                state.store.point_at(&plan);
            }
            let key = plan.key.as_str().to_owned();
            let stored = state.store.plans.entry(key).or_insert_with(|| plan.clone());
            Ok(told(&plan, stored))
        };
        self.call(Call::StorePlan, effect, || failure("store a plan", "no reply")).await
    }
}

impl ReadPointers for Memory {
    async fn pointer(&self, subject: &Subject) -> Result<Option<Pointer>, StoreError> {
        let subject = subject.clone();
        let effect = move |state: &mut State| Ok(state.store.pointers.get(&subject).cloned());
        self.call(Call::ReadPointer, effect, || failure("read which plan is the newest", "no reply")).await
    }
}

impl Tables {
    pub(super) fn all(&self) -> impl Iterator<Item = &Request> {
        self.requests.values()
    }

    fn note(&mut self, change: StoreChange) {
        if let Some(changes) = &mut self.changes {
            changes.push(change);
        }
    }

    fn point_at(&mut self, plan: &Plan) {
        let Some(pointer) = plan.pointer() else { return };
        let stored = self.pointers.get(&pointer.subject);
        if stored.is_none_or(|stored| stored.yields_to(&pointer)) {
            let replaced = stored.map(|stored| stored.plan.clone());
            self.note(StoreChange::Pointer { replaced });
            self.pointers.insert(pointer.subject.clone(), pointer);
        }
    }
}

/// The plan that took the place of a request's plan.
fn newer_plan(state: &State, request: &Request) -> Option<PlanKey> {
    let (subject, plan) = request.guard()?;
    let newest = &state.store.pointers.get(subject)?.plan;
    (newest != plan).then(|| newest.clone())
}

/// The same where also no newer plan has come.
fn replace_guarded(
    state: &mut State,
    operation: &'static str,
    next: &Request,
    condition: impl Fn(&Request) -> bool,
) -> Result<Guarded<Request>, StoreError> {
    let newer = newer_plan(state, next);
    let written = replace(state, operation, next, |stored| newer.is_none() && condition(stored))?;
    Ok(match (written, newer) {
        (Written::Conflict(stored), Some(newer)) if condition(&stored) => Guarded::Superseded(newer),
        (written, _) => written.into(),
    })
}

fn replace(
    state: &mut State,
    operation: &'static str,
    next: &Request,
    condition: impl FnOnce(&Request) -> bool,
) -> Result<Written<Request>, StoreError> {
    fits(operation, next)?;
    let stored = state
        .store
        .requests
        .get_mut(&next.id)
        .ok_or_else(|| failure(operation, "the condition failed and nothing is stored there"))?;
    let changes = condition(stored);
    if changes {
        stored.clone_from(next);
    }
    let told = told(next, stored);
    if changes {
        state.store.note(StoreChange::Request(Box::new(next.clone())));
    }
    Ok(told)
}

/// What stands there is what we wrote, or it is another's.
pub(super) fn told<T: Clone + PartialEq>(written: &T, stored: &T) -> Written<T> {
    if written == stored { Written::Stored } else { Written::Conflict(Box::new(stored.clone())) }
}

pub(super) fn fits(operation: &'static str, item: &impl serde::Serialize) -> Result<(), StoreError> {
    match serde_json::to_string(item) {
        Ok(json) if json.len() <= MAX_ITEM => Ok(()),
        Ok(_) => Err(failure(operation, "the item is larger than the table takes")),
        Err(_) => Err(failure(operation, "the item cannot be written")),
    }
}

pub(super) fn failure(operation: &'static str, why: &'static str) -> StoreError {
    StoreError { operation, source: why.into() }
}
