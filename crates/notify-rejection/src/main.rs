//! Wires `notify-rejection` to AWS.

use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::adapters::ses::Ses;
use common::adapters::system::SystemClock;
use common::config::{self, AwsAccess, NotifyRejection};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    common::telemetry::init(config::log_level(), config::stack_name());
    let config = NotifyRejection::from_env()?;
    let aws = Aws::connect(Profile::Task, AwsAccess::from_env()?);
    let (store, mail) =
        (&Table::new(aws.dynamodb(), config.table_name), &Ses::new(aws.ses(), config.from_address));
    run(service_fn(|event: LambdaEvent<Value>| {
        Box::pin(notify_rejection::handle(store, mail, &SystemClock, event.payload))
    }))
    .await
}
