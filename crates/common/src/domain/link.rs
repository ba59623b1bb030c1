//! Personal links: the token in an approver's URL and the hash that the record keeps of it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::RequestId;

const SECRET_LEN: usize = 32;

/// What the URL parameter `token` carries: base64url(request id + 256 random bits).
#[derive(Clone)]
pub struct LinkToken {
    request: RequestId,
    secret: [u8; SECRET_LEN],
}

/// Why a text is not a link token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkTokenError {
    /// Empty, over 200 characters, or outside `[A-Za-z0-9_-]`: no mail of ours has such a link.
    #[error("link token has a form that no link has")]
    Malformed,
    /// Of the right form, but it cannot open anything.
    #[error("link token opens nothing")]
    Unknown,
}

impl LinkToken {
    /// The longest token that is looked at.
    pub const MAX_LEN: usize = 200;

    /// Mints a token for a request from 256 random bits.
    pub fn mint(request: RequestId, secret: [u8; SECRET_LEN]) -> Self {
        Self { request, secret }
    }

    /// Reads the URL parameter.
    ///
    /// # Errors
    /// `Malformed` when the characters or the length are wrong, `Unknown` when the inside is.
    pub fn parse(text: &str) -> Result<Self, LinkTokenError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > Self::MAX_LEN || !text.bytes().all(allowed) {
            return Err(LinkTokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkTokenError::Unknown)?;
        let (id, secret) = bytes
            .len()
            .checked_sub(SECRET_LEN)
            .and_then(|at| bytes.split_at_checked(at))
            .ok_or(LinkTokenError::Unknown)?;
        let id = std::str::from_utf8(id).map_err(|_| LinkTokenError::Unknown)?;
        Ok(Self {
            request: RequestId::parse(id).map_err(|_| LinkTokenError::Unknown)?,
            secret: secret.try_into().map_err(|_| LinkTokenError::Unknown)?,
        })
    }

    /// The request that the link says it opens.
    pub fn request(&self) -> &RequestId {
        &self.request
    }

    /// The token as it stands in the URL. Only the mail to its approver and that approver's own page
    /// may carry it.
    pub fn expose(&self) -> String {
        let mut bytes = self.request.as_str().as_bytes().to_vec();
        bytes.extend_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the record keeps.
    pub fn hash(&self) -> LinkHash {
        let mut hasher = Sha256::new();
        hasher.update(self.request.as_str().as_bytes());
        hasher.update(self.secret);
        LinkHash(hex::encode(hasher.finalize()))
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkToken({}, [redacted])", self.request)
    }
}

/// SHA-256 of a link token, in hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkHash(String);

impl LinkHash {
    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> RequestId {
        RequestId::parse("0123456789abcdef0123456789abcdef-1").unwrap()
    }

    #[test]
    fn a_token_survives_the_url() {
        let token = LinkToken::mint(id(), [0xff; 32]);
        let read = LinkToken::parse(&token.expose()).unwrap();
        assert_eq!(read.request(), &id());
        assert!(read.hash().matches(&token.hash()));
        assert!(!token.hash().matches(&LinkToken::mint(id(), [0xfe; 32]).hash()));
    }

    #[test]
    fn a_token_is_shown_by_its_request_alone() {
        let token = LinkToken::mint(id(), [0xff; 32]);
        assert_eq!(format!("{token:?}"), format!("LinkToken({}, [redacted])", id()));
    }

    /// Wrapped and encoded by a mail scanner, it decodes to itself; with what stands around it, it is no token.
    #[test]
    fn case_04_a_token_that_mail_programs_touched_is_itself_or_none() {
        let text = LinkToken::mint(id(), [0xff; 32]).expose();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        for around in [".", ",", ")", ">", "\"", "\r\n", " ", "=", "%3D", "\u{200b}"] {
            let touched = format!("{text}{around}");
            assert_eq!(LinkToken::parse(&touched).unwrap_err(), LinkTokenError::Malformed, "{around:?}");
        }
        let (start, end) = text.split_at(40);
        assert_eq!(LinkToken::parse(&format!("{start}\r\n {end}")).unwrap_err(), LinkTokenError::Malformed);
    }

    #[test]
    fn a_secret_opens_only_its_own_request() {
        let other = RequestId::parse("other").unwrap();
        assert!(!LinkToken::mint(id(), [1; 32]).hash().matches(&LinkToken::mint(other, [1; 32]).hash()));
    }

    #[test]
    fn a_link_is_never_printed_with_its_secret() {
        let token = LinkToken::mint(id(), [7; 32]);
        assert!(!format!("{token:?}").contains(&token.expose()));
    }

    #[test]
    fn form_and_content_are_told_apart() {
        for malformed in ["", "a b", "a+b", "a/b", "a=", "é", &"a".repeat(201)] {
            assert_eq!(LinkToken::parse(malformed).unwrap_err(), LinkTokenError::Malformed, "{malformed}");
        }
        for unknown in ["a", "abcd", &"A".repeat(43), &"A".repeat(200)] {
            assert_eq!(LinkToken::parse(unknown).unwrap_err(), LinkTokenError::Unknown, "{unknown}");
        }
    }

    proptest! {
        #[test]
        fn a_token_has_only_one_spelling(text in "[A-Za-z0-9_-]{40,120}|\\PC{0,220}") {
            if let Ok(token) = LinkToken::parse(&text) {
                prop_assert_eq!(token.expose(), text);
            }
        }
    }
}
