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
    now: Timestamp,
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
                "the versions {} of the function {} are all described as {version}",
                numbers.join(", "),
                place.function
            )));
        }
    };
    Ok(Seen::Change(Change {
        at: now,
        place: place.to_string(),
        way_back: Some(way_back(place, &alias)),
        before: Some(alias.version),
        after,
        seal: Some(alias.revision),
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
    let seal = change.seal.as_deref().unwrap_or_default();
    // First the act: where nobody was here, one call is enough.
    if aliases.point(place, &change.after, &note, seal).await? == Aliasing::Pointed {
        return Ok(Acted::Done);
    }
    Ok(match aliases.alias(place).await? {
        Some(alias) if alias.description == note && alias.version == change.after => Acted::Done,
        Some(alias) => Acted::LeftAlone(format!(
            "somebody else changed the {place} in between: it leads to {} now",
            alias.version
        )),
        None => Acted::LeftAlone(format!("there is no {place} any more")),
    })
}

/// What is written on the alias.
fn note(request: &RequestId) -> String {
    format!("Countersign request {request}")
}

enum Unresolved {
    None,
    Several(Vec<String>),
}

/// The version with this number, or else the only one with this description.
fn resolve(published: Vec<PublishedVersion>, version: &str) -> Result<String, Unresolved> {
    if let Some(found) = published.iter().find(|known| known.number == version) {
        return Ok(found.number.clone());
    }
    let mut described: Vec<_> = published
        .into_iter()
        .filter(|known| known.description == version)
        .map(|known| known.number)
        .collect();
    match (described.pop(), described.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            described.push(last);
            Err(Unresolved::Several(described))
        }
        (None, _) => Err(Unresolved::None),
    }
}

/// The function is named by its ARN, so that the command means no other account's or Region's function.
fn way_back(place: &LambdaAlias, alias: &Alias) -> String {
    let function = alias.arn.strip_suffix(&format!(":{}", place.alias)).unwrap_or(&place.function);
    let region = alias.arn.split(':').nth(3).map(|region| format!(" --region {region}")).unwrap_or_default();
    format!(
        "aws lambda update-alias{region} --function-name {function} --name {} --function-version {}",
        place.alias, alias.version
    )
}
