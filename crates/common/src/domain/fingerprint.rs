//! The fingerprint: what was shown is what was approved.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::canonical::canonical_sha256;
use super::{EmailAddress, Facts, SCHEMA};

/// SHA-256 over the canonical JSON of the facts and the requester, in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    schema: u32,
    facts: &'a Facts,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<&'a EmailAddress>,
}

impl Fingerprint {
    /// The fingerprint of what approvers are shown.
    pub fn of(facts: &Facts, requested_by: Option<&EmailAddress>) -> Self {
        Self(hex::encode(canonical_sha256(&Shown { schema: SCHEMA, facts, requested_by })))
    }

    /// All 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, as people see it.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Amount, DeploymentFacts, GeneralFacts};
    use sha2::{Digest, Sha256};

    fn checkout(version: &str) -> Facts {
        Facts::Deployment(DeploymentFacts {
            service_name: "checkout".into(),
            version: version.into(),
            environment: "production".into(),
            change_log: None,
        })
    }

    #[test]
    fn another_version_or_requester_has_another_fingerprint() {
        let dev = EmailAddress::parse("dev@example.com").unwrap();
        let shown = Fingerprint::of(&checkout("2.4.1"), Some(&dev));
        assert_ne!(shown, Fingerprint::of(&checkout("2.4.2"), Some(&dev)));
        assert_ne!(shown, Fingerprint::of(&checkout("2.4.1"), None));
        assert_eq!(shown, Fingerprint::of(&checkout("2.4.1"), Some(&dev)));
    }

    #[test]
    fn people_see_its_first_eight_digits() {
        let fingerprint = Fingerprint::of(&checkout("2.4.1"), None);
        assert_eq!((fingerprint.short().len(), fingerprint.as_str().len()), (8, 64));
        assert!(fingerprint.as_str().starts_with(fingerprint.short()));
        assert_eq!(fingerprint.to_string(), fingerprint.as_str());
    }

    /// What was approved before there were amounts keeps its fingerprint.
    #[test]
    fn an_amount_is_covered_and_its_absence_changes_nothing() {
        let facts = |amount: Option<&str>| {
            let amount = amount.map(|text| Amount::parse(text).unwrap());
            Facts::General(GeneralFacts { amount, ..GeneralFacts::titled(Some("expense report"), "Lisbon") })
        };
        let of = |amount| Fingerprint::of(&facts(amount), None);
        let bytes = br#"{"facts":{"general":{"kind":"expense report","title":"Lisbon"}},"schema":1}"#;
        assert_eq!(of(None).as_str(), hex::encode(Sha256::digest(bytes)));
        assert_eq!(of(None).as_str(), "a6416ea780785b95a81d714793546cdd64666cca21d1b58352007bf4946b0217");
        let bytes = br#"{"facts":{"general":{"amount":{"currency":"EUR","value":"1250.5"},"kind":"expense report","title":"Lisbon"}},"schema":1}"#;
        assert_eq!(of(Some("1250.50 EUR")).as_str(), hex::encode(Sha256::digest(bytes)));
        assert_ne!(of(Some("1250.51 EUR")), of(Some("1250.50 EUR")));
        assert_ne!(of(Some("1250.50 USD")), of(Some("1250.50 EUR")));
    }

    /// The recipe is public: whoever recomputes it outside must get the same digits for ever.
    #[test]
    fn the_recipe_does_not_change() {
        let dev = EmailAddress::parse("dev@example.com").unwrap();
        let bytes = br#"{"facts":{"deployment":{"environment":"production","serviceName":"checkout","version":"2.4.1"}},"requestedBy":"dev@example.com","schema":1}"#;
        assert_eq!(
            Fingerprint::of(&checkout("2.4.1"), Some(&dev)).as_str(),
            hex::encode(Sha256::digest(bytes))
        );
    }
}
