//! The functions, as they are deployed: their real handlers, each with the time that its sandbox has.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::adapters::memory::Memory;
use common::domain::CallerNamedApprovers;
use common::ports::Pause as _;
use common::usecase::ask::{Ask, Settings, SlackSettings};
use common::usecase::carry_out::CarryOut;
use common::usecase::prepare::Defaults;
use common::usecase::settle::Settle;
use jiff::SignedDuration;
use lambda_runtime::Diagnostic;
use serde_json::Value;
use slack_interaction::{Desk, Strangers};

use crate::scenario::{DEADLINE, person};

/// Where links lead to.
pub(crate) const BASE: &str = "https://approvals.example.com/live";

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Stores the plan.
    Prepare,
    /// Asks.
    SendApproval,
    /// Shows the page, and takes votes from it.
    ApprovalCallback,
    /// Takes votes from Slack.
    SlackInteraction,
    /// Says what a timeout means.
    NotifyTimeout,
    /// Tells of a rejection.
    NotifyRejection,
    /// Deploys.
    ExecuteDeployment,
    /// Pays what is owed.
    Reconcile,
}

/// What a function answers with.
#[derive(Debug)]
pub(crate) enum Answer {
    /// To whom it was a task, or an event.
    Task(Result<Value, Diagnostic>),
    /// To a browser, or Slack.
    Http(Box<ApiGatewayProxyResponse>),
}

/// A function at work.
pub(crate) type Work = Pin<Box<dyn Future<Output = Answer>>>;

impl Role {
    /// The function whose ARN stands for this placeholder in a state machine.
    pub(crate) fn of(placeholder: &str) -> Option<Self> {
        match placeholder {
            "${PrepareFunctionArn}" => Some(Self::Prepare),
            "${SendApprovalFunctionArn}" => Some(Self::SendApproval),
            "${NotifyTimeoutFunctionArn}" => Some(Self::NotifyTimeout),
            "${NotifyRejectionFunctionArn}" => Some(Self::NotifyRejection),
            "${ExecuteDeploymentFunctionArn}" => Some(Self::ExecuteDeployment),
            _ => None,
        }
    }

    /// How long its sandbox lets it work; `Timeout` in the template.
    pub(crate) fn limit(self) -> SignedDuration {
        SignedDuration::from_secs(match self {
            Self::ApprovalCallback => 15,
            Self::SlackInteraction => 10,
            Self::Reconcile => 120,
            Self::Prepare => 30,
            Self::SendApproval | Self::NotifyTimeout | Self::NotifyRejection | Self::ExecuteDeployment => 60,
        })
    }

    /// Begins to work on an event.
    pub(crate) fn begin(
        self,
        world: Memory,
        strangers: &Arc<Strangers>,
        has_slack: bool,
        event: Value,
    ) -> Work {
        let strangers = Arc::clone(strangers);
        Box::pin(async move {
            let w = &world;
            match self {
                Self::Prepare => {
                    let defaults = Defaults {
                        approver: person("ana"),
                        timeout_seconds: DEADLINE,
                        remind_after_seconds: Some(DEADLINE / 3),
                    };
                    Answer::Task(prepare::handle(w, w, w, w, &defaults, event).await)
                }
                Self::SendApproval => {
                    Answer::Task(send_approval::handle(&asking(w, &settings(has_slack)), event).await)
                }
                Self::ApprovalCallback => {
                    Answer::Http(Box::new(approval_callback::handle(w, w, w, event).await))
                }
                Self::SlackInteraction => {
                    let strangers = &strangers;
                    let desk = Desk { secrets: w, store: w, workflows: w, slack: w, clock: w, strangers };
                    let sleep = |duration: Duration| w.pause(duration);
                    Answer::Http(Box::new(slack_interaction::handle(&desk, event, sleep).await))
                }
                Self::NotifyTimeout => Answer::Task(notify_timeout::handle(w, w, w, event).await),
                Self::NotifyRejection => Answer::Task(notify_rejection::handle(w, w, w, event).await),
                Self::ExecuteDeployment => {
                    let carry_out =
                        CarryOut { store: w, targets: w, mail: w, clock: w, retention_days: None };
                    Answer::Task(execute_deployment::handle(&carry_out, event).await)
                }
                Self::Reconcile => {
                    let settle = Settle { store: w, mail: w, slack: w, workflows: w, clock: w, random: w };
                    Answer::Task(reconcile::handle(&settle, event).await)
                }
            }
        })
    }
}

fn settings(has_slack: bool) -> Settings {
    let channel = Some("C0DEPLOY".to_owned());
    Settings {
        default_approver: person("ana"),
        base_url: BASE.to_owned(),
        caller_named_approvers: CallerNamedApprovers::Allow,
        retention_days: None,
        slack: if has_slack { SlackSettings::On { channel } } else { SlackSettings::Off },
    }
}

fn asking<'a>(
    w: &'a Memory,
    settings: &'a Settings,
) -> Ask<'a, Memory, Memory, Memory, Memory, Memory, Memory> {
    Ask { store: w, mail: w, slack: w, workflows: w, clock: w, random: w, settings }
}
