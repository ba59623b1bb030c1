//! From the written keys of a `webhook` target to a receiver. Its address is not repeated: it may be as good as a password.

use common::domain::{Webhook, WebhookUrl, WebhookUrlError};

use super::mistakes::Mistakes;
use super::read;
use super::target::{is_name, required};

/// What Secrets Manager puts behind a name in an ARN: a hyphen, and so many letters and digits.
const SUFFIX: usize = 6;

pub(super) fn compile(target: &read::Webhook, at: usize, mistakes: &mut Mistakes<'_>) -> Option<Webhook> {
    let url = required("webhook", "url", &target.url, at, mistakes);
    let secret = required("webhook", "secret", &target.secret, at, mistakes);
    let url = url.and_then(|given| match WebhookUrl::parse(&given.value) {
        Ok(url) => Some(url),
        Err(error) => {
            mistakes.error(given.at, format!("the url {error}")).suggest(way_out(error));
            None
        }
    });
    let secret = secret.and_then(|given| {
        let arn = given.value.trim();
        if is_arn(arn) {
            return Some(arn.to_owned());
        }
        mistakes
            .error(given.at, "the secret is not the complete ARN of a secret in Secrets Manager")
            .suggest("write it as arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-abcdef, with the six characters that Secrets Manager puts behind the name; the key itself never stands in a policy");
        None
    });
    Some(Webhook { url: url?, secret: secret? })
}

fn way_out(error: WebhookUrlError) -> &'static str {
    match error {
        WebhookUrlError::NotHttps => {
            "write it as https://HOST/PATH; http is only for localhost and 127.0.0.1, in a local run"
        }
        WebhookUrlError::UserInfo => {
            "leave it out: the receiver knows us by the signature of each call, with the key in the secret"
        }
        WebhookUrlError::Fragment => "leave it out: no server is ever told what stands there",
        WebhookUrlError::NoHost => "write it as https://HOST/PATH, the host by its name",
        WebhookUrlError::Character => "write such a character as % and its two hexadecimal digits",
        WebhookUrlError::TooLong => "what was approved is in the body; the address only says where it goes",
    }
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<_> = text.split(':').collect();
    let ["arn", partition, "secretsmanager", region, account, "secret", name] = parts.as_slice() else {
        return false;
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
    let is_complete = name.rsplit_once('-').is_some_and(|(bare, suffix)| {
        !bare.is_empty() && suffix.len() == SUFFIX && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    partition.starts_with("aws")
        && is_account
        && [partition, region].iter().all(|part| is_name(part, 64))
        && name.bytes().all(good)
        && is_complete
}
