//! What the template promises: no dependency cycle, no permission too many, no secret in a log. Linters see none of it, because most of it
//! only shows in what SAM makes of the template.
//!
//! The translation needs the emulator's Python environment, so these tests belong to the ones that `cargo xtask test` runs.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]

#[path = "template/cloudformation.rs"]
mod cloudformation;
#[path = "template/given_up.rs"]
mod given_up;
#[path = "template/roles.rs"]
mod roles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cloudformation::{
    actions, dependencies, find_cycle, list, of_type, role_of, root, statements, texts, translated,
};
use common::adapters::dynamo::keys;
use serde_json::{Value, json};

const BEHIND_THE_API: [&str; 2] = ["ApprovalCallbackFunction", "SlackInteractionFunction"];

#[test]
fn no_resource_waits_for_itself() {
    let template = translated();
    if let Some(cycle) = find_cycle(&dependencies(template)) {
        panic!("CloudFormation cannot order these resources: {}", cycle.join(" -> "));
    }
}

#[test]
fn the_stream_wakes_reconcile_for_debts_stale_messages_and_replaced_plans_only_and_gives_up_in_the_end() {
    let template = translated();
    let (_, mapping) = of_type(template, "AWS::Lambda::EventSourceMapping").next().unwrap();
    let mapping = &mapping["Properties"];
    assert_eq!(mapping["FunctionName"]["Ref"], "ReconcileFunction");
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    assert!((0..=10).contains(&mapping["MaximumRetryAttempts"].as_i64().unwrap()));
    assert!((60..=86_400).contains(&mapping["MaximumRecordAgeInSeconds"].as_i64().unwrap()));
    let pattern =
        |filter: &Value| serde_json::from_str::<Value>(filter["Pattern"].as_str().unwrap()).unwrap();
    let patterns: Vec<_> = list(&mapping["FilterCriteria"]["Filters"]).iter().map(pattern).collect();
    let owed = json!({ "Keys": {"sk": {"S": ["record"]}}, "NewImage": {"resume": {"S": ["owed"]}} });
    let stale = json!({ "Keys": {"sk": {"S": ["record"]}}, "NewImage": {keys::SLACK_STALE: {"S": ["yes"]}} });
    let wanted =
        json!({ "Keys": {"sk": {"S": ["record"]}}, "NewImage": {keys::LINK_WANTED: {"S": ["yes"]}} });
    let replaced = json!({ "eventName": ["MODIFY"], "dynamodb": {"Keys": {"sk": {"S": ["pointer"]}}} });
    assert_eq!(
        patterns,
        [json!({ "dynamodb": owed }), json!({ "dynamodb": stale }), json!({ "dynamodb": wanted }), replaced]
    );
}

#[test]
fn reconcile_hears_of_every_end_of_the_workflows_that_ask() {
    let template = translated();
    let rules = of_type(template, "AWS::Events::Rule").map(|(_, rule)| &rule["Properties"]);
    let wakes_reconcile = |rule: &&Value| rule["Targets"][0]["Arn"]["Fn::GetAtt"][0] == "ReconcileFunction";
    let rules: Vec<_> = rules.filter(wakes_reconcile).collect();
    assert_eq!(rules.len(), 2);
    for rule in &rules {
        let [target] = list(&rule["Targets"]) else { panic!("{rule}") };
        assert!(target["RetryPolicy"]["MaximumEventAgeInSeconds"].as_i64().unwrap() <= 3_600);
    }
    assert!(rules.iter().any(|rule| rule["ScheduleExpression"] == "rate(1 minute)"));
    let pattern = rules.iter().map(|rule| &rule["EventPattern"]).find(|pattern| !pattern.is_null()).unwrap();
    assert_eq!(pattern["source"], json!(["aws.states"]));
    assert_eq!(pattern["detail"]["status"], json!(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]));
    let machines = pattern["detail"]["stateMachineArn"].to_string();
    assert!(
        machines.contains(":stateMachine:${AWS::StackName}-deployment-approval,${CallerStateMachineArns}")
    );
    let (_, invoke) = of_type(template, "AWS::Lambda::EventInvokeConfig").next().unwrap();
    assert!(invoke["Properties"]["MaximumEventAgeInSeconds"].as_i64().unwrap() <= 3_600);
}

#[test]
fn nothing_behind_the_api_starts_or_stops_workflows_or_sends_mail() {
    let template = translated();
    for function in BEHIND_THE_API {
        let role = role_of(template, function);
        for action in statements(template, role).into_iter().flat_map(actions) {
            assert!(!action.starts_with("ses:"), "{function} may do {action}");
            assert!(
                !["states:StartExecution", "states:StartSyncExecution", "states:StopExecution"]
                    .contains(&action),
                "{function} may do {action}"
            );
        }
    }
}

#[test]
fn each_function_has_a_role_of_its_own() {
    let template = translated();
    let functions: Vec<_> = of_type(template, "AWS::Lambda::Function").map(|(name, _)| name).collect();
    let roles: BTreeSet<_> = functions.iter().map(|function| role_of(template, function)).collect();
    assert_eq!(functions.len(), 8);
    assert_eq!(roles.len(), functions.len());
}

#[test]
fn workflows_are_resumed_and_described_only_by_name() {
    let template = translated();
    for (role, _) in of_type(template, "AWS::IAM::Role") {
        for statement in statements(template, role) {
            let kind = match actions(statement).first() {
                Some(&"states:SendTaskSuccess" | &"states:SendTaskFailure") => {
                    ":stateMachine:${AWS::StackName}-deployment-approval"
                }
                Some(&"states:DescribeExecution") => ":execution:${AWS::StackName}-deployment-approval:*",
                _ => continue,
            };
            let resource = statement["Resource"].to_string();
            assert!(
                resource.ends_with(&format!("{kind}\"}}"))
                    || resource.contains(r#"{"Ref":"CallerStateMachineArns"}"#)
                    || role == "ExecuteDeploymentRole"
                        && resource.contains(r#"{"Ref":"DeployStateMachineArns"}"#),
                "{role}: {resource}"
            );
        }
    }
}

#[test]
fn wildcard_resources_are_only_these() {
    let template = translated();
    for (role, _) in of_type(template, "AWS::IAM::Role") {
        for statement in statements(template, role) {
            let resource = &statement["Resource"];
            assert!(!resource.is_null(), "{role}: {statement}");
            if !texts(resource).iter().any(|text| text.contains('*')) {
                continue;
            }
            let all = actions(statement);
            let excused = match all.first() {
                // Names of executions are made by whoever starts them.
                Some(&"states:DescribeExecution") => {
                    texts(resource).iter().any(|text| text.contains(":execution:"))
                }
                // One table's streams; each is named after its date.
                Some(&"dynamodb:ListStreams") => {
                    *resource == json!({ "Fn::Sub": "${ApprovalTable.Arn}/stream/*" })
                }
                // The sender is the limit.
                Some(&"ses:SendEmail") => {
                    statement["Condition"]["StringEquals"]["ses:FromAddress"]
                        == json!({ "Ref": "FromAddress" })
                }
                // AWS defines no resource for these.
                Some(&"ecs:DescribeTaskDefinition") => {
                    ["ExecuteDeploymentRole", "PrepareRole"].contains(&role)
                }
                Some(_) => {
                    role == "DeploymentApprovalRole" && all.iter().all(|action| action.starts_with("logs:"))
                }
                None => false,
            };
            assert!(excused, "{role}: {statement}");
        }
    }
}

/// Another operator or key would have to be tried whether the emulator evaluates it: `infra/local/launcher/permissions.py`.
#[test]
fn every_condition_is_one_that_the_emulator_evaluates() {
    let template = translated();
    let mut found = BTreeSet::new();
    for (role, resource) in of_type(template, "AWS::IAM::Role") {
        let trust = list(&resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]);
        for statement in statements(template, role).into_iter().chain(trust) {
            assert_eq!((&statement["NotAction"], &statement["NotResource"]), (&Value::Null, &Value::Null));
            for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
                found.extend(
                    keys.as_object().into_iter().flatten().map(|(key, _)| format!("{operator} {key}")),
                );
            }
        }
    }
    let evaluated = [
        "ForAllValues:StringLike dynamodb:LeadingKeys",
        "StringEquals aws:SourceAccount",
        "StringEquals ses:FromAddress",
        // Of actions that the emulator does not evaluate: `template::roles`.
        "StringEquals ecs:CreateAction",
        "StringEquals iam:PassedToService",
    ];
    assert_eq!(found, evaluated.map(str::to_owned).into());
}

#[test]
fn mail_comes_from_one_address() {
    let template = translated();
    for (role, _) in of_type(template, "AWS::IAM::Role") {
        for statement in statements(template, role)
            .into_iter()
            .filter(|statement| actions(statement).contains(&"ses:SendEmail"))
        {
            assert_eq!(
                statement["Condition"],
                json!({ "StringEquals": { "ses:FromAddress": { "Ref": "FromAddress" } } }),
                "{role}"
            );
        }
    }
}

#[test]
fn case_52_the_table_outlives_mistakes() {
    let template = translated();
    let table = &template["Resources"]["ApprovalTable"];
    assert_eq!(table["DeletionPolicy"], "Retain");
    assert_eq!(table["UpdateReplacePolicy"], "Retain");
    let properties = &table["Properties"];
    assert_eq!(properties["DeletionProtectionEnabled"], true);
    assert_eq!(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(properties["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert_eq!(
        properties["TimeToLiveSpecification"],
        json!({ "AttributeName": "expiresAt", "Enabled": true })
    );
    assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
}

#[test]
fn indexes_project_no_secret() {
    let template = translated();
    let harmless = ["id", "title", "requester", "status", "deadline", "awaited"];
    for index in list(&template["Resources"]["ApprovalTable"]["Properties"]["GlobalSecondaryIndexes"]) {
        assert_ne!(index["Projection"]["ProjectionType"], "ALL", "{index}");
        for attribute in texts(&index["Projection"]["NonKeyAttributes"]) {
            assert!(harmless.contains(&attribute), "{} projects {attribute}", index["IndexName"]);
        }
    }
}

#[test]
fn every_log_expires() {
    let template = translated();
    for (group, resource) in of_type(template, "AWS::Logs::LogGroup") {
        assert_eq!(
            resource["Properties"]["RetentionInDays"],
            json!({ "Ref": "LogRetentionDays" }),
            "{group}"
        );
    }
    for (function, resource) in of_type(template, "AWS::Lambda::Function") {
        let logging = &resource["Properties"]["LoggingConfig"];
        assert_eq!(logging["LogFormat"], "JSON", "{function}");
        let group = logging["LogGroup"]["Ref"].as_str().unwrap_or_default();
        assert_eq!(
            template["Resources"][group]["Type"], "AWS::Logs::LogGroup",
            "{function} makes its own log group, which would never expire"
        );
    }
}

#[test]
fn no_log_of_the_api_can_hold_a_link_secret() {
    let template = translated();
    let harmless = [
        "requestId",
        "requestTime",
        "identity.sourceIp",
        "httpMethod",
        "resourcePath",
        "status",
        "protocol",
        "responseLength",
        "responseLatency",
        "integrationStatus",
        "integrationLatency",
    ];
    for (name, stage) in of_type(template, "AWS::ApiGateway::Stage") {
        let format = stage["Properties"]["AccessLogSetting"]["Format"].as_str().unwrap();
        serde_json::from_str::<Value>(format).unwrap();
        assert_eq!(
            format.matches('$').count(),
            format.matches("$context.").count(),
            "{name} logs more than $context: {format}"
        );
        for variable in format.split("$context.").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(harmless.contains(&variable), "{name} logs {variable}");
        }
        assert_eq!(stage["Properties"]["TracingEnabled"], false, "{name}");
        for method in list(&stage["Properties"]["MethodSettings"]) {
            assert_eq!(
                (&method["DataTraceEnabled"], &method["LoggingLevel"]),
                (&json!(false), &json!("OFF")),
                "{name}"
            );
        }
    }
}

#[test]
fn the_api_has_one_throttled_stage() {
    let template = translated();
    let stages: Vec<_> = of_type(template, "AWS::ApiGateway::Stage").collect();
    let [(_, stage)] = stages.as_slice() else { panic!("{} stages", stages.len()) };
    assert_eq!(stage["Properties"]["StageName"], "live");
    let [everything] = list(&stage["Properties"]["MethodSettings"]) else { panic!("{stage}") };
    assert_eq!((&everything["ResourcePath"], &everything["HttpMethod"]), (&json!("/*"), &json!("*")));
    assert!(everything["ThrottlingRateLimit"].as_f64().unwrap() > 0.0);
    assert!(everything["ThrottlingBurstLimit"].as_f64().unwrap() > 0.0);
    for (name, deployment) in of_type(template, "AWS::ApiGateway::Deployment") {
        assert!(deployment["Properties"]["StageName"].is_null(), "{name} makes a second stage");
    }
}

#[test]
fn each_path_has_one_route_for_every_method() {
    let template = translated();
    let (_, api) = of_type(template, "AWS::ApiGateway::RestApi").next().unwrap();
    let paths = api["Properties"]["Body"]["paths"].as_object().unwrap();
    let routes: BTreeMap<_, Vec<_>> = paths
        .iter()
        .map(|(path, methods)| {
            (path.as_str(), methods.as_object().unwrap().keys().map(String::as_str).collect())
        })
        .collect();
    let any = vec!["x-amazon-apigateway-any-method"];
    assert_eq!(
        routes,
        BTreeMap::from([("/approve", any.clone()), ("/inbox", any.clone()), ("/slack/interactions", any)])
    );
}

#[test]
fn the_workflow_logs_no_task_token() {
    let template = translated();
    for (name, machine) in of_type(template, "AWS::StepFunctions::StateMachine") {
        assert_eq!(machine["Properties"]["LoggingConfiguration"]["IncludeExecutionData"], false, "{name}");
        assert_eq!(machine["Properties"]["LoggingConfiguration"]["Level"], "ERROR", "{name}");
    }
}

#[test]
fn the_template_fills_in_every_substitution_of_the_state_machine() {
    let template = translated();
    let (_, machine) = of_type(template, "AWS::StepFunctions::StateMachine").next().unwrap();
    let given: BTreeSet<_> =
        machine["Properties"]["DefinitionSubstitutions"].as_object().unwrap().keys().cloned().collect();
    let text = fs::read_to_string(root().join("statemachine/deployment-approval.asl.json")).unwrap();
    let wanted: BTreeSet<_> =
        text.split("${").skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect();
    assert_eq!(given, wanted);
}
