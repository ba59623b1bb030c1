//! Mail by Amazon SES (API version 2).

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{
    Body, ConfigurationOverrides, Content, Destination, EmailContent, FeatureStatus, Message,
    TrackingConfigurationOverrides,
};

use super::failure::Failure;
use crate::ports::{Mail, MailError, SendMail};

/// Amazon SES, with one sender.
#[derive(Clone, Debug)]
pub struct Ses {
    client: Client,
    from: String,
}

impl Ses {
    /// Sends from this address. SES must know it, and the function's policy allows no other.
    pub fn new(client: Client, from: impl Into<String>) -> Self {
        Self { client, from: from.into() }
    }
}

impl SendMail for Ses {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let content = content(mail).map_err(|_| refused("InvalidRequest"))?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .content(content)
            .configuration_overrides(untracked())
            .send()
            .await;
        let Err(error) = sent else { return Ok(()) };
        // Throttled, over the day's quota, or no answer: SES may take it later, and may even have taken it.
        let Failure { code, passing } = Failure::of(&error);
        Err(if passing { MailError::Temporary { code } } else { MailError::Refused { code } })
    }
}

fn content(mail: &Mail) -> Result<EmailContent, BuildError> {
    let body = Body::builder().text(utf8(&mail.text)?).html(utf8(&mail.html)?).build();
    let message = Message::builder().subject(utf8(&mail.subject)?).body(body).build();
    Ok(EmailContent::builder().simple(message).build())
}

fn utf8(text: &str) -> Result<Content, BuildError> {
    Content::builder().data(text).charset("UTF-8").build()
}

/// Click tracking would send every link, with its secret, through a third party, and opening would be
/// reported; an account may have both switched on for all its mail.
fn untracked() -> ConfigurationOverrides {
    let tracking = TrackingConfigurationOverrides::builder()
        .click_tracking_enabled(FeatureStatus::Disabled)
        .open_tracking_enabled(FeatureStatus::Disabled);
    ConfigurationOverrides::builder().tracking(tracking.build()).build()
}

fn refused(code: &str) -> MailError {
    MailError::Refused { code: code.to_owned() }
}

#[cfg(test)]
mod tests;
