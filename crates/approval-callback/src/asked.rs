//! What a link or a form asks for, before the record is looked at.

use common::domain::link::LinkTokenError;
use common::domain::{Choice, LinkToken, PlanKey, RequestId};
use common::http::{Fields, FormError};

/// A token of the right form, and one of the two choices.
pub(crate) struct Asked {
    pub(crate) token: LinkToken,
    pub(crate) choice: Choice,
}

impl Asked {
    /// Reads the fields `token` and `action`; `None` when no link of ours looks like that.
    pub(crate) fn read(fields: &Fields) -> Option<Self> {
        let choice = fields.one("action").ok()?.and_then(Choice::parse)?;
        Some(Self { token: token(fields)?, choice })
    }
}

/// Reads the field `token`; `None` when no link of ours has such a one.
pub(crate) fn token(fields: &Fields) -> Option<LinkToken> {
    match LinkToken::parse(fields.one("token").ok()??) {
        Ok(token) => Some(token),
        Err(LinkTokenError::Unknown) => Some(nobodys()),
        Err(LinkTokenError::Malformed) => None,
    }
}

/// Takes the place of a token that can open nothing, so that it costs the same read as any other: the time
/// taken must not tell how much of a forged token is right. No request has level 0.
fn nobodys() -> LinkToken {
    LinkToken::mint(RequestId::of_level(&PlanKey::random(&[0; 32]), 0), [0; 32])
}

/// What a person typed; it is shown again when something is wrong with it.
#[derive(Default)]
pub(crate) struct Typed {
    pub(crate) phrase: String,
    pub(crate) reason: String,
}

impl Typed {
    /// Reads the fields `phrase` and `reason`.
    pub(crate) fn read(form: &Fields) -> Result<Self, FormError> {
        let text = |name| form.one(name).map(Option::unwrap_or_default);
        // Browsers send line ends as CR LF.
        Ok(Self { phrase: text("phrase")?.to_owned(), reason: text("reason")?.replace("\r\n", "\n") })
    }

    /// The reason, when there is one.
    pub(crate) fn reason(&self) -> Option<&str> {
        Some(self.reason.as_str()).filter(|reason| !reason.trim().is_empty())
    }
}
