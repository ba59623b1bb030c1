#![doc = include_str!("../README.md")]

mod alarms;
mod codebuild;
mod ecs;
mod failed;
mod lambda;
#[cfg(test)]
mod mocked;
mod step_functions;
mod webhook;

use common::adapters::aws::Aws;
use common::adapters::secrets_manager::SigningKeys;
use common::adapters::system::SystemClock;

use self::webhook::Webhooks;

/// Where versions go, and what watches them: in the stack's own account and Region, and webhooks anywhere.
#[derive(Debug)]
pub struct Targets {
    functions: aws_sdk_lambda::Client,
    alarms: aws_sdk_cloudwatch::Client,
    services: aws_sdk_ecs::Client,
    builds: aws_sdk_codebuild::Client,
    workflows: aws_sdk_sfn::Client,
    webhooks: Webhooks<SystemClock>,
}

impl Targets {
    /// Reached in this way.
    pub fn new(aws: &Aws) -> Self {
        Self {
            functions: aws_sdk_lambda::Client::new(aws.config()),
            alarms: aws_sdk_cloudwatch::Client::new(aws.config()),
            services: aws_sdk_ecs::Client::new(aws.config()),
            builds: aws_sdk_codebuild::Client::new(aws.config()),
            workflows: aws_sdk_sfn::Client::new(aws.config()),
            webhooks: Webhooks::new(SigningKeys::new(aws.secrets_manager(), SystemClock), SystemClock),
        }
    }
}
