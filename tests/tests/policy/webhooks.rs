//! What was approved really gets to its place: by a receiver that is no part of AWS. It is a server of the
//! test's own.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]

use std::ffi::OsString;

use common::domain::{Progress, RequestId};
use countersign_tests::receiver::{self, SECRET, verified};
use countersign_tests::schema::broken;
use countersign_tests::{Release, Run, until};
use serde_json::{Value, json};

use crate::stored::policy;

/// The targets of these tests, by the starts of their services.
pub(crate) fn targets() -> Vec<(&'static str, Value)> {
    let run = Run::connect();
    let to = |path: &str, name: &str| {
        let arn = receiver::secret(&run, "DescribeSecret", name)["ARN"].clone();
        json!({ "kind": "webhook", "url": receiver::url(path), "secret": arn })
    };
    vec![
        ("hook-slow", to("/slow?token=pa55word", SECRET)),
        ("hook-refusing", to("/refusing", SECRET)),
        ("hook-unsigned", to("/unsigned", "countersign-slack")),
    ]
}

fn show(run: &Run, id: &RequestId) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["countersign", "show", id.as_str(), "--outputs"].map(OsString::from);
    countersign::run(words.into_iter().chain([run.outputs_file().into()]), &mut out, &mut err);
    String::from_utf8_lossy(&out).into_owned() + &String::from_utf8_lossy(&err)
}

#[test]
fn after_the_click_a_receiver_is_told_once_and_its_end_is_the_deployment_s() {
    let run = Run::connect();
    let release = Release::by(policy, "hook-slow");
    assert_eq!(release.approve("mia").status, 200);
    let id = release.id(1);
    release.when(1, "word of the receiver", |record| {
        record.stage.as_ref().is_some_and(|it| it.made().is_some_and(|made| made.link.is_some()))
    });
    let asked_again = || (verified(&run, &id).len() > 1).then_some(());
    until("another look at the receiver", asked_again);
    let page = release.ask("mia").approve().open();
    for words in ["localhost says: 1 of 2 done", "https://ci.example.com/runs/7"] {
        assert!(page.says(words), "{words}: {}", page.text());
        assert!(show(&run, &id).contains(words), "{words}: {}", show(&run, &id));
    }
    receiver::finish(&id);
    let output = release.end().success();
    let deployment = &output["deployment"];
    assert_eq!(deployment["status"], "deployed", "{deployment}");
    assert_eq!(broken("execute-deployment-answer", deployment), [""; 0]);
    assert_eq!(
        (&deployment["place"], deployment.get("before"), &deployment["after"]),
        (&json!("webhook of localhost"), None, &json!("2.4.1"))
    );
    assert_eq!(release.record(1).unwrap().progress(), Progress::Deployed);
    let told = verified(&run, &id);
    let body: Value = serde_json::from_str(&told[0].body).unwrap();
    assert_eq!(broken("deployment-webhook", &body), [""; 0]);
    assert_eq!(
        (&body["data"]["serviceName"], &body["data"]["version"], &body["data"]["fingerprint"]),
        (&json!(release.service), &json!("2.4.1"), &deployment["fingerprint"])
    );
    let again = run.call("ExecuteDeploymentFunctionArn", &output).success();
    assert_eq!((&again, verified(&run, &id).len()), (deployment, told.len()));
    let page = release.ask("mia").approve().open();
    assert!(page.says("webhook of localhost, for 2.4.1"), "{}", page.text());
    let all = format!("{} {} {}", page.text(), show(&run, &id), json!(release.record(1)));
    assert!(!all.contains("pa55word"), "only the host is shown: {all}");
    logs_hold_no_key_and_no_address(&run);
}

/// What signs the word to a receiver, and what may be a password in its address.
fn logs_hold_no_key_and_no_address(run: &Run) {
    let keys = receiver::keys(run);
    let mut logs = run.log_groups();
    logs.push(run.function_log());
    for log in logs {
        assert!(
            !keys.iter().any(|key| log.text.contains(&key[..24])),
            "{} has the key of a webhook",
            log.name
        );
        assert!(!log.text.contains("pa55word"), "{} has the address of a webhook", log.name);
    }
}

#[test]
fn a_receiver_that_refuses_fails_the_workflow_in_its_own_words() {
    let run = Run::connect();
    let release = Release::by(policy, "hook-refusing");
    release.approve("mia");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "failed");
    assert!(cause.contains("localhost refused it (HTTP 422): nobody has built that version"), "{cause}");
    let mail = release.mail("mia", "Deployment failed").text.replace('\n', " ");
    assert!(mail.contains("nobody has built that version") && mail.contains("Nothing was changed"), "{mail}");
    assert_eq!(verified(&run, &release.id(1)).len(), 1);
}

/// The policy names its secret, the stack's parameter does not.
#[test]
fn a_receiver_whose_key_the_stack_may_not_read_is_told_nothing() {
    let run = Run::connect();
    let release = Release::by(policy, "hook-unsigned");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("secretsmanager:GetSecretValue was refused: AccessDenied"), "{cause}");
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
    assert!(verified(&run, &release.id(1)).is_empty());
}
