//! What deploying a version under an alias would change.

use jiff::Timestamp;

use super::alarmed;
use crate::domain::{Change, LambdaTarget};
use crate::ports::{Alias, PublishedVersion, ReachTargets, TargetError};
use crate::usecase::deploy::Seen;

pub(in super::super) async fn look(
    targets: &impl ReachTargets,
    target: &LambdaTarget,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    let LambdaTarget { place, shift } = target;
    let Some(alias) = targets.alias(place).await? else {
        return Ok(Seen::Impossible(format!("there is no {place}")));
    };
    if alias.routes.part.is_some() {
        return Ok(Seen::Impossible(format!(
            "a part of the calls to the {place} goes to a second version: somebody is shifting it"
        )));
    }
    let after = match resolve(targets.published(place).await?, version) {
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
    if let Some(shift) = shift {
        if !is_published(&alias.routes.version) {
            return Ok(Seen::Impossible(format!(
                "the {place} leads to code that is not published, and calls are shared only between published versions"
            )));
        }
        if let Some(alarm) = alarmed(targets, shift).await? {
            return Ok(Seen::Impossible(format!("nothing is begun while {alarm}")));
        }
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
