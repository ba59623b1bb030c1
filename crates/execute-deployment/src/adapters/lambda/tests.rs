//! The adapter against rules: what it sends, and what each answer means.

use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_mocks::{MockResponseInterceptor, Rule, RuleMode, create_mock_http_client, mock};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;

use super::*;

fn functions(rules: &[Rule]) -> Functions {
    let mut answers = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny);
    for rule in rules {
        answers = answers.with_rule(rule);
    }
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(create_mock_http_client())
        .interceptor(answers)
        .build();
    Functions { client: Client::from_conf(config) }
}

fn place() -> LambdaAlias {
    LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() }
}

/// An error as the service sends it.
fn error(status: u16, code: &str) -> HttpResponse {
    let body = r#"{"Message":"in the service's words","Type":"User"}"#;
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-errortype", code.to_owned());
    response
}

#[tokio::test]
async fn an_alias_is_read_by_function_and_name() {
    let body = r#"{"AliasArn":"arn:aws:lambda:eu-west-1:1:function:checkout:live","Name":"live","FunctionVersion":"7",
        "Description":"by hand","RevisionId":"r-1"}"#;
    let rule = mock!(Client::get_alias)
        .match_requests(|call| call.function_name() == Some("checkout") && call.name() == Some("live"))
        .then_http_response(move || HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body)));
    let found = functions(&[rule]).alias(&place()).await.unwrap().unwrap();
    assert_eq!(
        found,
        Alias {
            arn: "arn:aws:lambda:eu-west-1:1:function:checkout:live".to_owned(),
            version: "7".to_owned(),
            description: "by hand".to_owned(),
            revision: "r-1".to_owned(),
            is_split: false,
        }
    );
}

#[tokio::test]
async fn weights_of_a_second_version_are_noticed() {
    for (weights, is_split) in [(r#"{"8":0.1}"#, true), ("{}", false)] {
        let body = format!(
            r#"{{"AliasArn":"arn:a","FunctionVersion":"7","RevisionId":"r-1","RoutingConfig":{{"AdditionalVersionWeights":{weights}}}}}"#
        );
        let rule = mock!(Client::get_alias).then_http_response(move || {
            HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body.clone()))
        });
        assert_eq!(functions(&[rule]).alias(&place()).await.unwrap().unwrap().is_split, is_split);
    }
}

#[tokio::test]
async fn what_is_not_there_is_no_failure() {
    let rule = mock!(Client::get_alias).then_http_response(|| error(404, "ResourceNotFoundException"));
    assert_eq!(functions(&[rule]).alias(&place()).await, Ok(None));
}

#[tokio::test]
async fn every_page_of_versions_is_read_and_the_unpublished_one_left_out() {
    let page = |body: &'static str| move || HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body));
    let first = mock!(Client::list_versions_by_function)
        .match_requests(|call| call.marker().is_none())
        .then_http_response(page(
            r#"{"NextMarker":"m","Versions":[{"Version":"$LATEST"},{"Version":"1","Description":"2.4.0"}]}"#,
        ));
    let second = mock!(Client::list_versions_by_function)
        .match_requests(|call| call.marker() == Some("m"))
        .then_http_response(page(r#"{"Versions":[{"Version":"2"}]}"#));
    let published = functions(&[first, second]).published(&place()).await.unwrap();
    let found: Vec<_> =
        published.iter().map(|version| (version.number.as_str(), version.description.as_str())).collect();
    assert_eq!(found, [("1", "2.4.0"), ("2", "")]);
}

#[tokio::test]
async fn an_alias_is_pointed_only_in_the_state_that_was_seen() {
    let rule = mock!(Client::update_alias)
        .match_requests(|call| {
            (call.function_name(), call.name()) == (Some("checkout"), Some("live"))
                && (call.function_version(), call.description()) == (Some("8"), Some("for a request"))
                && call.revision_id() == Some("r-1")
        })
        .then_http_response(|| HttpResponse::new(200.try_into().unwrap(), SdkBody::from("{}")));
    let pointed = functions(&[rule]).point(&place(), "8", "for a request", "r-1").await;
    assert_eq!(pointed, Ok(Aliasing::Pointed));
    let rule = mock!(Client::update_alias).then_http_response(|| error(412, "PreconditionFailedException"));
    assert_eq!(functions(&[rule]).point(&place(), "8", "", "r-1").await, Ok(Aliasing::Moved));
}

#[tokio::test]
async fn what_passes_is_told_from_what_does_not() {
    for (status, code) in
        [(429, "TooManyRequestsException"), (500, "ServiceException"), (409, "ResourceConflictException")]
    {
        let rule = mock!(Client::update_alias).then_http_response(move || error(status, code));
        let failed = functions(&[rule]).point(&place(), "8", "", "r-1").await.unwrap_err();
        assert_eq!(
            failed,
            TargetError::Unavailable { operation: "lambda:UpdateAlias", code: code.to_owned() }
        );
    }
    let rule = mock!(Client::get_alias).then_http_response(|| error(403, "AccessDeniedException"));
    let refused = TargetError::Refused {
        operation: "lambda:GetAlias",
        reason: "AccessDeniedException, in the service's words".to_owned(),
    };
    assert_eq!(functions(&[rule]).alias(&place()).await, Err(refused));
}
