//! The exact mail that is handed over, and what a refusal means.

use aws_sdk_sesv2::operation::send_email::SendEmailOutput;
use aws_smithy_mocks::mock;
use serde_json::json;

use super::*;
use crate::adapters::mocked::{answered, mocked};
use crate::adapters::samples::person;

fn mail() -> Mail {
    Mail {
        to: person("ana"),
        subject: "Deployment approval required: \u{e9}".to_owned(),
        text: "https://approvals.example.com/approve?token=secret".to_owned(),
        html: "<p>\u{1f680}</p>".to_owned(),
    }
}

fn is(content: &Content, text: &str) -> bool {
    content.data() == text && content.charset() == Some("UTF-8")
}

#[tokio::test]
async fn case_26_a_mail_goes_to_one_person_in_both_forms_and_untracked() {
    let send = mock!(Client::send_email)
        .match_requests(|input| {
            let destination = input.destination().unwrap();
            let message = input.content().unwrap().simple().unwrap();
            let body = message.body().unwrap();
            let tracking = input.configuration_overrides().unwrap().tracking().unwrap();
            input.from_email_address() == Some("Approvals@example.com")
                && destination.to_addresses() == ["ana@example.com"]
                && destination.cc_addresses().is_empty()
                && destination.bcc_addresses().is_empty()
                && is(message.subject().unwrap(), &mail().subject)
                && is(body.text().unwrap(), &mail().text)
                && is(body.html().unwrap(), &mail().html)
                && tracking.click_tracking_enabled() == Some(&FeatureStatus::Disabled)
                && tracking.open_tracking_enabled() == Some(&FeatureStatus::Disabled)
        })
        .then_output(|| SendEmailOutput::builder().build());
    let ses = Ses::new(mocked!(aws_sdk_sesv2, send), "Approvals@example.com");
    ses.send(&mail()).await.unwrap();
    assert_eq!(send.num_calls(), 1);
}

async fn failing(status: u16, code: &'static str) -> MailError {
    let body = json!({ "__type": code, "message": "Email address is not verified: ana@example.com" });
    let send = mock!(Client::send_email)
        .then_http_response(move || answered!(aws_sdk_sesv2, status, body.to_string()));
    Ses::new(mocked!(aws_sdk_sesv2, send), "approvals@example.com").send(&mail()).await.unwrap_err()
}

#[tokio::test]
async fn a_refusal_names_its_code_and_nobody_s_address() {
    let lasting = [
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "AccountSuspendedException",
        "SendingPausedException",
        "NotFoundException",
        "BadRequestException",
        "AccessDeniedException",
    ];
    for code in lasting {
        let error = failing(400, code).await;
        assert!(matches!(&error, MailError::Refused { code: told } if told == code), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("ana@") && !shown.contains("token="), "{shown}");
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_temporary() {
    let passing = [
        (429, "TooManyRequestsException"),
        (400, "LimitExceededException"),
        (400, "ThrottlingException"),
        (500, "InternalFailure"),
        (503, "ServiceUnavailable"),
    ];
    for (status, code) in passing {
        assert!(matches!(failing(status, code).await, MailError::Temporary { .. }), "{code}");
    }
}
