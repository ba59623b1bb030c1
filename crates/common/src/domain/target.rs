//! Where an approved version goes. The operators say so in the policy; nothing of it comes from whoever asks.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Facts, Glob, Webhook};

/// What goes where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Of the services; any of them. None: it is not about deployments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service: Vec<Glob>,
    /// Of the environments; any of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<Glob>,
    /// Of the kinds of subjects; any of them. None: it is not about subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_kind: Vec<Glob>,
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
    Lambda(LambdaTarget),
    /// A version of an image, in the tasks of a service.
    Ecs(EcsService),
    /// Whatever a build makes of a version.
    Codebuild(BuildProject),
    /// Whatever a workflow makes of a version.
    StepFunctions(StateMachine),
    /// Whatever a receiver outside of AWS makes of a version.
    Webhook(Webhook),
}

/// A published version of a Lambda function, under an alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaTarget {
    /// The alias.
    #[serde(flatten)]
    pub place: LambdaAlias,
    /// How its calls go over part by part; absent: all at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<Shift>,
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

/// A service of Elastic Container Service, whose tasks run an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcsService {
    /// The cluster's name.
    pub cluster: String,
    /// The service's name.
    pub ecs_service: String,
    /// The container that runs the image; absent: the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
}

/// A project of CodeBuild, whose builds do what a script says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildProject {
    /// The project's name.
    pub project: String,
}

/// A state machine whose executions do what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StateMachine {
    /// Its ARN.
    pub state_machine: String,
}

impl StateMachine {
    /// Its name.
    pub fn name(&self) -> &str {
        self.state_machine.rsplit(':').next().unwrap_or_default()
    }
}

/// How calls go over to a new version part by part, and what takes them back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shift {
    /// How many percent of the calls, one step after the other; after the last, all.
    pub steps: Vec<u8>,
    /// How long each step is held at least.
    pub hold_seconds: u32,
    /// The CloudWatch alarms that take it back when one of them goes off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<_> = self.steps.iter().map(|percent| format!("{percent}%")).collect();
        let hold = SignedDuration::from_secs(self.hold_seconds.into());
        write!(f, "first {} of the calls, each for {hold:#}", steps.join(", "))?;
        if self.alarms.is_empty() {
            return Ok(());
        }
        write!(f, "; back if {} goes off", self.alarms.join(" or "))
    }
}

impl From<LambdaAlias> for LambdaTarget {
    /// All at once.
    fn from(place: LambdaAlias) -> Self {
        Self { place, shift: None }
    }
}

impl fmt::Display for LambdaAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alias {} of the function {}", self.alias, self.function)
    }
}

impl fmt::Display for EcsService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service {} of the cluster {}", self.ecs_service, self.cluster)
    }
}

impl fmt::Display for BuildProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "build of the project {}", self.project)
    }
}

impl fmt::Display for StateMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "execution of the state machine {}", self.name())
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lambda(target) => target.place.fmt(f),
            Self::Ecs(service) => service.fmt(f),
            Self::Codebuild(builds) => builds.fmt(f),
            Self::StepFunctions(machine) => machine.fmt(f),
            Self::Webhook(webhook) => webhook.fmt(f),
        }
    }
}

impl Destination {
    /// Whether it takes nothing but a published version to it, so that only deployments can go there.
    pub fn needs_version(&self) -> bool {
        match self {
            Self::Lambda(_) | Self::Ecs(_) => true,
            Self::Codebuild(_) | Self::StepFunctions(_) | Self::Webhook(_) => false,
        }
    }

    /// Whether both lead to one place, by whichever way.
    pub fn is_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lambda(one), Self::Lambda(other)) => one.place == other.place,
            (Self::Ecs(one), Self::Ecs(other)) => {
                (&one.cluster, &one.ecs_service) == (&other.cluster, &other.ecs_service)
            }
            // Two builds, executions or webhooks may lead anywhere.
            (
                Self::Lambda(_)
                | Self::Ecs(_)
                | Self::Codebuild(_)
                | Self::StepFunctions(_)
                | Self::Webhook(_),
                _,
            ) => false,
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
    /// One that is about these services in these environments.
    pub fn of_deployments(service: Vec<Glob>, environment: Vec<Glob>, rollout: Rollout) -> Self {
        Self { service, environment, subject_kind: Vec::new(), rollout }
    }

    /// One that is about subjects of these kinds.
    pub fn of_subjects(subject_kind: Vec<Glob>, rollout: Rollout) -> Self {
        Self { service: Vec::new(), environment: Vec::new(), subject_kind, rollout }
    }

    /// Whether it is about this.
    pub fn matches(&self, facts: &Facts) -> bool {
        let any = |globs: &[Glob], name: &str| globs.iter().any(|glob| glob.matches(name));
        match facts {
            Facts::Deployment(facts) => {
                any(&self.service, &facts.service_name) && any(&self.environment, &facts.environment)
            }
            Facts::General(facts) => any(&self.subject_kind, facts.kind.as_deref().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DeploymentFacts, GeneralFacts};
    use serde_json::json;

    #[test]
    fn a_shift_says_what_goes_over_first_and_what_takes_it_back() {
        let shift = |alarms: &[&str]| {
            let alarms = alarms.iter().map(|&alarm| alarm.to_owned()).collect();
            Shift { steps: vec![10, 50], hold_seconds: 5_400, alarms }.to_string()
        };
        assert_eq!(shift(&[]), "first 10%, 50% of the calls, each for 1h 30m");
        assert_eq!(
            shift(&["a", "b"]),
            "first 10%, 50% of the calls, each for 1h 30m; back if a or b goes off"
        );
    }

    #[test]
    fn two_ways_to_one_place_lead_to_the_same_place() {
        let to = |alias: &str, steps: &[u8]| {
            let place = LambdaAlias { function: "checkout".to_owned(), alias: alias.to_owned() };
            let shift = Shift { steps: steps.to_vec(), hold_seconds: 300, alarms: Vec::new() };
            Destination::Lambda(LambdaTarget { place, shift: (!steps.is_empty()).then_some(shift) })
        };
        assert!(to("live", &[]).is_same_place(&to("live", &[10])));
        assert!(!to("live", &[]).is_same_place(&to("beta", &[])));
        let service = |name: &str, container: Option<&str>| {
            Destination::Ecs(EcsService {
                cluster: "shop".to_owned(),
                ecs_service: name.to_owned(),
                container: container.map(str::to_owned),
            })
        };
        assert!(service("web", None).is_same_place(&service("web", Some("app"))));
        assert!(!service("web", None).is_same_place(&service("cart", None)));
        let build = Destination::Codebuild(BuildProject { project: "deploy".to_owned() });
        assert!(!build.is_same_place(&build) && !build.is_same_place(&service("web", None)));
    }

    #[test]
    fn a_target_is_about_its_services_in_its_environments() {
        let globs = |texts: &[&str]| texts.iter().map(|text| Glob::parse(text).unwrap()).collect();
        let place = LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() };
        let to = Destination::Lambda(place.into());
        let rollout = Rollout { to, max_age_seconds: None, poll_seconds: 15, limit_seconds: 3_600 };
        let target =
            Target::of_deployments(globs(&["checkout", "cart-*"]), globs(&["prod*"]), rollout.clone());
        let is_about = |service: &str, environment: &str| {
            target.matches(&Facts::Deployment(DeploymentFacts {
                service_name: service.to_owned(),
                version: "2.4.1".to_owned(),
                environment: environment.to_owned(),
                change_log: None,
            }))
        };
        assert!(is_about("checkout", "production") && is_about("cart-api", "Prod-EU"));
        assert!(!is_about("checkout", "staging") && !is_about("search", "production"));
        let subject = |kind: &str| Facts::General(GeneralFacts::titled(Some(kind), "Orders of May"));
        assert!(!target.matches(&subject("checkout")) && !target.matches(&subject("deployment")));
        let release = Target::of_subjects(globs(&["data *"]), rollout);
        assert!(release.matches(&subject("Data release")) && !release.matches(&subject("expense report")));
        assert!(!release.matches(&crate::domain::samples::checkout()));
        assert_eq!(target.rollout.to.to_string(), "alias live of the function checkout");
        assert_eq!(
            json!(target.rollout),
            json!({"to": {"kind": "lambda", "function": "checkout", "alias": "live"}, "pollSeconds": 15, "limitSeconds": 3_600})
        );
    }
}
