//! A version of an image, in the tasks of a service of Elastic Container Service.
//!
//! The revision that is registered for a change is noted before the service gets it, so that the service is given one
//! revision and no other, however often it is tried. ECS has no condition for changing a service: what the service runs
//! is looked at immediately before.

mod act;
mod look;

pub(super) use self::act::act;
pub(super) use self::look::{foresee, look};
use crate::domain::Change;
use crate::ports::{Containers, Service};

/// What a service runs, and the deployment that brought it there: the same task definition may have come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seal<'a> {
    task_definition: &'a str,
    deployment: &'a str,
}

impl<'a> Seal<'a> {
    fn of_service(service: &'a Service) -> Self {
        let deployment = service.rollings.first().map_or("", |rolling| &rolling.id);
        Self { task_definition: &service.task_definition, deployment }
    }

    fn of(change: &'a Change) -> Self {
        let (task_definition, deployment) = change.seal.split_once(' ').unwrap_or((&change.seal, ""));
        Self { task_definition, deployment }
    }

    fn written(self) -> String {
        format!("{} {}", self.task_definition, self.deployment)
    }
}

/// The container that runs the image: the one that is named, or the only one.
fn container<'a>(containers: &'a Containers, named: Option<&str>) -> Result<&'a (String, String), String> {
    let all = || containers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    match (named, containers.as_slice()) {
        (Some(named), _) => containers
            .iter()
            .find(|(name, _)| name == named)
            .ok_or_else(|| format!("no container {named} is in its tasks, which have {}", all())),
        (None, [only]) => Ok(only),
        (None, _) => Err(format!("its tasks have the containers {}: the target has to name one", all())),
    }
}

/// `checkout:42`, of the whole ARN.
fn short(task_definition: &str) -> &str {
    task_definition.rsplit_once('/').map_or(task_definition, |(_, short)| short)
}
