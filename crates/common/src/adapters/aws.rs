//! How AWS is called: behaviour version, timeouts and retries, in one place.
//!
//! Endpoint, Region and credentials come from the environment by the SDK's own rules (`AWS_ENDPOINT_URL`
//! points everything at an emulator). Each `main` connects once, before the first event.

use std::fmt;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;

use super::one_client::OneClient;

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

/// A place that is given, and not looked for where the SDK looks. What is absent is looked for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Where the services are.
    pub endpoint: Option<String>,
    /// The Region.
    pub region: Option<String>,
    /// The id and the secret of an access key.
    pub access_key: Option<(String, String)>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({:?}, {:?}, [redacted access key])", self.endpoint, self.region)
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

/// Makes the clients; all share one connection pool and one set of credentials.
#[derive(Clone, Debug)]
pub struct Aws {
    config: SdkConfig,
}

impl Aws {
    /// Loads Region, credentials and endpoint from where the SDK looks for them.
    pub async fn connect(profile: Profile) -> Self {
        Self::connect_to(profile, &Place::default()).await
    }

    /// The same, with what is known already.
    pub async fn connect_to(profile: Profile, place: &Place) -> Self {
        // A named version, so that an update of the SDK does not change what retries and timeouts mean.
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(OneClient::new())
            .timeout_config(profile.timeouts())
            .retry_config(profile.retries());
        if let Some(endpoint) = &place.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(region) = &place.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some((id, secret)) = &place.access_key {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "given"));
        }
        Self { config: loader.load().await }
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
