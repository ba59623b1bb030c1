//! What was approved really gets to its place: the tasks of a service. The emulator keeps the books of tasks and runs none.

use common::domain::Progress;
use countersign_tests::schema::broken;
use countersign_tests::{Call, Release, Run};
use serde_json::{Value, json};

use crate::stored::{CLUSTER, policy};

/// A service, made for one test.
struct Service<'a> {
    run: &'a Run,
    name: &'static str,
}

impl<'a> Service<'a> {
    /// Its tasks run version 2.4.0, beside nothing else.
    fn create(run: &'a Run, name: &'static str) -> Self {
        let service = Self { run, name };
        let family = format!("{CLUSTER}-{name}");
        let container = json!({
            "name": "app", "image": image("2.4.0"), "memory": 64, "environment": [{ "name": "LEVEL", "value": "info" }]
        });
        service.call(
            "RegisterTaskDefinition",
            &json!({ "family": family, "containerDefinitions": [container], "tags": [{ "key": "team", "value": "shop" }] }),
        );
        service.call(
            "CreateService",
            &json!({ "cluster": CLUSTER, "serviceName": name, "taskDefinition": family, "desiredCount": 2 }),
        );
        service
    }

    fn call(&self, operation: &str, body: &Value) -> Value {
        let operation = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        let answered = self.run.send(&Call::to("ecs", &operation, body));
        assert_eq!(answered.status, 200, "{operation}: {}", answered.body);
        answered.json()
    }

    /// The task definition that its tasks run, with its tags.
    fn runs(&self) -> Value {
        let shown = self.call("DescribeServices", &json!({ "cluster": CLUSTER, "services": [self.name] }));
        let definition = shown.pointer("/services/0/taskDefinition");
        self.call("DescribeTaskDefinition", &json!({ "taskDefinition": definition, "include": ["TAGS"] }))
    }

    fn image(&self) -> Value {
        self.runs().pointer("/taskDefinition/containerDefinitions/0/image").cloned().unwrap_or_default()
    }

    /// Does what the command of AWS's command line does: its options are the API's members.
    fn type_in(&self, command: &str) {
        let words: Vec<_> = command.split(' ').collect();
        let ["aws", "ecs", "update-service", options @ ..] = words.as_slice() else { panic!("{command}") };
        let option = |name: &str| {
            let at = options.iter().position(|word| *word == name);
            at.and_then(|at| options.get(at + 1)).copied().unwrap_or_else(|| panic!("{name}: {command}"))
        };
        assert_eq!((options.len(), option("--region")), (8, self.run.region()));
        let [cluster, service, definition] = ["--cluster", "--service", "--task-definition"].map(option);
        let change = json!({ "cluster": cluster, "service": service, "taskDefinition": definition });
        self.call("UpdateService", &change);
    }
}

fn image(version: &str) -> String {
    format!("registry.example.com/shop/app:{version}")
}

#[test]
fn after_the_click_the_service_runs_the_approved_version_and_back_by_the_command() {
    let run = Run::connect();
    let service = Service::create(&run, "moves");
    let release = Release::by(policy, "deploy-moves");
    assert_eq!(release.approve("mia").status, 200);
    let deployment = release.end().success()["deployment"].clone();
    assert_eq!(deployment["status"], "deployed", "{deployment}");
    assert_eq!(broken("execute-deployment-answer", &deployment), [""; 0]);
    assert_eq!(
        (&deployment["place"], &deployment["before"], &deployment["after"]),
        (&json!("service moves of the cluster shop"), &json!(image("2.4.0")), &json!(image("2.4.1")))
    );
    let runs = service.runs();
    let container = &runs["taskDefinition"]["containerDefinitions"][0];
    assert_eq!(
        (&container["image"], &container["environment"][0]["value"]),
        (&json!(image("2.4.1")), &json!("info"))
    );
    assert_eq!(
        runs["tags"],
        json!([{ "key": "team", "value": "shop" }, { "key": "countersign-request", "value": release.id(1) }])
    );
    assert_eq!(release.record(1).unwrap().progress(), Progress::Deployed);
    let revision = runs["taskDefinition"]["revision"].clone();
    let state = json!({ "deploymentDetails": release.end().success()["deploymentDetails"] });
    let again = run.call("ExecuteDeploymentFunctionArn", &state).success();
    assert_eq!((again, service.runs()["taskDefinition"]["revision"].clone()), (deployment.clone(), revision));
    service.type_in(deployment["wayBack"].as_str().unwrap());
    assert_eq!(service.image(), image("2.4.0"));
}

/// The policy names it, the stack's parameter does not.
#[test]
fn a_service_that_the_stack_may_not_deploy_to_is_left_alone() {
    let release = Release::by(policy, "deploy-abroad");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("ecs:DescribeServices was refused: AccessDenied"), "{cause}");
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
}
