//! What was approved really gets to its place: by the script of a build. The emulator keeps the books of builds and runs
//! none.

use common::domain::Progress;
use countersign_tests::schema::broken;
use countersign_tests::{Call, Release, Run};
use serde_json::{Value, json};

use crate::stored::policy;

/// The builds that there are of the project that the stack may start.
fn builds(run: &Run) -> Vec<Value> {
    let call = |operation: &str, body: &Value| {
        let answered = run.send(&Call::to("codebuild", &format!("CodeBuild_20161006.{operation}"), body));
        assert_eq!(answered.status, 200, "{operation}: {}", answered.body);
        answered.json()
    };
    let listed = call("ListBuildsForProject", &json!({ "projectName": "deploy-shop" }));
    let found = call("BatchGetBuilds", &json!({ "ids": listed.get("ids") }));
    found.get("builds").and_then(Value::as_array).cloned().unwrap_or_default()
}

#[test]
fn after_the_click_a_build_runs_once_and_its_end_is_the_deployment_s() {
    let run = Run::connect();
    let before = builds(&run).len();
    let release = Release::by(policy, "build-deploy-shop");
    assert_eq!(release.approve("mia").status, 200);
    let output = release.end().success();
    let deployment = &output["deployment"];
    assert_eq!(deployment["status"], "deployed", "{deployment}");
    assert_eq!(broken("execute-deployment-answer", deployment), [""; 0]);
    assert_eq!(
        (&deployment["place"], deployment.get("before"), &deployment["after"]),
        (&json!("build of the project deploy-shop"), None, &json!("2.4.1"))
    );
    let record = release.record(1).unwrap();
    assert_eq!(record.progress(), Progress::Deployed);
    let builds_then = builds(&run);
    assert_eq!(builds_then.len(), before + 1);
    let made = record.stage.as_ref().and_then(|stage| stage.made()).unwrap();
    assert!(builds_then.iter().any(|build| build["arn"] == made.name.as_str()), "{made:?}");
    let again = run.call("ExecuteDeploymentFunctionArn", &output).success();
    assert_eq!((&again, builds(&run).len()), (deployment, before + 1));
    let page = release.ask("mia").approve().open();
    assert!(page.says("build of the project deploy-shop, for 2.4.1"), "{}", page.text());
}

/// The policy names it, the stack's parameter does not.
#[test]
fn a_project_that_the_stack_may_not_start_is_left_alone() {
    let release = Release::by(policy, "build-somebody-s");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("codebuild:BatchGetProjects was refused: AccessDenied"), "{cause}");
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
}
