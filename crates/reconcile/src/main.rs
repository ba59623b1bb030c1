//! Wires `reconcile` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::ses::Ses;
use common::adapters::step_functions::StepFunctions;
use common::adapters::system::SystemClock;
use common::config::{self, Reconcile};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level());
    let config = Reconcile::from_env()?;
    let aws = Aws::connect(Profile::Task).await;
    let store = &Table::new(aws.dynamodb(), config.table_name);
    let mail = &Ses::new(aws.ses(), config.from_address);
    let workflows = &StepFunctions::new(aws.step_functions());
    // Boxed: the future holds those of several SDK calls, and the runtime copies it around.
    run(service_fn(|event: LambdaEvent<Value>| {
        Box::pin(reconcile::handle(store, mail, workflows, &SystemClock, event.payload))
    }))
    .await
}
