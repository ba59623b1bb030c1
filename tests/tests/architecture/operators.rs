//! What the operators' command line may do: in its code, and by the permissions that its page documents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::code::{read, sources};

/// The permissions on the page, in its order.
fn policies() -> Vec<Value> {
    let page = read("docs/CLI.md");
    let blocks = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let policies: Vec<Value> = blocks
        .map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}")))
        .filter(|block: &Value| block.get("Statement").is_some())
        .collect();
    assert_eq!(policies.len(), 3, "the reader's, the operator's, and that for targets");
    policies
}

fn statements() -> Vec<Value> {
    policies().iter().flat_map(|policy| policy["Statement"].as_array().unwrap().clone()).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

#[test]
fn the_documented_permissions_are_these_and_no_others() {
    let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for statement in statements() {
        assert_eq!(statement["Effect"], "Allow");
        for action in texts(&statement["Action"]) {
            let resources = texts(&statement["Resource"]).into_iter().map(str::to_owned);
            allowed.entry(action.to_owned()).or_default().extend(resources);
        }
    }
    let table = "arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE";
    let expected = [
        (
            "cloudformation:DescribeStacks",
            vec!["arn:aws:cloudformation:REGION:ACCOUNT:stack/STACK/*".to_owned()],
        ),
        ("dynamodb:GetItem", vec![table.to_owned()]),
        ("dynamodb:PutItem", vec![table.to_owned()]),
        (
            "dynamodb:Query",
            vec![table.to_owned(), format!("{table}/index/open"), format!("{table}/index/opened")],
        ),
        ("codebuild:BatchGetProjects", vec!["arn:aws:codebuild:REGION:ACCOUNT:project/PROJECT".to_owned()]),
        ("ecs:DescribeServices", vec!["arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE".to_owned()]),
        ("ecs:DescribeTaskDefinition", vec!["*".to_owned()]),
        ("lambda:GetAlias", vec!["arn:aws:lambda:REGION:ACCOUNT:function:FUNCTION".to_owned()]),
        ("lambda:ListVersionsByFunction", vec!["arn:aws:lambda:REGION:ACCOUNT:function:FUNCTION".to_owned()]),
        (
            "states:DescribeStateMachine",
            vec!["arn:aws:states:REGION:ACCOUNT:stateMachine:MACHINE".to_owned()],
        ),
        ("lambda:InvokeFunction", vec!["arn:aws:lambda:REGION:ACCOUNT:function:RECONCILE".to_owned()]),
        (
            "states:DescribeExecution",
            vec!["arn:aws:states:REGION:ACCOUNT:execution:STACK-deployment-approval:*".to_owned()],
        ),
        (
            "states:StartExecution",
            vec!["arn:aws:states:REGION:ACCOUNT:stateMachine:STACK-deployment-approval".to_owned()],
        ),
    ];
    let expected: BTreeMap<_, BTreeSet<_>> = expected
        .into_iter()
        .map(|(action, resources)| (action.to_owned(), resources.into_iter().collect()))
        .collect();
    assert_eq!(allowed, expected);
}

#[test]
fn nothing_but_policies_can_be_written_and_nothing_deleted_or_scanned() {
    let only_policies = json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["policy"] } });
    let mut writes = 0;
    for statement in statements() {
        let actions = texts(&statement["Action"]);
        for action in &actions {
            for forbidden in
                ["*", "Delete", "Scan", "Update", "dynamodb:Batch", "PartiQL", "SendTask", "StopExecution"]
            {
                assert!(!action.contains(forbidden), "{action}");
            }
        }
        if actions.contains(&"dynamodb:PutItem") {
            assert_eq!(
                (actions.as_slice(), &statement["Condition"]),
                (&["dynamodb:PutItem"][..], &only_policies)
            );
            writes += 1;
        }
        let table = texts(&statement["Resource"]).iter().any(|resource| resource.ends_with("table/TABLE"));
        if actions.contains(&"dynamodb:Query") && table {
            assert_eq!(statement["Condition"], only_policies);
        }
    }
    assert_eq!(writes, 1, "policies can be stored");
    for only_reads in [0, 2].map(|number| policies().remove(number).to_string()) {
        for writing in ["PutItem", "StartExecution", "InvokeFunction", "StartBuild", "Register", "PassRole"] {
            assert!(!only_reads.contains(writing), "whoever only reads may {writing}");
        }
    }
}

/// The table's ports that write, but the one for policies.
#[test]
fn the_code_writes_nothing_but_policies() {
    for source in sources("cli") {
        for port in
            ["KeepRequests", "RecordVotes", "StorePlans", "put_item", "delete_item", "update_item", "scan"]
        {
            assert!(!source.names(port), "{} names {port}", source.path);
        }
        assert!(!source.names("expose"), "{} reads a secret", source.path);
    }
}

#[test]
fn only_one_folder_of_the_command_line_knows_the_clients_of_aws() {
    for source in sources("cli") {
        if source.path.starts_with("crates/cli/src/aws/") {
            assert!(!source.names("aws_sdk_dynamodb"), "{}: the table has an adapter", source.path);
            continue;
        }
        assert!(!source.code.contains("aws_sdk_") && !source.names("aws_config"), "{}", source.path);
    }
}
