//! An email address: the canonical identity of a person.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A lower-cased, plain email address (`local@domain`, ASCII, no display name, no quoting).
///
/// SES refuses anything beyond ASCII in the local part and wants international domains in Punycode, so
/// such an address is refused here, before anyone is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is not an email address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailAddressError {
    /// Longer than the 254 characters that SMTP can carry.
    #[error("is longer than 254 characters")]
    TooLong,
    /// Characters outside ASCII.
    #[error("has characters outside ASCII (write international domains in Punycode)")]
    NotAscii,
    /// Anything else.
    #[error("is not of the form name@example.com")]
    Malformed,
}

impl EmailAddress {
    /// Reads an address; surrounding blanks are dropped and letters are lower-cased.
    ///
    /// # Errors
    /// When the text is not a plain address.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(EmailAddressError::TooLong);
        }
        if !text.is_ascii() {
            return Err(EmailAddressError::NotAscii);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailAddressError::Malformed)?;
        if is_local_part(local) && is_domain(domain) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(EmailAddressError::Malformed)
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The person behind the address. What follows a `+` before the `@` only sorts their mail, so
    /// `ana+releases@example.com` is `ana@example.com`; nothing else is taken for the same person.
    pub fn person(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) => format!(
                "{}@{domain}",
                local.split('+').next().filter(|name| !name.is_empty()).unwrap_or(local)
            ),
            None => self.0.clone(),
        }
    }

    /// Whether both reach the same person.
    pub fn is_same_person(&self, other: &Self) -> bool {
        self.person() == other.person()
    }
}

fn is_local_part(local: &str) -> bool {
    let atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    local.len() <= 64 && local.split('.').all(atom)
}

fn is_domain(domain: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_surrounding_blanks_do_not_make_another_person() {
        assert_eq!(EmailAddress::parse(" Ana@Example.COM ").unwrap().as_str(), "ana@example.com");
    }

    #[test]
    fn what_follows_a_plus_does_not_make_another_person() {
        let address = |text: &str| EmailAddress::parse(text).unwrap();
        assert!(address("ana+releases@example.com").is_same_person(&address("Ana@example.com")));
        assert!(address("ana+1@example.com").is_same_person(&address("ana+2@example.com")));
        for other in ["ana@example.org", "bob@example.com", "a.na@example.com", "+ana@example.com"] {
            assert!(!address("ana@example.com").is_same_person(&address(other)), "{other}");
        }
    }

    #[test]
    fn what_mail_cannot_carry_is_refused() {
        for text in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "ana@localhost",
            "a..b@example.com",
            "a b@example.com",
            "ana@example.com\r\nBcc: eve@example.com",
            "Ana <ana@example.com>",
            "ana@-x.com",
            "ana@exa_mple.com",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(EmailAddressError::Malformed), "{text}");
        }
        assert_eq!(EmailAddress::parse("änna@example.com"), Err(EmailAddressError::NotAscii));
        assert_eq!(
            EmailAddress::parse(&format!("a@{}.com", "b".repeat(260))),
            Err(EmailAddressError::TooLong)
        );
    }

    #[test]
    fn the_longest_addresses_are_those_that_mail_can_carry() {
        let label = |length: usize| "b".repeat(length);
        let domain = format!("{}.{}.{}", label(63), label(63), label(61));
        let longest = format!("{}@{domain}", "a".repeat(64));
        assert_eq!((longest.len(), EmailAddress::parse(&longest).unwrap().as_str()), (254, longest.as_str()));
        assert_eq!(EmailAddress::parse(&format!("{longest}b")), Err(EmailAddressError::TooLong));
        for text in [
            format!("{}@example.com", "a".repeat(65)),
            format!("ana@{}.com", label(64)),
            "ana@example..com".to_owned(),
            "ana@x-.com".to_owned(),
        ] {
            assert_eq!(EmailAddress::parse(&text), Err(EmailAddressError::Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_is_stable(text in "\\PC{0,40}@\\PC{0,40}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
            }
        }
    }
}
