//! The pages, from what the emulator answers.

use serde_json::json;

use super::*;

fn two() -> Vec<Mail> {
    read(&json!({"messages": {"000000000000": [
        {"MessageId": "b", "Source": "approvals@example.com", "To": ["dev@example.com"], "Subject": "Second",
         "BodyText": "text", "BodyHtml": null, "Timestamp": 200.5},
        {"MessageId": "a", "Source": "approvals@example.com", "To": ["ana@example.com", "bo@example.com"],
         "Subject": "First <b>{{to}}</b>", "BodyText": "a < b", "BodyHtml": "<html><HEAD><title>x</title></HEAD>hi</html>",
         "Timestamp": 100.25},
    ]}}))
}

#[test]
fn mails_come_in_the_order_of_sending() {
    let mails = two();
    assert_eq!(mails.iter().map(|mail| mail.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(mails[0].to, "ana@example.com, bo@example.com");
    assert_eq!(read(&json!({})), []);
}

#[test]
fn the_list_starts_with_the_newest_and_escapes_what_people_wrote() {
    let list = list(&two(), 260.0);
    assert!(list.find("Second").unwrap() < list.find("First &lt;b&gt;").unwrap(), "{list}");
    assert!(list.contains("to dev@example.com, just now"), "{list}");
    assert!(list.contains("to ana@example.com, bo@example.com, 2 min ago"), "{list}");
}

#[test]
fn a_mail_is_framed_and_its_links_leave_the_frame() {
    let mails = two();
    let page = reading(&mails[0], 100.0);
    assert!(page.contains(r#"src="/mail/a/content""#) && page.contains("<pre>a &lt; b</pre>"), "{page}");
    assert!(page.contains("First &lt;b&gt;{{to}}&lt;/b&gt;"), "{page}");
    assert!(content(&mails[0]).starts_with(r#"<html><HEAD><base target="_blank"><title>"#));
}

#[test]
fn a_mail_without_html_shows_its_text() {
    let page = reading(&two()[1], 300.0);
    assert!(page.contains("<pre>text</pre>") && !page.contains("<iframe"), "{page}");
}

#[test]
fn ages_are_rounded_down() {
    let ages = [0.0, 59.9, 60.0, 7199.0, 90_000.0].map(|seconds| age(1000.0, 1000.0 + seconds));
    assert_eq!(ages, ["just now", "just now", "1 min ago", "1 h ago", "1 d ago"]);
    assert_eq!(age(2000.0, 1000.0), "just now");
}
