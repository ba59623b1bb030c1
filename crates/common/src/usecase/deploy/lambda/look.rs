//! What deploying a version under an alias would change.

use jiff::Timestamp;

use super::alarmed;
use crate::domain::{Called, Change, LambdaTarget, Outlook};
use crate::ports::{Alias, PublishedVersion, ReachTargets, ReadAliases, TargetError};
use crate::usecase::deploy::Seen;

pub(in super::super) async fn look(
    targets: &impl ReachTargets,
    target: &LambdaTarget,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    let Found { alias, after, .. } = match found(targets, target, version).await? {
        Ok(found) => found,
        Err(reason) => return Ok(Seen::Impossible(reason)),
    };
    let LambdaTarget { place, shift } = target;
    if let Some(shift) = shift
        && let Some(alarm) = alarmed(targets, shift).await?
    {
        return Ok(Seen::Impossible(format!("nothing is begun while {alarm}")));
    }
    Ok(Seen::Change(Change {
        at: now,
        until,
        place: place.to_string(),
        way_back: way_back(target, &alias),
        before: Some(alias.routes.version),
        after,
        seal: alias.revision,
    }))
}

/// The same without the alarms, which tell only of the moment.
pub(in super::super) async fn foresee(
    targets: &impl ReadAliases,
    target: &LambdaTarget,
    version: &str,
) -> Result<Outlook, TargetError> {
    let Found { alias, published, after } = match found(targets, target, version).await? {
        Ok(found) => found,
        Err(reason) => return Ok(Outlook::impossible(&reason)),
    };
    let called = |number: &str| {
        let described = published.iter().find(|known| known.number == number);
        Called::exactly(number).named(described.map_or("", |known| &known.description))
    };
    Ok(Outlook::Change { before: Some(called(&alias.routes.version)), after: called(&after) })
}

/// An alias that can be pointed at the version that is meant.
struct Found {
    alias: Alias,
    published: Vec<PublishedVersion>,
    after: String,
}

/// What is there; in words, why nothing can be changed there.
async fn found(
    targets: &impl ReadAliases,
    target: &LambdaTarget,
    version: &str,
) -> Result<Result<Found, String>, TargetError> {
    let LambdaTarget { place, shift } = target;
    let Some(alias) = targets.alias(place).await? else {
        return Ok(Err(format!("there is no {place}")));
    };
    if alias.routes.part.is_some() {
        return Ok(Err(format!(
            "a part of the calls to the {place} goes to a second version: somebody is shifting it"
        )));
    }
    let published = targets.published(place).await?;
    let after = match resolve(&published, version) {
        Ok(after) => after,
        Err(Unresolved::None) => {
            return Ok(Err(format!(
                "the function {} has no published version {version}, by number or by description",
                place.function
            )));
        }
        Err(Unresolved::Several(numbers)) => {
            return Ok(Err(format!(
                "each of the versions {} of the function {} could be meant by {version}",
                numbers.join(", "),
                place.function
            )));
        }
    };
    if shift.is_some() && !is_published(&alias.routes.version) {
        return Ok(Err(format!(
            "the {place} leads to code that is not published, and calls are shared only between published versions"
        )));
    }
    Ok(Ok(Found { alias, published, after }))
}

enum Unresolved {
    None,
    Several(Vec<String>),
}

/// The only version that is meant, be it by its number or by its description.
fn resolve(published: &[PublishedVersion], version: &str) -> Result<String, Unresolved> {
    let meant = published.iter().filter(|known| known.number == version || known.description == version);
    let mut numbers: Vec<_> = meant.map(|known| known.number.clone()).collect();
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
/// back code that was never published. Calls that are shared stay shared unless the command says otherwise.
fn way_back(target: &LambdaTarget, alias: &Alias) -> Option<String> {
    let LambdaTarget { place, shift } = target;
    let version = Some(&alias.routes.version).filter(|version| is_published(version))?;
    let function = alias.arn.strip_suffix(&format!(":{}", place.alias)).unwrap_or(&place.function);
    let region = alias.arn.split(':').nth(3).map(|region| format!(" --region {region}")).unwrap_or_default();
    let unshared = if shift.is_some() { " --routing-config AdditionalVersionWeights={}" } else { "" };
    Some(format!(
        "aws lambda update-alias{region} --function-name {function} --name {} --function-version {version}{unshared}",
        place.alias
    ))
}

fn is_published(version: &str) -> bool {
    version.bytes().all(|byte| byte.is_ascii_digit())
}
