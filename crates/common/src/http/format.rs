//! In which form an answer is wanted.

use super::Headers;

/// The two forms of every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A page, for people.
    Html,
    /// JSON, for programs.
    Json,
}

impl Format {
    /// JSON when it is asked for by name, and before HTML if that is named too. Everything else is a page:
    /// browsers, `*/*` and silence.
    pub fn wanted(headers: &Headers) -> Self {
        let accept = headers.all("accept").join(",");
        let named = accept.split(',').find_map(|range| {
            let kind = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            match kind.as_str() {
                "application/json" => Some(Self::Json),
                "text/html" | "application/xhtml+xml" => Some(Self::Html),
                _ => None,
            }
        });
        named.unwrap_or(Self::Html)
    }

    /// The answer's `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &str) -> Format {
        Format::wanted(&Headers::of(Vec::new(), vec![("Accept".to_owned(), accept.to_owned())]))
    }

    #[test]
    fn json_is_for_those_who_name_it() {
        for accept in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json, text/plain, */*",
            "application/json, text/html;q=0.5",
        ] {
            assert_eq!(wanted(accept), Format::Json, "{accept}");
        }
    }

    #[test]
    fn everyone_else_gets_a_page() {
        for accept in [
            "",
            "*/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
            "text/html, application/json",
            "application/*",
            ";;,,=",
        ] {
            assert_eq!(wanted(accept), Format::Html, "{accept}");
        }
        assert_eq!(Format::wanted(&Headers::default()), Format::Html);
    }
}
