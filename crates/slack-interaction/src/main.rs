//! Wires `slack-interaction` to AWS.

use std::convert::Infallible;

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::secrets_manager::SlackSecret;
use common::adapters::slack::{Patience, SlackClient};
use common::adapters::step_functions::StepFunctions;
use common::adapters::system::SystemClock;
use common::adapters::warm::warm;
use common::config::{self, AwsAccess, SlackInteraction};
use common::ports::SigningSecrets as _;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use slack_interaction::{Desk, Strangers, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = SlackInteraction::from_env()?;
    let aws = Aws::connect(Profile::Slack, AwsAccess::from_env()?);
    let is_on = config.slack_secret_arn.is_some();
    let secrets = &SlackSecret::new(aws.secrets_manager(), SystemClock, config.slack_secret_arn);
    let store = &Table::new(aws.dynamodb(), config.table_name);
    let workflows = &StepFunctions::new(aws.step_functions());
    let slack = &SlackClient::new(secrets, SystemClock, Patience::Interaction);
    let desk =
        &Desk { secrets, store, workflows, slack, clock: &SystemClock, strangers: &Strangers::default() };
    if is_on {
        // Slack waits for the first click. What fails here, the click tries again.
        warm(async { tokio::join!(secrets.signing_secrets(), store.warm()) }).await;
        slack.prepare();
    }
    run(service_fn(|event: LambdaEvent<Value>| async move {
        Ok::<_, Infallible>(Box::pin(handle(desk, event.payload, tokio::time::sleep)).await)
    }))
    .await
}
