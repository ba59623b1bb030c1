//! The promise about deployments: what the alias leads to was approved, and each approval changed it at most once.

use std::collections::BTreeSet;

use common::adapters::memory::Memory;
use common::domain::{Facts, Failure, Progress, Request, RequestId, Status};
use common::ports::Alias;

use super::{Checks, is_of_same_plan};
use crate::scenario::{ALIAS, FUNCTION};

pub(super) const DEPLOYED: &str = "what was approved is deployed, once";

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
            self.hold(DEPLOYED, false, || format!("the alias was changed on no approval: {after:?}"));
            return;
        };
        let approved = memory
            .stored_requests()
            .iter()
            .filter(|other| is_of_same_plan(other, &request))
            .all(|other| other.status == Status::Approved);
        self.hold(DEPLOYED, approved, || format!("{} was deployed, and is not approved", request.id));
        let claimed = request
            .change
            .as_ref()
            .is_some_and(|change| (&change.after, &change.seal) == (&after.version, &before.revision));
        self.hold(DEPLOYED, claimed, || format!("{} changed what it had not claimed: {after:?}", request.id));
        let described = memory.description_of(FUNCTION, &after.version);
        self.hold(DEPLOYED, described == version_of(&request), || {
            format!("{} brought {described:?}, which is not what was approved", request.id)
        });
        let first = self.place.deployed.insert(request.id.clone());
        self.hold(DEPLOYED, first, || format!("{} was deployed twice", request.id));
    }

    /// What a record says of its deployment at the end is what happened, and all levels say the same.
    pub(super) fn check_use(&mut self, request: &Request, memory: &Memory) {
        let levels = || memory.stored_requests().into_iter().filter(|other| is_of_same_plan(other, request));
        let happened = levels().any(|level| self.place.deployed.contains(&level.id));
        let failure = request.deployment.as_ref().and_then(|end| end.failure);
        let agrees = match request.progress() {
            Progress::Deployed => happened,
            // Where the workflow ended in the middle, only the last level's record says so.
            Progress::Unused => !happened || !request.is_last_level(),
            Progress::NotDeployed => !happened,
            Progress::Failed => !happened || failure != Some(Failure::NothingChanged),
            Progress::Deploying => false,
        };
        let progress = request.progress();
        self.hold(DEPLOYED, agrees, || {
            format!("{} is {progress:?} ({failure:?}), and the alias was changed: {happened}", request.id)
        });
        let ends = levels().filter_map(|level| level.deployment).map(|end| (end.deployed, end.failure));
        let ends: Vec<_> = ends.collect();
        self.hold(DEPLOYED, ends.windows(2).all(|two| two.first() == two.last()), || {
            format!("the levels of {} say different things: {ends:?}", request.id)
        });
    }
}

fn version_of(request: &Request) -> Option<String> {
    match &request.facts {
        Facts::Deployment(facts) => Some(facts.version.clone()),
        Facts::General(_) => None,
    }
}
