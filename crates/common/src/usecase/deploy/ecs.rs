//! A version of an image, in the tasks of a service of Elastic Container Service.
//!
//! The revision that is registered for a change is noted before the service gets it, so that the service is given one
//! revision and no other, however often it is tried. ECS has no condition for changing a service: what the service runs
//! is looked at immediately before.

mod act;
mod look;

pub(super) use self::act::act;
pub(super) use self::look::look;
use crate::ports::Containers;

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
