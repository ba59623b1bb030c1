//! What deploying a version into a service would change.

use jiff::Timestamp;

use super::{Seal, container, short};
use crate::domain::{Called, Change, EcsService, Outlook};
use crate::ports::{ReadServices, Service, State, TargetError};
use crate::usecase::deploy::Seen;

/// The longest tag that a registry takes.
const MAX_TAG: usize = 128;

pub(in super::super) async fn look(
    targets: &impl ReadServices,
    place: &EcsService,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    let service = match service(targets, place).await? {
        Ok(service) => service,
        Err(reason) => return Ok(Seen::Impossible(reason)),
    };
    if is_rolling(&service) {
        return Ok(Seen::Busy(format!("somebody is deploying to the {place}")));
    }
    let Images { before, after, is_active } = match images(targets, place, &service, version).await? {
        Ok(images) => images,
        Err(reason) => return Ok(Seen::Impossible(reason)),
    };
    Ok(Seen::Change(Change {
        at: now,
        until,
        place: place.to_string(),
        before: Some(before),
        after,
        // A service cannot be given a revision that was deregistered.
        way_back: is_active.then(|| way_back(place, &service)),
        seal: Seal::of_service(&service).written(),
    }))
}

/// The same for a service that somebody else may be deploying to just now.
pub(in super::super) async fn foresee(
    targets: &impl ReadServices,
    place: &EcsService,
    version: &str,
) -> Result<Outlook, TargetError> {
    let service = match service(targets, place).await? {
        Ok(service) => service,
        Err(reason) => return Ok(Outlook::impossible(&reason)),
    };
    Ok(match images(targets, place, &service, version).await? {
        Ok(Images { before, after, .. }) => {
            Outlook::Change { before: Some(called(&before)), after: called(&after) }
        }
        Err(reason) => Outlook::impossible(&reason),
    })
}

/// An image without its registry and whatever else leads to it.
fn called(image: &str) -> Called {
    Called::exactly(image).named(image.rsplit('/').next().unwrap_or_default())
}

/// A service whose tasks can be replaced; in words, why it is none.
async fn service(
    targets: &impl ReadServices,
    place: &EcsService,
) -> Result<Result<Service, String>, TargetError> {
    let Some(service) = targets.service(place).await? else {
        return Ok(Err(format!("there is no {place}")));
    };
    if !service.is_rolled_by_ecs {
        return Ok(Err(format!("the tasks of the {place} are not replaced by ECS itself")));
    }
    let runs_nothing = service.rollings.first().is_some_and(|primary| primary.desired == 0);
    if runs_nothing && !is_rolling(&service) {
        return Ok(Err(format!("the {place} is to run no tasks, so nothing would start")));
    }
    Ok(Ok(service))
}

fn is_rolling(service: &Service) -> bool {
    service.rollings.first().is_some_and(|primary| primary.state == State::InProgress)
}

/// What a service runs, and what it would run.
struct Images {
    before: String,
    after: String,
    /// Whether a service can be given again what it runs.
    is_active: bool,
}

/// The images; in words, why there are none.
async fn images(
    targets: &impl ReadServices,
    place: &EcsService,
    service: &Service,
    version: &str,
) -> Result<Result<Images, String>, TargetError> {
    let task_definition = targets.task_definition(&service.task_definition).await?;
    let before = match container(&task_definition.containers, place.container.as_deref()) {
        Ok((_, image)) => image.clone(),
        Err(reason) => return Ok(Err(format!("the {place} cannot be deployed to: {reason}"))),
    };
    Ok(match image_of(&before, version) {
        Some(after) => Ok(Images { before, after, is_active: task_definition.is_active }),
        None => Err(format!("{version} is neither a tag nor a digest of an image")),
    })
}

/// The same image in this version, which is a digest or a tag.
fn image_of(image: &str, version: &str) -> Option<String> {
    let untagged = match image.split_once('@') {
        Some((name, _)) => name,
        None => image,
    };
    // A port stands before a slash, a tag behind the last one.
    let name = match untagged.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => untagged,
    };
    if let Some(digest) = version.strip_prefix("sha256:") {
        let is_digest =
            digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        return is_digest.then(|| format!("{name}@{version}"));
    }
    let is_first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_other = |byte: u8| is_first(byte) || byte == b'.' || byte == b'-';
    let is_tag = (1..=MAX_TAG).contains(&version.len())
        && version.bytes().next().is_some_and(is_first)
        && version.bytes().all(is_other);
    is_tag.then(|| format!("{name}:{version}"))
}

/// The service goes back to the revision that it ran.
fn way_back(place: &EcsService, service: &Service) -> String {
    let EcsService { cluster, ecs_service, .. } = place;
    let region =
        service.arn.split(':').nth(3).map(|region| format!(" --region {region}")).unwrap_or_default();
    let revision = short(&service.task_definition);
    format!(
        "aws ecs update-service{region} --cluster {cluster} --service {ecs_service} --task-definition {revision}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_takes_the_place_of_the_tag_or_digest() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        for (image, name) in [
            ("checkout", "checkout"),
            ("checkout:1", "checkout"),
            ("registry:5000/shop/checkout", "registry:5000/shop/checkout"),
            ("registry:5000/shop/checkout:1.2", "registry:5000/shop/checkout"),
            (&format!("registry:5000/checkout:1@{digest}"), "registry:5000/checkout"),
        ] {
            assert_eq!(image_of(image, "2.4.1"), Some(format!("{name}:2.4.1")));
            assert_eq!(image_of(image, &digest), Some(format!("{name}@{digest}")));
        }
    }

    #[test]
    fn what_is_no_tag_and_no_digest_names_no_image() {
        let long = "a".repeat(129);
        for version in ["", "a b", "-a", ".a", "a/b", "a:b", "a@b", "sha256:12", "2.4.1+build", &long] {
            assert_eq!(image_of("checkout:1", version), None, "{version}");
        }
    }
}
