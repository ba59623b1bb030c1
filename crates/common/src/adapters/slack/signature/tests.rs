//! Which signatures hold.

use super::*;
use proptest::prelude::*;

const NOW: i64 = 1_767_606_067;
const BODY: &[u8] = b"payload=%7B%22type%22%3A%22something_new%22%7D";
/// From `events/slack-interaction/hostile-unknown-type.json`, signed with `sample-signing-secret`.
const SIGNATURE: &str = "v0=834aaba4e4fe34a9e1ed38cbfbf96e2b70f85ea1b26012ace4920acce43d0172";

fn secret(text: &str) -> SigningSecret {
    SigningSecret::new(text.to_owned())
}

fn sign(key: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

fn verdict(timestamps: &[&str], signatures: &[&str], body: &[u8]) -> Result<(), SignatureError> {
    let claim = Claim { timestamps, signatures, body };
    verify(&[secret("sample-signing-secret")], &claim, Timestamp::from_second(NOW).unwrap())
}

#[test]
fn what_slack_signed_passes() {
    assert_eq!(verdict(&["1767606067"], &[SIGNATURE], BODY), Ok(()));
}

/// The worked example of Slack's own documentation.
#[test]
fn slacks_published_example_passes() {
    let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let claim = Claim {
        timestamps: &["1531420618"],
        signatures: &["v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"],
        body,
    };
    let now = Timestamp::from_second(1_531_420_618).unwrap();
    assert_eq!(verify(&[secret("8f742231b10e8888abcd99yyyzzz85a5")], &claim, now), Ok(()));
}

#[test]
fn other_bytes_or_another_secret_are_refused() {
    let changed = [BODY, b"&"].concat();
    assert_eq!(verdict(&["1767606067"], &[SIGNATURE], &changed), Err(SignatureError::Mismatch));
    assert_eq!(verdict(&["1767606068"], &[SIGNATURE], BODY), Err(SignatureError::Mismatch));
    let foreign = sign("other", "1767606067", BODY);
    assert_eq!(verdict(&["1767606067"], &[&foreign], BODY), Err(SignatureError::Mismatch));
}

#[test]
fn five_minutes_is_the_limit_both_ways() {
    let at = |offset: i64| {
        let timestamp = (NOW + offset).to_string();
        let signature = sign("sample-signing-secret", &timestamp, BODY);
        verdict(&[&timestamp], &[&signature], BODY)
    };
    assert_eq!(at(-300), Ok(()));
    assert_eq!(at(300), Ok(()));
    assert_eq!(at(-301), Err(SignatureError::TooOld));
    assert_eq!(at(301), Err(SignatureError::FromTheFuture));
}

#[test]
fn a_missing_or_repeated_header_is_refused() {
    let time = "1767606067";
    assert_eq!(verdict(&[], &[SIGNATURE], BODY), Err(SignatureError::Missing));
    assert_eq!(verdict(&[time], &[], BODY), Err(SignatureError::Missing));
    assert_eq!(verdict(&[time, time], &[SIGNATURE], BODY), Err(SignatureError::Repeated));
    assert_eq!(verdict(&[time], &[SIGNATURE, SIGNATURE], BODY), Err(SignatureError::Repeated));
}

#[test]
fn odd_forms_are_refused() {
    for time in ["", "now", "+1767606067", "-1", " 1767606067", "1767606067.0", "9999999999999999999999"] {
        assert_eq!(verdict(&[time], &[SIGNATURE], BODY), Err(SignatureError::Malformed), "{time}");
    }
    let bare = SIGNATURE.trim_start_matches("v0=");
    for signature in ["", "v0=", "v0=zz", bare, &format!("v1={bare}"), &format!("{SIGNATURE}00")] {
        assert_eq!(verdict(&["1767606067"], &[signature], BODY), Err(SignatureError::Malformed));
    }
}

#[test]
fn during_a_rotation_both_secrets_count() {
    let now = Timestamp::from_second(NOW).unwrap();
    let claim = Claim { timestamps: &["1767606067"], signatures: &[SIGNATURE], body: BODY };
    let both = [secret("new"), secret("sample-signing-secret")];
    assert_eq!(verify(&both, &claim, now), Ok(()));
    assert_eq!(verify(&both[..1], &claim, now), Err(SignatureError::Mismatch));
}

#[test]
fn without_a_usable_secret_nothing_passes() {
    let now = Timestamp::from_second(NOW).unwrap();
    let empty = sign("", "1767606067", BODY);
    let claim = Claim { timestamps: &["1767606067"], signatures: &[&empty], body: BODY };
    assert_eq!(verify(&[], &claim, now), Err(SignatureError::NoSecret));
    assert_eq!(verify(&[secret("")], &claim, now), Err(SignatureError::Mismatch));
}

proptest! {
    #[test]
    fn no_headers_pass_by_chance(time in "\\PC{0,30}", signature in "\\PC{0,80}", body: Vec<u8>) {
        prop_assert!(verdict(&[&time], &[&signature], &body).is_err());
        prop_assert!(verdict(&["1767606067"], &[&signature], &body).is_err());
    }
}
