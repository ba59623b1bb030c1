//! Clients that answer from rules instead of from the network, for the tests of the adapters.

/// A client of an SDK crate over rules; any rule answers any matching call. Without the crate's own
/// `test-util` feature, which would have it compiled a second time.
macro_rules! mocked {
    ($sdk:ident, retries = $retries:expr, $($rule:expr),+) => {{
        use $sdk::config::{BehaviorVersion, Config, Credentials, Region};
        let rules = aws_smithy_mocks::MockResponseInterceptor::new()
            .rule_mode(aws_smithy_mocks::RuleMode::MatchAny)
            $(.with_rule(&$rule))+;
        $sdk::Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::from_static("eu-west-1"))
                .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
                .retry_config($retries)
                .http_client(aws_smithy_mocks::create_mock_http_client())
                .interceptor(rules)
                .build(),
        )
    }};
    ($sdk:ident, $($rule:expr),+) => {
        $crate::adapters::mocked::mocked!($sdk, retries = aws_smithy_types::retry::RetryConfig::disabled(), $($rule),+)
    };
}

/// An answer of a service whose protocol is JSON: its status and body.
macro_rules! answered {
    ($sdk:ident, $status:expr, $body:expr) => {
        $sdk::config::http::HttpResponse::new(
            $status.try_into().unwrap(),
            aws_smithy_types::body::SdkBody::from($body),
        )
    };
}

pub(crate) use {answered, mocked};
