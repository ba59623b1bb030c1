//! Wires `send-approval` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::ses::Ses;
use common::adapters::step_functions::StepFunctions;
use common::adapters::system::{SystemClock, SystemRandom};
use common::config::{self, SendApproval};
use common::usecase::ask::{Ask, Settings};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level());
    let config = SendApproval::from_env()?;
    let aws = Aws::connect(Profile::Task).await;
    let ask = &Ask {
        store: &Table::new(aws.dynamodb(), config.table_name),
        mail: &Ses::new(aws.ses(), config.from_address),
        workflows: &StepFunctions::new(aws.step_functions()),
        clock: &SystemClock,
        random: &SystemRandom,
        settings: &Settings {
            default_approver: config.approver_email,
            base_url: config.public_base_url,
            caller_named_approvers: config.caller_named_approvers,
            retention_days: config.record_retention_days,
        },
    };
    // Boxed: the future holds those of several SDK calls, and the runtime copies it around.
    run(service_fn(|event: LambdaEvent<Value>| Box::pin(send_approval::handle(ask, event.payload)))).await
}
