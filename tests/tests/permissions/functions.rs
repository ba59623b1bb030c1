//! What each function's role allows, tried with what its process has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

use countersign_tests::{Call, Keys, Run, until};
use serde_json::{Value, json};

use crate::attempts::allowed;
use crate::evaluated;

/// Every function, by the name of its output.
pub(crate) const FUNCTIONS: [&str; 8] = [
    "PrepareFunctionArn",
    "SendApprovalFunctionArn",
    "ApprovalCallbackFunctionArn",
    "SlackInteractionFunctionArn",
    "NotifyTimeoutFunctionArn",
    "NotifyRejectionFunctionArn",
    "ExecuteDeploymentFunctionArn",
    "ReconcileFunctionArn",
];

const BEHIND_THE_API: [&str; 2] = ["ApprovalCallbackFunctionArn", "SlackInteractionFunctionArn"];

type Allowed = BTreeMap<&'static str, BTreeSet<String>>;

/// What the process of a function signs with. It is started for that, with an input that it refuses.
pub(crate) fn keys_of(run: &Run, function: &str) -> Keys {
    let name = run.output(function).rsplit(':').next().unwrap();
    let file = run.directory().join("credentials.json");
    let given = || {
        let all: Value = serde_json::from_str(&fs::read_to_string(&file).ok()?).ok()?;
        let text = |variable: &str| all[name][variable].as_str();
        let (id, secret) = (text("AWS_ACCESS_KEY_ID")?, text("AWS_SECRET_ACCESS_KEY")?);
        Some(Keys::new(id, secret, text("AWS_SESSION_TOKEN")))
    };
    given().unwrap_or_else(|| {
        run.send(&Call::at(
            "lambda",
            "POST",
            &format!("/2015-03-31/functions/{name}/invocations"),
            &json!({}),
        ));
        until("credentials of the function", given)
    })
}

/// What each function may do. It is tried once for all tests.
fn functions(run: &Run) -> &'static Allowed {
    static ALLOWED: OnceLock<Allowed> = OnceLock::new();
    ALLOWED.get_or_init(|| FUNCTIONS.map(|function| (function, allowed(run, &keys_of(run, function)))).into())
}

#[test]
fn each_function_may_do_exactly_this() {
    let Some(run) = evaluated() else { return };
    let request = ["read: a request", "write: a request", "write in a transaction: a request"];
    let plan = ["read: a plan", "write: a plan", "write in a transaction: a plan"];
    let subject = ["read: a subject", "write: a subject", "write in a transaction: a subject"];
    let workflow = ["look at: a workflow", "read the history of: a workflow"];
    let (mail, secret) = (["mail: from the stack's address"], ["read: the Slack secret"]);
    let (newest, policy) = (["check: a subject"], ["read: a policy"]);
    let (reads_plan, reads_subject) = (["read: a plan"], ["read: a subject"]);
    let deploys = ["look at an alias of", "point an alias of", "list the versions of"]
        .map(|verb| format!("{verb}: the function to deploy"));
    let deploys = deploys.each_ref().map(String::as_str);
    let watches = ["look at: the alarm to watch"];
    let builds = [
        "look at: a project to start",
        "list builds of: a project to start",
        "look at: a build of a project to start",
    ];
    let rolls = [
        "look at: a service to deploy to",
        "update: a service to deploy to",
        "register: a task definition to deploy to",
    ];
    let runs = [
        "look at: a state machine to start",
        "start: a state machine to start",
        "look at an execution of: a state machine to start",
    ];
    let signs = ["read: a webhook's secret"];
    let foresees = [
        "look at an alias of: the function to deploy",
        "list the versions of: the function to deploy",
        "look at: a service to deploy to",
        "look at: a project to start",
        "look at: a state machine to start",
    ];
    let lists = ["list: open", "list: owed", "list: waiting"];
    let expected: [(&str, Vec<&[&str]>); 8] = [
        ("PrepareFunctionArn", vec![&plan, &subject, &policy, &foresees]),
        (
            "SendApprovalFunctionArn",
            vec![&request, &reads_plan, &reads_subject, &policy, &newest, &mail, &secret],
        ),
        ("ApprovalCallbackFunctionArn", vec![&request, &newest, &workflow, &["list: open"]]),
        ("SlackInteractionFunctionArn", vec![&request, &newest, &workflow, &secret]),
        ("NotifyTimeoutFunctionArn", vec![&request, &reads_subject, &mail]),
        ("NotifyRejectionFunctionArn", vec![&request, &mail]),
        (
            "ExecuteDeploymentFunctionArn",
            vec![
                &request,
                &reads_plan,
                &reads_subject,
                &newest,
                &policy,
                &["check: a policy"],
                &mail,
                &deploys,
                &watches,
                &rolls,
                &builds,
                &runs,
                &signs,
                &["list: owed"],
            ],
        ),
        (
            "ReconcileFunctionArn",
            vec![&request, &reads_plan, &reads_subject, &lists, &workflow, &mail, &secret],
        ),
    ];
    let expected = expected.map(|(function, groups)| {
        (function, groups.concat().into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
    });
    assert_eq!(*functions(&run), BTreeMap::from(expected));
}

#[test]
fn the_functions_behind_the_api_can_neither_start_nor_stop_workflows_nor_send_mail() {
    let Some(run) = evaluated() else { return };
    for function in BEHIND_THE_API {
        for words in &functions(&run)[function] {
            assert!(!words.starts_with("mail:"), "{function} may {words}");
            assert!(
                !["start: a workflow", "stop: a workflow"].contains(&words.as_str()),
                "{function} may {words}"
            );
        }
    }
}

#[test]
fn no_function_can_delete_an_item() {
    let Some(run) = evaluated() else { return };
    for (function, allowed) in functions(&run) {
        let deletes: Vec<_> = allowed.iter().filter(|words| words.starts_with("delete")).collect();
        assert!(deletes.is_empty(), "{function} may {deletes:?}");
    }
}

#[test]
fn no_function_can_write_a_policy() {
    let Some(run) = evaluated() else { return };
    for (function, allowed) in functions(&run) {
        let writes = |words: &&String| {
            words.ends_with(": a policy") && !["read: a policy", "check: a policy"].contains(&words.as_str())
        };
        let writes: Vec<_> = allowed.iter().filter(writes).collect();
        assert!(writes.is_empty(), "{function} may {writes:?}");
    }
}
