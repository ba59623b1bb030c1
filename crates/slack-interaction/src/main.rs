//! Wires `slack-interaction` to AWS.

use std::convert::Infallible;

use common::adapters::aws::{Aws, Profile};
use common::adapters::secrets_manager::SlackSecret;
use common::adapters::system::SystemClock;
use common::config::{self, SlackInteraction};
use common::ports::SigningSecrets as _;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level());
    let config = SlackInteraction::from_env()?;
    let aws = Aws::connect(Profile::Slack).await;
    let secrets = &SlackSecret::new(aws.secrets_manager(), SystemClock, config.slack_secret_arn);
    // Slack waits for three seconds, and the first call to AWS takes longest: it is made before the first
    // click. If it fails, that click tries again and says so.
    secrets.signing_secrets().await.ok();
    run(service_fn(|event: LambdaEvent<Value>| async move {
        Ok::<_, Infallible>(slack_interaction::handle(secrets, &SystemClock, event.payload).await)
    }))
    .await
}
