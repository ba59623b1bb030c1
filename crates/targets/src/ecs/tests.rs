//! The adapter against rules: what it sends, and what each answer means.

use aws_sdk_ecs::Client;
use aws_sdk_lambda::config::http::HttpResponse;
use aws_smithy_mocks::mock;
use aws_smithy_types::body::SdkBody;

use super::super::mocked::{error, targets};
use super::*;

const DEFINITION: &str = "arn:aws:ecs:eu-west-1:1:task-definition/checkout:41";

fn place() -> EcsService {
    EcsService { cluster: "shop".to_owned(), ecs_service: "checkout".to_owned(), container: None }
}

fn answer(body: &str) -> HttpResponse {
    HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body))
}

async fn found(body: &'static str) -> Result<Option<Service>, TargetError> {
    let rule = mock!(Client::describe_services)
        .match_requests(|call| call.cluster() == Some("shop") && call.services() == ["checkout"])
        .then_http_response(move || answer(body));
    targets(&[rule]).service(&place()).await
}

#[tokio::test]
async fn a_service_is_read_with_its_primary_deployment_first() {
    let body = r#"{"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:1:service/shop/checkout","status":"ACTIVE",
        "taskDefinition":"arn:t:2","deploymentController":{"type":"ECS"},
        "events":[{"message":"newest"},{"message":"older"}],
        "deployments":[
            {"id":"d-1","status":"ACTIVE","taskDefinition":"arn:t:1","rolloutState":"COMPLETED","runningCount":2,"desiredCount":2},
            {"id":"d-2","status":"PRIMARY","taskDefinition":"arn:t:2","rolloutState":"IN_PROGRESS","rolloutStateReason":"under way",
             "runningCount":1,"desiredCount":2}]}]}"#;
    let service = found(body).await.unwrap().unwrap();
    let rolling = |task_definition: &str, state, reason: Option<&str>, running| Rolling {
        id: task_definition.replace("arn:t:", "d-"),
        task_definition: task_definition.to_owned(),
        state,
        reason: reason.map(str::to_owned),
        running,
        desired: 2,
    };
    assert_eq!(
        service,
        Service {
            arn: "arn:aws:ecs:eu-west-1:1:service/shop/checkout".to_owned(),
            task_definition: "arn:t:2".to_owned(),
            is_rolled_by_ecs: true,
            takes_back: false,
            rollings: vec![
                rolling("arn:t:2", State::InProgress, Some("under way"), 1),
                rolling("arn:t:1", State::Completed, None, 2)
            ],
            newest_event: Some("newest".to_owned()),
        }
    );
}

#[tokio::test]
async fn a_service_that_is_missing_or_being_deleted_is_none() {
    for body in [
        r#"{"services":[],"failures":[{"arn":"arn:s","reason":"MISSING"}]}"#,
        r#"{"services":[{"serviceArn":"arn:s","status":"DRAINING","taskDefinition":"arn:t:2"}]}"#,
        r#"{"services":[{"serviceArn":"arn:s","status":"INACTIVE","taskDefinition":"arn:t:2"}]}"#,
    ] {
        assert_eq!(found(body).await, Ok(None), "{body}");
    }
    let rule = mock!(Client::describe_services).then_http_response(|| error(400, "ClusterNotFoundException"));
    assert_eq!(targets(&[rule]).service(&place()).await, Ok(None));
}

#[tokio::test]
async fn a_breaker_or_an_alarm_that_rolls_back_takes_back() {
    for (configuration, takes_back) in [
        ("", false),
        (r#""deploymentCircuitBreaker":{"enable":true,"rollback":true}"#, true),
        (r#""deploymentCircuitBreaker":{"enable":true,"rollback":false}"#, false),
        (r#""deploymentCircuitBreaker":{"enable":false,"rollback":true}"#, false),
        (r#""alarms":{"alarmNames":["a"],"enable":true,"rollback":true}"#, true),
        (r#""alarms":{"alarmNames":["a"],"enable":false,"rollback":true}"#, false),
    ] {
        let body: &'static str = format!(
            r#"{{"services":[{{"serviceArn":"arn:s","status":"ACTIVE","taskDefinition":"arn:t:2","deploymentConfiguration":{{{configuration}}}}}]}}"#
        )
        .leak();
        assert_eq!(found(body).await.unwrap().unwrap().takes_back, takes_back, "{configuration}");
    }
}

#[tokio::test]
async fn only_the_rolling_kind_is_rolled_by_ecs() {
    for (controller, by_ecs) in [
        (r#""deploymentController":{"type":"ECS"},"#, true),
        ("", true),
        (r#""deploymentConfiguration":{"strategy":"ROLLING"},"#, true),
        (r#""deploymentConfiguration":{"strategy":"BLUE_GREEN"},"#, false),
        (r#""deploymentConfiguration":{"strategy":"CANARY"},"#, false),
        (r#""deploymentController":{"type":"CODE_DEPLOY"},"#, false),
        (r#""deploymentController":{"type":"EXTERNAL"},"#, false),
    ] {
        let body: &'static str = format!(
            r#"{{"services":[{{"serviceArn":"arn:s","status":"ACTIVE",{controller}"taskDefinition":"arn:t:2"}}]}}"#
        )
        .leak();
        assert_eq!(found(body).await.unwrap().unwrap().is_rolled_by_ecs, by_ecs, "{controller}");
    }
}

#[tokio::test]
async fn behind_a_classic_load_balancer_a_service_is_stable_with_one_deployment_whose_tasks_run() {
    for (deployments, state) in [
        (r#"{"status":"PRIMARY","taskDefinition":"t","runningCount":2,"desiredCount":2}"#, State::Completed),
        (r#"{"status":"PRIMARY","taskDefinition":"t","runningCount":1,"desiredCount":2}"#, State::InProgress),
        (
            r#"{"status":"PRIMARY","taskDefinition":"t","runningCount":2,"desiredCount":2},
               {"status":"ACTIVE","taskDefinition":"s","runningCount":2,"desiredCount":0}"#,
            State::InProgress,
        ),
    ] {
        let body: &'static str = format!(
            r#"{{"services":[{{"serviceArn":"arn:s","status":"ACTIVE","taskDefinition":"t","deployments":[{deployments}]}}]}}"#
        )
        .leak();
        assert_eq!(found(body).await.unwrap().unwrap().rollings[0].state, state, "{deployments}");
    }
}

#[tokio::test]
async fn the_next_revision_is_the_same_with_another_image_and_the_request_s_name() {
    let described = r#"{"taskDefinition":{"taskDefinitionArn":"arn:t:41","family":"checkout","revision":41,
        "containerDefinitions":[
            {"name":"proxy","image":"envoy:1"},
            {"name":"app","image":"checkout:1","environment":[{"name":"A","value":"1"}],"secrets":[{"name":"S","valueFrom":"arn:s"}]}],
        "taskRoleArn":"arn:r","executionRoleArn":"","networkMode":"awsvpc","cpu":"256","memory":"512",
        "volumes":[{"name":"v"}],"requiresCompatibilities":["FARGATE"],"ephemeralStorage":{"sizeInGiB":30},
        "runtimePlatform":{"cpuArchitecture":"ARM64"},"pidMode":"task","enableFaultInjection":true,
        "proxyConfiguration":{"type":"APPMESH","containerName":"proxy"},
        "placementConstraints":[{"type":"memberOf","expression":"x"}],"registeredBy":"arn:somebody","status":"ACTIVE"},
        "tags":[{"key":"team","value":"shop"},{"key":"aws:cloudformation:stack-name","value":"s"},{"key":"countersign-request","value":"an-older-one"}]}"#;
    let describe = mock!(Client::describe_task_definition)
        .match_requests(|call| call.task_definition() == Some(DEFINITION) && !call.include().is_empty())
        .then_http_response(move || answer(described));
    let register = mock!(Client::register_task_definition)
        .match_requests(|call| {
            let images: Vec<_> = call.container_definitions().iter().map(|one| one.image()).collect();
            let app = &call.container_definitions()[1];
            let tags: Vec<_> = call.tags().iter().map(|tag| (tag.key(), tag.value())).collect();
            call.family() == Some("checkout")
                && images == [Some("envoy:1"), Some("checkout:2")]
                && (app.environment().len(), app.secrets().len()) == (1, 1)
                && (call.task_role_arn(), call.execution_role_arn()) == (Some("arn:r"), None)
                && (call.cpu(), call.memory()) == (Some("256"), Some("512"))
                && call.network_mode().is_some_and(|mode| mode.as_str() == "awsvpc")
                && call.pid_mode().is_some_and(|mode| mode.as_str() == "task")
                && call.ipc_mode().is_none()
                && (call.volumes().len(), call.requires_compatibilities().len()) == (1, 1)
                && call.ephemeral_storage().is_some()
                && call.runtime_platform().is_some()
                && call.proxy_configuration().is_some()
                && call.placement_constraints().len() == 1
                && call.enable_fault_injection() == Some(true)
                && tags == [(Some("team"), Some("shop")), (Some(TAG), Some("request-1"))]
        })
        .then_http_response(|| answer(r#"{"taskDefinition":{"taskDefinitionArn":"arn:t:42"}}"#));
    let request = RequestId::parse("request-1").unwrap();
    let registered = targets(&[describe, register]).register(DEFINITION, "app", "checkout:2", &request).await;
    assert_eq!(registered, Ok("arn:t:42".to_owned()));
}

#[tokio::test]
async fn what_a_task_definition_runs_is_read_and_whether_it_can_still_be_given() {
    for (status, is_active) in [("ACTIVE", true), ("INACTIVE", false)] {
        let body = format!(
            r#"{{"taskDefinition":{{"status":"{status}","containerDefinitions":[{{"name":"app","image":"web:1"}}]}}}}"#
        );
        let rule = mock!(Client::describe_task_definition).then_http_response(move || answer(&body));
        let found = targets(&[rule]).task_definition(DEFINITION).await.unwrap();
        let containers = vec![("app".to_owned(), "web:1".to_owned())];
        assert_eq!(found, TaskDefinition { containers, is_active });
    }
}

#[tokio::test]
async fn revisions_that_are_registered_at_once_are_tried_again() {
    let describe = mock!(Client::describe_task_definition)
        .then_http_response(|| answer(r#"{"taskDefinition":{"family":"web"}}"#));
    let register = mock!(Client::register_task_definition).then_http_response(|| {
        let body =
            r#"{"message":"Too many concurrent attempts to create a new revision of the specified family."}"#;
        let mut response = HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body));
        response.headers_mut().insert("x-amzn-errortype", "ClientException".to_owned());
        response
    });
    let request = RequestId::parse("request-1").unwrap();
    let failed = targets(&[describe, register]).register(DEFINITION, "app", "web:2", &request).await;
    assert!(matches!(failed, Err(TargetError::Unavailable { .. })), "{failed:?}");
}

#[tokio::test]
async fn a_service_is_given_nothing_but_the_task_definition() {
    let rule = mock!(Client::update_service)
        .match_requests(|call| {
            (call.cluster(), call.service(), call.task_definition())
                == (Some("shop"), Some("checkout"), Some(DEFINITION))
                && call.desired_count().is_none()
                && call.force_new_deployment().is_none()
        })
        .then_http_response(|| answer("{}"));
    assert_eq!(targets(&[rule]).roll(&place(), DEFINITION).await, Ok(()));
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_and_any_other_says_what_the_service_says() {
    for (status, code, passes) in [
        (400, "ThrottlingException", true),
        (500, "ServerException", true),
        (400, "AccessDeniedException", false),
        (400, "ClientException", false),
    ] {
        let rule = mock!(Client::update_service).then_http_response(move || error(status, code));
        let failed = targets(&[rule]).roll(&place(), DEFINITION).await.unwrap_err();
        let expected = if passes {
            TargetError::Unavailable { operation: "ecs:UpdateService", code: code.to_owned() }
        } else {
            let reason = format!("{code}, in the service's words");
            TargetError::Refused { operation: "ecs:UpdateService", reason }
        };
        assert_eq!(failed, expected);
    }
}
