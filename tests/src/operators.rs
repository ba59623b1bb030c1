//! The users of the command line, with the permissions that its page documents.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{Call, Keys, Run, unique};

impl Run {
    /// Makes a user who has the reader's permissions, and no others.
    pub fn reader(&self) -> Keys {
        let [reader, ..] = documented_policies(self);
        self.user("reader", &[reader], &[])
    }

    /// Makes a user who has the operator's permissions as well.
    pub fn operator(&self) -> Keys {
        let [reader, operator, _] = documented_policies(self);
        self.user("operator", &[reader, operator], &[])
    }

    /// Makes a user who has the reader's permissions, and those for looking at targets.
    pub fn looker(&self) -> Keys {
        let [reader, _, looker] = documented_policies(self);
        self.user("looker", &[reader, looker], &[])
    }

    /// Makes a user who has the permissions of this managed policy, and no others.
    pub fn user_with(&self, policy_arn: &str) -> Keys {
        self.user("attached", &[], &[policy_arn])
    }

    fn user(&self, kind: &str, policies: &[Value], managed: &[&str]) -> Keys {
        let name = unique(kind);
        let iam = |action: &str, fields: &[(&str, &str)]| {
            let fields =
                [&[("Action", action), ("Version", "2010-05-08"), ("UserName", &name)], fields].concat();
            self.send(&Call::form("iam", &fields)).body
        };
        iam("CreateUser", &[]);
        for (number, policy) in policies.iter().enumerate() {
            let (own, document) = (format!("documented-{number}"), policy.to_string());
            iam("PutUserPolicy", &[("PolicyName", &own), ("PolicyDocument", &document)]);
        }
        for arn in managed {
            iam("AttachUserPolicy", &[("PolicyArn", arn)]);
        }
        let made = iam("CreateAccessKey", &[]);
        Keys::new(&element(&made, "AccessKeyId"), &element(&made, "SecretAccessKey"), None)
    }

    /// Writes a file that tells programs where the run is and lets them act as this user.
    pub fn outputs_for(&self, keys: &Keys) -> PathBuf {
        let (id, secret) = keys.id_and_secret();
        let mut content = self.outputs().clone();
        if let Some(fields) = content.as_object_mut() {
            fields.insert("accessKeyId".to_owned(), json!(id));
            fields.insert("secretAccessKey".to_owned(), json!(secret));
        }
        let path = self.directory().join(format!("{}.json", unique("outputs")));
        fs::write(&path, content.to_string()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }
}

/// The policies of `docs/CLI.md`, filled in for this run: the reader's, the operator's, and that for targets.
fn documented_policies(run: &Run) -> [Value; 3] {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CLI.md");
    let page = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let account = run.output("StateMachineArn").split(':').nth(4).unwrap_or_default();
    let reconcile = run.output("ReconcileFunctionArn").rsplit(':').next().unwrap_or_default();
    let filled_in = |text: &str| {
        let names = [
            ("REGION", run.region()),
            ("ACCOUNT", account),
            ("STACK", "countersign"),
            ("TABLE", run.output("ApprovalTableName")),
            ("RECONCILE", reconcile),
            ("FUNCTION", "checkout"),
            ("CLUSTER", "shop"),
            ("SERVICE", "*"),
            ("PROJECT", "deploy-shop"),
            ("MACHINE", "release-shop"),
        ];
        names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    };
    let blocks = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let policies: Vec<Value> = blocks
        .map(|block| {
            serde_json::from_str(&filled_in(block)).unwrap_or_else(|error| panic!("{error}: {block}"))
        })
        .filter(|block: &Value| block.get("Statement").is_some())
        .collect();
    policies
        .try_into()
        .unwrap_or_else(|all: Vec<_>| panic!("{} policies, not the three of the page", all.len()))
}

pub(crate) fn element(xml: &str, name: &str) -> String {
    let inner =
        xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inner.unwrap_or_else(|| panic!("no {name} in {xml}")).0.to_owned()
}
