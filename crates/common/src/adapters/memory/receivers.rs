//! Receivers of webhooks, who act once on what they are told under one id.

use std::collections::BTreeMap;

use super::{Call, Memory, State};
use crate::domain::{RequestId, Webhook};
use crate::ports::{CallWebhooks, Random as _, Received, TargetError};

#[derive(Debug, Default)]
pub(super) struct Receivers {
    /// Whatever came, in order.
    told: Vec<(RequestId, String)>,
    /// What was acted on: the text that came first under its id.
    acted: BTreeMap<RequestId, String>,
    answer: Option<Received>,
    broken: Option<TargetError>,
    unsigned: Option<TargetError>,
}

impl Memory {
    /// Lets receivers answer so from now on. Unless told otherwise, they accept, and go on for ever.
    pub fn answer_webhooks(&self, answer: Received) {
        self.lock().receivers.answer = Some(answer);
    }

    /// Lets every call of a receiver end so before it arrives, or no more.
    pub fn fail_webhooks(&self, failure: Option<TargetError>) {
        self.lock().receivers.broken = failure;
    }

    /// Lets nothing be signed any more, for this reason, or everything again.
    pub fn leave_webhooks_unsigned(&self, failure: Option<TargetError>) {
        self.lock().receivers.unsigned = failure;
    }

    /// Whatever receivers were told, in order.
    pub fn told(&self) -> Vec<(RequestId, String)> {
        self.lock().receivers.told.clone()
    }

    /// What receivers acted on.
    pub fn acted_on(&self) -> BTreeMap<RequestId, String> {
        self.lock().receivers.acted.clone()
    }
}

impl Receivers {
    fn tell(&mut self, request: RequestId, body: String) -> Received {
        let accepted = Received::Accepted { says: None, link: None };
        let answer = self.answer.clone().unwrap_or(accepted);
        self.told.push((request.clone(), body.clone()));
        if !matches!(answer, Received::Refused(_)) {
            self.acted.entry(request).or_insert(body);
        }
        answer
    }
}

fn failing(failure: Option<&TargetError>) -> Result<(), TargetError> {
    failure.cloned().map_or(Ok(()), Err)
}

impl CallWebhooks for Memory {
    fn mark(&self) -> String {
        hex::encode(self.bits())
    }

    async fn signable(&self, _: &Webhook) -> Result<(), TargetError> {
        let no_reply = || TargetError::Unavailable {
            operation: "secretsmanager:GetSecretValue",
            code: "NoReply".to_owned(),
        };
        self.call(Call::ReadKey, |state: &mut State| failing(state.receivers.unsigned.as_ref()), no_reply)
            .await
    }

    async fn post(&self, _: &Webhook, request: &RequestId, body: &str) -> Result<Received, TargetError> {
        let (request, body) = (request.clone(), body.to_owned());
        let effect = move |state: &mut State| {
            failing(state.receivers.unsigned.as_ref())?;
            failing(state.receivers.broken.as_ref())?;
            Ok(state.receivers.tell(request, body))
        };
        let no_reply = || TargetError::Unavailable { operation: "POST", code: "NoReply".to_owned() };
        self.call(Call::CallWebhook, effect, no_reply).await
    }
}
