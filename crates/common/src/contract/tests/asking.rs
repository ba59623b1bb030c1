//! The payload of `send-approval`.

use serde_json::{Value, json};

use crate::contract::send_approval::Payload;
use crate::contract::{Cursor, TaskErrorName};
use crate::domain::Facts;
use crate::domain::samples::person;

const KEY: &str = "7d1f0c2e4b6a48959aa3c1e05f2b8d76";

fn cursor() -> Value {
    json!({"needed": true, "key": KEY, "level": 1, "waitSeconds": 14400})
}

fn details() -> Value {
    json!({"serviceName": "checkout", "version": "2.4.1", "environment": "production"})
}

fn mistakes(payload: &Value) -> String {
    let error = Payload::read(payload).unwrap_err();
    assert_eq!(error.name(), TaskErrorName::InvalidInput);
    error.to_string()
}

fn key_of(payload: &Value) -> Option<String> {
    Payload::read(payload).unwrap().cursor.map(|Cursor { key, .. }| key.to_string())
}

#[test]
fn a_task_token_is_all_that_is_needed() {
    let read = Payload::read(&json!({"taskToken": "AAAA"})).unwrap();
    assert_eq!(read.task_token.expose(), "AAAA");
    assert_eq!((read.facts, read.cursor, read.named, read.retry), (None, None, None, None));
}

#[test]
fn null_is_as_good_as_absent() {
    let nulls = json!({
        "taskToken": "AAAA", "requestedBy": null, "deploymentDetails": null, "subject": null, "approval": null,
        "approverRole": null, "approverEmail": null, "execution": null, "stateMachine": null, "state": null,
        "enteredAt": null, "retry": null, "requestKey": null
    });
    assert_eq!(Payload::read(&nulls).unwrap(), Payload::read(&json!({"taskToken": "AAAA"})).unwrap());
}

#[test]
fn the_cursor_is_found_directly_and_inside_the_details() {
    let mut inside = details();
    inside["approval"] = cursor();
    assert_eq!(key_of(&json!({"taskToken": "A", "approval": cursor()})).as_deref(), Some(KEY));
    assert_eq!(key_of(&json!({"taskToken": "A", "deploymentDetails": inside})).as_deref(), Some(KEY));
    // An empty field beside the details must not hide the plan in them.
    let both = json!({"taskToken": "A", "approval": null, "deploymentDetails": inside});
    assert_eq!(key_of(&both).as_deref(), Some(KEY));
}

#[test]
fn deployment_details_win_over_a_subject() {
    let both = json!({"taskToken": "A", "deploymentDetails": details(), "subject": {"title": "x"}});
    assert!(matches!(Payload::read(&both).unwrap().facts, Some(Facts::Deployment(_))));
}

#[test]
fn an_amount_is_exact_however_it_is_written_and_never_guessed() {
    let read = |amount: Value| {
        let payload = json!({"taskToken": "t", "subject": {"title": "Lisbon", "amount": amount}});
        Payload::read(&payload).map(|read| match read.facts {
            Some(Facts::General(facts)) => facts.amount.map(|amount| amount.to_string()),
            other => panic!("not a subject: {other:?}"),
        })
    };
    let eur = |value: Value| read(json!({"value": value, "currency": "eur"})).unwrap();
    for value in [json!("1250.50"), json!(1250.5), json!("01250.5")] {
        assert_eq!(eur(value).as_deref(), Some("1250.50 EUR"));
    }
    assert_eq!(eur(json!(500)).as_deref(), Some("500 EUR"));
    assert_eq!(read(Value::Null).unwrap(), None);
    for (amount, mistake) in [
        (json!("500 EUR"), "subject.amount must be a JSON object"),
        (json!({"currency": "EUR"}), "subject.amount.value must be a decimal number"),
        (json!({"value": -1, "currency": "EUR"}), "subject.amount.value"),
        (json!({"value": 1e21, "currency": "EUR"}), "subject.amount.value"),
        (json!({"value": 0.1 + 0.2, "currency": "EUR"}), "subject.amount.value"),
        (json!({"value": "1", "currency": "EURO"}), "subject.amount.currency must be the three letters"),
        (json!({"value": true}), "2 mistakes"),
    ] {
        let error = read(amount.clone()).unwrap_err().to_string();
        assert!(error.contains(mistake), "{amount}: {error}");
    }
}

#[test]
fn a_subject_keeps_the_order_of_its_facts_and_takes_numbers() {
    let subject = json!({"title": "Lisbon", "facts": [{"label": "Nights", "value": 2}, {"label": "Amount", "value": "412.60"}]});
    let read = Payload::read(&json!({"taskToken": "A", "subject": subject})).unwrap();
    let rows: Vec<_> = read.facts.unwrap().rows().into_iter().map(|row| (row.label, row.value)).collect();
    assert_eq!(rows, [("Nights", "2"), ("Amount", "412.60")].map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn an_approver_needs_an_address_and_may_have_a_role() {
    let read = Payload::read(&json!({"taskToken": "A", "approverEmail": "Ana@Example.com"})).unwrap();
    let named = read.named.unwrap();
    assert_eq!((named.role.as_str(), named.email), ("approver", person("ana")));
    let only_role = json!({"taskToken": "A", "approverRole": "manager"});
    assert!(mistakes(&only_role).contains("approverRole needs approverEmail beside it"));
}

#[test]
fn an_address_that_came_out_empty_does_not_change_who_decides() {
    for email in ["", "   "] {
        for payload in [
            json!({"taskToken": "A", "approverEmail": email}),
            json!({"taskToken": "A", "approverRole": "manager", "approverEmail": email}),
        ] {
            assert!(mistakes(&payload).contains("approverEmail is empty"), "{payload}");
        }
    }
}

#[test]
fn every_mistake_is_named_in_one_answer() {
    let message = mistakes(&json!({
        "requestedBy": "sam@example.com\r\nBcc: everyone@example.com",
        "subject": {"facts": [{"label": "x"}], "link": "javascript:alert(1)"},
        "approval": {"needed": true, "key": "../../x"},
        "approverEmail": "a@example.com,b@example.com",
        "enteredAt": "yesterday",
        "retry": "first"
    }));
    for mistake in [
        "9 mistakes",
        "taskToken is missing",
        "requestedBy is not of the form",
        "subject.title is missing",
        "subject.facts[0] must be {label, value}",
        "subject.link must start with https://",
        "approval must be the cursor",
        "approverEmail is not of the form",
        "enteredAt must be a time",
        "retry must be a whole number",
    ] {
        assert!(message.contains(mistake), "{mistake} in: {message}");
    }
}

#[test]
fn an_error_never_repeats_the_task_token() {
    let message = mistakes(&json!({"taskToken": "AAAA-secret", "retry": -1}));
    assert!(!message.contains("secret"), "{message}");
    let too_long = "s".repeat(2_049);
    assert!(!mistakes(&json!({"taskToken": too_long})).contains("sss"));
}

#[test]
fn a_request_key_may_be_an_index() {
    let key = |key: Value| Payload::read(&json!({"taskToken": "A", "requestKey": key})).unwrap().request_key;
    assert_eq!(key(json!(7)).as_deref(), Some("7"));
    assert_eq!(key(json!("7")).as_deref(), Some("7"));
}

#[test]
fn what_is_no_object_is_refused() {
    for payload in [json!(null), json!([]), json!("x"), json!({"taskToken": "A", "deploymentDetails": "x"})] {
        assert!(mistakes(&payload).contains("must be a JSON object"));
    }
}
