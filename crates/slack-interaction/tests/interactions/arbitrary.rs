//! Whatever comes in, an answer goes out.

use common::adapters::memory::until_death;
use proptest::prelude::*;
use serde_json::json;

use crate::world::{NOW, SECRET, World, event, signed};

proptest! {
    #[test]
    fn any_unsigned_request_is_refused(
        time in prop_oneof![Just(NOW.to_string()), "\\PC{0,20}"],
        signature in "\\PC{0,80}",
        body in "\\PC{0,200}",
        is_base64: bool,
    ) {
        let mut asked = event(&[&time], &[&signature], &body);
        asked["isBase64Encoded"] = json!(is_base64);
        let answer = until_death(World::new().send(asked)).unwrap();
        prop_assert!([400, 401].contains(&answer.status), "{}", answer.status);
    }

    #[test]
    fn any_signed_body_is_answered(body in "(payload=)?\\PC{0,200}") {
        let answer = until_death(World::new().send(signed(SECRET, NOW, &body))).unwrap();
        prop_assert!([200, 400].contains(&answer.status), "{}", answer.status);
    }

    #[test]
    fn any_payload_of_a_known_kind_is_answered(
        kind in prop_oneof![Just("block_actions"), Just("view_submission"), Just("view_closed")],
        user in prop_oneof![Just(json!(null)), Just(json!({"id": "U1"})), Just(json!(7)), Just(json!([]))],
        actions in prop_oneof![Just(json!([])), Just(json!([{"action_id": 1}])), Just(json!("x"))],
    ) {
        let payload = json!({"type": kind, "user": user, "actions": actions, "view": {}}).to_string();
        let answer = until_death(World::new().receive(&payload)).unwrap();
        prop_assert!([200, 400].contains(&answer.status), "{}", answer.status);
    }
}
