//! AWS's signature over a request, version 4, as far as the emulator's APIs need it here: no query, every header that
//! matters given (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// Who signs, for which service.
pub(crate) struct Signer<'a> {
    pub(crate) access_key: &'a str,
    pub(crate) secret_key: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// What has to be added to a request.
pub(crate) struct Signature {
    /// The value of `x-amz-date`.
    pub(crate) date: String,
    /// The value of `authorization`.
    pub(crate) authorization: String,
}

impl Signer<'_> {
    /// Signs a request. `headers` are those that are signed beside `x-amz-date`, by their names in lower case: `host`,
    /// and every other one that starts with `x-amz-`.
    pub(crate) fn sign(
        &self,
        now: Timestamp,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Signature {
        let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = now.strftime("%Y%m%d").to_string();
        let mut signed = [headers, &[("x-amz-date", &date)]].concat();
        signed.sort_unstable();
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: Vec<_> = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let canonical = format!("{method}\n{path}\n\n{}\n{names}\n{}", lines.concat(), hash(body));
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
        let secret = format!("AWS4{}", self.secret_key).into_bytes();
        let key = [&day, self.region, self.service, "aws4_request"]
            .iter()
            .fold(secret, |key, part| mac(&key, part.as_bytes()));
        let credential = format!("Credential={}/{scope}", self.access_key);
        let signature = hex::encode(mac(&key, text.as_bytes()));
        let authorization =
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature}");
        Signature { date, authorization }
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `get-vanilla` of AWS's own examples, and a call as it is made here, signed by botocore.
    #[test]
    fn signatures_are_those_of_aws() {
        let now: Timestamp = "2015-08-30T12:36:00Z".parse().unwrap();
        let example = Signer {
            access_key: "AKIDEXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "service",
        };
        let signature = example.sign(now, ("GET", "/"), &[("host", "example.amazonaws.com")], b"");
        assert_eq!(signature.date, "20150830T123600Z");
        assert_eq!(
            signature.authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
        let own = Signer { access_key: "test", secret_key: "test", region: "us-east-1", service: "states" };
        let headers = [("x-amz-target", "AWSStepFunctions.StartExecution"), ("host", "127.0.0.1:8481")];
        let signature = own.sign(now, ("POST", "/"), &headers, br#"{"a":1}"#);
        assert!(
            signature
                .authorization
                .ends_with("c7d09d523aeba9574fdd6330d7f5d9d623bea466e513cb7b3beaa65bfdaa47da"),
            "{}",
            signature.authorization
        );
    }
}
