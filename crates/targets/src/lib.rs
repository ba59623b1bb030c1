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

use std::sync::LazyLock;

use common::adapters::aws::Aws;
use common::adapters::secrets_manager::SigningKeys;
use common::adapters::system::SystemClock;

use self::webhook::Webhooks;

/// A client that is made when it is first needed: nearly every event needs one of them, or none.
type Lazily<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send>>;

/// Where versions go, and what watches them: in the stack's own account and Region, and webhooks anywhere.
#[derive(Debug)]
pub struct Targets {
    functions: Lazily<aws_sdk_lambda::Client>,
    alarms: Lazily<aws_sdk_cloudwatch::Client>,
    services: Lazily<aws_sdk_ecs::Client>,
    builds: Lazily<aws_sdk_codebuild::Client>,
    workflows: Lazily<aws_sdk_sfn::Client>,
    webhooks: Lazily<Webhooks<SystemClock>>,
}

impl Targets {
    /// Reached in this way.
    pub fn new(aws: &Aws) -> Self {
        Self {
            functions: lazily(aws, |aws| aws_sdk_lambda::Client::new(aws.config())),
            alarms: lazily(aws, |aws| aws_sdk_cloudwatch::Client::new(aws.config())),
            services: lazily(aws, |aws| aws_sdk_ecs::Client::new(aws.config())),
            builds: lazily(aws, |aws| aws_sdk_codebuild::Client::new(aws.config())),
            workflows: lazily(aws, |aws| aws_sdk_sfn::Client::new(aws.config())),
            webhooks: lazily(aws, |aws| {
                Webhooks::new(SigningKeys::new(aws.secrets_manager(), SystemClock), SystemClock)
            }),
        }
    }
}

fn lazily<T: 'static>(aws: &Aws, make: fn(&Aws) -> T) -> Lazily<T> {
    let aws = aws.clone();
    LazyLock::new(Box::new(move || make(&aws)))
}
