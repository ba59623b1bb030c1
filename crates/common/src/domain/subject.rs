//! What a plan is for, and which plan for it is the newest.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DeploymentFacts, PlanKey};

/// Names what a plan deploys and where: `service@environment`. A newer plan for the same subject takes the place of
/// an older one. Upper and lower case are the same, as in the policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// The subject of a deployment.
    pub fn of(facts: &DeploymentFacts) -> Self {
        let name = |text: &str| text.trim().to_lowercase();
        Self(format!("{}@{}", name(&facts.service_name), name(&facts.environment)))
    }

    /// The subject as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Points at the newest plan for a subject. It only moves forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pointer {
    /// The number of this shape.
    pub schema: u32,
    /// What the plans are for.
    pub subject: Subject,
    /// The newest plan.
    pub plan: PlanKey,
    /// When that was prepared.
    pub prepared_at: Timestamp,
}

impl Pointer {
    /// Whether another plan is newer than the one that this points at: prepared later, or at the same moment
    /// with the greater key.
    pub fn yields_to(&self, other: &Self) -> bool {
        (self.prepared_at, self.plan.as_str()) < (other.prepared_at, other.plan.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SCHEMA;
    use crate::domain::samples::at;

    fn pointer(key: &str, prepared_at: Timestamp) -> Pointer {
        let plan = PlanKey::parse(&key.repeat(32)).unwrap();
        Pointer { schema: SCHEMA, subject: Subject("checkout@production".to_owned()), plan, prepared_at }
    }

    #[test]
    fn a_pointer_yields_to_what_was_prepared_later_and_never_to_itself() {
        let (first, second) = (pointer("b", at(0)), pointer("a", at(1)));
        assert!(first.yields_to(&second) && !second.yields_to(&first));
        let same_moment = pointer("c", at(0));
        assert!(first.yields_to(&same_moment) && !same_moment.yields_to(&first));
        assert!(!first.yields_to(&first));
    }

    #[test]
    fn a_subject_is_printed_as_it_is_stored() {
        let subject = pointer("a", at(0)).subject;
        assert_eq!([subject.as_str(), &subject.to_string()], ["checkout@production"; 2]);
    }
}
