//! How AWS is called: behaviour version, timeouts and retries, in one place.
//!
//! Each `main` connects once, before the first event. A function has its Region and credentials from Lambda, by the
//! environment alone: the SDK's search for them would be a tenth of its program, and it would never find others.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::one_client::OneClient;
use crate::config::{self, AwsAccess, Secret};

/// Who waits for the answer, and so how long a call may take.
///
/// The SDK by itself sets no limit at all: one silent connection would use up a function's whole time,
/// and the person at the other end would get the gateway's error instead of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A person waits for a page. Eight calls in a row, the most that a vote makes, end within the 15
    /// seconds of the function.
    Page,
    /// Slack waits, for 3 seconds. Four calls in a row end within them.
    Slack,
    /// A workflow waits, for minutes if need be, and retries.
    Task,
    /// A function works for somebody at a terminal: for two minutes, if need be.
    Function,
}

/// The addresses of services that are reached elsewhere than at their own.
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        config::endpoint_url(key.service_id())
    }
}

struct Limits {
    connect: Duration,
    attempt: Duration,
    operation: Duration,
    attempts: u32,
}

impl Profile {
    fn limits(self) -> Limits {
        let millis = Duration::from_millis;
        match self {
            Self::Page => {
                Limits { connect: millis(600), attempt: millis(900), operation: millis(1_500), attempts: 3 }
            }
            Self::Slack => {
                Limits { connect: millis(400), attempt: millis(600), operation: millis(700), attempts: 2 }
            }
            Self::Task => Limits {
                connect: millis(2_000),
                attempt: millis(5_000),
                operation: millis(10_000),
                attempts: 4,
            },
            Self::Function => Limits {
                connect: millis(2_000),
                attempt: millis(130_000),
                operation: millis(150_000),
                attempts: 4,
            },
        }
    }

    fn timeouts(self) -> TimeoutConfig {
        let limits = self.limits();
        TimeoutConfig::builder()
            .connect_timeout(limits.connect)
            .operation_attempt_timeout(limits.attempt)
            .operation_timeout(limits.operation)
            .build()
    }

    fn retries(self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.limits().attempts)
            .with_initial_backoff(Duration::from_millis(50))
            .with_max_backoff(Duration::from_secs(2))
    }
}

/// A named version, so that an update of the SDK does not change what retries and timeouts mean.
pub fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Makes the clients; all share one connection pool and one set of credentials.
#[derive(Clone, Debug)]
pub struct Aws {
    config: SdkConfig,
}

impl Aws {
    /// As a function, with what Lambda gives it.
    pub fn connect(profile: Profile, access: AwsAccess) -> Self {
        let AwsAccess { region, access_key_id, secret_access_key, session_token, use_fips, use_dual_stack } =
            access;
        let token = session_token.map(Secret::expose);
        let credentials = Credentials::new(access_key_id, secret_access_key.expose(), token, None, "Lambda");
        let config = SdkConfig::builder()
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .use_fips(use_fips)
            .use_dual_stack(use_dual_stack)
            .service_config(Endpoints);
        Self::over(profile, &config.build())
    }

    /// By whatever says where AWS is and who calls.
    pub fn over(profile: Profile, config: &SdkConfig) -> Self {
        let config = config.to_builder().behavior_version(behavior_version()).http_client(OneClient::new());
        Self { config: config.build() }.with(profile)
    }

    /// The same connections and credentials for calls with other limits.
    #[must_use]
    pub fn with(&self, profile: Profile) -> Self {
        let config = self.config.to_builder();
        let config = config.timeout_config(profile.timeouts()).retry_config(profile.retries());
        Self { config: config.build() }
    }

    /// Makes clients of services that no function needs.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// A client for the table.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// A client for Step Functions.
    pub fn step_functions(&self) -> aws_sdk_sfn::Client {
        aws_sdk_sfn::Client::new(&self.config)
    }

    /// A client for mail.
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.config)
    }

    /// A client for secrets.
    pub fn secrets_manager(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_gets_an_answer_in_time() {
        assert!(Profile::Page.limits().operation * 8 < Duration::from_secs(15));
        assert!(Profile::Slack.limits().operation * 4 < Duration::from_secs(3));
        assert!(Profile::Task.limits().operation * 2 < Duration::from_secs(30), "prepare: read and write");
    }

    #[test]
    fn every_step_has_a_limit_below_that_of_the_whole() {
        for profile in [Profile::Page, Profile::Slack, Profile::Task, Profile::Function] {
            let timeouts = profile.timeouts();
            let connect = timeouts.connect_timeout().unwrap();
            let attempt = timeouts.operation_attempt_timeout().unwrap();
            let operation = timeouts.operation_timeout().unwrap();
            assert!(connect < attempt && attempt < operation, "{profile:?}");
            assert!(profile.retries().max_attempts() > 1, "{profile:?}");
        }
    }
}
