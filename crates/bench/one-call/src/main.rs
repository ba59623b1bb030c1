//! Reads one item for each event, and does nothing else: what a function on the SDK is before it has a purpose.

use aws_sdk_dynamodb::types::AttributeValue;
use common::adapters::aws::{Aws, Profile};
use common::config::AwsAccess;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = &Aws::connect(Profile::Task, AwsAccess::from_env()?).dynamodb();
    run(service_fn(async |_: LambdaEvent<Value>| {
        client.get_item().table_name("bench").key("pk", AttributeValue::S("one".to_owned())).send().await?;
        Ok::<_, Error>(json!({ "statusCode": 200 }))
    }))
    .await
}
