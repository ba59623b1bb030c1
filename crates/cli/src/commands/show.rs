//! `countersign show`

use clap::Args;
use common::ports::{ReadPlans, ReadRequests};

use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::ports::Workflows;
use crate::records;

/// What to show.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign show checkout-3f9a2c10
  countersign show 4f0c5a…-1 --json

Shows what is asked for, who must approve at each level, who has voted and who is missing, and what
happened. A request of a workflow that has no plan is only found by its own id.")]
pub struct Arguments {
    /// The id of a request, the key of a plan, or the name or the ARN of a workflow.
    id: String,
}

pub(super) async fn run(arguments: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    let online = connection.open().await?;
    answer(&online.table, &online.workflows, &online.machine, arguments.id.trim()).await
}

pub(super) async fn answer<S, W>(store: &S, workflows: &W, machine: &str, id: &str) -> Result<Answer, Error>
where
    S: ReadPlans + ReadRequests,
    W: Workflows,
{
    let found = records::find(store, machine, id).await?;
    let execution = match &found.execution {
        None => None,
        Some(arn) => match workflows.look(arn).await {
            Ok(execution) => execution,
            // The records are shown without it, where there are some.
            Err(error) if !found.is_stored() => return Err(error.into()),
            Err(_) => None,
        },
    };
    if !found.is_stored() && execution.is_none() {
        return Err(Error::NotFound { id: id.to_owned() });
    }
    let (text, json) = records::text(&found, execution.as_ref());
    Ok(Answer { exit: Exit::Ok, text, json })
}
