//! Configuration: the only place that reads the environment.
//!
//! One struct per function. Its fields and its `NAMES` come from the same list, so they cannot drift
//! apart; a test compares `NAMES` with the environment that the template gives the function. Each
//! `main` reads its struct once, before the first event.

use std::fmt;

use crate::domain::{CallerNamedApprovers, EmailAddress};

/// A setting that keeps a function from starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is absent or empty.
    #[error("environment variable {name} is missing: expected {expected}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// It holds something else.
    #[error("environment variable {name} is wrong: expected {expected}")]
    Wrong {
        /// The variable.
        name: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
}

/// Declares a function's settings: `field: Type = "VARIABLE" by parser`.
macro_rules! settings {
    ($(#[$doc:meta])* $function:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $name:literal by $parser:path,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $function {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $function {
            /// Every variable that it reads.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Reads it from the process's environment.
            ///
            /// # Errors
            /// The first setting that is missing or wrong.
            pub fn from_env() -> Result<Self, ConfigError> {
                Self::from(environment)
            }

            /// Reads it from wherever `lookup` looks. An absent variable is as good as an empty one.
            ///
            /// # Errors
            /// The first setting that is missing or wrong.
            pub fn from(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
                Ok(Self { $($field: $parser($name, &lookup($name).unwrap_or_default())?,)* })
            }
        }
    };
}

settings! {
    /// The settings of `prepare`.
    Prepare {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
        /// Who is asked when nothing else names an approver.
        approver_email: EmailAddress = "APPROVER_EMAIL" by email_address,
        /// How long the approvers of a level have to decide.
        approval_timeout_seconds: u32 = "APPROVAL_TIMEOUT_SECONDS" by timeout_seconds,
        /// How long after asking they are reminded; absent: never.
        remind_after_seconds: Option<u32> = "REMIND_AFTER_SECONDS" by seconds_or_never,
    }
}

settings! {
    /// The settings of `send-approval`.
    SendApproval {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
        /// What every mail comes from.
        from_address: String = "FROM_ADDRESS" by sender,
        /// Who is asked when nothing else names an approver.
        approver_email: EmailAddress = "APPROVER_EMAIL" by email_address,
        /// What links start with; no slash at its end.
        public_base_url: String = "PUBLIC_BASE_URL" by base_url,
        /// Whether approvers count that the caller names.
        caller_named_approvers: CallerNamedApprovers = "CALLER_NAMED_APPROVERS" by caller_named_approvers,
        /// After how many days a closed record may be dropped; absent: never.
        record_retention_days: Option<u32> = "RECORD_RETENTION_DAYS" by days_or_never,
        /// The secret with Slack's signing secret and bot token; absent: Slack is off.
        slack_secret_arn: Option<String> = "SLACK_SECRET_ARN" by text_or_none,
        /// Where in Slack is asked when no policy names a channel; absent: only where one does.
        slack_channel: Option<String> = "SLACK_CHANNEL" by text_or_none,
    }
}

settings! {
    /// The settings of `approval-callback`.
    ApprovalCallback {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
    }
}

settings! {
    /// The settings of `slack-interaction`.
    SlackInteraction {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
        /// The secret with Slack's signing secret and bot token; absent: Slack is off.
        slack_secret_arn: Option<String> = "SLACK_SECRET_ARN" by text_or_none,
    }
}

settings! {
    /// The settings of a function that tells people how a request ended.
    Notifier {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
        /// What every mail comes from.
        from_address: String = "FROM_ADDRESS" by sender,
    }
}

settings! {
    /// The settings of `execute-deployment`.
    ExecuteDeployment {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
        /// What every mail comes from.
        from_address: String = "FROM_ADDRESS" by sender,
        /// After how many days the record of a deployment that nobody had to approve may be dropped; absent: never.
        record_retention_days: Option<u32> = "RECORD_RETENTION_DAYS" by days_or_never,
    }
}

settings! {
    /// The settings of `reconcile`.
    Reconcile {
        /// The table of requests and plans.
        table_name: String = "TABLE_NAME" by table_name,
        /// What every mail comes from.
        from_address: String = "FROM_ADDRESS" by sender,
        /// The secret with Slack's signing secret and bot token; absent: Slack is off.
        slack_secret_arn: Option<String> = "SLACK_SECRET_ARN" by text_or_none,
    }
}

settings! {
    /// How a function reaches AWS, by the SDK's own variables. Lambda sets the first four.
    AwsAccess {
        /// The Region.
        region: String = "AWS_REGION" by region,
        /// The id of the function's access key.
        access_key_id: String = "AWS_ACCESS_KEY_ID" by access_key_id,
        /// Its secret.
        secret_access_key: Secret = "AWS_SECRET_ACCESS_KEY" by secret,
        /// What goes with it where the key is temporary, as Lambda's is.
        session_token: Option<Secret> = "AWS_SESSION_TOKEN" by secret_or_none,
        /// Whether services are called at their FIPS endpoints.
        use_fips: bool = "AWS_USE_FIPS_ENDPOINT" by flag,
        /// Whether services are called at their endpoints for IPv4 and IPv6.
        use_dual_stack: bool = "AWS_USE_DUALSTACK_ENDPOINT" by flag,
    }
}

settings! {
    /// The settings of the command line. Its options say the same, and count before these.
    CommandLine {
        /// The stack's name.
        stack: Option<String> = "COUNTERSIGN_STACK" by text_or_none,
        /// The file with the stack's outputs.
        outputs: Option<String> = "COUNTERSIGN_OUTPUTS" by text_or_none,
    }
}

/// A setting that is in no log and no message.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for whoever uses it.
    pub fn expose(self) -> String {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The settings of `notify-timeout`.
pub type NotifyTimeout = Notifier;
/// The settings of `notify-rejection`.
pub type NotifyRejection = Notifier;

/// The variable that the template gives every function beside its own.
pub const STACK_NAME: &str = "STACK_NAME";

/// The stack that metrics are about. A function that does not start for the sake of its metrics would be worse.
pub fn stack_name() -> Option<String> {
    environment(STACK_NAME).filter(|name| !name.is_empty())
}

/// Where a service of AWS is, if not at its own address: what the service's variable says, or else that for all of them.
pub fn endpoint_url(service: &str) -> Option<String> {
    endpoint_url_of(service, environment)
}

/// The same by wherever `lookup` looks.
pub fn endpoint_url_of(service: &str, lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    let own = format!("AWS_ENDPOINT_URL_{}", service.to_uppercase().replace(' ', "_"));
    let set = |name: &str| lookup(name).filter(|url| !url.is_empty());
    set(&own).or_else(|| set("AWS_ENDPOINT_URL"))
}

/// How much is logged. Lambda sets it from the function's logging configuration, so the template's
/// environment does not name it.
pub fn log_level() -> tracing::Level {
    log_level_of(environment("AWS_LAMBDA_LOG_LEVEL").as_deref())
}

/// The level by Lambda's name for it; `INFO` for none or another word, because a function that does not
/// start for the sake of its log would be worse.
pub fn log_level_of(name: Option<&str>) -> tracing::Level {
    match name.unwrap_or_default().to_ascii_uppercase().as_str() {
        "TRACE" => tracing::Level::TRACE,
        "DEBUG" => tracing::Level::DEBUG,
        "WARN" => tracing::Level::WARN,
        "ERROR" | "FATAL" => tracing::Level::ERROR,
        _ => tracing::Level::INFO,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn table_name(name: &'static str, text: &str) -> Result<String, ConfigError> {
    require(name, text, "the name of the DynamoDB table", |text| Some(text.to_owned()))
}

fn email_address(name: &'static str, text: &str) -> Result<EmailAddress, ConfigError> {
    require(name, text, "an email address like name@example.com", |text| EmailAddress::parse(text).ok())
}

/// Kept as it was written: SES and the policy's `ses:FromAddress` tell upper from lower case.
fn sender(name: &'static str, text: &str) -> Result<String, ConfigError> {
    require(name, text, "an email address like name@example.com", |text| {
        EmailAddress::parse(text).ok().map(|_| text.to_owned())
    })
}

fn region(name: &'static str, text: &str) -> Result<String, ConfigError> {
    require(name, text, "a Region of AWS", |text| Some(text.to_owned()))
}

fn access_key_id(name: &'static str, text: &str) -> Result<String, ConfigError> {
    require(name, text, "the id of an access key", |text| Some(text.to_owned()))
}

fn secret(name: &'static str, text: &str) -> Result<Secret, ConfigError> {
    require(name, text, "the secret of an access key", |text| Some(Secret(text.to_owned())))
}

#[expect(clippy::unnecessary_wraps, reason = "every parser has the same form")]
fn secret_or_none(_name: &'static str, text: &str) -> Result<Option<Secret>, ConfigError> {
    Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(|text| Secret(text.to_owned())))
}

/// The SDK takes another word for `false`; whoever wants FIPS endpoints should not be left with others.
fn flag(name: &'static str, text: &str) -> Result<bool, ConfigError> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(ConfigError::Wrong { name, expected: "true or false" }),
    }
}

fn timeout_seconds(name: &'static str, text: &str) -> Result<u32, ConfigError> {
    require(name, text, "a number of seconds from 1 to 31536000", |text| {
        text.parse().ok().filter(|seconds| (1..=31_536_000).contains(seconds))
    })
}

fn seconds_or_never(name: &'static str, text: &str) -> Result<Option<u32>, ConfigError> {
    require(name, text, "a number of seconds, or 0 for never", |text| text.parse().ok()).map(unless_zero)
}

fn days_or_never(name: &'static str, text: &str) -> Result<Option<u32>, ConfigError> {
    // The template's limit; far beyond it, a closing date would leave the calendar.
    require(name, text, "a number of days up to 36500, or 0 for never", |text| {
        text.parse().ok().filter(|days| *days <= 36_500)
    })
    .map(unless_zero)
}

fn unless_zero(number: u32) -> Option<u32> {
    (number > 0).then_some(number)
}

fn caller_named_approvers(name: &'static str, text: &str) -> Result<CallerNamedApprovers, ConfigError> {
    require(name, text, "allow or refuse", |text| match text {
        "allow" => Some(CallerNamedApprovers::Allow),
        "refuse" => Some(CallerNamedApprovers::Refuse),
        _ => None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "every parser has the same form")]
fn text_or_none(_name: &'static str, text: &str) -> Result<Option<String>, ConfigError> {
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

fn base_url(name: &'static str, text: &str) -> Result<String, ConfigError> {
    let expected = "an https URL without query (http only for localhost and 127.0.0.1)";
    require(name, text, expected, |text| {
        let text = text.trim_end_matches('/');
        let (scheme, rest) = text.split_once("://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let local = matches!(host, "localhost" | "127.0.0.1");
        let allowed = (scheme == "https" || (scheme == "http" && local))
            && !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
            && port.parse::<u16>().is_ok()
            && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte));
        allowed.then(|| text.to_owned())
    })
}

/// Reads a setting that has to be there. What it held is not repeated: it may be a person's address.
fn require<T>(
    name: &'static str,
    text: &str,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    match text.trim() {
        "" => Err(ConfigError::Missing { name, expected }),
        text => parse(text).ok_or(ConfigError::Wrong { name, expected }),
    }
}

#[cfg(test)]
mod tests;
