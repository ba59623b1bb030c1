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
    /// The form that is named with the highest weight, the first of equals. Everything else is a page:
    /// browsers, `*/*` and silence.
    pub fn wanted(headers: &Headers) -> Self {
        let accept = headers.all("accept").join(",");
        let named = accept.split(',').filter_map(named).filter(|(_, weight)| *weight > 0);
        named
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or(Self::Html, |(form, _)| form)
    }

    /// The answer's `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// A form that a media range names, with its weight in thousandths.
fn named(range: &str) -> Option<(Format, u32)> {
    let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let form = match parts.next()?.as_str() {
        "application/json" => Format::Json,
        "text/html" | "application/xhtml+xml" => Format::Html,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q=").map(thousandths));
    Some((form, weight.unwrap_or(1_000)))
}

/// A weight such as `0.5`; one that cannot be read counts for nothing.
fn thousandths(weight: &str) -> u32 {
    match weight.split_once('.').unwrap_or((weight, "")) {
        ("1", _) => 1_000,
        ("0", digits) if digits.len() <= 3 => format!("{digits:0<3}").parse().unwrap_or(0),
        _ => 0,
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
            "text/html;q=0.5, application/json",
            "text/html;q=0.25, application/json; q=0.3",
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
            "application/json;q=0.1, text/html",
            "application/json;q=0",
            "application/json;q=high",
        ] {
            assert_eq!(wanted(accept), Format::Html, "{accept}");
        }
        assert_eq!(Format::wanted(&Headers::default()), Format::Html);
    }
}
