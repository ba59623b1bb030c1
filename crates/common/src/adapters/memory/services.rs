//! Services of Elastic Container Service, with the task definitions that they run.

use std::collections::{BTreeMap, BTreeSet};

use super::{Call, Memory, State};
use crate::domain::{EcsService, RequestId};
use crate::ports::{
    Containers, ReadServices, RollService, Rolling, Service, State as RollingState, TargetError,
    TaskDefinition,
};

const ACCOUNT: &str = "arn:aws:ecs:eu-west-1:123456789012";

#[derive(Debug, Default)]
pub(super) struct Services {
    by_name: BTreeMap<(String, String), Service>,
    definitions: BTreeMap<String, Containers>,
    deregistered: BTreeSet<String>,
    rolled: usize,
    broken: Option<TargetError>,
    refused: Option<String>,
    unregistered: Option<String>,
}

impl Memory {
    /// Makes a service, and the first revision of a task definition of its name, which it runs.
    pub fn put_service(&self, cluster: &str, name: &str, containers: &[(&str, &str)]) {
        let mut state = self.lock();
        let containers = containers.iter().map(|(name, image)| ((*name).to_owned(), (*image).to_owned()));
        let first = state.services.register(name, containers.collect());
        let service = Service {
            arn: format!("{ACCOUNT}:service/{cluster}/{name}"),
            task_definition: first.clone(),
            is_rolled_by_ecs: true,
            takes_back: false,
            rollings: vec![rolling(&first, RollingState::Completed)],
            newest_event: Some(format!("(service {name}) has reached a steady state.")),
        };
        state.services.by_name.insert((cluster.to_owned(), name.to_owned()), service);
    }

    /// Changes a service, as an operator or ECS does.
    pub fn change_service(&self, cluster: &str, name: &str, change: impl FnOnce(&mut Service)) {
        let mut state = self.lock();
        if let Some(service) = state.services.by_name.get_mut(&(cluster.to_owned(), name.to_owned())) {
            change(service);
        }
    }

    /// Removes a service.
    pub fn remove_service(&self, cluster: &str, name: &str) {
        self.lock().services.by_name.remove(&(cluster.to_owned(), name.to_owned()));
    }

    /// Looks at a service.
    pub fn stored_service(&self, cluster: &str, name: &str) -> Option<Service> {
        self.lock().services.by_name.get(&(cluster.to_owned(), name.to_owned())).cloned()
    }

    /// What the task definition runs that a service has.
    pub fn images_of(&self, cluster: &str, name: &str) -> Option<Containers> {
        let service = self.stored_service(cluster, name)?;
        self.lock().services.definitions.get(&service.task_definition).cloned()
    }

    /// Deregisters the task definition that a service runs: its tasks stay, and no service can be given it any more.
    pub fn deregister(&self, cluster: &str, name: &str) {
        if let Some(service) = self.stored_service(cluster, name) {
            self.lock().services.deregistered.insert(service.task_definition);
        }
    }

    /// How often any service was given a task definition that it did not have.
    pub fn rolled(&self) -> usize {
        self.lock().services.rolled
    }

    /// Lets no service be given another task definition any more, for this reason.
    pub fn refuse_rolling(&self, reason: &str) {
        self.lock().services.refused = Some(reason.to_owned());
    }

    /// Lets nothing be registered any more, for this reason.
    pub fn refuse_registering(&self, reason: &str) {
        self.lock().services.unregistered = Some(reason.to_owned());
    }

    /// Lets every call about services end so, or no more.
    pub fn fail_services(&self, failure: Option<TargetError>) {
        self.lock().services.broken = failure;
    }
}

impl Services {
    fn check(&self) -> Result<(), TargetError> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn register(&mut self, family: &str, containers: Containers) -> String {
        let prefix = format!("{ACCOUNT}:task-definition/{family}:");
        let known = self.definitions.keys().filter(|arn| arn.starts_with(&prefix)).count();
        let arn = format!("{prefix}{}", known + 1);
        self.definitions.insert(arn.clone(), containers);
        arn
    }

    fn roll(&mut self, key: &(String, String), task_definition: &str) -> Result<(), TargetError> {
        self.check()?;
        let refused = |reason| TargetError::Refused { operation: "ecs:UpdateService", reason };
        if let Some(reason) = self.refused.clone() {
            return Err(refused(reason));
        }
        let service = self.by_name.get_mut(key);
        let service = service.ok_or_else(|| refused("ServiceNotFoundException".to_owned()))?;
        if service.task_definition != task_definition {
            self.rolled += 1;
            task_definition.clone_into(&mut service.task_definition);
            service.rollings.insert(0, rolling(task_definition, RollingState::InProgress));
        }
        Ok(())
    }
}

fn rolling(task_definition: &str, state: RollingState) -> Rolling {
    let running = u32::from(state == RollingState::Completed) * 2;
    let id = format!("ecs-svc/{}", task_definition.rsplit('/').next().unwrap_or_default());
    Rolling { id, task_definition: task_definition.to_owned(), state, reason: None, running, desired: 2 }
}

fn key(place: &EcsService) -> (String, String) {
    (place.cluster.clone(), place.ecs_service.clone())
}

fn no_reply(operation: &'static str) -> TargetError {
    TargetError::Unavailable { operation, code: "NoReply".to_owned() }
}

impl ReadServices for Memory {
    async fn service(&self, place: &EcsService) -> Result<Option<Service>, TargetError> {
        let key = key(place);
        let effect = move |state: &mut State| {
            state.services.check()?;
            Ok(state.services.by_name.get(&key).cloned())
        };
        self.call(Call::ReadService, effect, || no_reply("ecs:DescribeServices")).await
    }

    async fn task_definition(&self, arn: &str) -> Result<TaskDefinition, TargetError> {
        let arn = arn.to_owned();
        let effect = move |state: &mut State| {
            state.services.check()?;
            let containers = state.services.definitions.get(&arn).cloned().unwrap_or_default();
            Ok(TaskDefinition { containers, is_active: !state.services.deregistered.contains(&arn) })
        };
        self.call(Call::ReadTaskDefinition, effect, || no_reply("ecs:DescribeTaskDefinition")).await
    }
}

impl RollService for Memory {
    async fn register(
        &self,
        task_definition: &str,
        container: &str,
        image: &str,
        _: &RequestId,
    ) -> Result<String, TargetError> {
        let (arn, container, image) = (task_definition.to_owned(), container.to_owned(), image.to_owned());
        let effect = move |state: &mut State| {
            state.services.check()?;
            if let Some(reason) = state.services.unregistered.clone() {
                return Err(TargetError::Refused { operation: "ecs:RegisterTaskDefinition", reason });
            }
            let mut containers = state.services.definitions.get(&arn).cloned().unwrap_or_default();
            for (_, runs) in containers.iter_mut().filter(|(name, _)| *name == container) {
                image.clone_into(runs);
            }
            let family = arn.rsplit('/').next().and_then(|short| short.split(':').next()).unwrap_or_default();
            Ok(state.services.register(family, containers))
        };
        self.call(Call::RegisterTaskDefinition, effect, || no_reply("ecs:RegisterTaskDefinition")).await
    }

    async fn roll(&self, place: &EcsService, task_definition: &str) -> Result<(), TargetError> {
        let (key, arn) = (key(place), task_definition.to_owned());
        let effect = move |state: &mut State| state.services.roll(&key, &arn);
        self.call(Call::RollService, effect, || no_reply("ecs:UpdateService")).await
    }
}
