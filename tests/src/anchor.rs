//! A bucket whose objects have a lock, as `infra/audit-anchor.yaml` asks for one. The emulator's CloudFormation passes
//! over the lock, so it is set by the API.

use ureq::http::{Request, StatusCode};

use crate::run::authorization;
use crate::{Run, unique};

/// The bucket.
pub struct Anchor<'a> {
    run: &'a Run,
    name: String,
}

/// One version of an object.
#[derive(Clone, Debug)]
pub struct Kept {
    key: String,
    version: String,
}

const LOCK: &str = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
                    <Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>";

impl<'a> Anchor<'a> {
    /// Makes one.
    pub fn new(run: &'a Run) -> Self {
        let anchor = Self { run, name: unique("anchor") };
        let (made, _, _) = anchor.call("PUT", "", &[("x-amz-bucket-object-lock-enabled", "true")], "");
        let (locked, _, _) = anchor.call("PUT", "?object-lock", &[], LOCK);
        assert!(made.is_success() && locked.is_success(), "no bucket with a lock: {made}, {locked}");
        anchor
    }

    /// Uploads something.
    pub fn keep(&self, key: &str, content: &str) -> Kept {
        let (status, version, _) = self.call("PUT", &format!("/{key}"), &[], content);
        assert!(status.is_success(), "{status}");
        Kept {
            key: key.to_owned(),
            version: version.unwrap_or_else(|| panic!("the bucket keeps no versions")),
        }
    }

    /// Tries to delete it for good, with every right that there is.
    pub fn remove(&self, kept: &Kept) -> u16 {
        self.call("DELETE", &of_version(kept), &[("x-amz-bypass-governance-retention", "true")], "")
            .0
            .as_u16()
    }

    /// What was uploaded.
    pub fn read(&self, kept: &Kept) -> String {
        let (status, _, content) = self.call("GET", &of_version(kept), &[], "");
        assert!(status.is_success(), "{status}");
        content
    }

    /// The status, the version and the content of the answer.
    fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (StatusCode, Option<String>, String) {
        let url = format!("{}/{}{path}", self.run.emulator(), self.name);
        let mut request =
            Request::builder().method(method).uri(url).header("authorization", authorization("s3"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request =
            request.body(body.to_owned()).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let answer = self.run.http().run(request);
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let version = answer.headers().get("x-amz-version-id").and_then(|version| version.to_str().ok());
        let version = version.map(str::to_owned);
        let content = answer.body_mut().with_config().limit(u64::MAX).read_to_string();
        (answer.status(), version, content.unwrap_or_else(|error| panic!("{method} {path}: {error}")))
    }
}

fn of_version(kept: &Kept) -> String {
    format!("/{}?versionId={}", kept.key, kept.version)
}
