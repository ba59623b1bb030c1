//! Projects of CodeBuild, and what was built.

use std::collections::{BTreeMap, BTreeSet};

use super::{Call, Memory, State};
use crate::domain::{BuildProject, RequestId};
use crate::ports::{Build, BuildEnd, RunBuilds, TargetError, Variables};

const ACCOUNT: &str = "arn:aws:codebuild:eu-west-1:123456789012";

#[derive(Debug, Default)]
pub(super) struct Builds {
    projects: BTreeSet<String>,
    started: Vec<Started>,
    broken: Option<TargetError>,
}

#[derive(Debug)]
struct Started {
    request: RequestId,
    variables: BTreeMap<&'static str, String>,
    build: Build,
}

impl Memory {
    /// Makes a project.
    pub fn put_project(&self, name: &str) {
        self.lock().builds.projects.insert(name.to_owned());
    }

    /// Lets every build that runs end so.
    pub fn end_builds(&self, end: &BuildEnd) {
        let mut state = self.lock();
        for started in state.builds.started.iter_mut().filter(|started| started.build.end.is_none()) {
            started.build.end = Some(end.clone());
        }
    }

    /// Removes every build.
    pub fn forget_builds(&self) {
        self.lock().builds.started.clear();
    }

    /// What each build was given that was started.
    pub fn builds(&self) -> Vec<BTreeMap<&'static str, String>> {
        self.lock().builds.started.iter().map(|started| started.variables.clone()).collect()
    }

    /// Lets every call about builds end so, or no more.
    pub fn fail_builds(&self, failure: Option<TargetError>) {
        self.lock().builds.broken = failure;
    }
}

impl Builds {
    fn check(&self) -> Result<(), TargetError> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn of(&self, request: &RequestId) -> Option<Build> {
        self.started.iter().find(|started| started.request == *request).map(|started| started.build.clone())
    }

    /// As CodeBuild does, the same for the same token.
    fn start(&mut self, project: &str, request: &RequestId, variables: &Variables) -> Build {
        if let Some(build) = self.of(request) {
            return build;
        }
        let id = format!("{project}:{}", self.started.len() + 1);
        let build = Build { arn: format!("{ACCOUNT}:build/{id}"), id, end: None };
        let variables = variables.iter().cloned().collect();
        self.started.push(Started { request: request.clone(), variables, build: build.clone() });
        build
    }
}

fn no_reply(operation: &'static str) -> TargetError {
    TargetError::Unavailable { operation, code: "NoReply".to_owned() }
}

impl RunBuilds for Memory {
    async fn project(&self, place: &BuildProject) -> Result<Option<String>, TargetError> {
        let name = place.project.clone();
        let effect = move |state: &mut State| {
            state.builds.check()?;
            Ok(state.builds.projects.get(&name).map(|name| format!("{ACCOUNT}:project/{name}")))
        };
        self.call(Call::ReadProject, effect, || no_reply("codebuild:BatchGetProjects")).await
    }

    async fn build_for(&self, _: &BuildProject, request: &RequestId) -> Result<Option<Build>, TargetError> {
        let request = request.clone();
        let effect = move |state: &mut State| {
            state.builds.check()?;
            Ok(state.builds.of(&request))
        };
        self.call(Call::FindBuild, effect, || no_reply("codebuild:ListBuildsForProject")).await
    }

    async fn start(
        &self,
        place: &BuildProject,
        request: &RequestId,
        variables: &Variables,
    ) -> Result<Build, TargetError> {
        let (project, request, variables) = (place.project.clone(), request.clone(), variables.to_vec());
        let effect = move |state: &mut State| {
            state.builds.check()?;
            Ok(state.builds.start(&project, &request, &variables))
        };
        self.call(Call::StartBuild, effect, || no_reply("codebuild:StartBuild")).await
    }

    async fn build(&self, arn: &str) -> Result<Option<Build>, TargetError> {
        let arn = arn.to_owned();
        let effect = move |state: &mut State| {
            state.builds.check()?;
            let mut builds = state.builds.started.iter().map(|started| &started.build);
            Ok(builds.find(|build| build.arn == arn).cloned())
        };
        self.call(Call::ReadBuild, effect, || no_reply("codebuild:BatchGetBuilds")).await
    }
}
