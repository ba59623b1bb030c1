//! Making a claimed change: a revision is registered, the service is given it, and then it is watched.

use jiff::{SignedDuration, Timestamp};

use super::{Seal, container, short};
use crate::domain::{EcsService, Made, Stage};
use crate::ports::{ReachTargets, Rolling, Service, State, TargetError};
use crate::usecase::deploy::{Acted, Work, console};

/// For how long after the service was given the revision a look may still show it without. What ECS shows may be behind.
const BEHIND: SignedDuration = SignedDuration::from_secs(60);
/// What ECS says of a service that it takes back by itself.
const TAKEN_BACK: [&str; 2] = ["rolling back", "rolled back"];

/// If the process dies after `register`, the next call registers another revision, and the first is never used. If it
/// dies after `roll`, the next call finds that the service has the revision.
pub(in super::super) async fn act(
    targets: &impl ReachTargets,
    place: &EcsService,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    let Some(service) = targets.service(place).await? else {
        return Ok(Acted::LeftAlone(format!("there is no {place} any more")));
    };
    let on_its_way = OnItsWay { place, work, service: &service };
    match work.stage {
        None => on_its_way.register(targets).await,
        Some(Stage::Reached { step: 0, made: Some(made), .. }) => on_its_way.roll(targets, made).await,
        Some(Stage::Reached { at, made, .. }) => {
            let revision = made.as_ref().map_or("", |made| &made.name);
            Ok(on_its_way.watch(revision, *at))
        }
        Some(Stage::RollingBack { reason, .. }) => Ok(on_its_way.watch_way_back(reason)),
    }
}

struct OnItsWay<'a> {
    place: &'a EcsService,
    work: &'a Work<'a>,
    service: &'a Service,
}

impl OnItsWay<'_> {
    async fn register(&self, targets: &impl ReachTargets) -> Result<Acted, TargetError> {
        let change = self.work.change;
        if !self.is_untouched() {
            return Ok(self.left_alone());
        }
        if self.is_over() {
            return Ok(Acted::Impossible("its time was over before anything was done".to_owned()));
        }
        let task_definition = &self.service.task_definition;
        let containers = targets.task_definition(task_definition).await?.containers;
        let name = match container(&containers, self.place.container.as_deref()) {
            Ok((name, _)) => name,
            Err(reason) => return Ok(Acted::Impossible(reason)),
        };
        let request = &self.work.request.id;
        let revision = match targets.register(task_definition, name, &change.after, request).await {
            Err(error @ TargetError::Refused { .. }) => return Ok(Acted::Impossible(error.to_string())),
            registered => registered?,
        };
        let says = format!("{} is registered", short(&revision));
        let EcsService { cluster, ecs_service, .. } = self.place;
        let page = format!("ecs/v2/clusters/{cluster}/services/{ecs_service}/deployments");
        let link = console::page(&self.service.arn, &page, None);
        Ok(Acted::Reached { step: 0, says, made: Some(Made { name: revision, link }) })
    }

    async fn roll(&self, targets: &impl ReachTargets, made: &Made) -> Result<Acted, TargetError> {
        // Whatever became of it since: it was given to the service, and is not given a second time.
        if self.service.task_definition != made.name && self.rolling_of(&made.name).is_none() {
            if !self.is_untouched() {
                return Ok(self.left_alone());
            }
            if self.is_over() {
                return Ok(Acted::Impossible("its time was over before the service was touched".to_owned()));
            }
            targets.roll(self.place, &made.name).await?;
        }
        let says = format!("tasks of {} are started", short(&made.name));
        Ok(Acted::Reached { step: 1, says, made: Some(made.clone()) })
    }

    fn watch(&self, revision: &str, since: Timestamp) -> Acted {
        let found = &self.service.task_definition;
        if found == revision {
            return self.how_far(self.rolling_of(revision));
        }
        let is_back = self.is_on_what_was_there();
        let given_up = self.rolling_of(revision).filter(|rolling| is_back && rolling.state == State::Failed);
        if let Some(rolling) = given_up.or(self.taken_back_by_ecs()) {
            return Acted::Turned(self.why(rolling));
        }
        if !is_back {
            return self.left_alone();
        }
        if self.work.now < since + BEHIND {
            return Acted::Going;
        }
        Acted::RolledBack(format!("the service runs {} again", short(found)))
    }

    /// ECS goes back to the last deployment that it completed, which may be an older one, and may not get there.
    fn watch_way_back(&self, reason: &str) -> Acted {
        let found = short(&self.service.task_definition);
        let state = self.service.rollings.first().map(|rolling| rolling.state);
        match state {
            Some(State::Completed) if self.is_on_what_was_there() => Acted::RolledBack(reason.to_owned()),
            Some(State::InProgress) if !self.is_over() => Acted::Going,
            // Whether ECS or somebody else brought that there, nothing tells any more.
            Some(State::Completed) => Acted::LeftAlone(format!("{reason} The service runs {found} now")),
            _ => Acted::Failed(format!("{reason} The service is on its way to {found}, and not stable")),
        }
    }

    fn how_far(&self, rolling: Option<&Rolling>) -> Acted {
        match rolling {
            Some(Rolling { state: State::Completed, .. }) => Acted::Done,
            // What ECS takes back by itself is on its way back in a moment.
            Some(rolling @ Rolling { state: State::Failed, .. }) if !self.service.takes_back => {
                Acted::Failed(self.why(rolling))
            }
            _ if !self.is_over() => Acted::Going,
            rolling => {
                let (running, desired) =
                    rolling.map_or((0, 0), |Rolling { running, desired, .. }| (*running, *desired));
                let event = self.service.newest_event.as_deref().unwrap_or("it says nothing");
                Acted::Failed(format!(
                    "the service was not stable in time, {running} of {desired} tasks run; its newest event: {event}"
                ))
            }
        }
    }

    /// What ECS has begun by itself.
    fn taken_back_by_ecs(&self) -> Option<&Rolling> {
        let primary = self.service.rollings.first()?;
        let reason = primary.reason.as_deref().unwrap_or_default().to_lowercase();
        TAKEN_BACK.iter().any(|words| reason.contains(words)).then_some(primary)
    }

    fn rolling_of(&self, revision: &str) -> Option<&Rolling> {
        self.service.rollings.iter().find(|rolling| rolling.task_definition == revision)
    }

    /// In the service's own words.
    fn why(&self, rolling: &Rolling) -> String {
        let reason = rolling.reason.as_deref().unwrap_or("ECS gave it up.");
        match &self.service.newest_event {
            Some(event) => format!("{reason} Its newest event: {event}"),
            None => reason.to_owned(),
        }
    }

    fn is_over(&self) -> bool {
        self.work.now >= self.work.change.until
    }

    /// Whether nobody has deployed to it since it was looked at.
    fn is_untouched(&self) -> bool {
        Seal::of_service(self.service) == Seal::of(self.work.change)
    }

    fn is_on_what_was_there(&self) -> bool {
        self.service.task_definition == Seal::of(self.work.change).task_definition
    }

    fn left_alone(&self) -> Acted {
        let (place, found) = (self.place, short(&self.service.task_definition));
        Acted::LeftAlone(format!("somebody else changed the {place} in between: it runs {found} now"))
    }
}
