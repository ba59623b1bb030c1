//! The promise about deployments: what the alias leads to was approved, each approval goes one way, step by step, and
//! what the records say of it is what happened.

use std::collections::BTreeMap;

use common::adapters::memory::Memory;
use common::domain::{
    Destination, Facts, Failure, LambdaTarget, Notice, PlanKey, Progress, Request, RequestId, Shift, Status,
};
use common::ports::{Alias, Clock as _, Routes};
use jiff::{SignedDuration, Timestamp};

use super::{Checks, is_of_same_plan};
use crate::scenario::{ALIAS, FUNCTION};

pub(super) const DEPLOYED: &str = "what was approved is deployed, once";

/// What is remembered of the alias.
#[derive(Debug, Default)]
pub(super) struct Place {
    seen: Option<Alias>,
    ways: BTreeMap<RequestId, Vec<Leg>>,
}

/// How one deployment changed the alias.
#[derive(Clone, Copy, Debug)]
struct Leg {
    at: Timestamp,
    to: To,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Step(u8),
    TheEnd,
    Back,
}

impl Checks {
    /// An operator points the alias somewhere, as they may at any time.
    pub(crate) fn operator_pointed(&mut self, memory: &Memory) {
        self.place.seen = memory.stored_alias(FUNCTION, ALIAS);
    }

    /// Looks whether the alias was changed, and on whose approval.
    pub(crate) fn look_at_place(&mut self, memory: &Memory) {
        let found = memory.stored_alias(FUNCTION, ALIAS);
        if found == self.place.seen {
            return;
        }
        let before = std::mem::replace(&mut self.place.seen, found.clone());
        let (Some(before), Some(after)) = (before, found) else { return };
        let Some(request) = on_whose(&after).and_then(|id| memory.stored_request(&id)) else {
            self.hold(DEPLOYED, false, || format!("the alias was changed on no approval: {after:?}"));
            return;
        };
        let approved = memory
            .stored_requests()
            .iter()
            .filter(|other| is_of_same_plan(other, &request))
            .all(|other| other.status == Status::Approved);
        self.hold(DEPLOYED, approved, || format!("{} was deployed, and is not approved", request.id));
        self.look_at_leg(memory, &request, &before, &after);
    }

    fn look_at_leg(&mut self, memory: &Memory, request: &Request, before: &Alias, after: &Alias) {
        let Some(to) = leg(request, after) else {
            self.hold(DEPLOYED, false, || {
                format!("{} changed what it had not claimed: {after:?}", request.id)
            });
            return;
        };
        let way = self.place.ways.entry(request.id.clone()).or_default();
        let from = way.last().copied();
        let leg = Leg { at: memory.now(), to };
        way.push(leg);
        let seal = request.change.as_ref().map(|change| &change.seal);
        let own = match from {
            None => seal == Some(&before.revision),
            Some(_) => on_whose(before).as_ref() == Some(&request.id),
        };
        self.hold(DEPLOYED, own, || format!("{} changed what somebody else had: {before:?}", request.id));
        let goes = follows(from, leg, shift(memory, request).as_ref());
        self.hold(DEPLOYED, goes, || format!("{} went from {from:?} to {leg:?}", request.id));
        let version = request.change.as_ref().map_or("", |change| &change.after);
        let described = memory.description_of(FUNCTION, version);
        self.hold(DEPLOYED, described == version_of(request), || {
            format!("{} brought {described:?}, which is not what was approved", request.id)
        });
    }

    /// What a record says of its deployment at the end is what happened, and all levels say the same.
    pub(super) fn check_use(&mut self, request: &Request, memory: &Memory) {
        let levels = || memory.stored_requests().into_iter().filter(|other| is_of_same_plan(other, request));
        let last = levels().find_map(|level| self.place.ways.get(&level.id)?.last().map(|leg| leg.to));
        let failure = request.deployment.as_ref().and_then(|end| end.failure);
        let agrees = match request.progress() {
            Progress::Deployed => last == Some(To::TheEnd),
            Progress::RolledBack => last == Some(To::Back),
            Progress::Unused | Progress::NotDeployed => last.is_none(),
            Progress::Failed => last.is_none() || failure != Some(Failure::NothingChanged),
            Progress::Deploying => false,
        };
        let progress = request.progress();
        self.hold(DEPLOYED, agrees, || {
            format!(
                "{} is {progress:?} ({failure:?}), and the alias was last changed to {last:?}",
                request.id
            )
        });
        let told = match &request.deployment {
            Some(end) if end.failure.is_some() => request.notices.contains(&Notice::DeploymentFailed),
            Some(_) => !request.is_last_level() || request.notices.contains(&Notice::CarriedOut),
            None => true,
        };
        self.hold(DEPLOYED, told, || format!("nobody was told that {} is {progress:?}", request.id));
        let ends = levels().filter_map(|level| level.deployment).map(|end| (end.deployed, end.failure));
        let ends: Vec<_> = ends.collect();
        self.hold(DEPLOYED, ends.windows(2).all(|two| two.first() == two.last()), || {
            format!("the levels of {} say different things: {ends:?}", request.id)
        });
    }
}

/// Whose approval is written on an alias.
fn on_whose(alias: &Alias) -> Option<RequestId> {
    let id = alias.description.strip_prefix("Countersign request ")?;
    RequestId::parse(id.strip_suffix(", rolled back").unwrap_or(id)).ok()
}

/// Where the claimed change led the alias; `None` where it claimed no such thing.
fn leg(request: &Request, alias: &Alias) -> Option<To> {
    let change = request.change.as_ref()?;
    let Routes { version, part } = &alias.routes;
    let is_back = alias.description.ends_with(", rolled back");
    match part {
        None if is_back => (Some(version) == change.before.as_ref()).then_some(To::Back),
        None => (*version == change.after).then_some(To::TheEnd),
        Some(part) => {
            let shared =
                !is_back && (Some(version), &part.version) == (change.before.as_ref(), &change.after);
            shared.then_some(To::Step(part.percent))
        }
    }
}

/// Whether a leg may come after another: every step in its order, each held as long as it has to be.
fn follows(from: Option<Leg>, leg: Leg, shift: Option<&Shift>) -> bool {
    let steps = shift.map_or(&[][..], |shift| shift.steps.as_slice());
    let after = |percent| steps.iter().skip_while(|step| **step != percent).nth(1).copied();
    let held = |since: Timestamp| {
        let hold = shift.map_or(0, |shift| shift.hold_seconds);
        leg.at >= since + SignedDuration::from_secs(hold.into())
    };
    match (from.map(|from| (from.to, from.at)), leg.to) {
        (None, To::Step(percent)) => steps.first() == Some(&percent),
        (None, To::TheEnd) => steps.is_empty(),
        (Some((To::Step(before), at)), To::Step(percent)) => after(before) == Some(percent) && held(at),
        (Some((To::Step(before), at)), To::TheEnd) => after(before).is_none() && held(at),
        (Some((To::Step(_) | To::TheEnd, _)), To::Back) => true,
        (None, To::Back) | (Some((To::TheEnd | To::Back, _)), _) => false,
    }
}

/// How the calls of its plan go over; absent where they do at once.
fn shift(memory: &Memory, request: &Request) -> Option<Shift> {
    let of_plan = |key: &PlanKey| request.plan.as_ref() == Some(key);
    let plan = memory.stored_plans().into_iter().find(|plan| of_plan(&plan.key))?;
    let Destination::Lambda(LambdaTarget { shift, .. }) = plan.rollout?.to else { return None };
    // A version is not shared with itself.
    shift.filter(|_| {
        request.change.as_ref().is_some_and(|change| change.before.as_ref() != Some(&change.after))
    })
}

fn version_of(request: &Request) -> Option<String> {
    match &request.facts {
        Facts::Deployment(facts) => Some(facts.version.clone()),
        Facts::General(_) => None,
    }
}
