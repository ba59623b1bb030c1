//! Wires `send-approval` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::secrets_manager::SlackSecret;
use common::adapters::ses::Ses;
use common::adapters::slack::{Patience, SlackClient};
use common::adapters::step_functions::StepFunctions;
use common::adapters::system::{SystemClock, SystemRandom};
use common::config::{self, AwsAccess, SendApproval};
use common::usecase::ask::Ask;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = SendApproval::from_env()?;
    let aws = Aws::connect(Profile::Task, AwsAccess::from_env()?);
    let settings = &send_approval::settings(&config);
    let secret = &SlackSecret::new(aws.secrets_manager(), SystemClock, config.slack_secret_arn);
    let ask = &Ask {
        store: &Table::new(aws.dynamodb(), config.table_name),
        mail: &Ses::new(aws.ses(), config.from_address),
        slack: &SlackClient::new(secret, SystemClock, Patience::Task),
        workflows: &StepFunctions::new(aws.step_functions()),
        clock: &SystemClock,
        random: &SystemRandom,
        settings,
    };
    // Boxed: the future holds those of several SDK calls, and the runtime copies it around.
    run(service_fn(|event: LambdaEvent<Value>| Box::pin(send_approval::handle(ask, event.payload)))).await
}
