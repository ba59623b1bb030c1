//! A published version of a Lambda function, under an alias.
//!
//! The alias carries the request's name in its description: that is how an act is recognised whose reply, or whose
//! process, was lost. The revision that was claimed is the condition of the act: an alias that somebody else has
//! changed since is left alone.

use jiff::Timestamp;

use super::{Acted, Seen};
use crate::domain::{Change, LambdaAlias, RequestId};
use crate::ports::{Alias, Aliasing, PointAliases, PublishedVersion, TargetError};

pub(super) async fn look(
    aliases: &impl PointAliases,
    place: &LambdaAlias,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    let Some(alias) = aliases.alias(place).await? else {
        return Ok(Seen::Impossible(format!("there is no {place}")));
    };
    if alias.is_split {
        return Ok(Seen::Impossible(format!(
            "a part of the calls to the {place} goes to a second version: somebody is shifting it"
        )));
    }
    let after = match resolve(aliases.published(place).await?, version) {
        Ok(after) => after,
        Err(Unresolved::None) => {
            return Ok(Seen::Impossible(format!(
                "the function {} has no published version {version}, by number or by description",
                place.function
            )));
        }
        Err(Unresolved::Several(numbers)) => {
            return Ok(Seen::Impossible(format!(
                "each of the versions {} of the function {} could be meant by {version}",
                numbers.join(", "),
                place.function
            )));
        }
    };
    Ok(Seen::Change(Change {
        at: now,
        until,
        place: place.to_string(),
        way_back: way_back(place, &alias),
        before: alias.version,
        after,
        seal: alias.revision,
    }))
}

/// If the process dies after `point`, the next call finds the request's name on the alias.
pub(super) async fn act(
    aliases: &impl PointAliases,
    place: &LambdaAlias,
    change: &Change,
    request: &RequestId,
) -> Result<Acted, TargetError> {
    let note = note(request);
    // First the act: where nobody was here, one call is enough.
    let refused = match aliases.point(place, &change.after, &note, &change.seal).await {
        Ok(Aliasing::Pointed) => return Ok(Acted::Done),
        Ok(Aliasing::Moved) => None,
        Err(error @ TargetError::Refused { .. }) => Some(error),
        Err(error) => return Err(error),
    };
    // An earlier call may have made the change, and its reply may have been lost.
    let found = aliases.alias(place).await?;
    if found.as_ref().is_some_and(|alias| alias.description == note && alias.version == change.after) {
        return Ok(Acted::Done);
    }
    match (refused, found) {
        (Some(error), _) => Err(error),
        (None, Some(alias)) => Ok(Acted::LeftAlone(format!(
            "somebody else changed the {place} in between: it leads to {} now",
            alias.version
        ))),
        (None, None) => Ok(Acted::LeftAlone(format!("there is no {place} any more"))),
    }
}

/// What is written on the alias.
fn note(request: &RequestId) -> String {
    format!("Countersign request {request}")
}

enum Unresolved {
    None,
    Several(Vec<String>),
}

/// The only version that is meant, be it by its number or by its description.
fn resolve(published: Vec<PublishedVersion>, version: &str) -> Result<String, Unresolved> {
    let meant = published.into_iter().filter(|known| known.number == version || known.description == version);
    let mut numbers: Vec<_> = meant.map(|known| known.number).collect();
    match (numbers.pop(), numbers.is_empty()) {
        (None, _) => Err(Unresolved::None),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            numbers.push(last);
            Err(Unresolved::Several(numbers))
        }
    }
}

/// The function is named by its ARN, so that the command means no other account's or Region's function. Nothing brings
/// back code that was never published.
fn way_back(place: &LambdaAlias, alias: &Alias) -> Option<String> {
    if !alias.version.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let function = alias.arn.strip_suffix(&format!(":{}", place.alias)).unwrap_or(&place.function);
    let region = alias.arn.split(':').nth(3).map(|region| format!(" --region {region}")).unwrap_or_default();
    Some(format!(
        "aws lambda update-alias{region} --function-name {function} --name {} --function-version {}",
        place.alias, alias.version
    ))
}
