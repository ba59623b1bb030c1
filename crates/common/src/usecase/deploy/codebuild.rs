//! Whatever a build makes of a version: a script deploys, and its build is waited for.
//!
//! A build carries the request's name in its variables, by which it is found again whose reply, or whose process, was
//! lost. CodeBuild itself gives two calls for one request the same build, for a few minutes.

use jiff::Timestamp;

use super::{Acted, Seen, Work, console};
use crate::domain::{BuildProject, Change, Facts, Made, Request, Stage};
use crate::ports::{Build, BuildEnd, ReachTargets, TargetError};

pub(super) async fn look(
    targets: &impl ReachTargets,
    place: &BuildProject,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    let Some(seal) = targets.project(place).await? else {
        return Ok(Seen::Impossible(format!("there is no project {}", place.project)));
    };
    Ok(Seen::Change(Change {
        at: now,
        until,
        place: place.to_string(),
        before: None,
        after: version.to_owned(),
        seal,
        way_back: None,
    }))
}

/// If the process dies after `start`, the next call finds the build by the request's name.
pub(super) async fn act(
    targets: &impl ReachTargets,
    place: &BuildProject,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    if let Some(made) = work.stage.and_then(Stage::made) {
        return Ok(watch(targets.build(&made.name).await?, work));
    }
    let Request { id, .. } = work.request;
    let build = match targets.build_for(place, id).await? {
        Some(build) => build,
        None if work.now >= work.change.until => {
            return Ok(Acted::Impossible("its time was over before a build was started".to_owned()));
        }
        None => match targets.start(place, id, &variables(work.request)).await {
            Err(error @ TargetError::Refused { .. }) => return Ok(Acted::Impossible(error.to_string())),
            started => started?,
        },
    };
    let page =
        format!("codesuite/codebuild/projects/{}/build/{}", place.project, build.id.replace(':', "%3A"));
    let made = Made { link: console::page(&build.arn, &page), name: build.arn };
    Ok(Acted::Reached { step: 1, says: format!("the build {} runs", build.id), made: Some(made) })
}

fn watch(found: Option<Build>, work: &Work<'_>) -> Acted {
    let Some(build) = found else {
        return Acted::Failed("its build is not there any more, and nobody knows what it did".to_owned());
    };
    match build.end {
        Some(BuildEnd::Succeeded) => Acted::Done,
        Some(BuildEnd::Failed(how)) => Acted::Failed(format!("the build {} {how}", build.id)),
        None if work.now < work.change.until => Acted::Going,
        None => Acted::Failed(format!("the build {} still runs, and its time is over", build.id)),
    }
}

/// What the script is told, beside the request: what was approved.
fn variables(request: &Request) -> Vec<(&'static str, String)> {
    let mut variables = vec![("COUNTERSIGN_FINGERPRINT", request.fingerprint.as_str().to_owned())];
    if let Facts::Deployment(facts) = &request.facts {
        variables.extend([
            ("COUNTERSIGN_SERVICE", facts.service_name.clone()),
            ("COUNTERSIGN_VERSION", facts.version.clone()),
            ("COUNTERSIGN_ENVIRONMENT", facts.environment.clone()),
        ]);
    }
    variables
}
