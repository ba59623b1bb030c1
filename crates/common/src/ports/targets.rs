//! Where approved versions go, and what tells whether they do well there.

use std::future::Future;

use super::{
    CallWebhooks, FindMachines, FindProjects, PointAliases, ReadAliases, ReadServices, RollService,
    RunBuilds, RunExecutions,
};

/// A target did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It did not answer, or is busy: another try may work. Whether the call took effect is not known.
    #[error("{operation} did not answer ({code})")]
    Unavailable {
        /// What was tried.
        operation: &'static str,
        /// The service's name for it.
        code: String,
    },
    /// It refuses, and will again.
    #[error("{operation} was refused: {reason}")]
    Refused {
        /// What was tried.
        operation: &'static str,
        /// The service's name for it, and what it says.
        reason: String,
    },
}

/// An alarm as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Whether it has gone off.
    pub is_off: bool,
}

/// Watches alarms.
pub trait WatchAlarms: Send + Sync {
    /// Those of these alarms that there are.
    fn alarms(&self, names: &[String]) -> impl Future<Output = Result<Vec<Alarm>, TargetError>> + Send;
}

/// Everything that tells what deploying would change. Nothing of it can be changed by this.
pub trait LookAtTargets: ReadAliases + ReadServices + FindProjects + FindMachines {}

impl<T: ReadAliases + ReadServices + FindProjects + FindMachines> LookAtTargets for T {}

/// Everything that deploying reaches.
pub trait ReachTargets:
    LookAtTargets + PointAliases + WatchAlarms + RollService + RunBuilds + RunExecutions + CallWebhooks
{
}

impl<T: PointAliases + WatchAlarms + RollService + RunBuilds + RunExecutions + CallWebhooks> ReachTargets
    for T
{
}
