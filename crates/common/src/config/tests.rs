//! Which settings let a function start.

use super::*;

const GOOD: &[(&str, &str)] = &[
    ("TABLE_NAME", "approvals"),
    ("APPROVER_EMAIL", "Ana@Example.com"),
    ("APPROVAL_TIMEOUT_SECONDS", "86400"),
    ("REMIND_AFTER_SECONDS", "14400"),
    ("FROM_ADDRESS", "Approvals@example.com"),
    ("PUBLIC_BASE_URL", "https://approvals.example.com/live/"),
    ("CALLER_NAMED_APPROVERS", "allow"),
    ("RECORD_RETENTION_DAYS", "0"),
    ("SLACK_SECRET_ARN", ""),
    ("SLACK_CHANNEL", ""),
];

fn with(name: &'static str, value: &'static str) -> impl Fn(&str) -> Option<String> {
    move |asked| {
        let (_, good) = GOOD.iter().find(|(known, _)| *known == asked)?;
        Some(if asked == name { value } else { good }.to_owned())
    }
}

#[test]
fn every_struct_reads_what_the_template_gives() {
    let good = with("", "");
    let prepare = Prepare::from(&good).unwrap();
    assert_eq!(prepare.table_name, "approvals");
    assert_eq!(prepare.approver_email.as_str(), "ana@example.com");
    assert_eq!((prepare.approval_timeout_seconds, prepare.remind_after_seconds), (86_400, Some(14_400)));
    let send = SendApproval::from(&good).unwrap();
    assert_eq!(send.public_base_url, "https://approvals.example.com/live");
    assert_eq!(send.caller_named_approvers, CallerNamedApprovers::Allow);
    assert_eq!(send.record_retention_days, None);
    assert_eq!(ApprovalCallback::from(&good).unwrap().table_name, "approvals");
    assert_eq!(SlackInteraction::from(&good).unwrap().slack_secret_arn, None);
    let notifier = Notifier::from(&good).unwrap();
    assert_eq!(notifier.from_address, "Approvals@example.com", "SES tells upper from lower case");
}

#[test]
fn the_names_are_those_that_are_read() {
    let read = std::cell::RefCell::new(Vec::new());
    let good = with("", "");
    SendApproval::from(|name: &str| {
        read.borrow_mut().push(name.to_owned());
        good(name)
    })
    .unwrap();
    assert_eq!(*read.borrow(), SendApproval::NAMES);
}

#[test]
fn an_error_names_the_variable_and_what_it_should_hold() {
    let missing = Prepare::from(|_: &str| None).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "environment variable TABLE_NAME is missing: expected the name of the DynamoDB table"
    );
    let wrong = Prepare::from(with("APPROVER_EMAIL", "ana")).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "environment variable APPROVER_EMAIL is wrong: expected an email address like name@example.com"
    );
}

#[test]
fn case_22_numbers_keep_to_their_range() {
    for wrong in ["0", "31536001", "-1", "1.5", "a day"] {
        assert!(Prepare::from(with("APPROVAL_TIMEOUT_SECONDS", wrong)).is_err(), "{wrong}");
    }
    assert_eq!(
        Prepare::from(with("APPROVAL_TIMEOUT_SECONDS", "31536000")).unwrap().approval_timeout_seconds,
        31_536_000
    );
    assert_eq!(Prepare::from(with("REMIND_AFTER_SECONDS", "0")).unwrap().remind_after_seconds, None);
    assert!(Prepare::from(with("REMIND_AFTER_SECONDS", "")).is_err());
    let days = SendApproval::from(with("RECORD_RETENTION_DAYS", "400")).unwrap();
    assert_eq!(days.record_retention_days, Some(400));
    assert!(SendApproval::from(with("RECORD_RETENTION_DAYS", "4294967295")).is_err());
}

#[test]
fn links_start_with_https_except_on_this_machine() {
    for good in [
        "https://abc.execute-api.eu-west-1.amazonaws.com/live",
        "https://approvals.example.com:8443",
        "http://localhost:8080",
        "http://127.0.0.1:8080/live",
    ] {
        let read = SendApproval::from(with("PUBLIC_BASE_URL", good)).unwrap();
        assert_eq!(read.public_base_url, good);
    }
    for bad in [
        "http://approvals.example.com",
        "http://localhost.example.com",
        "http://localhost@example.com",
        "https://",
        "https://user@example.com",
        "https://example.com?x=1",
        "https://example.com/#a",
        "https://example.com/\"onclick",
        "https://example.com:port",
        "ftp://example.com",
        "example.com",
        "javascript:alert(1)",
    ] {
        assert!(SendApproval::from(with("PUBLIC_BASE_URL", bad)).is_err(), "{bad}");
    }
}

#[test]
fn who_may_name_approvers_is_one_of_two_words() {
    let refuse = SendApproval::from(with("CALLER_NAMED_APPROVERS", "refuse")).unwrap();
    assert_eq!(refuse.caller_named_approvers, CallerNamedApprovers::Refuse);
    assert!(SendApproval::from(with("CALLER_NAMED_APPROVERS", "yes")).is_err());
}

#[test]
fn a_secret_switches_slack_on() {
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf";
    let read = SlackInteraction::from(with("SLACK_SECRET_ARN", arn)).unwrap();
    assert_eq!(read.slack_secret_arn.as_deref(), Some(arn));
    let absent = SlackInteraction::from(|name: &str| (name == "TABLE_NAME").then(|| "t".to_owned()));
    assert_eq!(absent.unwrap().slack_secret_arn, None);
}

/// Whether there is such a channel, Slack says; a wrong one costs its messages and not the mails.
#[test]
fn a_channel_is_whatever_the_operators_wrote() {
    let read = |text| SendApproval::from(with("SLACK_CHANNEL", text)).map(|read| read.slack_channel);
    assert_eq!((read(""), read("  ")), (Ok(None), Ok(None)));
    for name in ["C0123ABC", "#releases", "#größe-1", "#a/b", "#🚀-releases", "#e\u{301}quipe", "#日本語"]
    {
        assert_eq!(read(name), Ok(Some(name.to_owned())));
    }
}

#[test]
fn an_unknown_log_level_is_info() {
    assert_eq!(log_level_of(Some("debug")), tracing::Level::DEBUG);
    assert_eq!(log_level_of(Some("FATAL")), tracing::Level::ERROR);
    assert_eq!(log_level_of(Some("loud")), tracing::Level::INFO);
    assert_eq!(log_level_of(None), tracing::Level::INFO);
}

/// An environment with these variables.
fn holding(variables: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    |asked| variables.iter().find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned())
}

#[test]
fn a_function_has_its_access_from_lambda_and_shows_no_secret_of_it() {
    let lambda = holding(&[
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "the secret"),
        ("AWS_SESSION_TOKEN", "the token"),
        ("AWS_USE_FIPS_ENDPOINT", "True"),
    ]);
    let access = AwsAccess::from(&lambda).unwrap();
    assert_eq!((access.region.as_str(), access.access_key_id.as_str()), ("eu-west-1", "ASIAEXAMPLE"));
    assert_eq!(access.secret_access_key.0, "the secret");
    assert_eq!(access.session_token.as_ref().map(|token| token.0.as_str()), Some("the token"));
    assert_eq!((access.use_fips, access.use_dual_stack), (true, false));
    let shown = format!("{access:?}");
    assert!(!shown.contains("the secret") && !shown.contains("the token"), "{shown}");
    let without = |name: &str| lambda(name).filter(|_| name != "AWS_REGION");
    assert_eq!(
        AwsAccess::from(without).unwrap_err().to_string(),
        "environment variable AWS_REGION is missing: expected a Region of AWS"
    );
    let unclear = |name: &str| match name {
        "AWS_USE_FIPS_ENDPOINT" => Some("yes".to_owned()),
        _ => lambda(name),
    };
    assert_eq!(
        AwsAccess::from(unclear).unwrap_err().to_string(),
        "environment variable AWS_USE_FIPS_ENDPOINT is wrong: expected true or false"
    );
}

#[test]
fn the_address_of_one_service_counts_before_that_of_all() {
    let both = holding(&[
        ("AWS_ENDPOINT_URL", "http://all"),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://secrets"),
        ("AWS_ENDPOINT_URL_SFN", ""),
    ]);
    assert_eq!(endpoint_url_of("Secrets Manager", &both).as_deref(), Some("http://secrets"));
    assert_eq!(endpoint_url_of("DynamoDB", &both).as_deref(), Some("http://all"));
    assert_eq!(endpoint_url_of("SFN", &both).as_deref(), Some("http://all"), "empty is as good as absent");
    assert_eq!(endpoint_url_of("DynamoDB", |_| None), None);
}
