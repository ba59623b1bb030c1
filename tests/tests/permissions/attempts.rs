//! Everything that somebody may try. Nothing of it changes anything, also where it is allowed, but the mail is sent.

use std::collections::BTreeSet;

use countersign_tests::{Call, Keys, Run};
use serde_json::{Value, json};

/// One thing to try: in words, by IAM's name, and the call.
pub(crate) struct Attempt {
    pub(crate) words: String,
    action: &'static str,
    call: Call,
}

/// The kinds of items, by an item of each.
const ITEMS: [(&str, &str); 4] = [
    ("a request", "request#nobody"),
    ("a plan", "plan#nobody"),
    ("a subject", "subject#nobody"),
    ("a policy", "policy"),
];

/// What no item meets, so that a write that is allowed is not made.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

/// Tries everything, and gives in words what IAM allows.
pub(crate) fn allowed(run: &Run, keys: &Keys) -> BTreeSet<String> {
    let tried = attempts(run).into_iter();
    tried.filter(|attempt| attempt.is_allowed(run, keys)).map(|attempt| attempt.words).collect()
}

impl Attempt {
    fn new(words: impl Into<String>, action: &'static str, call: Call) -> Self {
        Self { words: words.into(), action, call }
    }

    /// Whether IAM lets it through. A refusal has to be IAM's, and about this action.
    fn is_allowed(&self, run: &Run, keys: &Keys) -> bool {
        let reply = run.send_as(keys, &self.call);
        let denied = reply.denies(self.action);
        assert!(denied || !reply.body.contains("AccessDenied"), "{}: {}", self.words, reply.body);
        assert!(
            denied
                || !["InvalidSignature", "UnrecognizedClient"].iter().any(|error| reply.body.contains(error))
        );
        !denied
    }
}

fn attempts(run: &Run) -> Vec<Attempt> {
    let mut all = Vec::new();
    for (kind, key) in ITEMS {
        all.extend(on_an_item(run, kind, key));
    }
    all.extend(on_lists(run));
    all.extend(on_workflows(run));
    all.extend(on_aliases(run));
    all.extend(on_alarms());
    all.extend(on_services());
    all.extend(on_builds());
    all.extend(on_machines(run));
    all.extend(on_others(run));
    all
}

fn table(operation: &str, body: &Value) -> Call {
    Call::to("dynamodb", &format!("DynamoDB_20120810.{operation}"), body)
}

fn on_an_item(run: &Run, kind: &str, key: &str) -> Vec<Attempt> {
    let name = run.output("ApprovalTableName");
    let key = json!({ "pk": { "S": key }, "sk": { "S": "nobody" } });
    let transaction = |operation: &str, body: Value| {
        table("TransactWriteItems", &json!({ "TransactItems": [{ operation: body }] }))
    };
    let batch = |request: Value| table("BatchWriteItem", &json!({ "RequestItems": { name: [request] } }));
    let put = json!({ "TableName": name, "Item": key, "ConditionExpression": NEVER });
    let on_key = json!({ "TableName": name, "Key": key, "ConditionExpression": NEVER });
    let update = json!({
        "TableName": name, "Key": key, "ConditionExpression": NEVER, "UpdateExpression": "SET note = :note",
        "ExpressionAttributeValues": { ":note": { "S": "" } }
    });
    let delete =
        json!({ "Statement": format!("DELETE FROM \"{name}\" WHERE pk = 'nobody' AND sk = 'nobody'") });
    [
        ("read", "dynamodb:GetItem", table("GetItem", &json!({ "TableName": name, "Key": key }))),
        ("write", "dynamodb:PutItem", table("PutItem", &put)),
        ("write in a transaction", "dynamodb:PutItem", transaction("Put", put)),
        ("check", "dynamodb:ConditionCheckItem", transaction("ConditionCheck", on_key.clone())),
        ("change", "dynamodb:UpdateItem", table("UpdateItem", &update)),
        ("delete", "dynamodb:DeleteItem", table("DeleteItem", &on_key)),
        ("delete in a transaction", "dynamodb:DeleteItem", transaction("Delete", on_key)),
        ("delete in a batch", "dynamodb:BatchWriteItem", batch(json!({ "DeleteRequest": { "Key": key } }))),
        ("write in a batch", "dynamodb:BatchWriteItem", batch(json!({ "PutRequest": { "Item": key } }))),
        ("delete by PartiQL", "dynamodb:ExecuteStatement", table("ExecuteStatement", &delete)),
    ]
    .map(|(verb, action, call)| Attempt::new(format!("{verb}: {kind}"), action, call))
    .into()
}

fn on_lists(run: &Run) -> Vec<Attempt> {
    let name = run.output("ApprovalTableName");
    let query = |index: Option<&str>, key: &str, value: &str| {
        let mut body = json!({
            "TableName": name, "KeyConditionExpression": "#key = :key", "ExpressionAttributeNames": { "#key": key },
            "ExpressionAttributeValues": { ":key": { "S": value } }
        });
        if let Some(index) = index {
            body["IndexName"] = json!(index);
        }
        table("Query", &body)
    };
    let indexes = [
        ("owed", "owedShard"),
        ("open", "openShard"),
        ("opened", "openedMonth"),
        ("waiting", "waitingExecution"),
    ];
    let mut all: Vec<_> = indexes
        .map(|(index, key)| {
            Attempt::new(format!("list: {index}"), "dynamodb:Query", query(Some(index), key, "nothing"))
        })
        .into();
    all.push(Attempt::new("list: policies", "dynamodb:Query", query(None, "pk", "policy")));
    all.push(Attempt::new("list: a request", "dynamodb:Query", query(None, "pk", "request#nobody")));
    all.push(Attempt::new("list: everything", "dynamodb:Scan", table("Scan", &json!({ "TableName": name }))));
    all
}

fn on_workflows(run: &Run) -> Vec<Attempt> {
    let machine = run.output("StateMachineArn");
    let execution = format!("{}:nobody", machine.replacen(":stateMachine:", ":execution:", 1));
    let strangers = execution.replacen(":countersign-deployment-approval:", ":stranger:", 1);
    let states =
        |operation: &str, body: Value| Call::to("states", &format!("AWSStepFunctions.{operation}"), &body);
    let of = |execution: &str| json!({ "executionArn": execution });
    [
        // No valid input, so where it is allowed nothing is started.
        (
            "start",
            "states:StartExecution",
            states("StartExecution", json!({ "stateMachineArn": machine, "input": "{" })),
        ),
        ("stop", "states:StopExecution", states("StopExecution", of(&execution))),
        ("look at", "states:DescribeExecution", states("DescribeExecution", of(&execution))),
        ("read the history of", "states:GetExecutionHistory", states("GetExecutionHistory", of(&execution))),
        ("look at a stranger's", "states:DescribeExecution", states("DescribeExecution", of(&strangers))),
    ]
    .map(|(verb, action, call)| Attempt::new(format!("{verb}: a workflow"), action, call))
    .into()
}

/// The function that the stack may deploy, and one that it may not. No alias has the name that is asked for.
fn on_aliases(run: &Run) -> Vec<Attempt> {
    let own = run.output("ReconcileFunctionArn").rsplit(':').next().unwrap_or_default();
    let mut all = Vec::new();
    for (whose, function) in [("the function to deploy", "checkout"), ("another function", own)] {
        let path = format!("/2015-03-31/functions/{function}");
        let alias = format!("{path}/aliases/nobody");
        let change = json!({ "FunctionVersion": "1" });
        let call = |method, path: &str, body: &Value| Call::at("lambda", method, path, body);
        all.extend(
            [
                ("look at an alias of", "lambda:GetAlias", call("GET", &alias, &Value::Null)),
                ("point an alias of", "lambda:UpdateAlias", call("PUT", &alias, &change)),
                ("delete an alias of", "lambda:DeleteAlias", call("DELETE", &alias, &Value::Null)),
                (
                    "list the versions of",
                    "lambda:ListVersionsByFunction",
                    call("GET", &format!("{path}/versions"), &Value::Null),
                ),
            ]
            .map(|(verb, action, call)| Attempt::new(format!("{verb}: {whose}"), action, call)),
        );
    }
    all
}

/// The alarm that the stack may look at, one of its own, and both at once.
fn on_alarms() -> Vec<Attempt> {
    let own = "countersign-dead-letters";
    let alarms = |names: &[&str]| {
        Call::to(
            "monitoring",
            "GraniteServiceVersion20100801.DescribeAlarms",
            &json!({ "AlarmNames": names }),
        )
    };
    [
        ("the alarm to watch", alarms(&["checkout-errors"])),
        ("another alarm", alarms(&[own])),
        ("the alarm to watch and another", alarms(&["checkout-errors", own])),
        ("every alarm", alarms(&[])),
    ]
    .map(|(whose, call)| Attempt::new(format!("look at: {whose}"), "cloudwatch:DescribeAlarms", call))
    .into()
}

/// The services that the stack may deploy to, those of another cluster, and both at once. None has the name that is
/// asked for, and no revision is registered: its container has no name.
fn on_services() -> Vec<Attempt> {
    let call = |action: &str, body: &Value| {
        Call::to("ecs", &action.replace("ecs:", "AmazonEC2ContainerServiceV20141113."), body)
    };
    let mut all = Vec::new();
    for (whose, prefix) in [("to deploy to", "shop"), ("of another cluster", "elsewhere")] {
        let look = json!({ "cluster": prefix, "services": ["nobody"] });
        let update = json!({ "cluster": prefix, "service": "nobody", "taskDefinition": "nothing" });
        let register = json!({ "family": format!("{prefix}-nobody"), "containerDefinitions": [{}] });
        all.extend(
            [
                ("look at: a service", "ecs:DescribeServices", look),
                ("update: a service", "ecs:UpdateService", update.clone()),
                ("delete: a service", "ecs:DeleteService", update),
                ("register: a task definition", "ecs:RegisterTaskDefinition", register),
            ]
            .map(|(what, action, body)| Attempt::new(format!("{what} {whose}"), action, call(action, &body))),
        );
    }
    all
}

/// The project whose builds the stack may start, and another one. Starting one is not tried: it could not be undone.
fn on_builds() -> Vec<Attempt> {
    let call = |action: &str, body: &Value| {
        Call::to("codebuild", &action.replace("codebuild:", "CodeBuild_20161006."), body)
    };
    let mut all = Vec::new();
    for (whose, project) in [("to start", "deploy-shop"), ("of somebody else", "somebody-s")] {
        let build = format!("{project}:nobody");
        all.extend(
            [
                ("look at: a project", "codebuild:BatchGetProjects", json!({ "names": [project] })),
                (
                    "list builds of: a project",
                    "codebuild:ListBuildsForProject",
                    json!({ "projectName": project }),
                ),
                ("look at: a build of a project", "codebuild:BatchGetBuilds", json!({ "ids": [build] })),
                ("stop: a build of a project", "codebuild:StopBuild", json!({ "id": build, "ids": [build] })),
            ]
            .map(|(what, action, body)| Attempt::new(format!("{what} {whose}"), action, call(action, &body))),
        );
    }
    all
}

/// The state machine that the stack may start, and another one. The input is not valid, so nothing is started.
fn on_machines(run: &Run) -> Vec<Attempt> {
    let mut all = Vec::new();
    for (whose, name) in [("to start", "release-shop"), ("of somebody else", "somebody-s")] {
        let machine = run.output("StateMachineArn").replace("countersign-deployment-approval", name);
        let execution = format!("{}:nobody", machine.replace(":stateMachine:", ":execution:"));
        let of_machine = json!({ "stateMachineArn": machine, "input": "{" });
        let of_execution = json!({ "executionArn": execution });
        all.extend(
            [
                ("look at: a state machine", "states:DescribeStateMachine", &of_machine),
                ("start: a state machine", "states:StartExecution", &of_machine),
                ("look at an execution of: a state machine", "states:DescribeExecution", &of_execution),
                ("stop an execution of: a state machine", "states:StopExecution", &of_execution),
            ]
            .map(|(what, action, body)| {
                let call = Call::to("states", &action.replace("states:", "AWSStepFunctions."), body);
                Attempt::new(format!("{what} {whose}"), action, call)
            }),
        );
    }
    all
}

fn on_others(run: &Run) -> Vec<Attempt> {
    let mail = |from: &str| {
        let text = json!({ "Data": "Whoever may send mail." });
        let content = json!({ "Simple": { "Subject": text, "Body": { "Text": text } } });
        let body = json!({
            "FromEmailAddress": from, "Destination": { "ToAddresses": ["nobody@example.com"] }, "Content": content
        });
        Call::at("ses", "POST", "/v2/email/outbound-emails", &body)
    };
    let invoke = |output: &str| {
        let name = run.output(output).rsplit(':').next().unwrap_or_default();
        // Only asks whether it could be done.
        let call =
            Call::at("lambda", "POST", &format!("/2015-03-31/functions/{name}/invocations"), &json!({}));
        call.with_header("x-amz-invocation-type", "DryRun")
    };
    let secret = |name: &str| {
        Call::to("secretsmanager", "secretsmanager.GetSecretValue", &json!({ "SecretId": name }))
    };
    vec![
        Attempt::new(
            "mail: from the stack's address",
            "ses:SendEmail",
            mail("Countersign <approvals@example.com>"),
        ),
        Attempt::new("mail: from another address", "ses:SendEmail", mail("ceo@example.com")),
        Attempt::new("read: the Slack secret", "secretsmanager:GetSecretValue", secret("countersign-slack")),
        Attempt::new("read: a webhook's secret", "secretsmanager:GetSecretValue", secret("release-hook")),
        Attempt::new("invoke: reconcile", "lambda:InvokeFunction", invoke("ReconcileFunctionArn")),
        Attempt::new("invoke: send-approval", "lambda:InvokeFunction", invoke("SendApprovalFunctionArn")),
    ]
}
