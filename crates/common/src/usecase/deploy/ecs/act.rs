//! Making a claimed change: a revision is registered, the service is given it, and then it is watched.

use jiff::{SignedDuration, Timestamp};

use super::{container, short};
use crate::domain::{EcsService, Stage};
use crate::ports::{ReachTargets, Rolling, Service, State, TargetError};
use crate::usecase::deploy::{Acted, Work};

/// For how long after the service was given the revision a look may still show it without. What ECS shows may be behind.
const BEHIND: SignedDuration = SignedDuration::from_secs(60);

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
        Some(Stage::Reached { step: 0, made: Some(revision), .. }) => {
            on_its_way.roll(targets, revision).await
        }
        Some(Stage::Reached { at, made: Some(revision), .. }) => Ok(on_its_way.watch(revision, *at)),
        _ => on_its_way.register(targets).await,
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
        if self.service.task_definition != change.seal {
            return Ok(self.left_alone());
        }
        let containers = targets.containers(&change.seal).await?;
        let name = match container(&containers, self.place.container.as_deref()) {
            Ok((name, _)) => name,
            Err(reason) => return Ok(Acted::Failed(reason)),
        };
        let revision = targets.register(&change.seal, name, &change.after, self.work.request).await?;
        let says = format!("{} is registered", short(&revision));
        Ok(Acted::Reached { step: 0, says, made: Some(revision) })
    }

    async fn roll(&self, targets: &impl ReachTargets, revision: &str) -> Result<Acted, TargetError> {
        let found = &self.service.task_definition;
        if found != revision {
            if *found != self.work.change.seal {
                return Ok(self.left_alone());
            }
            targets.roll(self.place, revision).await?;
        }
        let says = format!("tasks of {} are started", short(revision));
        Ok(Acted::Reached { step: 1, says, made: Some(revision.to_owned()) })
    }

    fn watch(&self, revision: &str, since: Timestamp) -> Acted {
        let Work { change, now, .. } = self.work;
        let found = &self.service.task_definition;
        let of_revision = || self.service.rollings.iter().find(|rolling| rolling.task_definition == revision);
        if found == revision {
            return self.how_far(of_revision());
        }
        let given_up = of_revision().filter(|rolling| rolling.state == State::Failed);
        match (given_up, *found == change.seal) {
            (Some(rolling), true) => Acted::RolledBack(self.why(rolling)),
            // ECS goes back to the last deployment that it completed, which may be an older one.
            (Some(rolling), false) => {
                Acted::Failed(format!("{} It runs {} now", self.why(rolling), short(found)))
            }
            (None, true) if *now < since + BEHIND => Acted::Going,
            (None, true) => Acted::RolledBack(format!("the service runs {} again", short(found))),
            (None, false) => self.left_alone(),
        }
    }

    fn how_far(&self, rolling: Option<&Rolling>) -> Acted {
        let Work { change, now, .. } = self.work;
        match rolling {
            Some(Rolling { state: State::Completed, .. }) => Acted::Done,
            Some(rolling @ Rolling { state: State::Failed, .. }) => Acted::Failed(self.why(rolling)),
            _ if *now < change.until => Acted::Going,
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

    /// In the service's own words.
    fn why(&self, rolling: &Rolling) -> String {
        let reason = rolling.reason.as_deref().unwrap_or("ECS gave it up.");
        match &self.service.newest_event {
            Some(event) => format!("{reason} Its newest event: {event}"),
            None => reason.to_owned(),
        }
    }

    fn left_alone(&self) -> Acted {
        let (place, found) = (self.place, short(&self.service.task_definition));
        Acted::LeftAlone(format!("somebody else changed the {place} in between: it runs {found} now"))
    }
}
