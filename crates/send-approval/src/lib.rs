#![doc = include_str!("../README.md")]

use common::config::SendApproval;
use common::contract::send_approval::Payload;
use common::ports::{
    AskSlackWho, Clock, KeepRequests, Pause, PostToSlack, Random, ReadPlans, ReadPointers, ReadPolicy,
    ResumeWorkflows, SendMail,
};
use common::usecase::ask::{Ask, Settings, SlackSettings};
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// What the operators set, for the use case.
pub fn settings(config: &SendApproval) -> Settings {
    let channel = config.slack_channel.clone();
    Settings {
        default_approver: config.approver_email.clone(),
        base_url: config.public_base_url.clone(),
        caller_named_approvers: config.caller_named_approvers,
        retention_days: config.record_retention_days,
        slack: match config.slack_secret_arn {
            Some(_) => SlackSettings::On { channel },
            None => SlackSettings::Off,
        },
    }
}

/// Answers one invocation. The workflow goes on when its task token is answered, not when this returns.
///
/// # Errors
/// Whenever it would otherwise wait in silence.
pub async fn handle<S, M, L, W, C, R>(
    ask: &Ask<'_, S, M, L, W, C, R>,
    payload: Value,
) -> Result<Value, Diagnostic>
where
    S: KeepRequests + ReadPlans + ReadPointers + ReadPolicy,
    M: SendMail,
    L: PostToSlack + AskSlackWho,
    W: ResumeWorkflows,
    C: Clock + Pause,
    R: Random,
{
    // Boxed: the future of asking is large.
    Ok(Box::pin(ask.run(&Payload::read(&payload)?)).await?)
}

#[cfg(test)]
mod tests;
