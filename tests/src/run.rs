//! One run of the stack, as any AWS client sees it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sfn::config::{BehaviorVersion, Region};
use aws_sdk_sfn::error::DisplayErrorContext;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use ureq::Agent;

use crate::{Call, End, Keys, Mail, Workflow, until};

/// A run of the stack. Clones are the same run.
#[derive(Clone)]
pub struct Run(Arc<Inner>);

struct Inner {
    /// `outputs.json`.
    file: PathBuf,
    /// Where that is, and beside it the logs.
    directory: PathBuf,
    /// The emulator's address; none on AWS.
    endpoint: Option<String>,
    /// All of it.
    content: Value,
    region: String,
    /// Of the account's owner.
    keys: Keys,
    runtime: Runtime,
    states: aws_sdk_sfn::Client,
    tables: aws_sdk_dynamodb::Client,
    http: Agent,
}

impl Run {
    /// The run that `cargo xtask test` has started, or else the one of `cargo xtask local`.
    pub fn connect() -> Self {
        let file = std::env::var_os("COUNTERSIGN_OUTPUTS").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/local/outputs.json"),
            PathBuf::from,
        );
        let text = fs::read_to_string(&file).unwrap_or_else(|error| {
            panic!("{}: {error}; run these tests with `cargo xtask test`", file.display())
        });
        let content: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let optional = |name: &str| content.get(name).and_then(Value::as_str).map(str::to_owned);
        let field = |name: &str| optional(name).unwrap_or_else(|| panic!("{} has no {name}", file.display()));
        let endpoint = optional("endpoint");
        let keys = match &endpoint {
            Some(_) => Keys::new(&field("accessKeyId"), &field("secretAccessKey"), None),
            None => keys_of_the_environment(),
        };
        let credentials = keys.credentials();
        let region = Region::new(field("region"));
        let mut states = aws_sdk_sfn::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(credentials.clone());
        states.set_endpoint_url(endpoint.clone());
        let mut tables = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(credentials);
        tables.set_endpoint_url(endpoint.clone());
        let runtime = Builder::new_current_thread().enable_all().build();
        // What a program sees on the wire: no status is an error, and nothing is followed.
        let http = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self(Arc::new(Inner {
            content,
            directory: file.parent().unwrap_or(Path::new(".")).to_owned(),
            file,
            endpoint,
            region: region.to_string(),
            keys,
            runtime: runtime.unwrap_or_else(|error| panic!("no runtime: {error}")),
            states: aws_sdk_sfn::Client::from_conf(states.build()),
            tables: aws_sdk_dynamodb::Client::from_conf(tables.build()),
            http: http.into(),
        }))
    }

    /// An output of the stack.
    pub fn output(&self, name: &str) -> &str {
        let value = self.0.content.get("outputs").and_then(|outputs| outputs.get(name)?.as_str());
        value.unwrap_or_else(|| panic!("the stack has no output {name}"))
    }

    /// Where the stand-in for Slack is.
    pub(crate) fn slack_url(&self) -> &str {
        let url = self.0.content.get("slack").and_then(Value::as_str);
        url.unwrap_or_else(|| panic!("{} has no slack", self.0.file.display()))
    }

    /// The file that tells clients where everything is.
    pub fn outputs_file(&self) -> &Path {
        &self.0.file
    }

    /// Whether the stack is on AWS, not on the emulator.
    pub(crate) fn is_on_aws(&self) -> bool {
        self.0.endpoint.is_none()
    }

    /// The role of the stack's own state machine: it may invoke the stack's functions, and nothing else.
    pub(crate) fn role(&self) -> String {
        let call = self.states().describe_state_machine().state_machine_arn(self.output("StateMachineArn"));
        let machine = self.wait_for(call.send());
        machine.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error))).role_arn
    }

    /// Starts the stack's own workflow.
    pub fn start(&self, input: &Value) -> Workflow {
        Workflow::start(self, self.output("StateMachineArn"), input)
    }

    /// Calls a function as whoever calls it does, by its output's name, and gives how that went: a state machine, or for `reconcile`, which
    /// no state machine may call, the owner of the account.
    pub fn call(&self, function: &str, input: &Value) -> End {
        if function == "ReconcileFunctionArn" {
            return self.invoke(function, input);
        }
        let definition = json!({
            "StartAt": "Call",
            "States": { "Call": { "Type": "Task", "Resource": self.output(function), "End": true } }
        });
        self.machine(&definition).start(input).end()
    }

    fn invoke(&self, function: &str, input: &Value) -> End {
        let name = self.output(function).rsplit(':').next().unwrap_or_default();
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let output = self.send(&Call::at("lambda", "POST", &path, input)).json();
        let text = |name: &str| output.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (error, cause) = (text("errorType"), text("errorMessage"));
        let status = if error.is_empty() { "SUCCEEDED" } else { "FAILED" }.to_owned();
        End { status, output, error, cause }
    }

    /// Every mail that was sent so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        let accounts = self.get_json("/_ministack/ses/messages");
        let accounts = accounts.get("messages").and_then(Value::as_object).into_iter().flatten();
        let all = accounts.filter_map(|(_, mails)| mails.as_array()).flatten();
        all.map(|mail| Mail::read(self, mail)).collect()
    }

    /// Waits for the first mail that `wanted` recognises.
    pub fn mail(&self, what: &str, wanted: impl Fn(&Mail) -> bool) -> Mail {
        until(&format!("mail {what}"), || self.mails().into_iter().find(&wanted))
    }

    /// A JSON document of the emulator's own.
    pub(crate) fn get_json(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.emulator());
        let answer = self.0.http.get(&url).call();
        let mut answer = answer.unwrap_or_else(|error| panic!("GET {path}: {error}"));
        let text = answer.body_mut().with_config().limit(u64::MAX).read_to_string();
        let text = text.unwrap_or_else(|error| panic!("GET {path}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Whether the mail service sends to everyone, or, as with a new AWS account, only to addresses that it
    /// has verified.
    pub fn send_mail_to_everyone(&self, everyone: bool) {
        let details = json!({
            "MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com", "ProductionAccessEnabled": everyone
        });
        self.send(&Call::at("ses", "POST", "/v2/email/account/details", &details));
    }

    /// Lets far more people through to the API at once than the stack does, which would turn most of them away.
    pub fn let_a_crowd_through(&self) {
        let apis = self.send(&Call::at("apigateway", "GET", "/restapis", &Value::Null)).json();
        let id = apis.pointer("/item/0/id").and_then(Value::as_str);
        let id = id.unwrap_or_else(|| panic!("the emulator has no REST API"));
        let replace = |limit: &str, value: &str| json!({ "op": "replace", "path": format!("/*/*/throttling/{limit}"), "value": value });
        let change =
            json!({ "patchOperations": [replace("rateLimit", "10000"), replace("burstLimit", "5000")] });
        self.send(&Call::at("apigateway", "PATCH", &format!("/restapis/{id}/stages/live"), &change));
    }

    /// Whether the emulator evaluates what each role may do.
    pub fn evaluates_permissions(&self) -> bool {
        self.0.content.get("permissions").is_some_and(|how| how == "evaluated")
    }

    /// The names of the state machines, beside the stack's own one, that may be resumed.
    pub fn callers(&self) -> &str {
        self.0.content.get("callers").and_then(Value::as_str).unwrap_or_default()
    }

    /// With what the owner of the account signs.
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// All of the file that tells clients where everything is.
    pub fn outputs(&self) -> &Value {
        &self.0.content
    }

    /// Where the emulator is.
    pub fn emulator(&self) -> &str {
        self.0.endpoint.as_deref().unwrap_or_else(|| panic!("AWS has no such address; only the emulator has"))
    }

    /// Where the files of the run are.
    pub fn directory(&self) -> &Path {
        &self.0.directory
    }

    pub(crate) fn http(&self) -> &Agent {
        &self.0.http
    }

    pub(crate) fn states(&self) -> &aws_sdk_sfn::Client {
        &self.0.states
    }

    pub(crate) fn tables(&self) -> &aws_sdk_dynamodb::Client {
        &self.0.tables
    }

    pub(crate) fn wait_for<F: Future>(&self, call: F) -> F::Output {
        self.0.runtime.block_on(call)
    }
}

/// What the AWS CLI hands to programs, and `cargo xtask test --aws` passes on.
fn keys_of_the_environment() -> Keys {
    let variable = |name: &str| std::env::var_os(name).and_then(|value| value.into_string().ok());
    let needed = |name: &str| {
        variable(name).unwrap_or_else(|| panic!("{name} is not set; run these tests with `cargo xtask test`"))
    };
    let (key, secret) = (needed("AWS_ACCESS_KEY_ID"), needed("AWS_SECRET_ACCESS_KEY"));
    Keys::new(&key, &secret, variable("AWS_SESSION_TOKEN").as_deref())
}
