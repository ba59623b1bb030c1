//! Services, by the API of Elastic Container Service.
//!
//! `UpdateService` has no condition. Given the task definition that the service has already, it begins nothing.

use aws_sdk_ecs::operation::describe_services::DescribeServicesError;
use aws_sdk_ecs::types::{
    Deployment, DeploymentControllerType, DeploymentRolloutState, DeploymentStrategy, Service as Found, Tag,
    TaskDefinition as Described, TaskDefinitionField, TaskDefinitionStatus,
};
use common::domain::{EcsService, RequestId};
use common::ports::{ReadServices, RollService, Rolling, Service, State, TargetError, TaskDefinition};

use super::Targets;
use super::failed::failed;

/// Names the request that a revision was registered for.
const TAG: &str = "countersign-request";
/// How many tags a task definition may have.
const MAX_TAGS: usize = 50;
/// The state of a service that is not being deleted.
const ACTIVE: &str = "ACTIVE";
/// The deployment that the service goes over to.
const PRIMARY: &str = "PRIMARY";

impl ReadServices for Targets {
    async fn service(&self, place: &EcsService) -> Result<Option<Service>, TargetError> {
        let call = self.services.describe_services().cluster(&place.cluster).services(&place.ecs_service);
        let found = match Box::pin(call.send()).await {
            Ok(found) => found,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeServicesError::is_cluster_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(failed("ecs:DescribeServices", &error)),
        };
        let is_active = |service: &Found| service.status() == Some(ACTIVE);
        found.services.unwrap_or_default().into_iter().find(is_active).map(service).transpose()
    }

    async fn task_definition(&self, arn: &str) -> Result<TaskDefinition, TargetError> {
        let (definition, _) = self.described(arn).await?;
        let is_active = definition.status != Some(TaskDefinitionStatus::Inactive);
        let containers = definition.container_definitions.unwrap_or_default().into_iter();
        let containers = containers.filter_map(|container| container.name.zip(container.image)).collect();
        Ok(TaskDefinition { containers, is_active })
    }
}

impl RollService for Targets {
    async fn register(
        &self,
        task_definition: &str,
        container: &str,
        image: &str,
        request: &RequestId,
    ) -> Result<String, TargetError> {
        let (definition, tags) = self.described(task_definition).await?;
        let mut containers = definition.container_definitions.unwrap_or_default();
        for runs in containers.iter_mut().filter(|runs| runs.name.as_deref() == Some(container)) {
            runs.image = Some(image.to_owned());
        }
        let call = self
            .services
            .register_task_definition()
            .set_family(definition.family)
            .set_container_definitions(Some(containers))
            .set_task_role_arn(written(definition.task_role_arn))
            .set_execution_role_arn(written(definition.execution_role_arn))
            .set_network_mode(definition.network_mode)
            .set_volumes(definition.volumes)
            .set_placement_constraints(definition.placement_constraints)
            .set_requires_compatibilities(definition.requires_compatibilities)
            .set_cpu(definition.cpu)
            .set_memory(definition.memory)
            .set_pid_mode(definition.pid_mode.filter(|mode| !mode.as_str().is_empty()))
            .set_ipc_mode(definition.ipc_mode.filter(|mode| !mode.as_str().is_empty()))
            .set_proxy_configuration(definition.proxy_configuration)
            .set_ephemeral_storage(definition.ephemeral_storage)
            .set_runtime_platform(definition.runtime_platform)
            .set_enable_fault_injection(definition.enable_fault_injection)
            .set_tags(Some(tagged(tags, request)))
            .send();
        let operation = "ecs:RegisterTaskDefinition";
        let registered = Box::pin(call).await.map_err(|error| failed(operation, &error))?;
        let arn = registered.task_definition.and_then(|definition| definition.task_definition_arn);
        arn.ok_or_else(|| unreadable(operation, "the answer names no revision"))
    }

    async fn roll(&self, place: &EcsService, task_definition: &str) -> Result<(), TargetError> {
        let call = self.services.update_service().cluster(&place.cluster).service(&place.ecs_service);
        let call = call.task_definition(task_definition).send();
        Box::pin(call).await.map(|_| ()).map_err(|error| failed("ecs:UpdateService", &error))
    }
}

impl Targets {
    async fn described(&self, arn: &str) -> Result<(Described, Vec<Tag>), TargetError> {
        let operation = "ecs:DescribeTaskDefinition";
        let call = self.services.describe_task_definition().task_definition(arn);
        let call = call.include(TaskDefinitionField::Tags).send();
        let found = Box::pin(call).await.map_err(|error| failed(operation, &error))?;
        let definition = found.task_definition;
        let definition =
            definition.ok_or_else(|| unreadable(operation, "the answer has no task definition"))?;
        Ok((definition, found.tags.unwrap_or_default()))
    }
}

fn service(found: Found) -> Result<Service, TargetError> {
    let (Some(arn), Some(task_definition)) = (found.service_arn, found.task_definition) else {
        return Err(unreadable("ecs:DescribeServices", "the answer names no ARN or task definition"));
    };
    let controller = found.deployment_controller.map(|controller| controller.r#type);
    let is_ecs = controller.is_none_or(|controller| controller == DeploymentControllerType::Ecs);
    let configuration = found.deployment_configuration;
    let breaker = configuration.as_ref().and_then(|configuration| configuration.deployment_circuit_breaker());
    let alarms = configuration.as_ref().and_then(|configuration| configuration.alarms());
    let takes_back = breaker.is_some_and(|breaker| breaker.enable && breaker.rollback)
        || alarms.is_some_and(|alarms| alarms.enable && alarms.rollback);
    let strategy = configuration.and_then(|configuration| configuration.strategy);
    let is_rolling = strategy.is_none_or(|strategy| strategy == DeploymentStrategy::Rolling);
    let mut deployments = found.deployments.unwrap_or_default();
    deployments.sort_by_key(|deployment| deployment.status() != Some(PRIMARY));
    let alone = deployments.len() == 1;
    let rollings = deployments.into_iter().filter_map(|deployment| rolling(deployment, alone)).collect();
    let newest_event = found.events.unwrap_or_default().into_iter().next().and_then(|event| event.message);
    let is_rolled_by_ecs = is_ecs && is_rolling;
    Ok(Service { arn, task_definition, is_rolled_by_ecs, takes_back, rollings, newest_event })
}

/// Behind a Classic Load Balancer ECS names no state: there a service is stable with one deployment whose tasks run.
fn rolling(found: Deployment, alone: bool) -> Option<Rolling> {
    let count = |tasks: i32| u32::try_from(tasks).unwrap_or(0);
    let (running, desired) = (count(found.running_count), count(found.desired_count));
    let state = match found.rollout_state {
        Some(DeploymentRolloutState::Completed) => State::Completed,
        Some(DeploymentRolloutState::Failed) => State::Failed,
        None if alone && running == desired => State::Completed,
        _ => State::InProgress,
    };
    let reason = found.rollout_state_reason.filter(|reason| !reason.is_empty());
    let id = found.id.unwrap_or_default();
    Some(Rolling { id, task_definition: found.task_definition?, state, reason, running, desired })
}

/// The tags that the operators gave, and the request's name. What AWS reserves for itself cannot be given.
fn tagged(tags: Vec<Tag>, request: &RequestId) -> Vec<Tag> {
    let is_reserved =
        |key: &str| key == TAG || key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    let given = tags.into_iter().filter(|tag| !tag.key().is_some_and(is_reserved)).take(MAX_TAGS - 1);
    given.chain([Tag::builder().key(TAG).value(request.as_str()).build()]).collect()
}

/// A role that is not there may be described as an empty text.
fn written(role: Option<String>) -> Option<String> {
    role.filter(|role| !role.is_empty())
}

fn unreadable(operation: &'static str, reason: &str) -> TargetError {
    TargetError::Refused { operation, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
