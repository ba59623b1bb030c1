//! What each role of the template allows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::cloudformation::{actions, list, of_type, statements, texts, translated};

/// What says beforehand what would change.
const FORESEES: [&str; 6] = [
    "lambda:GetAlias",
    "lambda:ListVersionsByFunction",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "codebuild:BatchGetProjects",
    "states:DescribeStateMachine",
];

#[test]
fn case_51_every_role_may_do_exactly_this() {
    let template = translated();
    let own_log = ["logs:CreateLogStream", "logs:PutLogEvents"];
    let record = ["dynamodb:GetItem", "dynamodb:PutItem"];
    let newest = ["dynamodb:ConditionCheckItem"];
    let resume = ["states:SendTaskFailure", "states:SendTaskSuccess"];
    let describe = ["states:DescribeExecution", "states:GetExecutionHistory"];
    let mail = ["ses:SendEmail"];
    let deploys = [
        "cloudwatch:DescribeAlarms",
        "lambda:GetAlias",
        "lambda:ListVersionsByFunction",
        "lambda:UpdateAlias",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:RegisterTaskDefinition",
        "ecs:TagResource",
        "ecs:UpdateService",
        "iam:PassRole",
        "codebuild:BatchGetBuilds",
        "codebuild:BatchGetProjects",
        "codebuild:ListBuildsForProject",
        "codebuild:StartBuild",
        "states:DescribeExecution",
        "states:DescribeStateMachine",
        "states:StartExecution",
    ];
    let secret = ["secretsmanager:GetSecretValue"];
    let stream = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ];
    let log_delivery = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ];
    let expected: BTreeMap<&str, Vec<&[&str]>> = BTreeMap::from([
        ("PrepareRole", vec![&own_log[..], &record, &FORESEES]),
        ("SendApprovalRole", vec![&own_log, &record, &newest, &resume, &mail, &secret]),
        ("ApprovalCallbackRole", vec![&own_log, &record, &newest, &resume, &describe, &["dynamodb:Query"]]),
        ("SlackInteractionRole", vec![&own_log, &record, &newest, &resume, &describe, &secret]),
        ("NotifyTimeoutRole", vec![&own_log, &record, &mail]),
        ("NotifyRejectionRole", vec![&own_log, &record, &mail]),
        (
            "ExecuteDeploymentRole",
            vec![
                &own_log,
                &record,
                &newest,
                &mail,
                &deploys,
                &secret,
                &["dynamodb:Query"],
                &["sqs:SendMessage"],
            ],
        ),
        (
            "ReconcileRole",
            vec![
                &own_log,
                &record,
                &["dynamodb:Query"],
                &stream,
                &["sqs:SendMessage"],
                &resume,
                &describe,
                &mail,
                &secret,
            ],
        ),
        ("DeploymentApprovalRole", vec![&["lambda:InvokeFunction"], &log_delivery]),
        ("ApiGatewayAccountRole", vec![]),
    ]);
    let actual: BTreeMap<&str, BTreeSet<&str>> = of_type(template, "AWS::IAM::Role")
        .map(|(role, _)| (role, statements(template, role).into_iter().flat_map(actions).collect()))
        .collect();
    let expected =
        expected.into_iter().map(|(role, groups)| (role, groups.concat().into_iter().collect())).collect();
    assert_eq!(actual, expected);
}

#[test]
fn nobody_can_delete_or_list_records() {
    let template = translated();
    for (role, _) in of_type(template, "AWS::IAM::Role") {
        for action in statements(template, role).into_iter().flat_map(actions) {
            assert!(!action.contains('*'), "{role} may do {action}");
            let verb = action.strip_prefix("dynamodb:").unwrap_or_default();
            assert!(
                !["Delete", "Batch", "PartiQL", "Scan"].iter().any(|word| verb.starts_with(word)),
                "{role} may do {action}"
            );
        }
    }
}

/// Which items each function may read, write and check, by their partition keys. Nobody writes a policy.
#[test]
fn every_function_reaches_only_the_items_that_it_needs() {
    let template = translated();
    let (request, plan, subject, policy) = ("request#*", "plan#*", "subject#*", "policy");
    let expected = BTreeMap::from([
        ("PrepareRole", [vec![plan, subject, policy], vec![plan, subject], vec![]]),
        ("SendApprovalRole", [vec![request, plan, subject, policy], vec![request], vec![subject]]),
        ("ApprovalCallbackRole", [vec![request], vec![request], vec![subject]]),
        ("SlackInteractionRole", [vec![request], vec![request], vec![subject]]),
        ("NotifyTimeoutRole", [vec![request, subject], vec![request], vec![]]),
        ("NotifyRejectionRole", [vec![request], vec![request], vec![]]),
        (
            "ExecuteDeploymentRole",
            [vec![request, plan, subject, policy], vec![request], vec![subject, policy]],
        ),
        ("ReconcileRole", [vec![request, plan, subject], vec![request], vec![]]),
    ]);
    for (role, expected) in expected {
        for (action, expected) in ["GetItem", "PutItem", "ConditionCheckItem"].into_iter().zip(expected) {
            let action = format!("dynamodb:{action}");
            let found: Vec<_> = statements(template, role)
                .into_iter()
                .filter(|statement| actions(statement).contains(&action.as_str()))
                .flat_map(|statement| {
                    texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
                })
                .collect();
            assert_eq!(found, expected, "{role} {action}");
        }
    }
}

#[test]
fn only_what_the_operators_name_can_be_deployed_and_watched() {
    let template = translated();
    for (action, parameter) in [
        ("lambda:GetAlias", "DeployLambdaFunctionArns"),
        ("lambda:ListVersionsByFunction", "DeployLambdaFunctionArns"),
        ("lambda:UpdateAlias", "DeployLambdaFunctionArns"),
        ("cloudwatch:DescribeAlarms", "DeployAlarmArns"),
        ("ecs:DescribeServices", "DeployEcsServiceArns"),
        ("ecs:UpdateService", "DeployEcsServiceArns"),
        ("ecs:RegisterTaskDefinition", "DeployEcsTaskDefinitionArns"),
        ("ecs:TagResource", "DeployEcsTaskDefinitionArns"),
        ("iam:PassRole", "DeployEcsRoleArns"),
        ("codebuild:BatchGetBuilds", "DeployCodeBuildProjectArns"),
        ("codebuild:BatchGetProjects", "DeployCodeBuildProjectArns"),
        ("codebuild:ListBuildsForProject", "DeployCodeBuildProjectArns"),
        ("codebuild:StartBuild", "DeployCodeBuildProjectArns"),
        ("states:DescribeStateMachine", "DeployStateMachineArns"),
        ("states:StartExecution", "DeployStateMachineArns"),
        ("secretsmanager:GetSecretValue", "DeployWebhookSecretArns"),
    ] {
        for role in ["ExecuteDeploymentRole", "PrepareRole"] {
            let allow = statements(template, role).into_iter();
            let allow: Vec<_> = allow.filter(|statement| actions(statement).contains(&action)).collect();
            if role == "PrepareRole" && !FORESEES.contains(&action) {
                assert!(allow.is_empty(), "{role} may do {action}");
                continue;
            }
            let [allow] = allow.as_slice() else { panic!("{action}: {allow:?}") };
            assert_eq!(allow["Resource"], json!({ "Fn::Split": [",", { "Ref": parameter }] }), "{action}");
        }
        assert_eq!(template["Parameters"][parameter]["Default"], "", "{action}");
    }
    for of_the_schedule in
        ["DeploymentSchedule", "DeploymentSchedulePermission", "DeploymentScheduleFailures"]
    {
        assert_eq!(template["Resources"][of_the_schedule]["Condition"], "Deploys");
    }
    let conditions = &template["Conditions"];
    let names_something = |condition: &Value| condition["Fn::Not"][0]["Fn::Equals"][0]["Ref"].clone();
    for (kind, parameter) in [
        ("DeploysLambda", "DeployLambdaFunctionArns"),
        ("DeploysEcs", "DeployEcsServiceArns"),
        ("DeploysCodeBuild", "DeployCodeBuildProjectArns"),
        ("DeploysStepFunctions", "DeployStateMachineArns"),
        ("DeploysWebhook", "DeployWebhookSecretArns"),
    ] {
        assert_eq!(names_something(&conditions[kind]), parameter);
    }
    let kinds = list(&conditions["Deploys"]["Fn::Or"]).iter().map(|kind| kind["Condition"].as_str().unwrap());
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        ["DeploysLambda", "DeploysEcs", "DeploysCodeBuild", "DeploysStepFunctions", "DeploysWebhook"]
    );
    for (condition, kind, parameter) in [
        ("WatchesAlarms", "DeploysLambda", "DeployAlarmArns"),
        ("RegistersTaskDefinitions", "DeploysEcs", "DeployEcsTaskDefinitionArns"),
        ("PassesRoles", "DeploysEcs", "DeployEcsRoleArns"),
    ] {
        let [deploys, names] = list(&conditions[condition]["Fn::And"]) else { panic!("{condition}") };
        assert_eq!((&deploys["Condition"], names_something(names)), (&json!(kind), json!(parameter)));
    }
}

/// The emulator evaluates neither of them.
#[test]
fn roles_are_handed_to_tasks_only_and_tags_to_what_is_registered() {
    let role = statements(translated(), "ExecuteDeploymentRole");
    for (action, key, value) in [
        ("iam:PassRole", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
        ("ecs:TagResource", "ecs:CreateAction", "RegisterTaskDefinition"),
    ] {
        let allow: Vec<_> = role.iter().filter(|statement| actions(statement).contains(&action)).collect();
        let [allow] = allow.as_slice() else { panic!("{action}: {allow:?}") };
        assert_eq!(
            (actions(allow), &allow["Condition"]),
            (vec![action], &json!({ "StringEquals": { key: value } }))
        );
    }
}

#[test]
fn lists_are_queries_of_the_sparse_indexes_by_few_functions() {
    let template = translated();
    let table = &template["Resources"]["ApprovalTable"]["Properties"];
    let indexes: BTreeSet<_> = list(&table["GlobalSecondaryIndexes"])
        .iter()
        .map(|index| index["IndexName"].as_str().unwrap())
        // The operators' own list, by their own permissions.
        .filter(|index| *index != "opened")
        .map(|index| format!("${{ApprovalTable.Arn}}/index/{index}"))
        .collect();
    for (role, _) in of_type(template, "AWS::IAM::Role") {
        for statement in statements(template, role) {
            if actions(statement).contains(&"dynamodb:Query") {
                assert_eq!(actions(statement), ["dynamodb:Query"]);
                let allowed: BTreeSet<_> =
                    texts(&statement["Resource"]).into_iter().map(str::to_owned).collect();
                let index = |name: &str| BTreeSet::from([format!("${{ApprovalTable.Arn}}/index/{name}")]);
                let expected = match role {
                    "ApprovalCallbackRole" => index("open"),
                    "ExecuteDeploymentRole" => index("owed"),
                    "ReconcileRole" => indexes.clone(),
                    other => panic!("{other} lists"),
                };
                assert_eq!(allowed, expected);
            }
        }
    }
}
