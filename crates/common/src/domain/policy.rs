//! The policy: which levels must approve what. It is compiled from the operators' file and stored with a version.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Amount, Facts, Freeze, Glob, Level, Silence, Target};

/// The operators' rules, in order. The first that matches counts, and the last matches everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// The number of this shape.
    pub schema: u32,
    /// Environments that nothing may enter without a person's approval.
    #[serde(default)]
    pub protected_environments: Vec<Glob>,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Where what is approved goes; the first that matches counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// When nothing that is approved is begun.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<Freeze>,
}

/// Who must approve what this rule matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// Of the services; any of them.
    pub service: Vec<Glob>,
    /// Of the environments; any of them.
    pub environment: Vec<Glob>,
    /// Of the kinds; any of them.
    pub kind: Vec<Glob>,
    /// Up to which amounts, one for each currency; none: whatever the amount is, and without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amount_up_to: Vec<Amount>,
    /// Whether a newer request for the same service and environment takes an older one's place.
    pub supersede: bool,
    /// The levels, in order. None: no approval is needed.
    pub levels: Vec<Level>,
}

/// What a rule is chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matter<'a> {
    /// The service; empty when there is none.
    pub service: &'a str,
    /// The environment; empty when there is none.
    pub environment: &'a str,
    /// The kind: `deployment`, or what the caller calls it; empty when it says nothing.
    pub kind: &'a str,
    /// How much is asked for, where that is known.
    pub amount: Option<&'a Amount>,
}

/// Which policy it was, so that a decision can be explained later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyVersion {
    /// Counts from 1.
    pub number: u32,
    /// SHA-256 of the file, in hex.
    pub hash: String,
    /// The rule that matched.
    pub rule: String,
}

/// A policy as it is stored: a version of the operators' file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPolicy {
    /// The number of this shape.
    pub schema: u32,
    /// Counts from 1.
    pub number: u32,
    /// SHA-256 of the file, in hex.
    pub hash: String,
    /// When it was stored.
    pub stored_at: Timestamp,
    /// The file.
    pub source: String,
    /// What it says.
    pub policy: Policy,
}

impl StoredPolicy {
    /// What a plan keeps of it.
    pub fn version(&self, rule: &Rule) -> PolicyVersion {
        PolicyVersion { number: self.number, hash: self.hash.clone(), rule: rule.name.clone() }
    }
}

impl Policy {
    /// The kind of every deployment.
    pub const DEPLOYMENT: &'static str = "deployment";

    /// The rule that counts.
    pub fn rule_for(&self, matter: Matter<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.matches(matter))
    }

    /// Whether a rule would take this kind for that of a deployment.
    pub fn is_kind_of_deployments(kind: &str) -> bool {
        kind.trim().to_lowercase() == Self::DEPLOYMENT
    }

    /// The target that counts; `None` where nothing is carried out.
    pub fn target_for(&self, facts: &Facts) -> Option<&Target> {
        self.targets.iter().find(|target| target.matches(facts))
    }

    /// Whether a rule would let something into a protected environment without a person's approval. The lint finds
    /// such rules; a stored policy is not believed to have passed it.
    pub fn forbids(&self, rule: &Rule, environment: &str) -> bool {
        let without_a_person =
            rule.levels.is_empty() || rule.levels.iter().any(|level| level.silence == Silence::Approve);
        without_a_person && any_matches(&self.protected_environments, environment)
    }
}

impl Rule {
    /// Whether it is about this.
    pub fn matches(&self, matter: Matter<'_>) -> bool {
        any_matches(&self.service, matter.service)
            && any_matches(&self.environment, matter.environment)
            && any_matches(&self.kind, matter.kind)
            && self.admits(matter.amount)
    }

    /// Whether it is about so much. What is not known, or is of another currency, is never little.
    fn admits(&self, amount: Option<&Amount>) -> bool {
        let within = |amount: &Amount| self.amount_up_to.iter().any(|most| amount.is_at_most(most));
        self.amount_up_to.is_empty() || amount.is_some_and(within)
    }

    /// Whether it matches everything.
    pub fn is_catch_all(&self) -> bool {
        self.amount_up_to.is_empty()
            && [&self.service, &self.environment, &self.kind]
                .into_iter()
                .all(|globs| globs.iter().any(Glob::is_any))
    }
}

impl<'a> Matter<'a> {
    /// What these facts are about.
    pub fn of(facts: &'a Facts) -> Self {
        match facts {
            Facts::Deployment(facts) => Self {
                service: &facts.service_name,
                environment: &facts.environment,
                kind: Policy::DEPLOYMENT,
                amount: None,
            },
            Facts::General(facts) => {
                let kind = facts.kind.as_deref().unwrap_or_default();
                Self { service: "", environment: "", kind, amount: facts.amount.as_ref() }
            }
        }
    }
}

fn any_matches(globs: &[Glob], name: &str) -> bool {
    globs.iter().any(|glob| glob.matches(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{checkout, group, level};
    use crate::domain::{DeploymentFacts, Destination, GeneralFacts, LambdaAlias, Rollout};

    fn globs(texts: &[&str]) -> Vec<Glob> {
        texts.iter().map(|text| Glob::parse(text).unwrap()).collect()
    }

    fn rule(name: &str, service: &[&str], environment: &[&str], kind: &[&str]) -> Rule {
        Rule {
            name: name.to_owned(),
            service: globs(service),
            environment: globs(environment),
            kind: globs(kind),
            amount_up_to: Vec::new(),
            supersede: true,
            levels: Vec::new(),
        }
    }

    fn rollout(alias: &str) -> Rollout {
        let to = Destination::Lambda(
            LambdaAlias { function: "checkout".to_owned(), alias: alias.to_owned() }.into(),
        );
        Rollout { to, max_age_seconds: None, poll_seconds: 15, limit_seconds: 3_600 }
    }

    fn policy() -> Policy {
        Policy {
            schema: 1,
            protected_environments: globs(&["prod*"]),
            rules: vec![
                rule("payments", &["pay-*", "checkout"], &["prod*"], &["deployment"]),
                rule("production", &["*"], &["prod*"], &["*"]),
                rule("data", &["*"], &["*"], &["data release"]),
                rule("rest", &["*"], &["*"], &["*"]),
            ],
            targets: Vec::new(),
            freezes: Vec::new(),
        }
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let policy = policy();
        let name = |service, environment, kind| {
            policy
                .rule_for(Matter { service, environment, kind, amount: None })
                .map(|rule| rule.name.as_str())
        };
        assert_eq!(name("checkout", "production", "deployment"), Some("payments"));
        assert_eq!(name("pay-out", "PROD", "deployment"), Some("payments"));
        assert_eq!(name("search", "production", "deployment"), Some("production"));
        assert_eq!(name("", "", "Data Release"), Some("data"));
        assert_eq!(name("search", "staging", "deployment"), Some("rest"));
        assert_eq!(policy.rule_for(Matter::of(&checkout())).map(|rule| rule.name.as_str()), Some("payments"));
    }

    /// Neither silence about the amount nor another currency gets by with the fewer approvers.
    #[test]
    fn a_rule_for_small_amounts_is_about_known_small_amounts() {
        let up_to = |name: &str, amounts: &[&str]| {
            let amount_up_to = amounts.iter().map(|text| Amount::parse(text).unwrap()).collect();
            Rule { amount_up_to, ..rule(name, &["*"], &["*"], &["expense *"]) }
        };
        let rest = rule("rest", &["*"], &["*"], &["*"]);
        let rules = vec![up_to("small", &["100 EUR", "120 USD"]), up_to("middle", &["1000 EUR"]), rest];
        let policy = Policy { rules, ..policy() };
        let of = |kind: &str, amount: Option<&str>| {
            let amount = amount.map(|text| Amount::parse(text).unwrap());
            let facts = Facts::General(GeneralFacts { amount, ..GeneralFacts::titled(Some(kind), "Lisbon") });
            policy.rule_for(Matter::of(&facts)).unwrap().name.clone()
        };
        for (amount, name) in [
            (Some("100 EUR"), "small"),
            (Some("100.01 EUR"), "middle"),
            (Some("120 USD"), "small"),
            (Some("120.01 USD"), "rest"),
            (Some("1000.000001 EUR"), "rest"),
            (Some("1 CHF"), "rest"),
            (None, "rest"),
        ] {
            assert_eq!(of("expense report", amount), name, "{amount:?}");
        }
        assert_eq!(of("data release", Some("1 EUR")), "rest");
        assert_eq!(
            policy.rule_for(Matter::of(&checkout())).unwrap().name,
            "rest",
            "a deployment has no amount"
        );
        assert!(!Rule { kind: globs(&["*"]), ..policy.rules[0].clone() }.is_catch_all());
    }

    #[test]
    fn the_first_target_that_matches_counts() {
        let target = |service: &str, alias: &str| {
            Target::of_deployments(globs(&[service]), globs(&["prod*"]), rollout(alias))
        };
        let policy = Policy {
            targets: vec![target("pay-*", "pay"), target("check*", "live"), target("checkout", "late")],
            ..policy()
        };
        assert_eq!(policy.target_for(&checkout()).map(|target| &target.rollout), Some(&rollout("live")));
        let Facts::Deployment(facts) = checkout() else { panic!("checkout is a deployment") };
        let elsewhere = Facts::Deployment(DeploymentFacts { environment: "staging".to_owned(), ..facts });
        assert_eq!(policy.target_for(&elsewhere), None);
        assert!(
            !Policy::is_kind_of_deployments("deployments") && Policy::is_kind_of_deployments(" Deployment ")
        );
    }

    /// What was stored when there were no targets, letter by letter.
    #[test]
    fn a_policy_that_was_stored_without_targets_still_reads() {
        let stored = r#"{"schema":1,"number":3,"hash":"ab","storedAt":"2026-01-05T10:00:00Z","source":"schema = 1","policy":{"schema":1,"protectedEnvironments":["prod*"],"rules":[{"name":"rest","service":["*"],"environment":["*"],"kind":["*"],"supersede":true,"levels":[]}]}}"#;
        let read: StoredPolicy = serde_json::from_str(stored).unwrap();
        assert_eq!(
            (read.number, read.policy.rules.len(), read.policy.targets.as_slice()),
            (3, 1, [].as_slice())
        );
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "and is written as before");
    }

    #[test]
    fn nothing_enters_a_protected_environment_without_a_person() {
        let policy = policy();
        let nobody = &policy.rules[0];
        assert!(policy.forbids(nobody, "Production"));
        assert!(!policy.forbids(nobody, "staging"));
        let somebody = level(vec![group("manager", &["ana"], 1)]);
        let silent = Level { silence: Silence::Approve, ..somebody.clone() };
        assert!(!policy.forbids(&Rule { levels: vec![somebody.clone()], ..nobody.clone() }, "production"));
        assert!(policy.forbids(&Rule { levels: vec![somebody, silent], ..nobody.clone() }, "production"));
    }

    #[test]
    fn a_rule_for_everything_names_nothing() {
        let catches_all =
            |service, environment, kind| rule("rule", service, environment, kind).is_catch_all();
        assert!(catches_all(&["*"], &["*"], &["pay-*", "*"]));
        assert!(!catches_all(&["pay-*"], &["*"], &["*"]));
        assert!(!catches_all(&["*"], &["prod*"], &["*"]));
        assert!(!catches_all(&["*"], &["*"], &["deployment"]));
    }
}
