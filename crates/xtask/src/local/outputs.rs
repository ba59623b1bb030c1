//! `outputs.json`: where a run is, for any AWS client. It is there exactly while the run is ready.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Error, Permissions, STATE};
use crate::aws::{ACCESS_KEY, Aws, REGION, SECRET_KEY};
use crate::workspace;

/// The file of a run that is starting or up; it is removed with this.
pub(crate) struct Published {
    path: PathBuf,
}

impl Published {
    /// Takes away what a run that was killed has left.
    pub(crate) fn clear(path: PathBuf) -> Result<Self, Error> {
        workspace::remove_if_there(&path)?;
        Ok(Self { path })
    }

    pub(crate) fn publish(
        &self,
        aws: &Aws,
        slack_url: &str,
        permissions: &Permissions,
        stack: &Value,
    ) -> Result<(), Error> {
        let content = json!({
            "endpoint": format!("http://{}", aws.authority),
            "region": REGION,
            "accessKeyId": ACCESS_KEY,
            "secretAccessKey": SECRET_KEY,
            "slack": slack_url,
            "permissions": if permissions.are_evaluated() { "evaluated" } else { "ignored" },
            "callers": permissions.callers,
            "outputs": stack,
        });
        workspace::write_atomically(&self.path, format!("{content:#}\n").as_bytes())
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        // The next start clears what cannot be removed now.
        fs::remove_file(&self.path).ok();
    }
}

/// What `cargo xtask local` has published.
pub(crate) struct LocalRun {
    pub(crate) aws: Aws,
    pub(crate) state_machine: String,
    pub(crate) table: String,
}

impl LocalRun {
    /// Reads it; an error when no run is up.
    pub(crate) fn read() -> Result<Self, Error> {
        let content = fs::read(workspace::path(STATE).join("outputs.json")).map_err(|_| Error::NotRunning)?;
        let content: Value = serde_json::from_slice(&content).map_err(|_| Error::NotRunning)?;
        Self::parse(&content).ok_or(Error::NotRunning)
    }

    fn parse(content: &Value) -> Option<Self> {
        let text = |pointer: &str| content.pointer(pointer).and_then(Value::as_str);
        Some(Self {
            aws: Aws { authority: text("/endpoint")?.strip_prefix("http://")?.to_owned() },
            state_machine: text("/outputs/StateMachineArn")?.to_owned(),
            table: text("/outputs/ApprovalTableName")?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_can_be_read_and_is_gone_afterwards() {
        let path = std::env::temp_dir().join(format!("xtask-outputs-{}.json", std::process::id()));
        let published = Published::clear(path.clone()).unwrap();
        let stack = json!({"StateMachineArn": "arn:m", "ApprovalTableName": "t"});
        let aws = Aws { authority: "127.0.0.1:8481".to_owned() };
        published
            .publish(
                &aws,
                "http://localhost:8480/slack-stand-in",
                &Permissions::evaluated_for("test-*"),
                &stack,
            )
            .unwrap();
        let content: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(content["endpoint"], "http://127.0.0.1:8481");
        assert_eq!(content["slack"], "http://localhost:8480/slack-stand-in");
        let run = LocalRun::parse(&content).unwrap();
        assert_eq!((run.aws.authority.as_str(), run.state_machine.as_str()), ("127.0.0.1:8481", "arn:m"));
        drop(published);
        assert!(!path.exists());
    }
}
