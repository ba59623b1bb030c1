//! Wires `approval-callback` to AWS.

use std::convert::Infallible;

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::step_functions::StepFunctions;
use common::adapters::system::SystemClock;
use common::adapters::warm::warm;
use common::config::{self, ApprovalCallback, AwsAccess};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = ApprovalCallback::from_env()?;
    let aws = Aws::connect(Profile::Page, AwsAccess::from_env()?);
    let store = &Table::new(aws.dynamodb(), config.table_name);
    let workflows = &StepFunctions::new(aws.step_functions());
    // A person waits for the first page.
    warm(store.warm()).await;
    // Boxed, because the SDK's futures, nested in ours, would be too deep for the compiler in one piece.
    run(service_fn(|event: LambdaEvent<Value>| {
        let answer = Box::pin(approval_callback::handle(store, workflows, &SystemClock, event.payload));
        async move { Ok::<_, Infallible>(answer.await) }
    }))
    .await
}
