//! A bucket whose objects have a lock, as `infra/audit-anchor.yaml` asks for one. The emulator's CloudFormation passes
//! over the lock, so it is set by the API.

use crate::signed::{Call, Reply};
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
        let made = anchor.call("PUT", "", Some(("x-amz-bucket-object-lock-enabled", "true")), "");
        let locked = anchor.call("PUT", "?object-lock", None, LOCK);
        assert!(made.status < 300 && locked.status < 300, "no bucket with a lock: {made:?}, {locked:?}");
        anchor
    }

    /// Uploads something.
    pub fn keep(&self, key: &str, content: &str) -> Kept {
        let reply = self.call("PUT", &format!("/{key}"), None, content);
        assert!(reply.status < 300, "{reply:?}");
        let version = reply.version.unwrap_or_else(|| panic!("the bucket keeps no versions"));
        Kept { key: key.to_owned(), version }
    }

    /// Tries to delete it for good, with every right that there is.
    pub fn remove(&self, kept: &Kept) -> u16 {
        self.call("DELETE", &of_version(kept), Some(("x-amz-bypass-governance-retention", "true")), "").status
    }

    /// What was uploaded.
    pub fn read(&self, kept: &Kept) -> String {
        let reply = self.call("GET", &of_version(kept), None, "");
        assert!(reply.status < 300, "{reply:?}");
        reply.body
    }

    fn call(
        &self,
        method: &'static str,
        path: &str,
        header: Option<(&'static str, &str)>,
        body: &str,
    ) -> Reply {
        let call = Call::raw("s3", method, &format!("/{}{path}", self.name), body);
        let call = match header {
            Some((name, value)) => call.with_header(name, value),
            None => call,
        };
        self.run.send_as(self.run.keys(), &call)
    }
}

fn of_version(kept: &Kept) -> String {
    format!("/{}?versionId={}", kept.key, kept.version)
}
