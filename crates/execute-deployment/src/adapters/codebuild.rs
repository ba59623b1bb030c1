//! Builds, by the API of CodeBuild.
//!
//! CodeBuild keeps the idempotency token of `StartBuild` for five minutes. After that a build is known by its variable.

use aws_sdk_codebuild::types::{
    Build as Found, BuildPhase, EnvironmentVariable, EnvironmentVariableType, ProjectEnvironment,
    SortOrderType, StatusType,
};
use common::domain::{BuildProject, RequestId};
use common::ports::{BUILT_FOR, Build, BuildEnd, RunBuilds, TargetError, Variables};

use super::Targets;
use super::failed::failed;

impl RunBuilds for Targets {
    async fn project(&self, place: &BuildProject) -> Result<Option<String>, TargetError> {
        let call = self.builds.batch_get_projects().names(&place.project).send();
        let found = Box::pin(call).await.map_err(|error| failed("codebuild:BatchGetProjects", &error))?;
        Ok(found.projects.unwrap_or_default().into_iter().find_map(|project| project.arn))
    }

    async fn build_for(
        &self,
        place: &BuildProject,
        request: &RequestId,
    ) -> Result<Option<Build>, TargetError> {
        let call = self.builds.list_builds_for_project().project_name(&place.project);
        let call = call.sort_order(SortOrderType::Descending).send();
        let listed =
            Box::pin(call).await.map_err(|error| failed("codebuild:ListBuildsForProject", &error))?;
        let found = self.found(listed.ids.unwrap_or_default()).await?;
        found.into_iter().find(|build| is_for(build, request)).map(build).transpose()
    }

    async fn start(
        &self,
        place: &BuildProject,
        request: &RequestId,
        variables: &Variables,
    ) -> Result<Build, TargetError> {
        let built_for = (BUILT_FOR, request.to_string());
        let variables = [built_for].into_iter().chain(variables.iter().cloned()).map(variable);
        let call = self
            .builds
            .start_build()
            .project_name(&place.project)
            .set_environment_variables_override(Some(variables.collect::<Result<_, _>>()?))
            .idempotency_token(request.as_str())
            .send();
        let started = Box::pin(call).await.map_err(|error| failed(START, &error))?;
        build(started.build_value.ok_or_else(|| unreadable("the answer has no build"))?)
    }

    async fn build(&self, arn: &str) -> Result<Option<Build>, TargetError> {
        let id = arn.split_once(":build/").map_or(arn, |(_, id)| id);
        self.found(vec![id.to_owned()]).await?.into_iter().next().map(build).transpose()
    }
}

const START: &str = "codebuild:StartBuild";

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

fn variable((name, value): (&str, String)) -> Result<EnvironmentVariable, TargetError> {
    let variable = EnvironmentVariable::builder().name(name).value(value);
    variable
        .r#type(EnvironmentVariableType::Plaintext)
        .build()
        .map_err(|error| unreadable(&error.to_string()))
}

fn is_for(build: &Found, request: &RequestId) -> bool {
    let variables = build.environment().map(ProjectEnvironment::environment_variables);
    let mut variables = variables.unwrap_or_default().iter();
    variables.any(|variable| variable.name() == BUILT_FOR && variable.value() == request.as_str())
}

fn build(found: Found) -> Result<Build, TargetError> {
    let end = match found.build_status() {
        None | Some(StatusType::InProgress) => None,
        Some(StatusType::Succeeded) => Some(BuildEnd::Succeeded),
        Some(other) => Some(BuildEnd::Failed(how(other, found.phases()))),
    };
    match (found.arn, found.id) {
        (Some(arn), Some(id)) => Ok(Build { arn, id, end }),
        _ => Err(unreadable("the build has no ARN or id")),
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

fn unreadable(reason: &str) -> TargetError {
    TargetError::Refused { operation: START, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
