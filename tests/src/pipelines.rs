//! The roles of `infra/ci/role.yaml` on the run, and the tokens by which jobs take them on.
//!
//! The emulator's CloudFormation makes no identity providers, so they are named as if the account had them already. It
//! checks who issued a token, for whom and about what, and no signature.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::operators::element;
use crate::{Call, Keys, Reply, Run, unique, until};

/// What the template makes.
pub struct Roles {
    /// The ARN of the role for jobs on GitHub.
    pub github: String,
    /// The ARN of the role for jobs on GitLab.
    pub gitlab: String,
    /// The ARN of the policy that both have.
    pub policy: String,
}

/// What a job's token says.
#[derive(Clone, Copy, Debug)]
pub struct IdToken<'a> {
    /// Who gave it out.
    pub issuer: &'a str,
    /// For whom.
    pub audience: &'a str,
    /// Which job it stands for.
    pub subject: &'a str,
}

impl IdToken<'static> {
    /// Of a job on GitHub that the role trusts.
    pub const GITHUB: Self = Self {
        issuer: "https://token.actions.githubusercontent.com",
        audience: "sts.amazonaws.com",
        subject: "repo:octo@1/checkout@2:environment:production",
    };
    /// Of a job on GitLab that the role trusts.
    pub const GITLAB: Self = Self {
        issuer: "https://gitlab.com",
        audience: "sts.amazonaws.com",
        subject: "project_path:octo/shop/checkout:ref_type:branch:ref:main",
    };
}

impl IdToken<'_> {
    /// As jobs get it.
    pub fn encoded(&self) -> String {
        let Self { issuer, audience, subject } = self;
        let claims = json!({ "iss": issuer, "aud": audience, "sub": subject }).to_string();
        let [header, claims] =
            [r#"{"alg":"RS256","typ":"JWT"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{claims}.c2lnbmF0dXJl")
    }
}

impl Run {
    /// Deploys the template, for the jobs of [`IdToken::GITHUB`] and [`IdToken::GITLAB`].
    pub fn pipeline_roles(&self) -> Roles {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/ci/role.yaml");
        let template =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let provider = |host: &str| {
            let account = self.output("StateMachineArn").split(':').nth(4).unwrap_or_default();
            format!("arn:aws:iam::{account}:oidc-provider/{host}")
        };
        let parameters = [
            ("ApprovalTableName", self.output("ApprovalTableName").to_owned()),
            ("GitHubRepository", "octo@1/checkout@2".to_owned()),
            ("GitHubProviderArn", provider("token.actions.githubusercontent.com")),
            ("GitLabProject", "octo/shop/checkout".to_owned()),
            ("GitLabProviderArn", provider("gitlab.com")),
        ];
        let named = (1..).zip(&parameters).flat_map(|(number, (name, value))| {
            let field = |what: &str| format!("Parameters.member.{number}.Parameter{what}");
            [(field("Key"), (*name).to_owned()), (field("Value"), value.clone())]
        });
        let named: Vec<_> = named.collect();
        let mut fields: Vec<_> = named.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("TemplateBody", template.as_str()), ("Capabilities.member.1", "CAPABILITY_IAM")]);
        let stack = unique("pipelines");
        let cloudformation = |action: &str, more: &[(&str, &str)]| {
            let own = [("Action", action), ("Version", "2010-05-15"), ("StackName", &stack)];
            self.send(&Call::form("cloudformation", &[&own, more].concat())).body
        };
        cloudformation("CreateStack", &fields);
        let described = until("end of the roles' deployment", || {
            let described = cloudformation("DescribeStacks", &[]);
            (!element(&described, "StackStatus").ends_with("IN_PROGRESS")).then_some(described)
        });
        let output = |name: &str| {
            let found = described.split_once(&format!("<OutputKey>{name}</OutputKey>"));
            element(found.unwrap_or_else(|| panic!("no output {name} in {described}")).1, "OutputValue")
        };
        Roles {
            github: output("GitHubRoleArn"),
            gitlab: output("GitLabRoleArn"),
            policy: output("AskPolicyArn"),
        }
    }

    /// Takes on a role with a token, as the action of AWS for GitHub does.
    ///
    /// # Errors
    /// What AWS says when the role does not trust the token.
    pub fn take_on(&self, role: &str, token: &IdToken<'_>) -> Result<Keys, Reply> {
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", "job"),
            ("WebIdentityToken", &token.encoded()),
        ];
        let reply = self.send_as(self.keys(), &Call::form("sts", &fields));
        if reply.status != 200 {
            return Err(reply);
        }
        let part = |name: &str| element(&reply.body, name);
        Ok(Keys::new(&part("AccessKeyId"), &part("SecretAccessKey"), Some(&part("SessionToken"))))
    }
}
