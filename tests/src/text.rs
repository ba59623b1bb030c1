//! Reading pages and mails as far as tests need it. They are our own, so no parser of all HTML is needed.

/// What a person reads of HTML: without tags, each run of blanks as one, entities as what they stand for.
pub fn readable(html: &str) -> String {
    let mut text = String::new();
    let without_style =
        html.split("<style>").map(|part| part.split_once("</style>").map_or(part, |(_, after)| after));
    for piece in without_style.flat_map(|part| part.split('<')) {
        text.push(' ');
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
    }
    unescaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The values of an attribute, wherever it stands.
pub fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).map(unescaped).collect()
}

/// Entities as what they stand for.
pub fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let entity = piece.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest)));
        if let Some((letter, rest)) = entity {
            plain.push(letter);
            plain.push_str(rest);
        } else {
            plain.push('&');
            plain.push_str(piece);
        }
    }
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "nbsp" => Some('\u{a0}'),
        "middot" => Some('·'),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_a_person_sees() {
        let html = "<style>p{}</style><!--[x]><style>b{}</style><![y]--><p class=\"a\">Tom &#38; <b>Jerry</b>\n &lt;b&gt; &unknown; &</p>";
        assert_eq!(readable(html), "Tom & Jerry <b> &unknown; &");
    }

    #[test]
    fn attributes_are_read_as_a_browser_reads_them() {
        let html = r#"<a href="x?a=1&amp;b=2">y</a> <a class="c" href="z">"#;
        assert_eq!(attributes(html, "href"), ["x?a=1&b=2", "z"]);
    }
}
