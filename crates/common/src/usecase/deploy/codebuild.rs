//! Whatever a build makes of a version: a script deploys, and its build is waited for.
//!
//! A build carries the request's name and what was approved in its variables, by which it is found again whose reply, or
//! whose process, was lost. CodeBuild itself gives two calls for one request the same build, for a few minutes.

use jiff::{SignedDuration, Timestamp};

use super::{Acted, Seen, Work, approved, console};
use crate::domain::{BuildProject, Change, Made, Stage};
use crate::ports::{Build, BuildEnd, FindProjects, RunBuilds, TargetError};

/// For how long after the start a look may still not find the build. What CodeBuild shows may be behind.
const BEHIND: SignedDuration = SignedDuration::from_secs(60);
/// How many minutes CodeBuild lets a build take, at least and at most.
const MINUTES: (i64, i64) = (5, 2_160);

pub(super) async fn look(
    targets: &impl RunBuilds,
    place: &BuildProject,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    let Some(seal) = targets.project(place).await? else {
        return Ok(Seen::Impossible(missing(place)));
    };
    // Two scripts side by side could end in any order.
    if let Some(other) = targets.newest(place).await?.iter().find(|build| build.end.is_none()) {
        return Ok(Seen::Busy(format!("the build {} runs for another request", other.id)));
    }
    Ok(Seen::Change(Change::of_untold(place, version, seal, (now, until))))
}

/// Why no build of it can be started, if so.
pub(super) async fn obstacle(
    targets: &impl FindProjects,
    place: &BuildProject,
) -> Result<Option<String>, TargetError> {
    Ok(targets.project(place).await?.is_none().then(|| missing(place)))
}

fn missing(place: &BuildProject) -> String {
    format!("there is no project {}", place.project)
}

/// If the process dies after `start`, the next call finds the build by the request's name.
pub(super) async fn act(
    targets: &impl RunBuilds,
    place: &BuildProject,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    if let Some(Stage::Reached { at, made: Some(made), .. }) = work.stage {
        return Ok(watch(targets.build(&made.name).await?, *at, work));
    }
    let given = approved::variables(work.request);
    let newest = targets.newest(place).await?;
    let others_run = newest.iter().any(|build| build.end.is_none() && build.given != given);
    let build = match newest.into_iter().find(|build| build.given == given) {
        Some(build) => build,
        None if work.now >= work.change.until => {
            let reason = "its time is over, and no build was found that was started for it";
            return Ok(Acted::Failed(reason.to_owned()));
        }
        // Another one was begun since this was claimed.
        None if others_run => return Ok(Acted::Going),
        None => match targets.start(place, &work.request.id, &given, minutes(work.change)).await {
            Err(error @ TargetError::Refused { .. }) => return Ok(Acted::Impossible(error.to_string())),
            started => started?,
        },
    };
    let account = build.arn.split(':').nth(4).unwrap_or_default();
    let id = build.id.replace(':', "%3A");
    let page = format!("codesuite/codebuild/{account}/projects/{}/build/{id}/", place.project);
    let made = Made { link: console::page(&build.arn, &page, None), name: build.arn };
    Ok(Acted::Reached { step: 1, says: format!("the build {} runs", build.id), made: Some(made) })
}

fn watch(found: Option<Build>, since: Timestamp, work: &Work<'_>) -> Acted {
    let Some(build) = found else {
        if work.now < since + BEHIND {
            return Acted::Going;
        }
        return Acted::Failed("its build is not there any more, and nobody knows what it did".to_owned());
    };
    match build.end {
        Some(BuildEnd::Succeeded) => Acted::Done,
        Some(BuildEnd::Failed(how)) => Acted::Failed(format!("the build {} {how}", build.id)),
        None if work.now < work.change.until => Acted::Going,
        None => Acted::Failed(format!("the build {} still runs, and its time is over", build.id)),
    }
}

/// How long the build may take: not longer than anybody waits for it. The same at each try, as the token wants it.
fn minutes(change: &Change) -> u32 {
    let seconds = change.until.duration_since(change.at).as_secs();
    let minutes = (seconds + 59).div_euclid(60).clamp(MINUTES.0, MINUTES.1);
    u32::try_from(minutes).unwrap_or(u32::MAX)
}
