//! Projects of CodeBuild, and what was built.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Call, Memory, State};
use crate::domain::{BuildProject, RequestId};
use crate::ports::{Build, BuildEnd, FindProjects, RunBuilds, TargetError, Variables};

const ACCOUNT: &str = "arn:aws:codebuild:eu-west-1:123456789012";
/// For how long a token is known.
const TOKEN: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug, Default)]
pub(super) struct Builds {
    projects: BTreeSet<String>,
    started: Vec<Build>,
    tokens: BTreeMap<RequestId, (Timestamp, Build)>,
    broken: Option<TargetError>,
    refused: Option<TargetError>,
}

impl Memory {
    /// Makes a project.
    pub fn put_project(&self, name: &str) {
        self.lock().builds.projects.insert(name.to_owned());
    }

    /// Lets every build that runs end so.
    pub fn end_builds(&self, end: &BuildEnd) {
        let mut state = self.lock();
        for build in state.builds.started.iter_mut().filter(|build| build.end.is_none()) {
            build.end = Some(end.clone());
        }
    }

    /// Removes every build.
    pub fn forget_builds(&self) {
        self.lock().builds.started.clear();
    }

    /// Every build that was started.
    pub fn builds(&self) -> Vec<Build> {
        self.lock().builds.started.clone()
    }

    /// Lets every call about builds end so, or no more.
    pub fn fail_builds(&self, failure: Option<TargetError>) {
        self.lock().builds.broken = failure;
    }

    /// Lets no build be started any more, for this reason, or any build again.
    pub fn refuse_builds(&self, failure: Option<TargetError>) {
        self.lock().builds.refused = failure;
    }
}

impl Builds {
    fn check(&self) -> Result<(), TargetError> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    /// As CodeBuild does, the same for the same token while that is known.
    fn start(&mut self, project: &str, request: &RequestId, given: Variables, now: Timestamp) -> Build {
        if let Some((_, build)) = self.tokens.get(request).filter(|(at, _)| now < *at + TOKEN) {
            return build.clone();
        }
        let id = format!("{project}:{}", self.started.len() + 1);
        let build = Build { arn: format!("{ACCOUNT}:build/{id}"), id, end: None, given };
        self.started.push(build.clone());
        self.tokens.insert(request.clone(), (now, build.clone()));
        build
    }
}

fn no_reply(operation: &'static str) -> TargetError {
    TargetError::Unavailable { operation, code: "NoReply".to_owned() }
}

impl FindProjects for Memory {
    async fn project(&self, place: &BuildProject) -> Result<Option<String>, TargetError> {
        let name = place.project.clone();
        let effect = move |state: &mut State| {
            state.builds.check()?;
            Ok(state.builds.projects.get(&name).map(|name| format!("{ACCOUNT}:project/{name}")))
        };
        self.call(Call::ReadProject, effect, || no_reply("codebuild:BatchGetProjects")).await
    }
}

impl RunBuilds for Memory {
    async fn newest(&self, _: &BuildProject) -> Result<Vec<Build>, TargetError> {
        let effect = move |state: &mut State| {
            state.builds.check()?;
            Ok(state.builds.started.clone())
        };
        self.call(Call::ListBuilds, effect, || no_reply("codebuild:ListBuildsForProject")).await
    }

    async fn start(
        &self,
        place: &BuildProject,
        request: &RequestId,
        given: &Variables,
        _: u32,
    ) -> Result<Build, TargetError> {
        let (project, request, given) = (place.project.clone(), request.clone(), given.clone());
        let effect = move |state: &mut State| {
            state.builds.check()?;
            if let Some(refused) = state.builds.refused.clone() {
                return Err(refused);
            }
            Ok(state.builds.start(&project, &request, given, state.now))
        };
        self.call(Call::StartBuild, effect, || no_reply("codebuild:StartBuild")).await
    }

    async fn build(&self, arn: &str) -> Result<Option<Build>, TargetError> {
        let arn = arn.to_owned();
        let effect = move |state: &mut State| {
            state.builds.check()?;
            Ok(state.builds.started.iter().find(|build| build.arn == arn).cloned())
        };
        self.call(Call::ReadBuild, effect, || no_reply("codebuild:BatchGetBuilds")).await
    }
}
