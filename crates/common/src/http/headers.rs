//! Request headers: names in any case, and repetitions that stay visible.

/// The headers of one request.
#[derive(Clone, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Joins API Gateway's two lists. The one with single values names only the last of several, so it
    /// counts only for names that the other does not have.
    pub(super) fn of(single: Vec<(String, String)>, multiple: Vec<(String, String)>) -> Self {
        let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
        let mut joined: Vec<_> = multiple.into_iter().map(lower).collect();
        let further = single.into_iter().map(lower);
        let further: Vec<_> =
            further.filter(|(name, _)| !joined.iter().any(|(known, _)| known == name)).collect();
        joined.extend(further);
        Self(joined)
    }

    /// Every value of a header, in order; `name` in lower case.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// Values may be signatures or addresses, so only the names are printed.
impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[(&str, &str)]) -> Vec<(String, String)> {
        lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn names_have_no_case_and_repetitions_stay_visible() {
        let headers = Headers::of(
            lines(&[("x-one", "last"), ("X-Lone", "single")]),
            lines(&[("X-ONE", "first"), ("x-One", "last")]),
        );
        assert_eq!(headers.all("x-one"), ["first", "last"]);
        assert_eq!(headers.all("x-lone"), ["single"]);
        assert!(headers.all("x-none").is_empty());
    }
}
