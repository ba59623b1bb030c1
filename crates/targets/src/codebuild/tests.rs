//! The adapter against rules: what it sends, and what each answer means.

use aws_sdk_codebuild::Client;
use aws_sdk_lambda::config::http::HttpResponse;
use aws_smithy_mocks::mock;
use aws_smithy_types::body::SdkBody;

use super::super::mocked::{error, targets};
use super::*;

const ARN: &str = "arn:aws:codebuild:eu-west-1:1:build/deploy:b-1";

fn place() -> BuildProject {
    BuildProject { project: "deploy".to_owned() }
}

fn request() -> RequestId {
    RequestId::parse("request-1").unwrap()
}

fn answer(body: impl Into<String>) -> HttpResponse {
    HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body.into()))
}

/// A build with this in it.
fn shown(id: &str, more: &str) -> String {
    format!(r#"{{"id":"deploy:{id}","arn":"arn:aws:codebuild:eu-west-1:1:build/deploy:{id}"{more}}}"#)
}

#[tokio::test]
async fn a_project_is_there_or_not() {
    for (body, arn) in [
        (r#"{"projects":[{"name":"deploy","arn":"arn:p"}]}"#, Some("arn:p")),
        (r#"{"projects":[],"projectsNotFound":["deploy"]}"#, None),
    ] {
        let rule = mock!(Client::batch_get_projects)
            .match_requests(|call| call.names() == ["deploy"])
            .then_http_response(move || answer(body));
        assert_eq!(targets(&[rule]).project(&place()).await, Ok(arn.map(str::to_owned)));
    }
}

fn variables(request: &str) -> Variables {
    [(BUILT_FOR, request), ("COUNTERSIGN_VERSION", "2.4.1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[tokio::test]
async fn a_build_is_started_once_with_what_was_approved_in_its_variables() {
    let rule = mock!(Client::start_build)
        .match_requests(|call| {
            let given: Vec<_> = call
                .environment_variables_override()
                .iter()
                .map(|variable| (variable.name(), variable.value(), variable.r#type()))
                .collect();
            let plain = Some(&EnvironmentVariableType::Plaintext);
            call.project_name() == Some("deploy")
                && call.idempotency_token() == Some("request-1")
                && call.auto_retry_limit_override() == Some(0)
                && call.timeout_in_minutes_override() == Some(600)
                && call.queued_timeout_in_minutes_override() == Some(480)
                && given == [(BUILT_FOR, "request-1", plain), ("COUNTERSIGN_VERSION", "2.4.1", plain)]
        })
        .then_http_response(|| answer(format!(r#"{{"build":{}}}"#, shown("b-1", ""))));
    let started = targets(&[rule]).start(&place(), &request(), &variables("request-1"), 600).await;
    let id = "deploy:b-1".to_owned();
    assert_eq!(started, Ok(Build { arn: ARN.to_owned(), id, end: None, given: Variables::new() }));
}

/// Whether one was started is not known then: the next look finds it.
#[tokio::test]
async fn an_answer_without_a_build_is_no_refusal() {
    let rule = mock!(Client::start_build).then_http_response(|| answer("{}"));
    let started = targets(&[rule]).start(&place(), &request(), &variables("request-1"), 60).await;
    assert!(matches!(started, Err(TargetError::Unavailable { .. })), "{started:?}");
}

#[tokio::test]
async fn the_newest_builds_that_were_started_for_a_request_are_found_with_what_they_were_given() {
    let environment = |variables: &str| {
        format!(
            r#","environment":{{"type":"LINUX_CONTAINER","image":"i","computeType":"BUILD_GENERAL1_SMALL",
            "environmentVariables":[{{"name":"A","value":"b"}}{variables}]}}"#
        )
    };
    let ours = format!(
        r#",{{"name":"{BUILT_FOR}","value":"request-1"}},{{"name":"COUNTERSIGN_VERSION","value":"2.4.1"}}"#
    );
    let list = mock!(Client::list_builds_for_project)
        .match_requests(|call| {
            call.project_name() == Some("deploy") && call.sort_order() == Some(&SortOrderType::Descending)
        })
        .then_http_response(|| answer(r#"{"ids":["deploy:b-3","deploy:b-2"]}"#));
    let builds =
        format!(r#"{{"builds":[{},{}]}}"#, shown("b-3", &environment("")), shown("b-2", &environment(&ours)));
    let get = mock!(Client::batch_get_builds)
        .match_requests(|call| call.ids() == ["deploy:b-3", "deploy:b-2"])
        .then_http_response(move || answer(builds.clone()));
    let found = targets(&[list, get]).newest(&place()).await.unwrap();
    let [build] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((build.id.as_str(), &build.given), ("deploy:b-2", &variables("request-1")));
    let list = mock!(Client::list_builds_for_project).then_http_response(|| answer(r#"{"ids":[]}"#));
    assert_eq!(targets(&[list]).newest(&place()).await, Ok(Vec::new()), "nothing more is asked");
}

#[tokio::test]
async fn how_a_build_ended_is_told_in_its_own_words() {
    let failed = |words: &str| Some(BuildEnd::Failed(words.to_owned()));
    let phases = r#","phases":[{"phaseType":"PRE_BUILD","phaseStatus":"SUCCEEDED"},
        {"phaseType":"BUILD","phaseStatus":"FAILED","contexts":[{"statusCode":"COMMAND_EXECUTION_ERROR",
         "message":"Error while executing command: ./deploy.sh. Reason: exit status 1"}]},
        {"phaseType":"COMPLETED"}]"#;
    for (more, end) in [
        (r#","buildStatus":"IN_PROGRESS""#.to_owned(), None),
        (r#","buildStatus":"SUCCEEDED""#.to_owned(), Some(BuildEnd::Succeeded)),
        (
            format!(r#","buildStatus":"FAILED"{phases}"#),
            failed(
                "ended as FAILED in the phase BUILD: Error while executing command: ./deploy.sh. Reason: exit status 1",
            ),
        ),
        (
            r#","buildStatus":"TIMED_OUT","phases":[{"phaseType":"BUILD","phaseStatus":"TIMED_OUT"}]"#
                .to_owned(),
            failed("ended as TIMED_OUT in the phase BUILD"),
        ),
        (r#","buildStatus":"STOPPED""#.to_owned(), failed("ended as STOPPED")),
    ] {
        let body = format!(r#"{{"builds":[{}]}}"#, shown("b-1", &more));
        let rule = mock!(Client::batch_get_builds)
            .match_requests(|call| call.ids() == ["deploy:b-1"])
            .then_http_response(move || answer(body.clone()));
        assert_eq!(targets(&[rule]).build(ARN).await.unwrap().unwrap().end, end, "{more}");
    }
    let rule = mock!(Client::batch_get_builds)
        .then_http_response(|| answer(r#"{"builds":[],"buildsNotFound":["deploy:b-1"]}"#));
    assert_eq!(targets(&[rule]).build(ARN).await, Ok(None));
}

#[tokio::test]
async fn too_many_builds_at_once_are_tried_again_and_a_refusal_is_not() {
    for (code, passes) in [
        ("AccountLimitExceededException", true),
        ("ThrottlingException", true),
        ("InvalidInputException", false),
    ] {
        let rule = mock!(Client::start_build).then_http_response(move || error(400, code));
        let failed = targets(&[rule]).start(&place(), &request(), &Variables::new(), 60).await.unwrap_err();
        assert_eq!(matches!(failed, TargetError::Unavailable { .. }), passes, "{failed}");
    }
}
