//! The promise about deployments: what the alias leads to was approved, and each approval changed it at most once.

use std::collections::BTreeSet;

use common::adapters::memory::Memory;
use common::domain::{Facts, Failure, Progress, Request, RequestId, Status};
use common::ports::Alias;

use super::{Checks, is_of_same_plan};
use crate::scenario::{ALIAS, FUNCTION};

const PROMISE: &str = "what was approved is deployed, once";

/// What is remembered of the alias.
#[derive(Debug, Default)]
pub(super) struct Place {
    seen: Option<Alias>,
    deployed: BTreeSet<RequestId>,
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
        let id = after.description.strip_prefix("Countersign request ");
        let id = id.and_then(|id| RequestId::parse(id).ok());
        let request = id.and_then(|id| memory.stored_request(&id));
        let Some(request) = request else {
            self.hold(PROMISE, false, || format!("the alias was changed on no approval: {after:?}"));
            return;
        };
        let approved = memory
            .stored_requests()
            .iter()
            .filter(|other| is_of_same_plan(other, &request))
            .all(|other| other.status == Status::Approved);
        self.hold(PROMISE, approved, || format!("{} was deployed, and is not approved", request.id));
        let claimed = request.change.as_ref().is_some_and(|change| {
            (&change.after, change.seal.as_deref()) == (&after.version, Some(before.revision.as_str()))
        });
        self.hold(PROMISE, claimed, || format!("{} changed what it had not claimed: {after:?}", request.id));
        let described = memory.description_of(FUNCTION, &after.version);
        self.hold(PROMISE, described == version_of(&request), || {
            format!("{} brought {described:?}, which is not what was approved", request.id)
        });
        let first = self.place.deployed.insert(request.id.clone());
        self.hold(PROMISE, first, || format!("{} was deployed twice", request.id));
    }

    /// What a record says of its deployment at the end is what happened.
    pub(super) fn check_use(&mut self, request: &Request, memory: &Memory) {
        let happened = memory
            .stored_requests()
            .iter()
            .any(|other| is_of_same_plan(other, request) && self.place.deployed.contains(&other.id));
        let failure = request.deployment.as_ref().and_then(|end| end.failure);
        let agrees = match request.progress() {
            Progress::Deployed => happened,
            Progress::Unused | Progress::NotDeployed => !happened,
            Progress::Failed => !happened || failure != Some(Failure::NothingChanged),
            Progress::Deploying | Progress::RolledBack => false,
        };
        self.hold(PROMISE, agrees, || {
            format!(
                "{} is {:?} ({failure:?}), and the alias was changed: {happened}",
                request.id,
                request.progress()
            )
        });
    }
}

fn version_of(request: &Request) -> Option<String> {
    match &request.facts {
        Facts::Deployment(facts) => Some(facts.version.clone()),
        Facts::General(_) => None,
    }
}
