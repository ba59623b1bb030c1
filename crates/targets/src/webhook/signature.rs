//! The signature of a message: `v1,` and the base64 of HMAC-SHA256 over `{id}.{seconds}.{body}`, one for each key
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::adapters::secrets_manager::SigningKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Signs a message with each of these keys. The id has no full stop in it, so nothing else can be read into what is
/// signed.
pub(super) fn sign(keys: &[SigningKey], id: &str, seconds: i64, body: &str) -> String {
    let signed = format!("{id}.{seconds}.{body}");
    let signatures = keys.iter().filter_map(|key| {
        // HMAC takes keys of every length.
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> SigningKey {
        SigningKey::parse(text).unwrap()
    }

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    /// The vector that the specification's own libraries are tested with.
    #[test]
    fn it_is_that_of_the_specification() {
        let keys = [key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
        assert_eq!(sign(&keys, ID, 1_614_265_330, BODY), SIGNATURE);
    }

    #[test]
    fn everything_that_is_sent_is_signed() {
        let keys = [key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
        for (id, seconds, body) in
            [("msg", 1_614_265_330, BODY), (ID, 1_614_265_331, BODY), (ID, 1_614_265_330, "{}")]
        {
            assert_ne!(sign(&keys, id, seconds, body), SIGNATURE);
        }
    }

    #[test]
    fn during_a_rotation_it_is_signed_with_both_keys() {
        let [old, new] =
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"].map(key);
        let both = sign(&[new.clone(), old], ID, 1_614_265_330, BODY);
        let only = sign(&[new], ID, 1_614_265_330, BODY);
        assert_eq!(both, format!("{only} {SIGNATURE}"));
    }
}
