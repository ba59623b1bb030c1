//! The words of Step Functions and of people, made fit for one line of a terminal.

use serde_json::Value;

/// The longest cause that is shown in full.
const LONGEST: usize = 400;

/// Takes out what could steer a terminal, or hide what a text says.
pub(crate) fn clean(text: &str) -> String {
    let steers = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if steers(letter) { ' ' } else { letter }).collect()
}

/// An execution in one line: `deployment-1 FAILED: RejectedError: checkout 2.4.1 to production: rejected by ...`.
pub(crate) fn how_it_is(execution: &Value) -> String {
    let text = |name: &str| execution.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut line = format!("{} {}", text("name").unwrap_or("?"), text("status").unwrap_or("?"));
    for part in [text("error").map(clean), text("cause").map(cause_in_words)].into_iter().flatten() {
        line = format!("{line}: {part}");
    }
    line
}

/// A cause as a person would say it. Ours and Lambda's are JSON objects; anything else is shown as it is.
pub(crate) fn cause_in_words(cause: &str) -> String {
    let object: Value = serde_json::from_str(cause).unwrap_or_default();
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let words = ["message", "errorMessage", "reason"].into_iter().find_map(text).unwrap_or(cause);
    let words = clean(words);
    match words.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", words.get(..at).unwrap_or_default()),
        None => words,
    }
}

/// A record's time without fractions of seconds: `2026-11-23T01:33:24Z`.
pub(crate) fn time(timestamp: &str) -> String {
    match timestamp.split_once('.') {
        Some((seconds, rest)) if rest.ends_with('Z') => clean(&format!("{seconds}Z")),
        _ => clean(timestamp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_workflow_is_told_by_how_it_ended_and_why() {
        let cause =
            r#"{"message":"checkout 2.4.1 to production: rejected by ana@example.com","reason":"no"}"#;
        let execution = json!({"name": "one", "status": "FAILED", "error": "RejectedError", "cause": cause});
        let line = "one FAILED: RejectedError: checkout 2.4.1 to production: rejected by ana@example.com";
        assert_eq!(how_it_is(&execution), line);
        assert_eq!(how_it_is(&json!({"name": "a", "status": "SUCCEEDED", "output": "{}"})), "a SUCCEEDED");
    }

    #[test]
    fn causes_of_any_form_become_words() {
        assert_eq!(
            cause_in_words(r#"{"errorType":"InvalidInput","errorMessage":"version is missing"}"#),
            "version is missing"
        );
        assert_eq!(cause_in_words(r#"{"status":"failed","reason":"no such service"}"#), "no such service");
        assert_eq!(cause_in_words("plain words"), "plain words");
        assert_eq!(cause_in_words("[1,2]"), "[1,2]");
        assert_eq!(cause_in_words(&"é".repeat(500)).chars().count(), LONGEST + 3);
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(clean("a\x1b[31mb\nc\u{202e}d"), "a [31mb c d");
    }

    #[test]
    fn times_lose_their_fractions() {
        assert_eq!(time("2026-11-23T01:33:24.123456789Z"), "2026-11-23T01:33:24Z");
        assert_eq!(time("2026-11-23T01:33:24Z"), "2026-11-23T01:33:24Z");
    }
}
