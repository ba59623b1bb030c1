//! Slack's own markup as HTML (<https://docs.slack.dev/messaging/formatting-message-text>). What would call people
//! is marked, so that an injection is seen.

use std::time::Duration;

use super::{date, escape};
use crate::workspace::Workspace;

/// Stands for a finished piece of HTML while the text around it is formatted. No text from outside holds it.
const HOLE: char = '\u{e000}';

/// Renders a text of type `mrkdwn`.
pub(super) fn html(text: &str, workspace: &Workspace, now: Duration) -> String {
    let text = text.replace(HOLE, "");
    let mut finished = Vec::new();
    let mut open = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        let Some((token, after)) = after.split_once('>') else { break };
        open.push_str(before);
        open.push(HOLE);
        finished.push(self::token(token, workspace, now));
        rest = after;
    }
    open.push_str(rest);
    // Slack has three characters escaped; they come back as themselves before HTML escapes them again.
    let open = open.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    fill(&paragraphs(&escape(&open)), finished)
}

fn fill(html: &str, finished: Vec<String>) -> String {
    let mut pieces = html.split(HOLE);
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for (piece, finished) in pieces.zip(finished) {
        filled.push_str(&finished);
        filled.push_str(piece);
    }
    filled
}

/// What stands between angle brackets.
fn token(token: &str, workspace: &Workspace, now: Duration) -> String {
    let (target, label) =
        token.split_once('|').map_or((token, None), |(target, label)| (target, Some(label)));
    let unescape = |text: &str| escape(&text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    let mention = |name: &str| format!(r#"<mark class="mention">{}</mark>"#, escape(name));
    if let Some(date) = target.strip_prefix("!date^") {
        return self::date(date, label.unwrap_or(target), now);
    }
    match target.split_at_checked(1) {
        Some(("@", id)) => {
            let name = workspace.users.find(id).map_or(id, |user| user.name.as_str());
            mention(&format!("@{name}"))
        }
        Some(("#", id)) => {
            let name = workspace.channels.find(id).map_or(id, |channel| channel.name.as_str());
            mention(&format!("#{name}"))
        }
        Some(("!", word)) => mention(&format!("@{}", word.split('^').next().unwrap_or(word))),
        _ if target.starts_with("https://") || target.starts_with("http://") => format!(
            r#"<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>"#,
            unescape(target),
            unescape(label.unwrap_or(target))
        ),
        _ => unescape(label.unwrap_or(target)),
    }
}

/// `1767606067^{date_short} at {time}^https://link`
fn date(date: &str, fallback: &str, now: Duration) -> String {
    let mut parts = date.split('^');
    let at = parts.next().and_then(|at| at.parse().ok());
    match (at, parts.next()) {
        (Some(at), Some(format)) => {
            format!(r#"<time title="{}">{}</time>"#, escape(fallback), escape(&date::words(format, at, now)))
        }
        _ => escape(fallback),
    }
}

/// Blocks of code, then lines, then what stands within them.
fn paragraphs(html: &str) -> String {
    let mut parts = Vec::new();
    for (number, part) in html.split("```").enumerate() {
        if number % 2 == 1 {
            parts.push(format!("<pre>{}</pre>", part.trim_matches('\n')));
        } else {
            parts.push(part.split('\n').map(line).collect::<Vec<_>>().join("<br>"));
        }
    }
    parts.concat()
}

fn line(line: &str) -> String {
    let (line, is_quote) = line.strip_prefix("&gt;").map_or((line, false), |line| (line.trim_start(), true));
    let mut parts = Vec::new();
    for (number, part) in line.split('`').enumerate() {
        if number % 2 == 1 {
            parts.push(format!("<code>{part}</code>"));
        } else {
            let marks = [('*', "strong"), ('_', "em"), ('~', "s")];
            parts.push(marks.into_iter().fold(part.to_owned(), |part, (mark, tag)| span(&part, mark, tag)));
        }
    }
    let html = parts.concat();
    if is_quote { format!("<q>{html}</q>") } else { html }
}

/// Formats what stands between two marks, where they are at the edges of words.
fn span(html: &str, mark: char, tag: &str) -> String {
    let mut done = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(mark) {
        let starts = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_whitespace);
        let inside = after.split_once(mark).filter(|(inside, after)| {
            starts
                && !inside.is_empty()
                && !inside.ends_with(' ')
                && !after.starts_with(char::is_alphanumeric)
        });
        done.push_str(before);
        if let Some((inside, after)) = inside {
            done.extend(["<", tag, ">", inside, "</", tag, ">"]);
            rest = after;
        } else {
            done.push(mark);
            rest = after;
        }
    }
    done + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        html(text, &Workspace::new(), Duration::from_secs(1_767_606_067))
    }

    #[test]
    fn marks_become_html_at_the_edges_of_words() {
        assert_eq!(
            said("*bold* _it_ ~no~ `a*b*`"),
            "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*</code>"
        );
        assert_eq!(said("2*3*4 snake_case_name * x"), "2*3*4 snake_case_name * x");
        assert_eq!(said("&gt; quoted\nplain"), "<q>quoted</q><br>plain");
        assert_eq!(said("```\n*raw*\n```"), "<pre>*raw*</pre>");
    }

    #[test]
    fn links_keep_what_they_contain() {
        assert_eq!(
            said("*<https://x.example/a_b_c?d=1&amp;e=2|the *page*>*"),
            r#"<strong><a href="https://x.example/a_b_c?d=1&amp;e=2" target="_blank" rel="noopener noreferrer">the *page*</a></strong>"#
        );
        assert_eq!(said("<javascript:alert(1)|click>"), "click");
    }

    #[test]
    fn calls_of_people_are_seen() {
        let mark = |name: &str| format!(r#"<mark class="mention">{name}</mark>"#);
        assert_eq!(
            said("<!channel> <@U0ANA> <@U9> <#C0DEPLOY>"),
            ["@channel", "@ana", "@U9", "#deployments"].map(mark).join(" ")
        );
    }

    #[test]
    fn dates_are_said_in_words() {
        let text = "until <!date^1767606067^{date_short} at {time}|2026-01-05 09:41 UTC>";
        assert_eq!(said(text), r#"until <time title="2026-01-05 09:41 UTC">Jan 5, 2026 at 9:41 AM</time>"#);
        assert_eq!(said("<!date^x^{date}|some day>"), "some day");
    }

    #[test]
    fn nothing_from_outside_is_html() {
        assert_eq!(said("&lt;script&gt; \"'&amp;amp;"), "&lt;script&gt; &quot;&#39;&amp;amp;");
        assert_eq!(said("a < b"), "a &lt; b");
        assert_eq!(
            said("<https://x\"onclick=1|a&lt;b>"),
            r#"<a href="https://x&quot;onclick=1" target="_blank" rel="noopener noreferrer">a&lt;b</a>"#
        );
        assert_eq!(said("a\u{e000}b <@U0ANA>"), r#"ab <mark class="mention">@ana</mark>"#);
    }
}
