//! Where an approved version goes. The operators say so in the policy; nothing of it comes from whoever asks.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DeploymentFacts, Glob};

/// What goes where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Of the services; any of them.
    pub service: Vec<Glob>,
    /// Of the environments; any of them.
    pub environment: Vec<Glob>,
    /// How it gets there.
    pub rollout: Rollout,
}

/// How an approved version gets to its place, frozen with the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// The place.
    pub to: Destination,
    /// An approval that is older is not used; absent: however old it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
    /// How long the workflow waits between two looks at it.
    pub poll_seconds: u32,
    /// After how long it has failed.
    pub limit_seconds: u32,
}

/// A place that a version can be brought to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Destination {
    /// A published version of a function, under an alias.
    Lambda(LambdaAlias),
}

/// The alias of a Lambda function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaAlias {
    /// The function's name.
    pub function: String,
    /// The alias that is pointed at the version.
    pub alias: String,
}

impl fmt::Display for LambdaAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alias {} of the function {}", self.alias, self.function)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lambda(place) => place.fmt(f),
        }
    }
}

impl Rollout {
    /// The most often that a workflow may wait for its target within the limit, which counts once until the claim and
    /// once after it. Each wait, with the look after it, is nine events in the workflow's history, twice as many when
    /// every call has to be retried. The history ends at 25,000, and the waits for approvals
    /// ([`super::Plan::MAX_WAITS`]) are in it as well.
    pub const MAX_POLLS: u32 = 500;
}

impl Target {
    /// Whether it is about this deployment.
    pub fn matches(&self, facts: &DeploymentFacts) -> bool {
        let any = |globs: &[Glob], name: &str| globs.iter().any(|glob| glob.matches(name));
        any(&self.service, &facts.service_name) && any(&self.environment, &facts.environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_target_is_about_its_services_in_its_environments() {
        let globs = |texts: &[&str]| texts.iter().map(|text| Glob::parse(text).unwrap()).collect();
        let to =
            Destination::Lambda(LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() });
        let rollout = Rollout { to, max_age_seconds: None, poll_seconds: 15, limit_seconds: 3_600 };
        let target =
            Target { service: globs(&["checkout", "cart-*"]), environment: globs(&["prod*"]), rollout };
        let is_about = |service: &str, environment: &str| {
            target.matches(&DeploymentFacts {
                service_name: service.to_owned(),
                version: "2.4.1".to_owned(),
                environment: environment.to_owned(),
                change_log: None,
            })
        };
        assert!(is_about("checkout", "production") && is_about("cart-api", "Prod-EU"));
        assert!(!is_about("checkout", "staging") && !is_about("search", "production"));
        assert_eq!(
            json!(target.rollout),
            json!({"to": {"kind": "lambda", "function": "checkout", "alias": "live"}, "pollSeconds": 15, "limitSeconds": 3_600})
        );
    }
}
