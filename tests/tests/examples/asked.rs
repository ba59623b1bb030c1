//! Something that one of the example state machines asks for.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use common::domain::{Destination, PlanKey, Request, RequestId, SlackTarget, Stage, Strength, WebhookUrl};
use countersign_tests::policy::HeldPolicy;
use countersign_tests::receiver;
use countersign_tests::schema::broken;
use countersign_tests::{Call, Mail, Message, Run, Slack, Workflow, unique, until};
use serde_json::{Value, json};

pub(crate) const BOB: &str = "U0BOB";
pub(crate) const BEN: &str = "U0BEN";
pub(crate) const HANA: &str = "U0HANA";
/// The channel in which data releases are asked for.
const CHANNEL: &str = "C0DEPLOY";
const APPROVE: &str = "approve_deployment";

/// A request by one of the examples, about something that no other test asks for.
pub(crate) struct Asked {
    pub(crate) run: Run,
    pub(crate) workflow: Workflow,
    /// What mails and pages call it.
    pub(crate) title: String,
    slack: Slack,
    _held: HeldPolicy,
}

/// The policy that is shipped with the examples. In a test the looks follow at once, the books are a server of the test,
/// and the stack has no channel of its own for requests.
fn policy() -> Value {
    let compiled = countersign::policy::compile(include_bytes!("../../../policy/workflows.toml"));
    assert_eq!(compiled.mistakes, [], "the shipped policy");
    let mut policy = compiled.policy.unwrap();
    for level in policy.rules.iter_mut().flat_map(|rule| &mut rule.levels) {
        if level.strength == Strength::Slack {
            level.slack = Some(SlackTarget { channel: Some(CHANNEL.to_owned()), direct: false });
        }
    }
    for target in &mut policy.targets {
        target.rollout.poll_seconds = 1;
        if let Destination::Webhook(webhook) = &mut target.rollout.to {
            webhook.url = WebhookUrl::parse(&receiver::url("/done")).unwrap();
        }
    }
    json!(policy)
}

fn file(path: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl Asked {
    /// By this state machine, with the recorded input of this name.
    pub(crate) fn of(machine: &str, input: &str) -> Self {
        Self::with(machine, input, |_| {})
    }

    /// The same about a subject that was changed like this.
    pub(crate) fn with(machine: &str, input: &str, change: impl FnOnce(&mut Value)) -> Self {
        let run = Run::connect();
        let slack = workspace(&run);
        let held = run.hold_policy(policy);
        let mut input = file(&format!("events/workflow/{input}.json"));
        let title = unique(input["subject"]["title"].as_str().unwrap());
        input["subject"]["title"] = title.as_str().into();
        change(&mut input["subject"]);
        let machine = run.machine(&file(&format!("statemachine/examples/{machine}.asl.json")));
        let workflow = machine.start(&input);
        Self { run, workflow, title, slack, _held: held }
    }

    pub(crate) fn id(&self, level: u32) -> RequestId {
        RequestId::of_level(&PlanKey::of_execution(self.workflow.arn()), level)
    }

    /// A level's record, once it is there.
    pub(crate) fn record(&self, level: u32) -> Request {
        until(&format!("record of level {level} of {}", self.title), || self.run.record(&self.id(level)))
    }

    /// What approvers type.
    pub(crate) fn phrase(&self) -> String {
        self.record(1).phrase().to_owned()
    }

    /// Waits for the mail that asks somebody.
    pub(crate) fn mail(&self, name: &str) -> Mail {
        let to = format!("{name}@example.com");
        self.run.mail(&format!("to {to} about {}", self.title), |mail| {
            mail.to == to && mail.subject.contains("approval required") && mail.subject.contains(&self.title)
        })
    }

    /// Waits for the message that asks in the channel.
    pub(crate) fn message(&self) -> Message {
        let message = self.slack.message(&format!("about {}", self.title), |message| {
            message.channel == CHANNEL && message.thread.is_none() && message.says(&self.title)
        });
        until("note of the message", || {
            self.record(1).slack.iter().any(|message| message.ts.is_some()).then_some(())
        });
        message
    }

    /// Presses Approve, and types the phrase where that is asked.
    pub(crate) fn approves(&self, user: &str, message: &Message) {
        let click = self.slack.click(user, message, APPROVE);
        assert_eq!((click.status, click.trouble.as_deref()), (Some(200), None), "{click:?}");
        if let Some(modal) = click.modal {
            let typed = self.slack.submit(user, &modal, &json!({ "phrase": self.phrase() }));
            assert_eq!((typed.status, typed.trouble.as_deref()), (Some(200), None), "{typed:?}");
        }
    }

    /// The execution of another state machine that carried it out, as Step Functions shows it.
    pub(crate) fn carried_out(&self, machine: &str) -> Value {
        let last = self.record(self.record(1).level_count);
        let arn = last.stage.as_ref().and_then(Stage::made).map(|made| made.name.clone());
        let arn = arn.unwrap_or_else(|| panic!("nothing was started for {}", self.title));
        assert!(arn.contains(&format!(":execution:{machine}:{}", last.id)), "{arn}");
        let call = Call::to("states", "AWSStepFunctions.DescribeExecution", &json!({ "executionArn": arn }));
        let shown = self.run.send(&call);
        assert_eq!(shown.status, 200, "{}", shown.body);
        shown.json()
    }

    /// What the books were told, each time in the same words, and signed: the type, and what was approved.
    pub(crate) fn booked(&self) -> (String, Value) {
        let last = self.id(self.record(1).level_count);
        let told = receiver::verified(&self.run, &last);
        let told = told.first().unwrap_or_else(|| panic!("nothing was told of {}", self.title));
        let body: Value = serde_json::from_str(&told.body).unwrap();
        assert_eq!(broken("deployment-webhook", &body), [""; 0]);
        (body["type"].as_str().unwrap_or_default().to_owned(), body["data"].clone())
    }

    /// What that was told.
    pub(crate) fn told(execution: &Value) -> Value {
        serde_json::from_str(execution["input"].as_str().unwrap_or_default()).unwrap_or_default()
    }
}

/// The workspace with the accounts of the policy's people.
fn workspace(run: &Run) -> Slack {
    static OPEN: OnceLock<()> = OnceLock::new();
    let slack = run.slack();
    OPEN.get_or_init(|| {
        for (user, name) in [(BOB, "bob"), (HANA, "hana")] {
            slack.add_user(user, &format!("{name}@example.com"));
        }
        slack.let_a_crowd_post();
    });
    slack
}
