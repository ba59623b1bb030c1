//! From the written keys of an `ecs` target to a service.

use common::domain::EcsService;

use super::mistakes::Mistakes;
use super::read::{At, Ecs, Given};
use super::target::{is_name, required};

/// What ECS allows in the names of clusters, services and containers.
const MAX_NAME: usize = 255;

pub(super) fn compile(target: &Ecs, at: usize, mistakes: &mut Mistakes<'_>) -> Option<EcsService> {
    let cluster = name("cluster", "an ECS cluster", &target.cluster, at, mistakes);
    let ecs_service = name("ecs_service", "an ECS service", &target.service, at, mistakes);
    let container = match &target.container {
        Given::Absent => Some(None),
        given => name("container", "a container", given, at, mistakes).map(Some),
    };
    Some(EcsService { cluster: cluster?, ecs_service: ecs_service?, container: container? })
}

fn name(
    key: &str,
    what: &str,
    given: &Given<String>,
    at: usize,
    mistakes: &mut Mistakes<'_>,
) -> Option<String> {
    let At { value, at } = required("ecs", key, given, at, mistakes)?;
    let name = value.trim();
    if is_name(name, MAX_NAME) {
        return Some(name.to_owned());
    }
    let bare = name.rsplit('/').next().filter(|bare| name.starts_with("arn:") && is_name(bare, MAX_NAME));
    mistakes.error(*at, format!("{value:?} is not the name of {what}")).suggest(match bare {
        Some(bare) => {
            format!("write only its name: {key} = {bare:?}; account and Region are the stack's")
        }
        None => format!("write 1 to {MAX_NAME} letters, digits, hyphens and underscores"),
    });
    None
}
