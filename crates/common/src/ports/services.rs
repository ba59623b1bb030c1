//! Services whose tasks run images.

use std::future::Future;

use super::TargetError;
use crate::domain::{EcsService, RequestId};

/// A service as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its ARN.
    pub arn: String,
    /// The task definition that its tasks run, or are to run, by its ARN.
    pub task_definition: String,
    /// Whether ECS itself replaces its tasks, and nothing else does.
    pub is_rolled_by_ecs: bool,
    /// Whether ECS takes back by itself what it gives up.
    pub takes_back: bool,
    /// What it goes over to, and what it comes from; the task definition's own is the first.
    pub rollings: Vec<Rolling>,
    /// The newest of its events, in its own words.
    pub newest_event: Option<String>,
}

/// Tasks that are replaced by those of one task definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rolling {
    /// The service's own name for it.
    pub id: String,
    /// The task definition's ARN.
    pub task_definition: String,
    /// Where it stands.
    pub state: State,
    /// Why, in the service's own words.
    pub reason: Option<String>,
    /// How many of its tasks run.
    pub running: u32,
    /// How many are to run.
    pub desired: u32,
}

/// Where the replacing of tasks stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is under way.
    InProgress,
    /// The service is stable.
    Completed,
    /// The service gave it up.
    Failed,
}

/// The containers of a task definition, by their names, with their images.
pub type Containers = Vec<(String, String)>;

/// A task definition as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDefinition {
    /// What its tasks run.
    pub containers: Containers,
    /// Whether a service can still be given it.
    pub is_active: bool,
}

/// Looks at services, and at what they run.
pub trait ReadServices: Send + Sync {
    /// The service; `None` when there is none of that name, or it is being deleted.
    fn service(
        &self,
        place: &EcsService,
    ) -> impl Future<Output = Result<Option<Service>, TargetError>> + Send;

    /// A task definition, by its ARN.
    fn task_definition(&self, arn: &str) -> impl Future<Output = Result<TaskDefinition, TargetError>> + Send;
}

/// Lets services run other task definitions.
pub trait RollService: ReadServices {
    /// Registers the next revision of a task definition, for this request, with this image in this container and
    /// everything else as it was; its ARN.
    fn register(
        &self,
        task_definition: &str,
        container: &str,
        image: &str,
        request: &RequestId,
    ) -> impl Future<Output = Result<String, TargetError>> + Send;

    /// Lets a service run this task definition. Where it does already, nothing happens.
    fn roll(
        &self,
        place: &EcsService,
        task_definition: &str,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;
}
