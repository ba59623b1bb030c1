//! Where AWS is, and who calls.

use std::fmt;

use aws_config::{Region, SdkConfig};
use aws_sdk_sfn::config::Credentials;
use common::adapters::aws::behavior_version;

/// What is known of it. What is absent is looked for where the AWS CLI looks.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the services are.
    pub(super) endpoint: Option<String>,
    /// The Region.
    pub(super) region: Option<String>,
    /// The id and the secret of an access key.
    pub(super) access_key: Option<(String, String)>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({:?}, {:?}, [redacted access key])", self.endpoint, self.region)
    }
}

impl Place {
    /// Looks for the rest.
    pub(super) async fn find(&self) -> SdkConfig {
        let mut loader = aws_config::defaults(behavior_version());
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some((id, secret)) = &self.access_key {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "given"));
        }
        loader.load().await
    }
}
