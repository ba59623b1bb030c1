//! What is given up is put aside, and alarms hear of it.

use serde_json::{Value, json};

use crate::cloudformation::{actions, list, of_type, statements, translated};

const QUEUE: &str = "DeadLetters";

fn queue() -> Value {
    json!({ "Fn::GetAtt": [QUEUE, "Arn"] })
}

#[test]
fn whatever_is_given_up_is_put_aside() {
    let template = translated();
    let (_, mapping) = of_type(template, "AWS::Lambda::EventSourceMapping").next().unwrap();
    assert_eq!(mapping["Properties"]["DestinationConfig"]["OnFailure"]["Destination"], queue());
    let mut invoked = Vec::new();
    for (name, invoke) in of_type(template, "AWS::Lambda::EventInvokeConfig") {
        let properties = &invoke["Properties"];
        assert_eq!(properties["DestinationConfig"]["OnFailure"]["Destination"], queue(), "{name}");
        invoked.push((properties["FunctionName"]["Ref"].as_str().unwrap(), &invoke["Condition"]));
    }
    invoked.sort_unstable_by_key(|(function, _)| *function);
    let deploys = json!("Deploys");
    assert_eq!(invoked, [("ExecuteDeploymentFunction", &deploys), ("ReconcileFunction", &Value::Null)]);
    for (rule, resource) in of_type(template, "AWS::Events::Rule") {
        for target in list(&resource["Properties"]["Targets"]) {
            assert_eq!(target["DeadLetterConfig"]["Arn"], queue(), "{rule}");
        }
    }
}

/// What is put aside may hold the input of a workflow.
#[test]
fn the_queue_is_encrypted_and_keeps_what_it_has_for_two_weeks() {
    let template = translated();
    let queue = &template["Resources"][QUEUE]["Properties"];
    assert_eq!(
        (&queue["SqsManagedSseEnabled"], &queue["MessageRetentionPeriod"]),
        (&json!(true), &json!(1_209_600))
    );
}

#[test]
fn only_what_schedules_invoke_and_the_rules_can_put_something_into_the_queue_and_nothing_takes_it_out() {
    let template = translated();
    for (role, _) in of_type(template, "AWS::IAM::Role") {
        for statement in statements(template, role) {
            let about_queues: Vec<_> =
                actions(statement).into_iter().filter(|action| action.starts_with("sqs:")).collect();
            if !about_queues.is_empty() {
                assert!(["ReconcileRole", "ExecuteDeploymentRole"].contains(&role), "{role}");
                assert_eq!((about_queues, &statement["Resource"]), (vec!["sqs:SendMessage"], &queue()));
            }
        }
    }
    let policies: Vec<_> = of_type(template, "AWS::SQS::QueuePolicy").collect();
    let [(_, policy)] = policies.as_slice() else { panic!("{} policies", policies.len()) };
    let [statement] = list(&policy["Properties"]["PolicyDocument"]["Statement"]) else { panic!("{policy}") };
    assert_eq!(statement["Principal"], json!({ "Service": "events.amazonaws.com" }));
    assert_eq!((actions(statement), &statement["Resource"]), (vec!["sqs:SendMessage"], &queue()));
    let sources = list(&statement["Condition"]["ArnEquals"]["aws:SourceArn"]);
    assert_eq!(sources.len(), of_type(template, "AWS::Events::Rule").count());
    for (rule, resource) in of_type(template, "AWS::Events::Rule") {
        let arn = json!({ "Fn::GetAtt": [rule, "Arn"] });
        let arn = match &resource["Condition"] {
            Value::Null => arn,
            condition => json!({ "Fn::If": [condition, arn, { "Ref": "AWS::NoValue" }] }),
        };
        assert!(sources.contains(&arn), "{rule} is not let in");
    }
}

#[test]
fn every_alarm_tells_the_topic_when_there_is_one() {
    let template = translated();
    let told =
        json!({ "Fn::If": ["HasAlarmTopic", [{ "Ref": "AlarmTopicArn" }], { "Ref": "AWS::NoValue" }] });
    let alarms: Vec<_> = of_type(template, "AWS::CloudWatch::Alarm").collect();
    assert_eq!(alarms.len(), 7);
    for (name, alarm) in alarms {
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm["Properties"][actions], told, "{name}");
        }
    }
}

/// Two stacks of one account would otherwise set off each other's alarms.
#[test]
fn every_metric_and_every_alarm_is_about_one_stack() {
    let template = translated();
    let stack = json!({ "Ref": "AWS::StackName" });
    for (function, resource) in of_type(template, "AWS::Lambda::Function") {
        assert_eq!(
            resource["Properties"]["Environment"]["Variables"][common::config::STACK_NAME],
            stack,
            "{function}"
        );
    }
    for (name, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        let [dimension] = list(&alarm["Properties"]["Dimensions"]) else { panic!("{name}") };
        match dimension["Name"].as_str() {
            Some("stack") => assert_eq!(dimension["Value"], stack, "{name}"),
            Some("QueueName") => {
                assert_eq!(dimension["Value"], json!({ "Fn::GetAtt": [QUEUE, "QueueName"] }), "{name}");
            }
            _ => panic!("{name}: {dimension}"),
        }
    }
}
