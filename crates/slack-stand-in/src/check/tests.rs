//! Each limit: at it, and one above.

use serde_json::{Value, json};

use super::*;

fn plain(length: usize) -> Value {
    json!({"type": "plain_text", "text": "é".repeat(length)})
}

fn mrkdwn(length: usize) -> Value {
    json!({"type": "mrkdwn", "text": "x".repeat(length)})
}

fn button(fields: &Value) -> Value {
    let mut button = json!({"type": "button", "text": plain(3), "action_id": "approve"});
    crate::json::patch(&mut button, fields);
    json!({"type": "actions", "elements": [button]})
}

fn confirm(fields: &Value) -> Value {
    let mut dialog = json!({"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)});
    crate::json::patch(&mut dialog, fields);
    button(&json!({ "confirm": dialog }))
}

fn input(element: &Value) -> Value {
    let mut whole = json!({"type": "plain_text_input"});
    crate::json::patch(&mut whole, element);
    json!({"type": "input", "label": plain(1), "element": whole})
}

fn modal(fields: &Value) -> Value {
    let mut view = json!({"type": "modal", "title": plain(1), "submit": plain(1), "blocks": []});
    crate::json::patch(&mut view, fields);
    view
}

fn problems(blocks: impl AsRef<[Value]>) -> Vec<String> {
    message(blocks.as_ref()).0
}

/// Takes what is at the limit, and says this of what is above.
fn limit(make: impl Fn(usize) -> Value, most: usize, said: &str) {
    assert_eq!(problems(vec![make(most)]), Vec::<String>::new());
    assert_eq!(problems(vec![make(most + 1)]), [said]);
}

fn view_limit(make: impl Fn(usize) -> Value, most: usize, said: &str) {
    assert_eq!(view(&make(most)).0, Vec::<String>::new());
    assert_eq!(view(&make(most + 1)).0, [said]);
}

#[test]
fn the_texts_of_blocks() {
    limit(
        |length| json!({"type": "header", "text": plain(length)}),
        150,
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    );
    let too_long = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]";
    limit(|length| json!({"type": "section", "text": mrkdwn(length)}), 3000, too_long);
    limit(
        |length| json!({"type": "section", "fields": [plain(1), mrkdwn(length)]}),
        2000,
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/1/text]",
    );
    limit(
        |length| json!({"type": "context", "elements": [mrkdwn(length)]}),
        3000,
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/text]",
    );
    limit(
        |length| json!({"type": "input", "label": plain(length), "element": {"type": "plain_text_input"}}),
        2000,
        "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
    );
    limit(
        |length| json!({"type": "input", "label": plain(1), "hint": plain(length), "element": {"type": "plain_text_input"}}),
        2000,
        "must be less than 2001 characters [json-pointer:/blocks/0/hint/text]",
    );
}

#[test]
fn the_numbers_of_things() {
    let many = |count: usize, item: Value| vec![item; count];
    assert!(problems(many(50, json!({"type": "divider"}))).is_empty());
    let said = problems(many(51, json!({"type": "divider"})));
    assert_eq!(said, ["no more than 50 items allowed [json-pointer:/blocks]"]);
    limit(
        |count| json!({"type": "section", "fields": many(count, plain(1))}),
        10,
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    );
    limit(
        |count| json!({"type": "context", "elements": many(count, plain(1))}),
        10,
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    );
    limit(
        |count| json!({"type": "actions", "elements": many(count, json!({"type": "button", "text": plain(1)}))}),
        25,
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    );
    view_limit(
        |count| modal(&json!({"blocks": many(count, json!({"type": "divider"}))})),
        100,
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    );
}

#[test]
fn buttons_and_their_dialogs() {
    let at = |name: &str| format!("[json-pointer:/blocks/0/elements/0/{name}]");
    for (name, most) in [("value", 2000), ("action_id", 255), ("accessibility_label", 75)] {
        let said = format!("must be less than {} characters {}", most + 1, at(name));
        limit(|length| button(&json!({ name: "x".repeat(length) })), most, &said);
    }
    let said = format!("must be less than 76 characters {}", at("text/text"));
    limit(|length| button(&json!({"text": plain(length)})), 75, &said);
    let said = format!("must be less than 3001 characters {}", at("url"));
    limit(|length| button(&json!({"url": format!("https://{}", "x".repeat(length - 8))})), 3000, &said);
    for (name, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
        let said =
            format!("must be less than {} characters {}", most + 1, at(&format!("confirm/{name}/text")));
        limit(|length| confirm(&json!({ name: plain(length) })), most, &said);
    }
    let said = "must be less than 256 characters [json-pointer:/blocks/0/block_id]";
    limit(|length| json!({"type": "divider", "block_id": "x".repeat(length)}), 255, said);
}

#[test]
fn inputs() {
    let at = |name: &str| format!("[json-pointer:/blocks/0/element/{name}]");
    for (name, least) in [("min_length", 0), ("max_length", 1)] {
        assert!(problems(vec![input(&json!({ name: least }))]).is_empty());
        let said = format!("must be a number from {least} to 3000 {}", at(name));
        limit(|length| input(&json!({ name: length })), 3000, &said);
    }
    assert_eq!(problems(vec![input(&json!({"max_length": 0}))]).len(), 1);
    assert_eq!(problems(vec![input(&json!({"min_length": 3, "max_length": 2}))]).len(), 1);
    let said = format!("must be less than 151 characters {}", at("placeholder/text"));
    limit(|length| input(&json!({"placeholder": plain(length)})), 150, &said);
    let said = format!("must be less than 11 characters {}", at("initial_value"));
    limit(|length| input(&json!({"initial_value": "x".repeat(length), "max_length": 10})), 10, &said);
}

#[test]
fn modals() {
    for name in ["title", "submit", "close"] {
        let said = format!("must be less than 25 characters [json-pointer:/view/{name}/text]");
        view_limit(|length| modal(&json!({ name: plain(length) })), 24, &said);
    }
    for (name, most) in [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)] {
        let said = format!("must be less than {} characters [json-pointer:/view/{name}]", most + 1);
        view_limit(|length| modal(&json!({ name: "x".repeat(length) })), most, &said);
        assert!(view(&modal(&json!({ name: "" }))).is_empty());
    }
    let without = |name: &str| view(&modal(&json!({ name: null, "blocks": [input(&json!({}))] }))).0;
    assert_eq!(without("title"), ["missing required field: title [json-pointer:/view]"]);
    assert_eq!(without("submit"), ["missing required field: submit [json-pointer:/view]"]);
    let missing = view(&modal(&json!({"blocks": null}))).0;
    assert_eq!(missing, ["missing required field: blocks [json-pointer:/view]"]);
    assert_eq!(view(&json!("modal")).0, ["must be an object [json-pointer:/view]"]);
    assert_eq!(
        view(&modal(&json!({"type": "home"}))).0,
        ["unsupported type: home [json-pointer:/view/type]"]
    );
    let unknown = view(&modal(&json!({"submit_disabled": true}))).0;
    assert_eq!(unknown, ["invalid additional property: submit_disabled [json-pointer:/view]"]);
}

#[test]
fn what_is_unknown_is_refused() {
    let cases = [
        (json!({"type": "carousel"}), "unsupported type: carousel [json-pointer:/blocks/0/type]"),
        (json!({"text": plain(1)}), "missing required field: type [json-pointer:/blocks/0]"),
        (json!("divider"), "must be an object [json-pointer:/blocks/0]"),
        (json!({"type": "divider", "x": 1}), "invalid additional property: x [json-pointer:/blocks/0]"),
        (
            json!({"type": "actions", "elements": [{"type": "overflow"}]}),
            "unsupported type: overflow [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            json!({"type": "input", "label": plain(1), "element": {"type": "radio_buttons"}}),
            "unsupported type: radio_buttons [json-pointer:/blocks/0/element/type]",
        ),
        (
            json!({"type": "header", "text": mrkdwn(1)}),
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            json!({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": true}}),
            "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        ),
        (
            confirm(&json!({"text": mrkdwn(1)})),
            "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/confirm/text/type]",
        ),
        (
            button(&json!({"style": "default"})),
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            button(&json!({"url": "javascript:alert(1)"})),
            "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
        ),
    ];
    for (block, said) in cases {
        assert_eq!(problems(vec![block]), [said]);
    }
}

#[test]
fn what_is_missing_or_empty_is_refused() {
    let cases = [
        (json!({"type": "header"}), "missing required field: text [json-pointer:/blocks/0]"),
        (
            json!({"type": "header", "text": plain(0)}),
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        ),
        (json!({"type": "section"}), "must define either `fields` or `text` [json-pointer:/blocks/0]"),
        (
            json!({"type": "actions", "elements": []}),
            "no less than 1 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            confirm(&json!({"deny": null})),
            "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
        ),
        (
            json!({"type": "input", "label": plain(1)}),
            "missing required field: element [json-pointer:/blocks/0]",
        ),
    ];
    for (block, said) in cases {
        assert_eq!(problems(vec![block]), [said]);
    }
}

#[test]
fn ids_are_unique_and_added_where_they_are_missing() {
    let twice = problems(vec![button(&json!({})), button(&json!({}))]);
    assert_eq!(
        twice,
        [r#"`action_id` "approve" already exists [json-pointer:/blocks/1/elements/0/action_id]"#]
    );
    let divider = json!({"type": "divider", "block_id": "a"});
    let twice = problems(vec![divider.clone(), divider.clone()]);
    assert_eq!(twice, [r#"`block_id` "a" already exists [json-pointer:/blocks/1/block_id]"#]);
    let mut blocks =
        vec![divider, json!({"type": "actions", "elements": [{"type": "button", "text": plain(1)}]})];
    complete(&mut blocks);
    assert_eq!(blocks[0]["block_id"], "a");
    assert_eq!(blocks[1]["block_id"], "block-1");
    assert_eq!(blocks[1]["elements"][0]["action_id"], "action-1-0");
}

#[test]
fn problems_are_said_twice_as_slack_does() {
    let said = Problems::of("missing required field: text", "/blocks/0").to_json();
    assert_eq!(said["errors"][0], "missing required field: text [json-pointer:/blocks/0]");
    let message = "[ERROR] missing required field: text [json-pointer:/blocks/0]";
    assert_eq!(said["response_metadata"]["messages"][0], message);
}
