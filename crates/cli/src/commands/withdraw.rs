//! `countersign withdraw`

use clap::Args;
use common::domain::apply::MAX_REASON;
use common::domain::{Request, RequestId, Status};
use common::ports::{ReadPlans, ReadRequests};
use serde_json::json;

use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::follow::of_status;
use crate::output::Answer;
use crate::ports::{Withdrawal, Withdraws};
use crate::records::{self, Found};

/// What to take back.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign withdraw checkout-3f9a2c10 --reason \"the release is postponed\"

Takes back the level that is open; the workflow then ends. A vote that comes first wins: the command
ends with 1 when the request was approved, 3 rejected, 4 expired, 6 replaced by a newer one.")]
pub struct Arguments {
    /// The id of a request, the key of a plan, or the name or the ARN of a workflow.
    id: String,
    /// Why, for those who were asked.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) async fn run(arguments: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    let reason = arguments.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Error::Reason { max: MAX_REASON });
    }
    let online = connection.open().await?;
    answer(&online.table, &online.reconcile, &online.machine, arguments.id.trim(), reason).await
}

pub(super) async fn answer<S, R>(
    store: &S,
    reconcile: &R,
    machine: &str,
    id: &str,
    reason: &str,
) -> Result<Answer, Error>
where
    S: ReadPlans + ReadRequests,
    R: Withdraws,
{
    let request = request_of(records::find(store, machine, id).await?, id)?;
    let withdrawal = reconcile.withdraw(&request, reason).await?;
    // The answer says how it stands; the record says who made it so.
    let stored = store.request(&request).await?;
    Ok(told(&request, &withdrawal, stored.as_ref()))
}

/// The request to withdraw: of a plan, the level that was opened last.
fn request_of(found: Found, id: &str) -> Result<RequestId, Error> {
    match (found.requests.last(), found.execution) {
        (Some(request), _) => Ok(request.id.clone()),
        (None, Some(execution)) if found.plan.is_some() => Err(Error::NothingAsked { execution }),
        _ => Err(Error::NotFound { id: id.to_owned() }),
    }
}

fn told(id: &RequestId, withdrawal: &Withdrawal, stored: Option<&Request>) -> Answer {
    let decision = stored.and_then(|request| request.decision.as_ref());
    let how = decision.map(records::ended).or_else(|| Some(withdrawal.status?.to_string()));
    let how = how.unwrap_or_else(|| "not stored".to_owned());
    let withdrawn = withdrawal.refusal.is_none() && withdrawal.status == Some(Status::Withdrawn);
    let (exit, text) = if withdrawn {
        (Exit::Ok, format!("{id} is {how}\n"))
    } else {
        (withdrawal.status.map_or(Exit::Failed, of_status), format!("{id} was not withdrawn: it is {how}\n"))
    };
    let json = json!({
        "ok": withdrawn, "requestId": id, "status": withdrawal.status, "refusal": withdrawal.refusal,
        "decision": records::decision(decision),
    });
    Answer { exit, text, json }
}
