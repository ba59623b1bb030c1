//! Wires `prepare` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::system::{SystemClock, SystemRandom};
use common::config::{self, AwsAccess, Prepare};
use common::usecase::prepare::Defaults;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use targets::Targets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = Prepare::from_env()?;
    let aws = Aws::connect(Profile::Task, AwsAccess::from_env()?);
    let store = &Table::new(aws.dynamodb(), config.table_name);
    // Nobody is kept waiting for what is only foreseen.
    let targets = &Targets::new(&aws.with(Profile::Page));
    let defaults = &Defaults {
        approver: config.approver_email,
        timeout_seconds: config.approval_timeout_seconds,
        remind_after_seconds: config.remind_after_seconds,
    };
    run(service_fn(|event: LambdaEvent<Value>| {
        prepare::handle(store, targets, &SystemClock, &SystemRandom, defaults, event.payload)
    }))
    .await
}
