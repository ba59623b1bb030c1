//! Named values, from a query or from a form: every name at most once where it matters.

use thiserror::Error;

/// Named values in the order in which they came.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// Why named values cannot be acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormError {
    /// The bytes, or what they stand for, are not text.
    #[error("the form is not UTF-8")]
    NotUtf8,
    /// A name that must be unique came twice: two readers could see two different requests.
    #[error("a field came more than once")]
    Repeated,
}

impl Fields {
    /// Reads `application/x-www-form-urlencoded`, strictly: bytes that are no text are refused instead of
    /// being replaced, because what is recorded must be what was sent.
    ///
    /// # Errors
    /// When something in it is not UTF-8.
    pub fn parse_form(body: &[u8]) -> Result<Self, FormError> {
        let text = std::str::from_utf8(body).map_err(|_| FormError::NotUtf8)?;
        text.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decode(name)?, decode(value)?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value with this name, when there is one.
    ///
    /// # Errors
    /// When there are several, even equal ones.
    pub fn one(&self, name: &str) -> Result<Option<&str>, FormError> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(FormError::Repeated),
            (first, None) => Ok(first.map(|(_, value)| value.as_str())),
        }
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Values may be link secrets or people's words, so only the names are printed.
impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn decode(text: &str) -> Result<String, FormError> {
    let spaced = text.replace('+', " ");
    urlencoding::decode(&spaced).map(std::borrow::Cow::into_owned).map_err(|_| FormError::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_is_decoded_once() {
        let form = Fields::parse_form(b"reason=freeze+until+Monday+%26+after%2B1&empty=&bare").unwrap();
        assert_eq!(form.one("reason"), Ok(Some("freeze until Monday & after+1")));
        assert_eq!(form.one("empty"), Ok(Some("")));
        assert_eq!(form.one("bare"), Ok(Some("")));
        assert_eq!(form.one("absent"), Ok(None));
    }

    #[test]
    fn a_repeated_name_is_refused_where_it_is_asked_for() {
        let form = Fields::parse_form(b"token=a&token=a&%61ction=approve&action=reject&phrase=x").unwrap();
        assert_eq!(form.one("token"), Err(FormError::Repeated));
        assert_eq!(form.one("action"), Err(FormError::Repeated));
        assert_eq!(form.one("phrase"), Ok(Some("x")));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_plain_and_encoded() {
        assert_eq!(Fields::parse_form(b"reason=\xff\xfe"), Err(FormError::NotUtf8));
        assert_eq!(Fields::parse_form(b"reason=%ff%fe"), Err(FormError::NotUtf8));
    }

    #[test]
    fn values_are_never_printed() {
        let form = Fields::parse_form(b"token=secret").unwrap();
        assert_eq!(format!("{form:?}"), r#"{"token"}"#);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(body: Vec<u8>) {
            prop_assert_ne!(Fields::parse_form(&body), Err(FormError::Repeated));
        }
    }
}
