//! The id of a request.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::canonical::canonical_sha256;
use super::{EmailAddress, Fingerprint, PlanKey, TaskToken};

/// Names one request: `[a-z0-9-]`, at most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

/// A text that cannot be the id of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of a request")]
pub struct RequestIdError;

/// What names a request that has no plan behind it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Circumstances<'a> {
    /// The workflow.
    pub execution: &'a str,
    /// The waiting state's name.
    pub state: Option<&'a str>,
    /// What is shown.
    pub fingerprint: &'a Fingerprint,
    /// Who is asked.
    pub approvers: Vec<&'a EmailAddress>,
    /// The caller's own key, for a state that asks several times at once (a Map).
    pub request_key: Option<&'a str>,
}

impl RequestId {
    /// Reads an id.
    ///
    /// # Errors
    /// When the text cannot be one.
    pub fn parse(text: &str) -> Result<Self, RequestIdError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RequestIdError)
        }
    }

    /// The request for one level of a plan.
    pub fn of_level(key: &PlanKey, level: u32) -> Self {
        Self(format!("{key}-{level}"))
    }

    /// The request of a workflow without a plan.
    pub fn of_circumstances(circumstances: &Circumstances<'_>) -> Self {
        Self(short_hex(&canonical_sha256(circumstances)))
    }

    /// The request of a caller that tells nothing but its task token.
    pub fn of_token(token: &TaskToken) -> Self {
        Self(short_hex(&canonical_sha256(&token.expose())))
    }

    /// The id of a later round of the same question: the second round is number 2.
    #[must_use]
    pub fn of_round(&self, round: u32) -> Self {
        Self(format!("{}-r{round}", self.0))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn short_hex(hash: &[u8; 32]) -> String {
    let mut digits = hex::encode(hash);
    digits.truncate(32);
    digits
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RequestId {
    type Error = RequestIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{checkout, person, task_token};

    fn of(execution: &str, state: &str, approver: &str, key: Option<&str>) -> RequestId {
        RequestId::of_circumstances(&Circumstances {
            execution,
            state: Some(state),
            fingerprint: &Fingerprint::of(&checkout(), None),
            approvers: vec![&person(approver)],
            request_key: key,
        })
    }

    #[test]
    fn the_same_circumstances_are_the_same_request_and_any_other_is_another() {
        let first = of("release", "Ask", "ana", None);
        assert_eq!(first, of("release", "Ask", "ana", None));
        for other in [
            of("release-2", "Ask", "ana", None),
            of("release", "AskAgain", "ana", None),
            of("release", "Ask", "bob", None),
            of("release", "Ask", "ana", Some("0")),
        ] {
            assert_ne!(first, other);
        }
        assert_ne!(of("release", "Ask", "ana", Some("0")), of("release", "Ask", "ana", Some("1")));
    }

    #[test]
    fn every_id_that_is_made_can_be_read_back() {
        let key = PlanKey::of_execution("release");
        for id in [
            RequestId::of_level(&key, u32::MAX),
            of("release", "Ask", "ana", None).of_round(u32::MAX),
            RequestId::of_token(&task_token("AAAA")),
        ] {
            assert_eq!(RequestId::parse(id.as_str()), Ok(id.clone()), "{id}");
        }
    }

    #[test]
    fn an_id_does_not_show_the_task_token_that_it_comes_from() {
        let id = RequestId::of_token(&task_token("abcdef0123456789"));
        assert!(!id.as_str().contains("abcdef"));
        assert_ne!(id, RequestId::of_token(&task_token("abcdef0123456780")));
    }

    #[test]
    fn what_no_request_is_called_is_not_an_id() {
        for text in ["", "A", "a_b", "a/b", "a b", "\u{e9}", &"a".repeat(65)] {
            assert_eq!(RequestId::parse(text), Err(RequestIdError), "{text}");
        }
    }
}
