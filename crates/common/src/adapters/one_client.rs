//! One HTTP client for every service of AWS: one pool of connections for each endpoint, and one reading of the
//! certificates that are trusted.
//!
//! By itself the SDK makes a client for each service, and in each of them a connector that is thrown away and one that is
//! used; each connector parses all of the system's certificates.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder, tls};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The SDK's own client, shared. It keeps a connector for each set of timeouts.
#[derive(Clone, Debug)]
pub(super) struct OneClient(SharedHttpClient);

impl OneClient {
    pub(super) fn new() -> Self {
        Self(Builder::new().build_with_connector_fn(connector))
    }
}

/// As the SDK makes it.
fn connector(settings: Option<&HttpConnectorSettings>, components: Option<&RuntimeComponents>) -> Connector {
    let provider = tls::Provider::Rustls(CryptoMode::AwsLc);
    let mut builder = ConnectorBuilder::default().tls_provider(provider);
    builder.set_connector_settings(settings.cloned());
    if let Some(components) = components {
        builder.set_sleep_impl(components.sleep_impl());
    }
    builder.set_proxy_config(Some(ProxyConfig::from_env()));
    builder.build()
}

/// Its check of the configuration is left out: it makes the connector that is thrown away.
impl HttpClient for OneClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}
