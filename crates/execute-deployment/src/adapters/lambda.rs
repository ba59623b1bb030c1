//! Aliases of Lambda functions, by the Lambda API.
//!
//! `UpdateAlias` is conditional on the alias's `RevisionId`, and answers `PreconditionFailedException` when the alias
//! has another by now.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::get_alias::GetAliasError;
use aws_sdk_lambda::operation::update_alias::UpdateAliasError;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use common::adapters::aws::Aws;
use common::adapters::failure::Failure;
use common::domain::LambdaAlias;
use common::ports::{Alias, Aliasing, PointAliases, PublishedVersion, TargetError};

/// What `ListVersionsByFunction` calls the code that is not published.
const UNPUBLISHED: &str = "$LATEST";

/// Another call is at work on the function.
const BUSY: &str = "ResourceConflictException";

/// The functions of the account.
#[derive(Clone, Debug)]
pub struct Functions {
    client: Client,
}

impl Functions {
    /// Reached in this way.
    pub fn new(aws: &Aws) -> Self {
        Self { client: Client::new(aws.config()) }
    }
}

impl PointAliases for Functions {
    async fn alias(&self, place: &LambdaAlias) -> Result<Option<Alias>, TargetError> {
        let call = self.client.get_alias().function_name(&place.function).name(&place.alias).send();
        let found = match Box::pin(call).await {
            Ok(found) => found,
            Err(error)
                if error.as_service_error().is_some_and(GetAliasError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(failed("lambda:GetAlias", &error)),
        };
        let is_split = found
            .routing_config()
            .and_then(AliasRoutingConfiguration::additional_version_weights)
            .is_some_and(|weights| !weights.is_empty());
        // Without a revision there would be no condition.
        let (Some(arn), Some(version), Some(revision)) =
            (found.alias_arn, found.function_version, found.revision_id)
        else {
            let reason = "the answer names no ARN, version or revision".to_owned();
            return Err(TargetError::Refused { operation: "lambda:GetAlias", reason });
        };
        Ok(Some(Alias {
            arn,
            version,
            description: found.description.unwrap_or_default(),
            revision,
            is_split,
        }))
    }

    async fn published(&self, place: &LambdaAlias) -> Result<Vec<PublishedVersion>, TargetError> {
        let mut versions = Vec::new();
        let mut marker = None;
        loop {
            let call = self.client.list_versions_by_function().function_name(&place.function);
            let call = call.set_marker(marker).send();
            let page =
                Box::pin(call).await.map_err(|error| failed("lambda:ListVersionsByFunction", &error))?;
            for version in page.versions.unwrap_or_default() {
                let number = version.version.unwrap_or_default();
                if number != UNPUBLISHED {
                    let description = version.description.unwrap_or_default();
                    versions.push(PublishedVersion { number, description });
                }
            }
            match page.next_marker.filter(|marker| !marker.is_empty()) {
                None => return Ok(versions),
                next => marker = next,
            }
        }
    }

    async fn point(
        &self,
        place: &LambdaAlias,
        version: &str,
        description: &str,
        revision: &str,
    ) -> Result<Aliasing, TargetError> {
        let call = self
            .client
            .update_alias()
            .function_name(&place.function)
            .name(&place.alias)
            .function_version(version)
            .description(description)
            .revision_id(revision)
            .send();
        match Box::pin(call).await {
            Ok(_) => Ok(Aliasing::Pointed),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateAliasError::is_precondition_failed_exception) =>
            {
                Ok(Aliasing::Moved)
            }
            Err(error) => Err(failed("lambda:UpdateAlias", &error)),
        }
    }
}

/// What the service says is for people: it names functions and roles, and nothing that is secret.
fn failed<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> TargetError {
    let Failure { code, passing } = Failure::of(error);
    if passing || code == BUSY {
        return TargetError::Unavailable { operation, code };
    }
    let said = error.as_service_error().and_then(ProvideErrorMetadata::message);
    TargetError::Refused { operation, reason: said.map_or(code.clone(), |said| format!("{code}, {said}")) }
}

#[cfg(test)]
mod tests;
