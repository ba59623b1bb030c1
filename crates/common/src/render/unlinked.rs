//! Keeps mail programs from making links of what people wrote: they look for addresses in every text, and whoever
//! wrote `pay.example` would have a link in a mail that is trusted.
//!
//! What would be found is shown in brackets, as is usual among those who report such addresses: `pay[.]example`. It
//! works in every program and in plain text, hides nothing, and leaves `2.4.1` and `e.g.` alone.

/// The text with every dot, scheme and share in brackets that could make an address of it.
pub(super) fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|sign| !in_name(sign)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        push_name(&mut out, name);
        rest = push_sign(&mut out, behind);
    }
    out
}

/// The same for our own sentences, in which these addresses stand as they are.
pub(super) fn unlinked_but(text: &str, known: &[String]) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        if known.iter().any(|address| address == bare) { word.to_owned() } else { unlinked(word) }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

/// Copies one sign that is in no name, in brackets where it makes an address of what follows.
fn push_sign<'a>(out: &mut String, text: &'a str) -> &'a str {
    for (address, bracketed) in [("://", "[:]//"), ("\\\\", "\\[\\]")] {
        if let Some(rest) = text.strip_prefix(address) {
            out.push_str(bracketed);
            return rest;
        }
    }
    let mut signs = text.chars();
    out.extend(signs.next());
    signs.as_str()
}

fn push_name(out: &mut String, name: &str) {
    // Dots at the ends are those of sentences, and of names such as `.profile`.
    let begins = name.len() - name.trim_start_matches(is_dot).len();
    let (before, rest) = name.split_at(begins);
    let (inner, behind) = rest.split_at(rest.trim_end_matches(is_dot).len());
    out.push_str(before);
    // A part that begins with a letter may be a top-level domain.
    let may_end = |part: &str| part.chars().count() > 1 && part.starts_with(char::is_alphabetic);
    if inner.split(is_dot).skip(1).any(may_end) {
        for sign in inner.chars() {
            if is_dot(sign) { out.extend(['[', sign, ']']) } else { out.push(sign) }
        }
    } else {
        out.push_str(inner);
    }
    out.push_str(behind);
}

/// What names of hosts consist of, those with signs of other scripts included.
fn in_name(sign: char) -> bool {
    is_dot(sign)
        || sign.is_alphanumeric()
        || sign == '-'
        || sign == '_'
        || !(sign.is_ascii() || sign.is_whitespace() || in_sentences(sign))
}

/// Some programs read these as a dot in an address.
fn is_dot(sign: char) -> bool {
    matches!(sign, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Quotation marks, dashes and the like, which end an address.
fn in_sentences(sign: char) -> bool {
    matches!(sign, '\u{2010}'..='\u{2027}' | '«' | '»' | '⟨' | '⟩')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_mail_program_would_link_is_in_brackets() {
        for (text, shown) in [
            ("see evil.example.", "see evil[.]example."),
            ("www.evil.co.uk/x?y", "www[.]evil[.]co[.]uk/x?y"),
            ("https://evil.example/approve", "https[:]//evil[.]example/approve"),
            ("javascript://x", "javascript[:]//x"),
            ("ask eve@evil.example", "ask eve@evil[.]example"),
            ("exаmple.com", "exаmple[.]com"),
            ("例え。テスト", "例え[。]テスト"),
            ("💩.la", "💩[.]la"),
            ("\\\\evil\\share", "\\[\\]evil\\share"),
            ("“main.rs”", "“main[.]rs”"),
        ] {
            assert_eq!(unlinked(text), shown);
        }
    }

    #[test]
    fn what_no_program_takes_for_an_address_stays() {
        for text in [
            "2.4.1",
            "v2.4.1-rc.1",
            "e.g. this",
            ".profile",
            "10.0.0.1",
            "EUR 412.60",
            "#812: fixed.",
            "a: b // c",
        ] {
            assert_eq!(unlinked(text), text);
        }
    }

    #[test]
    fn known_addresses_stay_and_those_around_them_do_not() {
        let known = ["ana@example.com".to_owned()];
        let shown =
            unlinked_but("by ana@example.com, not ana@example.com.evil.example or evil.example", &known);
        assert_eq!(shown, "by ana@example.com, not ana@example[.]com[.]evil[.]example or evil[.]example");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_changes_twice(text in "[a-z.:/\\\\ @2é。-]{0,40}") {
            let shown = unlinked(&text);
            let letters = |text: &str| text.replace(['[', ']'], "");
            prop_assert_eq!(letters(&shown), letters(&text));
            prop_assert_eq!(unlinked(&shown), shown);
        }
    }
}
