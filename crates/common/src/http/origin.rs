//! Whether a POST comes from one of our own pages.

use super::Headers;

/// Whether the browser says that another site's page sent this.
///
/// An absent `Origin` passes, and so does `null`: our own form sends it, because the page's referrer policy
/// makes browsers hide where it came from. What authorizes a vote is the secret and the phrase in the body.
pub fn is_cross_site(headers: &Headers, base_url: &str) -> bool {
    let crossed = headers.all("sec-fetch-site").iter().any(|site| site.eq_ignore_ascii_case("cross-site"));
    let ours = origin_of(base_url);
    let foreign = |origin: &&str| *origin != "null" && (ours.is_none() || origin_of(origin) != ours);
    crossed || headers.all("origin").iter().any(foreign)
}

/// Scheme, host and port of an address, with the scheme's own port left out; `None` when it has none.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    if authority.is_empty() || authority.contains('@') {
        return None;
    }
    let authority = authority.to_ascii_lowercase();
    Some(format!("{scheme}://{}", authority.strip_suffix(default_port).unwrap_or(&authority)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://approvals.example.com/live";

    fn headers(lines: &[(&str, &str)]) -> Headers {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Headers::of(Vec::new(), lines.iter().map(owned).collect())
    }

    fn crossed(lines: &[(&str, &str)]) -> bool {
        is_cross_site(&headers(lines), BASE)
    }

    #[test]
    fn our_own_page_passes_in_every_way_browsers_name_it() {
        for lines in [
            &[][..],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("origin", "https://approvals.example.com")],
            &[("origin", "https://Approvals.Example.com:443")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!crossed(lines), "{lines:?}");
        }
    }

    #[test]
    fn another_site_is_recognised_by_either_header() {
        for lines in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("origin", "null"), ("sec-fetch-site", "Cross-Site")],
            &[("origin", "https://attacker.example")],
            &[("origin", "http://approvals.example.com")],
            &[("origin", "https://approvals.example.com:8443")],
            &[("origin", "https://approvals.example.com.attacker.example")],
            &[("origin", "https://approvals.example.com@attacker.example")],
            &[("origin", "")],
            &[("origin", "null"), ("origin", "https://attacker.example")],
        ] {
            assert!(crossed(lines), "{lines:?}");
        }
    }

    #[test]
    fn without_a_known_origin_of_ours_every_other_is_foreign() {
        assert!(is_cross_site(&headers(&[("origin", "https://approvals.example.com")]), ""));
    }
}
