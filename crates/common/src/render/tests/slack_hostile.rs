//! Slack's limits, and text that wants to be more than text there.

use proptest::prelude::*;
use serde_json::Value;

use crate::domain::{Called, Choice, Fact, Facts, GeneralFacts, Outlook, Purpose, Refusal, Request};
use crate::ports::{SlackCard, SlackModal};
use crate::render::slack::{
    MAX_CHARACTERS, closing, everything, message, question, recorded, refused, reply,
};

use super::sample::{
    TASK_TOKEN, at, change_of, escalated, executed, foreseeing, group, person, request, token, voted,
};
use super::slack::all;

const INJECTIONS: [&str; 6] = [
    "<!channel>",
    "<@U1>",
    "`code` *bold* ~gone~",
    "<https://evil.example|safe>",
    "&lt;!here&gt;",
    ":skull:\n> q",
];

fn of(text: &str, facts: usize, details: &str) -> Request {
    let mut request = request(Facts::General(GeneralFacts {
        kind: Some(text.into()),
        title: text.into(),
        amount: None,
        facts: (0..facts).map(|_| Fact { label: text.into(), value: text.into() }).collect(),
        details: Some(details.into()),
        link: Some(text.into()),
    }));
    request.level.groups = vec![group("r", &["ana"], 1)];
    request.level.groups[0].role = text.into();
    request.level.name = text.into();
    request.level_count = 2;
    request.workflow.execution = Some(text.into());
    let words: String = text.chars().take(256).collect();
    let after = Called::exactly(&words).named("x");
    foreseeing(&request, &words, Outlook::Change { before: Some(Called::exactly(&words)), after })
}

/// Everything that can be made of a request, with the text as a reason too.
fn everything_of(request: &Request, text: &str) -> (Vec<SlackCard>, Vec<SlackModal>) {
    let reason: String = text.chars().take(2_000).collect();
    let rejected = voted(request, "ana", Choice::Reject, Some(&reason), 5);
    let mut used = executed(&rejected, false);
    used.deployment.as_mut().unwrap().reason = Some(text.into());
    used.change = Some(change_of(text));
    let mut further = escalated();
    further.facts = request.facts.clone();
    if let crate::domain::Silence::Escalate(escalation) = &mut further.level.silence {
        escalation.group.role = text.into();
    }
    let cards = vec![
        message(request),
        message(&rejected),
        message(&used),
        message(&further),
        refused(&used, Some(&person("bo")), Refusal::NotAnApprover, at(9)),
        refused(&used, Some(&person("bo")), Refusal::Expired, at(9)),
        recorded(&rejected, &person("ana"), Choice::Reject, at(9)),
        reply(request, Purpose::Reminder(0), at(9)).unwrap(),
        reply(&further, Purpose::Escalation, at(9)).unwrap(),
    ];
    let closed = closing(&cards[4]);
    let modals = vec![
        question(request, Choice::Approve),
        question(request, Choice::Reject),
        everything(request),
        closed,
    ];
    (cards, modals)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Every object in a JSON value.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Object(keys) => {
            found.push(value);
            keys.values().for_each(|item| objects(item, found));
        }
        _ => {}
    }
}

fn texts(value: &Value, kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    objects(value, &mut found);
    let texts = found.into_iter().filter(|object| object["type"] == kind);
    texts.map(|object| object["text"].as_str().unwrap().to_owned()).collect()
}

/// What Slack checks of blocks, wherever they stand.
fn keeps_the_limits(blocks: &Value) {
    let mut found = Vec::new();
    objects(blocks, &mut found);
    let text = |object: &Value| units(object["text"].as_str().unwrap_or_default());
    for object in found {
        let inner = |key: &str| object.get(key).map_or(0, text);
        match object["type"].as_str().unwrap_or_default() {
            "plain_text" | "mrkdwn" => assert!((1..=3_000).contains(&text(object)), "{object}"),
            "header" => assert!(inner("text") <= 150, "{object}"),
            "section" => {
                let fields = object["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
                assert!(fields.len() <= 10 && fields.iter().all(|field| text(field) <= 2_000), "{object}");
                assert!(!fields.is_empty() || inner("text") > 0, "{object}");
            }
            "context" => assert!((1..=10).contains(&object["elements"].as_array().unwrap().len())),
            "actions" => assert!((1..=25).contains(&object["elements"].as_array().unwrap().len())),
            "button" => {
                assert!(inner("text") <= 75 && units(object["value"].as_str().unwrap()) <= 2_000, "{object}");
            }
            "input" => assert!(inner("label") <= 2_000, "{object}"),
            "modal" => {
                assert!(inner("title") <= 24 && inner("submit") <= 24 && inner("close") <= 24, "{object}");
                assert!(object["blocks"].as_array().unwrap().len() <= 100);
            }
            "plain_text_input" => assert!(object["max_length"].as_u64().unwrap() <= 3_000),
            _ => {}
        }
        if object.get("deny").is_some() {
            assert!(inner("title") <= 100 && inner("text") <= 300, "{object}");
            assert!(inner("confirm") <= 30 && inner("deny") <= 30, "{object}");
        }
    }
}

fn is_a_good_message(card: &SlackCard) {
    assert!(card.blocks.as_array().unwrap().len() <= 50);
    let length = card.blocks.to_string().chars().count();
    assert!(length <= MAX_CHARACTERS, "{length}");
    assert!(!card.text.is_empty() && units(&card.text) < 2_000, "{}", card.text);
    keeps_the_limits(&card.blocks);
}

#[test]
fn case_40_no_text_of_anybody_is_expanded() {
    for injection in INJECTIONS {
        let (cards, modals) = everything_of(&of(injection, 3, injection), injection);
        for card in &cards {
            for text in texts(&card.blocks, "mrkdwn") {
                let plain = text.replace("Decide by <!date^", "").replace("Ended <!date^", "");
                assert!(!plain.contains("<!") && !plain.contains("<@") && !plain.contains('`'), "{text}");
            }
            assert!(!card.text.contains(['<', '>']), "{}", card.text);
        }
        for SlackModal(view) in &modals {
            assert!(texts(view, "mrkdwn").is_empty());
        }
        let line = injection.replace('\n', " ");
        assert!(
            texts(&cards[0].blocks, "plain_text").contains(&line),
            "it is there as it was written: {line}"
        );
        let mut found = Vec::new();
        objects(&cards[0].blocks, &mut found);
        let plain = found.iter().filter(|object| object["type"] == "plain_text");
        assert!(plain.clone().count() > 5 && plain.into_iter().all(|text| text["emoji"] == false));
    }
}

#[test]
fn the_largest_requests_fit_and_say_that_they_were_cut() {
    let long = "é👩‍💻\"\\ ".repeat(4_000);
    for text in ["x".repeat(200), "👩‍💻".repeat(66), "\"".repeat(200), "\u{202e}".repeat(200)] {
        let request = of(&text, 50, &long);
        let (cards, modals) = everything_of(&request, &long);
        cards.iter().for_each(is_a_good_message);
        for SlackModal(view) in &modals {
            keeps_the_limits(view);
        }
        let shown = texts(&cards[0].blocks, "plain_text").join("\n");
        assert!(shown.contains("more facts: press “Show everything”."), "{shown}");
        assert!(shown.contains("more characters: press “Show everything”.)"), "{shown}");
    }
    for card in all().iter().map(|(_, request)| message(request)) {
        is_a_good_message(&card);
    }
}

#[test]
fn the_modal_has_the_whole_of_a_long_text() {
    let long = (0..).map(|line| format!("- é 👩‍💻 change {line}\n")).take(1_000).collect::<String>();
    let SlackModal(view) = everything(&of("x", 50, &long));
    let shown = texts(&view, "plain_text").join("");
    assert!(shown.contains("change 0\n") && shown.contains("change 999"));
    assert_eq!(shown.matches("x\nx").count(), 50, "every fact");
    let pieces: String =
        texts(&view, "plain_text").into_iter().filter(|text| text.contains("change")).collect();
    assert_eq!(pieces, long.trim_end());
}

#[test]
fn no_secret_is_in_a_message() {
    let hash = serde_json::to_string(&token().hash()).unwrap();
    let (mut cards, modals) = everything_of(&of("words", 1, "words"), "words");
    cards.extend(all().iter().map(|(_, request)| message(request)));
    let cards_as_text = cards.iter().map(|card| format!("{}{}", card.text, card.blocks));
    let modals_as_text = modals.iter().map(|SlackModal(view)| view.to_string());
    for text in cards_as_text.chain(modals_as_text) {
        for secret in [TASK_TOKEN, hash.trim_matches('"'), &token().expose(), "token="] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    assert_eq!(format!("{:?}{:?}", cards[0], modals[0]), "SlackCard([redacted])SlackModal([redacted])");
}

proptest! {
    #[test]
    fn any_text_makes_a_message_that_slack_takes(text in "\\PC{0,300}", details in "[\\PC\n]{0,3000}", facts in 0_usize..50) {
        let (cards, modals) = everything_of(&of(&text, facts, &details), "reason");
        cards.iter().for_each(is_a_good_message);
        for SlackModal(view) in &modals {
            keeps_the_limits(view);
        }
    }
}
