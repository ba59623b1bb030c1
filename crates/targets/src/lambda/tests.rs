//! The adapter against rules: what it sends, and what each answer means.

use std::collections::HashMap;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::http::HttpResponse;
use aws_smithy_mocks::mock;
use aws_smithy_types::body::SdkBody;

use super::super::mocked::{error, targets};
use super::*;

fn place() -> LambdaAlias {
    LambdaAlias { function: "checkout".to_owned(), alias: "live".to_owned() }
}

#[tokio::test]
async fn an_alias_is_read_by_function_and_name() {
    let body = r#"{"AliasArn":"arn:aws:lambda:eu-west-1:1:function:checkout:live","Name":"live","FunctionVersion":"7",
        "Description":"by hand","RevisionId":"r-1"}"#;
    let rule = mock!(Client::get_alias)
        .match_requests(|call| call.function_name() == Some("checkout") && call.name() == Some("live"))
        .then_http_response(move || HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body)));
    let found = targets(&[rule]).alias(&place()).await.unwrap().unwrap();
    assert_eq!(
        found,
        Alias {
            arn: "arn:aws:lambda:eu-west-1:1:function:checkout:live".to_owned(),
            routes: Routes::only("7"),
            description: "by hand".to_owned(),
            revision: "r-1".to_owned(),
        }
    );
}

#[tokio::test]
async fn the_weight_of_a_second_version_is_read_in_percent() {
    let part = |percent| Some(Part { version: "8".to_owned(), percent });
    for (weights, part) in [
        (r#"{"8":0.1}"#, part(10)),
        (r#"{"8":0.29}"#, part(29)),
        (r#"{"8":0.994}"#, part(99)),
        (r#"{"8":1.0}"#, part(100)),
        ("{}", None),
    ] {
        let body = format!(
            r#"{{"AliasArn":"arn:a","FunctionVersion":"7","RevisionId":"r-1","RoutingConfig":{{"AdditionalVersionWeights":{weights}}}}}"#
        );
        let rule = mock!(Client::get_alias).then_http_response(move || {
            HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body.clone()))
        });
        assert_eq!(targets(&[rule]).alias(&place()).await.unwrap().unwrap().routes.part, part, "{weights}");
    }
}

#[tokio::test]
async fn every_percent_is_written_so_that_it_is_read_again() {
    for percent_written in 0..=100 {
        let part = Part { version: "8".to_owned(), percent: percent_written };
        let written = weights(Some(&part));
        assert_eq!(percent(written.additional_version_weights().unwrap()["8"]), percent_written);
    }
    assert_eq!(weights(None).additional_version_weights().map(HashMap::len), Some(0));
}

#[tokio::test]
async fn what_is_not_there_is_no_failure() {
    let rule = mock!(Client::get_alias).then_http_response(|| error(404, "ResourceNotFoundException"));
    assert_eq!(targets(&[rule]).alias(&place()).await, Ok(None));
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
    let published = targets(&[first, second]).published(&place()).await.unwrap();
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
                && call.routing_config() == Some(&weights(None))
        })
        .then_http_response(|| HttpResponse::new(200.try_into().unwrap(), SdkBody::from("{}")));
    let pointed = targets(&[rule]).point(&place(), &Routes::only("8"), "for a request", "r-1").await;
    assert_eq!(pointed, Ok(Aliasing::Pointed));
    let rule = mock!(Client::update_alias).then_http_response(|| error(412, "PreconditionFailedException"));
    assert_eq!(targets(&[rule]).point(&place(), &Routes::only("8"), "", "r-1").await, Ok(Aliasing::Moved));
}

#[tokio::test]
async fn what_passes_is_told_from_what_does_not() {
    for (status, code) in
        [(429, "TooManyRequestsException"), (500, "ServiceException"), (409, "ResourceConflictException")]
    {
        let rule = mock!(Client::update_alias).then_http_response(move || error(status, code));
        let failed = targets(&[rule]).point(&place(), &Routes::only("8"), "", "r-1").await.unwrap_err();
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
    assert_eq!(targets(&[rule]).alias(&place()).await, Err(refused));
}
