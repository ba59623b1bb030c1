//! What was approved really gets to its place: an alias of a function of the account, which answers with its version.

use common::domain::{Event, Happening, Progress, Status};
use countersign_tests::schema::broken;
use countersign_tests::{Call, Release, Run, until};
use serde_json::{Value, json};

use crate::stored::{ALARM, FUNCTION, policy};

/// What is wrong with an answer that fits its schema.
const NOTHING: [String; 0] = [];

/// An alias of the function, made for one test.
pub(crate) struct Alias<'a> {
    run: &'a Run,
    name: &'static str,
}

impl<'a> Alias<'a> {
    /// It leads to the older version, 2.4.0.
    pub(crate) fn create(run: &'a Run, name: &'static str) -> Self {
        let path = format!("/2015-03-31/functions/{FUNCTION}/aliases");
        let made =
            run.send(&Call::at("lambda", "POST", &path, &json!({ "Name": name, "FunctionVersion": "1" })));
        assert_eq!(made.status, 201, "{}", made.body);
        Self { run, name }
    }

    /// As Lambda shows it.
    fn shown(&self) -> Value {
        let path = format!("/2015-03-31/functions/{FUNCTION}/aliases/{}", self.name);
        self.run.send(&Call::at("lambda", "GET", &path, &Value::Null)).json()
    }

    /// Of a hundred calls, how many the second version gets.
    fn share(&self) -> Option<Value> {
        self.shown().pointer("/RoutingConfig/AdditionalVersionWeights/2").cloned()
    }

    /// What whoever calls the function through it gets.
    pub(crate) fn answers(&self) -> Value {
        let path = format!("/2015-03-31/functions/{FUNCTION}:{}/invocations", self.name);
        let answered = self.run.send(&Call::at("lambda", "POST", &path, &json!({}))).json();
        answered.get("version").cloned().unwrap_or(answered)
    }
}

/// Does what the command of AWS's command line does: its options are the API's members.
fn type_in(run: &Run, command: &str) {
    let words: Vec<_> = command.split(' ').collect();
    let ["aws", "lambda", "update-alias", options @ ..] = words.as_slice() else { panic!("{command}") };
    let options = match options {
        // Without this, calls that are shared would stay shared.
        [rest @ .., "--routing-config", "AdditionalVersionWeights={}"] => rest,
        _ => options,
    };
    let option = |name: &str| {
        let at = options.iter().position(|word| *word == name);
        at.and_then(|at| options.get(at + 1)).copied().unwrap_or_else(|| panic!("{name}: {command}"))
    };
    assert_eq!((options.len(), option("--region")), (8, run.region()));
    let path = format!("/2015-03-31/functions/{}/aliases/{}", option("--function-name"), option("--name"));
    let change = json!({ "FunctionVersion": option("--function-version") });
    let changed = run.send(&Call::at("lambda", "PUT", &path, &change));
    assert_eq!(changed.status, 200, "{}", changed.body);
}

#[test]
fn after_the_click_the_alias_leads_to_the_approved_version_and_back_by_the_command_in_the_mail() {
    let run = Run::connect();
    let alias = Alias::create(&run, "blue");
    let release = Release::by(policy, "deploy-blue");
    assert_eq!(alias.answers(), "2.4.0");
    assert_eq!(release.approve("mia").status, 200);
    let output = release.end().success();
    assert_eq!(output["deployment"]["status"], "deployed");
    assert_eq!(broken("execute-deployment-answer", &output["deployment"]), NOTHING);
    assert_eq!((&output["deployment"]["before"], &output["deployment"]["after"]), (&json!("1"), &json!("2")));
    assert_eq!(alias.answers(), "2.4.1");
    assert_eq!(alias.shown()["Description"], format!("Countersign request {}", release.id(1)));

    let record = release.record(1).unwrap();
    assert_eq!(record.progress(), Progress::Deployed);
    let requester = record.requested_by.unwrap().to_string();
    let mail = release.mail(requester.split('@').next().unwrap(), "Approved");
    let text = mail.text.lines().collect::<Vec<_>>().join(" ");
    let (_, command) = text.split_once("The command that goes back: ").expect("the mail says how to go back");
    let command = command.split("  ").next().unwrap();
    type_in(&run, command);
    assert_eq!(alias.answers(), "2.4.0");
    let page = release.ask("mia").approve().open();
    assert!(page.says("Deployed") && page.says(command), "{}", page.text());
}

#[test]
fn a_second_invocation_answers_the_same_and_touches_nothing() {
    let run = Run::connect();
    let alias = Alias::create(&run, "twice");
    let release = Release::by(policy, "deploy-twice");
    release.approve("mia");
    let state = release.end().success();
    let before = (alias.shown(), release.record(1).unwrap().version);
    let again = run.call("ExecuteDeploymentFunctionArn", &state).success();
    assert_eq!(again, state["deployment"]);
    assert_eq!((alias.shown(), release.record(1).unwrap().version), before);
}

#[test]
fn a_version_that_nobody_published_fails_and_says_so_to_everyone() {
    let run = Run::connect();
    let alias = Alias::create(&run, "green");
    let release = Release::of(policy, "deploy-green", "9.9.9");
    release.approve("mia");
    let (error, cause) = release.end().failure();
    assert_eq!(error, "failed");
    assert!(cause.contains("the function checkout has no published version 9.9.9"), "{cause}");
    assert_eq!(broken("execute-deployment-answer", &serde_json::from_str(&cause).unwrap()), NOTHING);
    let mail = release.mail("mia", "Deployment failed");
    assert!(mail.text.contains("Nothing was changed."), "{}", mail.text);
    assert_eq!(alias.answers(), "2.4.0");
}

/// The policy names it, the stack's parameter does not.
#[test]
fn a_function_that_the_stack_may_not_deploy_is_left_alone() {
    let release = Release::by(policy, "deploy-foreign");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("lambda:GetAlias was refused: AccessDenied"), "{cause}");
    assert_eq!(release.record(1).unwrap().progress(), Progress::Failed);
}

#[test]
fn what_nobody_has_to_approve_is_deployed_and_recorded() {
    let run = Run::connect();
    let alias = Alias::create(&run, "unasked");
    let release = Release::by(policy, "unasked");
    assert_eq!(release.end().success()["deployment"]["status"], "deployed");
    let record = release.record(1).unwrap();
    assert_eq!((record.status, record.votes.len()), (Status::Approved, 0));
    assert_eq!((record.progress(), alias.answers()), (Progress::Deployed, json!("2.4.1")));
}

/// Lets the alarm go off, or makes it quiet.
fn alarm(run: &Run, state: &str) {
    let body = json!({ "AlarmName": ALARM, "StateValue": state, "StateReason": "a test" });
    let set = run.send(&Call::to("monitoring", "GraniteServiceVersion20100801.SetAlarmState", &body));
    assert_eq!(set.status, 200, "{}", set.body);
}

#[test]
fn calls_go_over_step_by_step_and_an_alarm_takes_them_back() {
    let run = Run::connect();
    let alias = Alias::create(&run, "steps");
    let first = Release::by(policy, "deploy-steps");
    first.approve("mia");
    until("a part of the calls", || alias.share().filter(|share| *share == json!(0.1)));
    let page = until("the first step on the page", || {
        Some(first.ask("mia").approve().open()).filter(|page| page.says("So far: 10% of the calls."))
    });
    assert!(page.says("Deploying"), "{}", page.text());
    let output = first.end().success();
    assert_eq!(output["deployment"]["status"], "deployed");
    assert_eq!((alias.answers(), alias.share()), (json!("2.4.1"), None));
    let events = first.record(1).unwrap().events;
    let reached = |event: &&Event| matches!(event.what, Happening::Reached { .. });
    assert_eq!(events.iter().filter(reached).count(), 2);
    let way_back = output["deployment"]["wayBack"].as_str().unwrap();
    type_in(&run, way_back);
    assert_eq!(alias.answers(), "2.4.0");

    let second = Release::by(policy, "deploy-steps");
    second.approve("mia");
    until("a part of the calls", || alias.share().filter(|share| *share == json!(0.1)));
    alarm(&run, "ALARM");
    let (error, cause) = second.end().failure();
    alarm(&run, "OK");
    assert_eq!(error, "rolled_back");
    assert!(cause.contains("the alarm checkout-errors has gone off"), "{cause}");
    assert_eq!(broken("execute-deployment-answer", &serde_json::from_str(&cause).unwrap()), NOTHING);
    assert_eq!((alias.answers(), alias.share()), (json!("2.4.0"), None));
    assert_eq!(second.record(1).unwrap().progress(), Progress::RolledBack);
    let mail = second.mail("mia", "Deployment rolled back");
    assert!(mail.text.contains("the alarm checkout-errors has gone off"), "{}", mail.text);
}

/// The policy names it, the stack's parameter does not.
#[test]
fn nothing_goes_over_under_an_alarm_that_the_stack_may_not_look_at() {
    let run = Run::connect();
    let alias = Alias::create(&run, "unwatched");
    let release = Release::by(policy, "deploy-unwatched");
    release.approve("mia");
    let (_, cause) = release.end().failure();
    assert!(cause.contains("cloudwatch:DescribeAlarms was refused: AccessDenied"), "{cause}");
    assert_eq!((alias.answers(), alias.share()), (json!("2.4.0"), None));
}

#[test]
fn what_a_stopped_workflow_left_on_its_way_is_brought_to_its_end_by_the_schedule() {
    let run = Run::connect();
    let alias = Alias::create(&run, "stopped");
    let release = Release::by(policy, "deploy-stopped");
    release.approve("mia");
    until("a part of the calls", || alias.share().filter(|share| *share == json!(0.1)));
    release.workflow.stop();
    let minute = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
    until("every call", || {
        run.call("ExecuteDeploymentFunctionArn", &minute).success();
        alias.share().is_none().then(|| alias.answers())
    });
    assert_eq!(alias.answers(), "2.4.1");
    until("the record's end", || release.record(1).filter(|record| record.progress() == Progress::Deployed));
}
