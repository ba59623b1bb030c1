//! Aliases of Lambda functions, by the Lambda API.
//!
//! `UpdateAlias` is conditional on the alias's `RevisionId`, and answers `PreconditionFailedException` when the alias
//! has another by now.

use aws_sdk_lambda::operation::get_alias::GetAliasError;
use aws_sdk_lambda::operation::update_alias::UpdateAliasError;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use common::domain::LambdaAlias;
use common::ports::{
    Alias, Aliasing, Part, PointAliases, PublishedVersion, ReadAliases, Routes, TargetError,
};

use super::Targets;
use super::failed::failed;

/// What `ListVersionsByFunction` calls the code that is not published.
const UNPUBLISHED: &str = "$LATEST";

impl ReadAliases for Targets {
    async fn alias(&self, place: &LambdaAlias) -> Result<Option<Alias>, TargetError> {
        let call = self.functions.get_alias().function_name(&place.function).name(&place.alias).send();
        let found = match Box::pin(call).await {
            Ok(found) => found,
            Err(error)
                if error.as_service_error().is_some_and(GetAliasError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(failed("lambda:GetAlias", &error)),
        };
        let weights = found.routing_config().and_then(AliasRoutingConfiguration::additional_version_weights);
        // There is one at most.
        let part = weights.and_then(|weights| weights.iter().next());
        let part = part.map(|(version, weight)| Part { version: version.clone(), percent: percent(*weight) });
        // Without a revision there would be no condition.
        let (Some(arn), Some(version), Some(revision)) =
            (found.alias_arn, found.function_version, found.revision_id)
        else {
            let reason = "the answer names no ARN, version or revision".to_owned();
            return Err(TargetError::Refused { operation: "lambda:GetAlias", reason });
        };
        Ok(Some(Alias {
            arn,
            routes: Routes { version, part },
            description: found.description.unwrap_or_default(),
            revision,
        }))
    }

    async fn published(&self, place: &LambdaAlias) -> Result<Vec<PublishedVersion>, TargetError> {
        let mut versions = Vec::new();
        let mut marker = None;
        loop {
            let call = self.functions.list_versions_by_function().function_name(&place.function);
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
}

impl PointAliases for Targets {
    async fn point(
        &self,
        place: &LambdaAlias,
        routes: &Routes,
        description: &str,
        revision: &str,
    ) -> Result<Aliasing, TargetError> {
        let call = self
            .functions
            .update_alias()
            .function_name(&place.function)
            .name(&place.alias)
            .function_version(&routes.version)
            .routing_config(weights(routes.part.as_ref()))
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

/// Without any, the alias forgets those that it had; left out, it would keep them.
fn weights(part: Option<&Part>) -> AliasRoutingConfiguration {
    let weights = part.map(|part| (part.version.clone(), f64::from(part.percent) / 100.0));
    AliasRoutingConfiguration::builder()
        .set_additional_version_weights(Some(weights.into_iter().collect()))
        .build()
}

/// The nearest one.
fn percent(weight: f64) -> u8 {
    (0..100).find(|percent| weight < (f64::from(*percent) + 0.5) / 100.0).unwrap_or(100)
}

#[cfg(test)]
mod tests;
