//! The facts of a request: what is shown to approvers, frozen when the request is made.

use serde::{Deserialize, Serialize};

use super::Amount;

/// What an approver is asked to agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facts {
    /// A version of a service going to an environment.
    Deployment(DeploymentFacts),
    /// Anything else: an expense report, a data release.
    General(GeneralFacts),
}

/// The facts of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentFacts {
    /// The service that is deployed.
    pub service_name: String,
    /// The version that is deployed.
    pub version: String,
    /// Where it is deployed to; also the phrase that approvers type.
    pub environment: String,
    /// What changed, in the requester's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_log: Option<String>,
}

/// The facts of a request that is not a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GeneralFacts {
    /// What kind of thing is approved, in the caller's words ("expense report").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// One line that names it.
    pub title: String,
    /// How much is asked for; rules may be chosen by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Label and value pairs, in the caller's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Longer text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// An https address with more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl GeneralFacts {
    /// A title, and nothing else but a kind where there is one.
    pub fn titled(kind: Option<&str>, title: impl Into<String>) -> Self {
        let kind = kind.map(str::to_owned);
        Self { kind, title: title.into(), amount: None, facts: Vec::new(), details: None, link: None }
    }
}

/// One labelled value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What the value is.
    pub label: String,
    /// The value, as text.
    pub value: String,
}

impl Facts {
    /// One line that names what is asked for: `checkout 2.4.1 to production`.
    pub fn title(&self) -> String {
        match self {
            Self::Deployment(facts) => {
                format!("{} {} to {}", facts.service_name, facts.version, facts.environment)
            }
            Self::General(facts) => facts.title.clone(),
        }
    }

    /// What kind of approval this is, as the start of a sentence: `Deployment`, `Expense report`.
    pub fn kind(&self) -> Option<String> {
        match self {
            Self::Deployment(_) => Some("Deployment".to_owned()),
            Self::General(facts) => facts.kind.as_deref().map(capitalized),
        }
    }

    /// The labelled values, in the order in which they are shown.
    pub fn rows(&self) -> Vec<Fact> {
        match self {
            Self::Deployment(facts) => [
                ("Service", &facts.service_name),
                ("Version", &facts.version),
                ("Environment", &facts.environment),
            ]
            .map(|(label, value)| Fact { label: label.to_owned(), value: value.clone() })
            .into(),
            Self::General(facts) => {
                let amount = facts
                    .amount
                    .as_ref()
                    .map(|amount| Fact { label: "Amount".to_owned(), value: amount.to_string() });
                amount.into_iter().chain(facts.facts.iter().cloned()).collect()
            }
        }
    }

    /// The longer text: a deployment's change log, or the caller's details.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Deployment(facts) => facts.change_log.as_deref(),
            Self::General(facts) => facts.details.as_deref(),
        }
    }

    /// What the longer text is called.
    pub fn details_label(&self) -> &'static str {
        match self {
            Self::Deployment(_) => "Changes",
            Self::General(_) => "Details",
        }
    }

    /// The https address with more, if the caller gave one.
    pub fn link(&self) -> Option<&str> {
        match self {
            Self::Deployment(_) => None,
            Self::General(facts) => facts.link.as_deref(),
        }
    }

    /// Where the change lands, if it lands somewhere.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Self::Deployment(facts) => Some(&facts.environment),
            Self::General(_) => None,
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::checkout;

    #[test]
    fn a_deployment_says_what_goes_where() {
        let facts = checkout();
        assert_eq!(facts.title(), "checkout 2.4.1 to production");
        assert_eq!((facts.kind().as_deref(), facts.environment()), (Some("Deployment"), Some("production")));
        assert_eq!((facts.details(), facts.details_label()), (Some("- faster carts"), "Changes"));
        assert_eq!(facts.link(), None);
        let rows: Vec<_> = facts.rows().into_iter().map(|row| (row.label, row.value)).collect();
        let expected = [("Service", "checkout"), ("Version", "2.4.1"), ("Environment", "production")];
        assert_eq!(rows, expected.map(|(label, value)| (label.to_owned(), value.to_owned())));
    }

    #[test]
    fn anything_else_says_what_its_caller_said() {
        let row = Fact { label: "Amount".to_owned(), value: "EUR 412.60".to_owned() };
        let facts = Facts::General(GeneralFacts {
            kind: Some("expense report".to_owned()),
            title: "Customer visit".to_owned(),
            amount: None,
            facts: vec![row.clone()],
            details: Some("Two nights.".to_owned()),
            link: Some("https://expenses.example.com/4711".to_owned()),
        });
        assert_eq!((facts.title().as_str(), facts.rows()), ("Customer visit", vec![row]));
        assert_eq!((facts.kind().as_deref(), facts.environment()), (Some("Expense report"), None));
        assert_eq!((facts.details(), facts.details_label()), (Some("Two nights."), "Details"));
        assert_eq!(facts.link(), Some("https://expenses.example.com/4711"));
    }
}
