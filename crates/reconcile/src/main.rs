//! Wires `reconcile` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::secrets_manager::SlackSecret;
use common::adapters::ses::Ses;
use common::adapters::slack::{Patience, SlackClient};
use common::adapters::step_functions::StepFunctions;
use common::adapters::system::{SystemClock, SystemRandom};
use common::config::{self, AwsAccess, Reconcile};
use common::usecase::settle::Settle;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = Reconcile::from_env()?;
    let aws = Aws::connect(Profile::Task, AwsAccess::from_env()?);
    let secret = &SlackSecret::new(aws.secrets_manager(), SystemClock, config.slack_secret_arn);
    let settle = &Settle {
        store: &Table::new(aws.dynamodb(), config.table_name),
        mail: &Ses::new(aws.ses(), config.from_address),
        slack: &SlackClient::new(secret, SystemClock, Patience::Backlog),
        workflows: &StepFunctions::new(aws.step_functions()),
        clock: &SystemClock,
        random: &SystemRandom,
    };
    // Boxed: the future holds those of several SDK calls, and the runtime copies it around.
    run(service_fn(|event: LambdaEvent<Value>| Box::pin(reconcile::handle(settle, event.payload)))).await
}
