//! Wires `execute-deployment` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::ses::Ses;
use common::adapters::system::SystemClock;
use common::config::{self, AwsAccess, ExecuteDeployment};
use common::usecase::carry_out::CarryOut;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use targets::Targets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = ExecuteDeployment::from_env()?;
    let aws = Aws::connect(Profile::Task, AwsAccess::from_env()?);
    let carry_out = &CarryOut {
        store: &Table::new(aws.dynamodb(), config.table_name),
        targets: &Targets::new(&aws),
        mail: &Ses::new(aws.ses(), config.from_address),
        clock: &SystemClock,
        retention_days: config.record_retention_days,
    };
    run(service_fn(|event: LambdaEvent<Value>| execute_deployment::handle(carry_out, event.payload))).await
}
