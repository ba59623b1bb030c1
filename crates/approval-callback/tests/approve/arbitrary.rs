//! Whatever comes in, an answer goes out.

use common::adapters::memory::until_death;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, event, link};

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(link("ana")),
        1 => Just(link("eve")),
        1 => Just(link("nobody")),
        1 => Just("approve".to_owned()),
        1 => Just("reject".to_owned()),
        1 => Just("production".to_owned()),
        2 => "\\PC{0,60}",
        1 => "[A-Za-z0-9_-]{0,210}",
    ]
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("token".to_owned()),
        Just("action".to_owned()),
        Just("phrase".to_owned()),
        Just("reason".to_owned()),
        "[a-z%+]{0,8}",
    ]
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::vec((names(), texts()), 0..6)
}

fn methods() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just("GET".to_owned()), 1 => Just("HEAD".to_owned()), 3 => Just("POST".to_owned()), 1 => "[A-Z]{1,7}"]
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        Just("Accept".to_owned()),
        Just("Origin".to_owned()),
        Just("Sec-Fetch-Site".to_owned()),
        Just("Content-Type".to_owned()),
        "[A-Za-z-]{1,12}",
    ];
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("application/json".to_owned()),
        Just("cross-site".to_owned()),
        "\\PC{0,30}",
    ];
    proptest::collection::vec((name, value), 0..4)
}

/// Any JSON, shaped like nothing in particular.
fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-zA-Z]{0,10}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

proptest! {
    #[test]
    fn any_request_gets_an_answer_below_500(
        method in methods(),
        headers in headers(),
        query in pairs(),
        form in pairs(),
        is_base64: bool,
    ) {
        let body = form.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let mut asked = event(&method, &borrowed(&headers), &borrowed(&query), &body);
        asked["isBase64Encoded"] = json!(is_base64);
        let world = World::new();
        let answer = until_death(world.send(asked)).unwrap();
        prop_assert!((200..500).contains(&answer.status), "{}", answer.status);
        if method != "POST" {
            prop_assert_eq!(world.writes(), 0);
        }
    }

    #[test]
    fn any_event_gets_an_answer_below_500(
        part in json_values(),
        name in prop_oneof![
            Just("httpMethod"), Just("headers"), Just("multiValueHeaders"), Just("body"), Just("path"),
            Just("queryStringParameters"), Just("multiValueQueryStringParameters"), Just("requestContext"),
            Just("isBase64Encoded"),
        ],
    ) {
        let world = World::new();
        let mut asked = event("POST", &[], &[], "");
        asked[name] = part.clone();
        for asked in [asked, part] {
            let answer = until_death(world.send(asked)).unwrap();
            prop_assert!((200..500).contains(&answer.status), "{}", answer.status);
        }
    }
}
