//! What carrying something out would change, as it was found when somebody asked for it.
//!
//! It is what was there then, not what is approved, so the fingerprint does not cover it: another look may find
//! something else. What really changes is claimed after the approval, as a [`Change`](super::Change).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Destination;

/// How much of a reason is kept: it may be a service's own words, and stands in every record of a plan.
const MAX_REASON: usize = 400;

/// A look at a target, from before anybody decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// When it was looked at.
    pub at: Timestamp,
    /// The place, in the words of its kind.
    pub place: String,
    /// What was found there.
    #[serde(flatten)]
    pub outlook: Outlook,
}

/// What a look at a target tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outlook", rename_all = "snake_case")]
pub enum Outlook {
    /// This would change.
    Change {
        /// What is there; absent where nothing tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Called>,
        /// What would come there.
        after: Called,
    },
    /// A subject would be carried out there; what that changes, only the place knows.
    CarriedOut,
    /// As things stand, it cannot be carried out there, and why.
    Impossible {
        /// Why.
        reason: String,
    },
    /// The place could not be looked at, and why.
    Unknown {
        /// Why.
        reason: String,
        /// The permission that whoever looked has not got, where that is why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missing: Option<String>,
    },
}

/// A version, as a target calls it and as people do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Called {
    /// The target's own name for it: the number of a published version, a whole image.
    pub exactly: String,
    /// What people call it, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Preview {
    /// What was found at a place.
    pub fn of(to: &Destination, outlook: Outlook, at: Timestamp) -> Self {
        Self { at, place: to.to_string(), outlook }
    }
}

impl Outlook {
    /// As things stand, it cannot be carried out there.
    pub fn impossible(reason: &str) -> Self {
        Self::Impossible { reason: kept(reason) }
    }

    /// It could not be looked at.
    pub fn unknown(reason: &str) -> Self {
        Self::Unknown { reason: kept(reason), missing: None }
    }

    /// It may not be looked at without this permission.
    pub fn not_permitted(reason: &str, missing: &str) -> Self {
        Self::Unknown { reason: kept(reason), missing: Some(missing.to_owned()) }
    }

    /// Whether what would come there is there.
    pub fn is_there_already(&self) -> bool {
        match self {
            Self::Change { before: Some(before), after } => before.exactly == after.exactly,
            Self::Change { before: None, .. }
            | Self::CarriedOut
            | Self::Impossible { .. }
            | Self::Unknown { .. } => false,
        }
    }
}

impl Called {
    /// By this name, and people have no other for it.
    pub fn exactly(name: &str) -> Self {
        Self { exactly: name.to_owned(), name: None }
    }

    /// As people call it as well, if they call it anything.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let name = name.trim();
        let name = (!name.is_empty() && name != self.exactly).then(|| name.to_owned());
        Self { name, ..self }
    }
}

fn kept(reason: &str) -> String {
    reason.chars().take(MAX_REASON).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{BuildProject, LambdaAlias};

    fn found(outlook: Outlook) -> Preview {
        let place = LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() };
        Preview::of(&Destination::Lambda(place.into()), outlook, Timestamp::UNIX_EPOCH)
    }

    /// Plans and records keep it, and programs are shown it.
    #[test]
    fn every_outlook_is_stored_in_its_shape_and_reads_again() {
        let change = Outlook::Change {
            before: Some(Called::exactly("41").named("2.4.0")),
            after: Called::exactly("42").named(" 2.4.1\n"),
        };
        let (at, place) = ("1970-01-01T00:00:00Z", "alias live of the function checkout");
        for (outlook, stored) in [
            (
                change,
                json!({
                    "at": at, "place": place, "outlook": "change",
                    "before": {"exactly": "41", "name": "2.4.0"}, "after": {"exactly": "42", "name": "2.4.1"}
                }),
            ),
            (
                Outlook::Change { before: None, after: Called::exactly("42") },
                json!({"at": at, "place": place, "outlook": "change", "after": {"exactly": "42"}}),
            ),
            (Outlook::CarriedOut, json!({"at": at, "place": place, "outlook": "carried_out"})),
            (
                Outlook::impossible("no"),
                json!({"at": at, "place": place, "outlook": "impossible", "reason": "no"}),
            ),
            (Outlook::unknown("no"), json!({"at": at, "place": place, "outlook": "unknown", "reason": "no"})),
            (
                Outlook::not_permitted("no", "lambda:GetAlias"),
                json!({
                    "at": at, "place": place, "outlook": "unknown", "reason": "no", "missing": "lambda:GetAlias"
                }),
            ),
        ] {
            let preview = found(outlook);
            assert_eq!(json!(preview), stored);
            assert_eq!(serde_json::from_value::<Preview>(stored).unwrap(), preview);
        }
        let build = Destination::Codebuild(BuildProject { project: "deploy".to_owned() });
        let preview = Preview::of(&build, Outlook::unknown("no"), Timestamp::UNIX_EPOCH);
        assert_eq!(preview.place, "build of the project deploy");
    }

    #[test]
    fn a_version_has_a_name_only_where_that_says_something_else() {
        assert_eq!(Called::exactly("42").named("42"), Called::exactly("42"));
        assert_eq!(Called::exactly("42").named("  "), Called::exactly("42"));
        assert_eq!(Called::exactly("42").named("2.4.1").name.as_deref(), Some("2.4.1"));
    }

    #[test]
    fn what_is_there_already_is_known_by_the_target_s_own_name() {
        let change = |before: Option<Called>, after| Outlook::Change { before, after }.is_there_already();
        let version = |number: &str| Called::exactly(number).named("2.4.1");
        assert!(change(Some(Called::exactly("42")), version("42")));
        assert!(!change(Some(version("41")), version("42")), "two versions may be called the same");
        assert!(!change(None, version("42")));
        assert!(!Outlook::unknown("no").is_there_already());
    }

    #[test]
    fn a_reason_takes_only_so_much_of_a_record() {
        let long = "ä".repeat(MAX_REASON + 1);
        let all = [Outlook::unknown(&long), Outlook::impossible(&long), Outlook::not_permitted(&long, "a:b")];
        for outlook in all {
            let (Outlook::Unknown { reason, .. } | Outlook::Impossible { reason }) = outlook else {
                panic!()
            };
            assert_eq!(reason, "ä".repeat(MAX_REASON));
        }
    }
}
