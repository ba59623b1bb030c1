//! Builds, by the API of CodeBuild.
//!
//! CodeBuild keeps the idempotency token of `StartBuild` for five minutes. After that a build is known by its variable.

use aws_sdk_codebuild::error::BuildError;
use aws_sdk_codebuild::types::{
    Build as Found, BuildPhase, EnvironmentVariable, EnvironmentVariableType, ProjectEnvironment,
    SortOrderType, StatusType,
};
use common::domain::{BuildProject, RequestId};
use common::ports::{BUILT_FOR, Build, BuildEnd, FindProjects, RunBuilds, TargetError, Variables};

use super::Targets;
use super::failed::failed;

impl FindProjects for Targets {
    async fn project(&self, place: &BuildProject) -> Result<Option<String>, TargetError> {
        let call = self.builds.batch_get_projects().names(&place.project).send();
        let found = Box::pin(call).await.map_err(|error| failed("codebuild:BatchGetProjects", &error))?;
        Ok(found.projects.unwrap_or_default().into_iter().find_map(|project| project.arn))
    }
}

impl RunBuilds for Targets {
    async fn newest(&self, place: &BuildProject) -> Result<Vec<Build>, TargetError> {
        let call = self.builds.list_builds_for_project().project_name(&place.project);
        let call = call.sort_order(SortOrderType::Descending).send();
        let listed =
            Box::pin(call).await.map_err(|error| failed("codebuild:ListBuildsForProject", &error))?;
        let found = self.found(listed.ids.unwrap_or_default()).await?;
        let builds: Result<Vec<_>, _> = found.into_iter().map(build).collect();
        Ok(builds?.into_iter().filter(|build| build.given.contains_key(BUILT_FOR)).collect())
    }

    async fn start(
        &self,
        place: &BuildProject,
        request: &RequestId,
        given: &Variables,
        minutes: u32,
    ) -> Result<Build, TargetError> {
        let minutes = i32::try_from(minutes).ok();
        let variables: Result<Vec<_>, _> = given.iter().map(variable).collect();
        let variables = variables.map_err(|error| unreadable("codebuild:StartBuild", &error.to_string()))?;
        let call = self
            .builds
            .start_build()
            .project_name(&place.project)
            .set_environment_variables_override(Some(variables))
            .idempotency_token(request.as_str())
            .set_timeout_in_minutes_override(minutes)
            .set_queued_timeout_in_minutes_override(minutes.map(|minutes| minutes.min(MAX_QUEUED_MINUTES)))
            // Nobody would know of a build that CodeBuild starts again by itself.
            .auto_retry_limit_override(0)
            .send();
        let started = Box::pin(call).await.map_err(|error| failed("codebuild:StartBuild", &error))?;
        build(started.build_value.ok_or_else(|| unreadable("codebuild:StartBuild", "NoBuild"))?)
    }

    async fn build(&self, arn: &str) -> Result<Option<Build>, TargetError> {
        let id = arn.split_once(":build/").map_or(arn, |(_, id)| id);
        self.found(vec![id.to_owned()]).await?.into_iter().next().map(build).transpose()
    }
}

/// How the names of our variables begin.
const OURS: &str = "COUNTERSIGN_";
/// The longest that CodeBuild lets a build wait for its turn.
const MAX_QUEUED_MINUTES: i32 = 480;

impl Targets {
    /// Those of these builds that there are, in the same order.
    async fn found(&self, ids: Vec<String>) -> Result<Vec<Found>, TargetError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let call = self.builds.batch_get_builds().set_ids(Some(ids)).send();
        let found = Box::pin(call).await.map_err(|error| failed("codebuild:BatchGetBuilds", &error))?;
        Ok(found.builds.unwrap_or_default())
    }
}

fn variable((name, value): (&String, &String)) -> Result<EnvironmentVariable, BuildError> {
    let variable = EnvironmentVariable::builder().name(name).value(value);
    variable.r#type(EnvironmentVariableType::Plaintext).build()
}

/// Those of its variables that are ours.
fn given(found: &Found) -> Variables {
    let variables = found.environment().map(ProjectEnvironment::environment_variables).unwrap_or_default();
    let ours = variables.iter().filter(|variable| variable.name().starts_with(OURS));
    ours.map(|variable| (variable.name().to_owned(), variable.value().to_owned())).collect()
}

fn build(found: Found) -> Result<Build, TargetError> {
    let end = match found.build_status() {
        None | Some(StatusType::InProgress) => None,
        Some(StatusType::Succeeded) => Some(BuildEnd::Succeeded),
        Some(other) => Some(BuildEnd::Failed(how(other, found.phases()))),
    };
    let given = given(&found);
    match (found.arn, found.id) {
        (Some(arn), Some(id)) => Ok(Build { arn, id, end, given }),
        _ => Err(unreadable("codebuild:BatchGetBuilds", "NoArn")),
    }
}

/// In CodeBuild's words: the status, and what the phase says that did not succeed.
fn how(status: &StatusType, phases: &[BuildPhase]) -> String {
    let failed = phases.iter().find(|phase| {
        phase
            .phase_status()
            .is_some_and(|of_phase| !matches!(of_phase, StatusType::Succeeded | StatusType::InProgress))
    });
    let said = failed.map(|phase| {
        let phase_type = phase.phase_type().map_or("?", |phase_type| phase_type.as_str());
        let messages = phase.contexts().iter().filter_map(|context| context.message());
        let messages: Vec<_> = messages.filter(|message| !message.is_empty()).collect();
        let colon = if messages.is_empty() { "" } else { ": " };
        format!(" in the phase {phase_type}{colon}{}", messages.join("; "))
    });
    format!("ended as {}{}", status.as_str(), said.unwrap_or_default())
}

/// Whether it did anything is not known: another look tells.
fn unreadable(operation: &'static str, code: &str) -> TargetError {
    TargetError::Unavailable { operation, code: code.to_owned() }
}

#[cfg(test)]
mod tests;
