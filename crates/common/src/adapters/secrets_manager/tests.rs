//! Which signing secrets count, and for how long they are remembered.

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{Rule, mock};
use serde_json::json;

use super::*;
use crate::adapters::memory::Memory;
use crate::adapters::mocked::{answered, mocked};

const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf";

fn holding(json: &'static str) -> Rule {
    mock!(Client::get_secret_value)
        .match_requests(|input| input.secret_id() == Some(ARN))
        .then_output(move || GetSecretValueOutput::builder().secret_string(json).build())
}

fn slack(rule: &Rule, clock: &Memory) -> SlackSecret<Memory> {
    SlackSecret::new(mocked!(aws_sdk_secretsmanager, rule), clock.clone(), Some(ARN.to_owned()))
}

async fn read(json: &'static str) -> Result<Vec<Vec<u8>>, SecretError> {
    let secrets = slack(&holding(json), &Memory::new()).signing_secrets().await?;
    Ok(secrets.iter().map(|secret| secret.expose().to_vec()).collect())
}

#[tokio::test]
async fn one_secret_counts_or_two_during_a_rotation() {
    assert_eq!(read(r#"{"signingSecret": "new\n", "botToken": "xoxb"}"#).await.unwrap(), [b"new"]);
    assert_eq!(
        read(r#"{"signingSecret": "new", "previousSigningSecret": "old"}"#).await.unwrap(),
        [b"new", b"old"]
    );
    let empty = r#"{"signingSecret": "new", "previousSigningSecret": ""}"#;
    assert_eq!(read(empty).await.unwrap(), [b"new"]);
}

#[tokio::test]
async fn without_an_arn_slack_is_off_and_nothing_is_asked() {
    let rule = holding("{}");
    let off = SlackSecret::new(mocked!(aws_sdk_secretsmanager, rule), Memory::new(), None);
    assert!(off.signing_secrets().await.unwrap().is_empty());
    assert_eq!(rule.num_calls(), 0);
}

#[tokio::test]
async fn it_is_read_again_after_five_minutes() {
    let (rule, clock) = (holding(r#"{"signingSecret": "new"}"#), Memory::new());
    let slack = slack(&rule, &clock);
    for (seconds, calls) in [(0, 1), (299, 1), (1, 2), (1, 2)] {
        clock.advance(SignedDuration::from_secs(seconds));
        assert_eq!(slack.signing_secrets().await.unwrap().len(), 1);
        assert_eq!(rule.num_calls(), calls);
    }
}

#[tokio::test]
async fn a_secret_that_anybody_could_sign_with_is_refused() {
    for bad in [r#"{"signingSecret": " "}"#, r#"{"signingSecret": ""}"#] {
        assert_eq!(read(bad).await.unwrap_err().code, "its `signingSecret` is empty");
    }
}

#[tokio::test]
async fn an_unreadable_secret_is_not_quoted() {
    for bad in
        ["", "xoxb-secret", r#"{"botToken": "xoxb-secret"}"#, r#"{"signingSecret": {"a": "xoxb-secret"}}"#]
    {
        let error = read(bad).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("xoxb"), "{error}");
    }
}

#[tokio::test]
async fn a_failed_call_names_its_code_and_is_not_remembered() {
    let rule = mock!(Client::get_secret_value)
        .sequence()
        .http_response(|| {
            let body = json!({ "__type": "AccessDeniedException", "message": "no" }).to_string();
            answered!(aws_sdk_secretsmanager, 400_u16, body)
        })
        .output(|| GetSecretValueOutput::builder().secret_string(r#"{"signingSecret": "new"}"#).build())
        .build();
    let slack = slack(&rule, &Memory::new());
    assert_eq!(slack.signing_secrets().await.unwrap_err().code, "AccessDeniedException");
    assert_eq!(slack.signing_secrets().await.unwrap().len(), 1);
}

/// It can be read once, and never again.
fn soon_lost() -> Rule {
    mock!(Client::get_secret_value)
        .sequence()
        .output(|| GetSecretValueOutput::builder().secret_string(r#"{"signingSecret": "old"}"#).build())
        .http_response(|| {
            let body = json!({ "__type": "InternalServiceError", "message": "no" }).to_string();
            answered!(aws_sdk_secretsmanager, 400_u16, body)
        })
        .repeatedly()
        .build()
}

#[tokio::test]
async fn what_cannot_be_read_again_is_used_as_it_was_for_an_hour() {
    let (rule, clock) = (soon_lost(), Memory::new());
    let slack = slack(&rule, &clock);
    for (seconds, calls) in [(0, 1), (299, 1), (1, 2), (29, 2), (1, 3), (3_269, 4)] {
        clock.advance(SignedDuration::from_secs(seconds));
        assert_eq!(slack.signing_secrets().await.unwrap().len(), 1, "{seconds}");
        assert_eq!(rule.num_calls(), calls);
    }
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(slack.signing_secrets().await.unwrap_err().code, "InternalServiceError");
}

#[tokio::test]
async fn a_forgery_costs_no_more_reads_when_they_fail() {
    let (rule, clock) = (soon_lost(), Memory::new());
    let slack = slack(&rule, &clock);
    slack.signing_secrets().await.unwrap();
    for (seconds, calls) in [(30, 2), (0, 2), (29, 2), (1, 3)] {
        clock.advance(SignedDuration::from_secs(seconds));
        assert_eq!(slack.signing_secrets_anew().await.unwrap().len(), 1, "what is known still refuses it");
        assert_eq!(rule.num_calls(), calls);
    }
}

#[tokio::test]
async fn what_does_not_match_has_it_read_again_but_not_for_every_forgery() {
    let (rule, clock) = (holding(r#"{"signingSecret": "new"}"#), Memory::new());
    let slack = slack(&rule, &clock);
    slack.signing_secrets().await.unwrap();
    for (seconds, calls) in [(29, 1), (1, 2), (1, 2), (28, 2), (1, 3)] {
        clock.advance(SignedDuration::from_secs(seconds));
        slack.signing_secrets_anew().await.unwrap();
        assert_eq!(rule.num_calls(), calls);
    }
}

#[tokio::test]
async fn a_token_that_slack_refuses_is_read_again_sooner_but_not_for_every_call() {
    let (rule, clock) = (holding(r#"{"signingSecret": "s", "botToken": "xoxb-1"}"#), Memory::new());
    let slack = &slack(&rule, &clock);
    (&slack).access().await.unwrap();
    for (seconds, calls) in [(2, 1), (1, 2), (1, 2)] {
        clock.advance(SignedDuration::from_secs(seconds));
        (&slack).renewed().await.unwrap();
        assert_eq!(rule.num_calls(), calls);
    }
}

#[tokio::test]
async fn a_part_that_is_missing_fails_only_who_needs_it() {
    let whole =
        r#"{"signingSecret": "s", "botToken": "xoxb-1", "teamId": "T1", "appId": "A1", "apiUrl": ""}"#;
    let slack = &slack(&holding(whole), &Memory::new());
    let workspace = SlackWorkspace { team: "T1".to_owned(), app: "A1".to_owned() };
    assert_eq!(slack.workspace().await.unwrap(), Some(workspace));
    let access = SlackAccess::new(BotToken::new("xoxb-1".to_owned()), None).unwrap().of_team(Some("T1"));
    assert_eq!((&slack).access().await.unwrap(), Some(access));
    for (json, access, workspace) in [
        (r#"{"signingSecret": "s"}"#, "its `botToken` is missing", "its `teamId` is missing"),
        (
            r#"{"signingSecret": "s", "botToken": "xoxb-1", "teamId": "T1", "apiUrl": "http://slack.com"}"#,
            "its `apiUrl` is no https URL (http only for this machine)",
            "its `appId` is missing",
        ),
    ] {
        let slack = &self::slack(&holding(json), &Memory::new());
        assert_eq!(slack.signing_secrets().await.unwrap().len(), 1);
        assert_eq!((&slack).access().await.unwrap_err().code, access);
        assert_eq!(slack.workspace().await.unwrap_err().code, workspace);
    }
}
