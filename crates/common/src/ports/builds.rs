//! Projects whose builds do what a script says.

use std::collections::BTreeMap;
use std::future::Future;

use super::TargetError;
use crate::domain::{BuildProject, RequestId};

/// A build as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Its ARN.
    pub arn: String,
    /// Its id: the project's name, a colon, and a name of its own.
    pub id: String,
    /// How it ended; absent while it runs.
    pub end: Option<BuildEnd>,
    /// What it was given, by the names of environment variables.
    pub given: BTreeMap<String, String>,
}

/// How a build ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildEnd {
    /// As it should.
    Succeeded,
    /// In any other way, in the service's own words.
    Failed(String),
}

/// The variable that names the request that a build was started for.
pub const BUILT_FOR: &str = "COUNTERSIGN_REQUEST";

/// What a build is given, [`BUILT_FOR`] among it, by the names of environment variables.
pub type Variables = BTreeMap<String, String>;

/// Finds projects.
pub trait FindProjects: Send + Sync {
    /// The ARN of the project; `None` when there is none of that name.
    fn project(
        &self,
        place: &BuildProject,
    ) -> impl Future<Output = Result<Option<String>, TargetError>> + Send;
}

/// Runs builds.
pub trait RunBuilds: FindProjects {
    /// The newest builds of the project that were started for any request, with what they were given.
    fn newest(&self, place: &BuildProject) -> impl Future<Output = Result<Vec<Build>, TargetError>> + Send;

    /// Starts a build for a request, which may take so many minutes. The same call within a few minutes gives the same
    /// build.
    fn start(
        &self,
        place: &BuildProject,
        request: &RequestId,
        given: &Variables,
        minutes: u32,
    ) -> impl Future<Output = Result<Build, TargetError>> + Send;

    /// A build by its ARN; `None` when it is not there any more.
    fn build(&self, arn: &str) -> impl Future<Output = Result<Option<Build>, TargetError>> + Send;
}
