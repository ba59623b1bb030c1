//! The clients against rules.

use std::sync::LazyLock;

use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_mocks::{MockResponseInterceptor, Rule, RuleMode, create_mock_http_client};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;

use common::adapters::secrets_manager::SigningKeys;
use common::adapters::system::SystemClock;

use super::webhook::Webhooks;
use super::{Lazily, Targets};

fn config() -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "id", "secret", None, None, "test",
        )))
        .retry_config(RetryConfig::disabled())
        .http_client(create_mock_http_client())
        .build()
}

fn answers(rules: &[Rule]) -> MockResponseInterceptor {
    let answers = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny);
    rules.iter().fold(answers, MockResponseInterceptor::with_rule)
}

/// What reads secrets.
pub(super) fn secrets(rules: &[Rule]) -> aws_sdk_secretsmanager::Client {
    let config = aws_sdk_secretsmanager::config::Builder::from(&config());
    aws_sdk_secretsmanager::Client::from_conf(config.interceptor(answers(rules)).build())
}

pub(super) fn targets(rules: &[Rule]) -> Targets {
    let (config, answers) = (config(), || answers(rules));
    let functions = aws_sdk_lambda::config::Builder::from(&config).interceptor(answers()).build();
    let alarms = aws_sdk_cloudwatch::config::Builder::from(&config).interceptor(answers()).build();
    let services = aws_sdk_ecs::config::Builder::from(&config).interceptor(answers()).build();
    let builds = aws_sdk_codebuild::config::Builder::from(&config).interceptor(answers()).build();
    let workflows = aws_sdk_sfn::config::Builder::from(&config).interceptor(answers()).build();
    let webhooks = Webhooks::new(SigningKeys::new(secrets(rules), SystemClock), SystemClock);
    Targets {
        functions: made(aws_sdk_lambda::Client::from_conf(functions)),
        alarms: made(aws_sdk_cloudwatch::Client::from_conf(alarms)),
        services: made(aws_sdk_ecs::Client::from_conf(services)),
        builds: made(aws_sdk_codebuild::Client::from_conf(builds)),
        workflows: made(aws_sdk_sfn::Client::from_conf(workflows)),
        webhooks: made(webhooks),
    }
}

fn made<T: Send + 'static>(client: T) -> Lazily<T> {
    LazyLock::new(Box::new(move || client))
}

/// An error as a service sends it.
pub(super) fn error(status: u16, code: &str) -> HttpResponse {
    let body = r#"{"Message":"in the service's words","Type":"User"}"#;
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-errortype", code.to_owned());
    response
}
