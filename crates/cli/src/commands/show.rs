//! `countersign show`

use std::path::{Path, PathBuf};

use clap::Args;
use common::adapters::system::SystemClock;
use common::ports::{Clock as _, ReadPlans, ReadRequests};
use jiff::Timestamp;
use serde_json::json;

use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::ports::{Execution, Workflows};
use crate::records::{self, Found};

/// What to show.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign show checkout-3f9a2c10
  countersign show 4f0c5a…-1 --json
  countersign show checkout-3f9a2c10 --html checkout.html

Shows what is asked for, who must approve at each level, who has voted and who is missing, and what
happened. A request of a workflow that has no plan is only found by its own id.

With --html the same is also written as one page to keep and to print, with the chain of entries of each
level. It holds no secret and needs no network.")]
pub struct Arguments {
    /// The id of a request, the key of a plan, or the name or the ARN of a workflow.
    id: String,
    /// Also writes it to this file, as one page to keep and to print.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(super) async fn run(arguments: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    let online = connection.open().await?;
    let (found, execution) =
        look_up(&online.table, &online.workflows, &online.machine, arguments.id.trim()).await?;
    let shown = answer(&found, execution.as_ref());
    match &arguments.html {
        None => Ok(shown),
        Some(path) => keep(shown, &found, execution.as_ref(), SystemClock.now(), path),
    }
}

/// What an id leads to, and how its workflow is.
pub(super) async fn look_up<S, W>(
    store: &S,
    workflows: &W,
    machine: &str,
    id: &str,
) -> Result<(Found, Option<Execution>), Error>
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
    Ok((found, execution))
}

pub(super) fn answer(found: &Found, execution: Option<&Execution>) -> Answer {
    let (text, json) = records::text(found, execution);
    Answer { exit: Exit::Ok, text, json }
}

/// Writes the page, and says so.
pub(super) fn keep(
    shown: Answer,
    found: &Found,
    execution: Option<&Execution>,
    now: Timestamp,
    path: &Path,
) -> Result<Answer, Error> {
    let page = records::page(found, execution, now).ok_or(Error::NothingToKeep)?;
    std::fs::write(path, page).map_err(|source| Error::Write { path: path.to_owned(), source })?;
    let Answer { exit, text, mut json } = shown;
    let text = format!("{text}\nwritten to {}\n", path.display());
    if let Some(object) = json.as_object_mut() {
        object.insert("html".to_owned(), json!(path.display().to_string()));
    }
    Ok(Answer { exit, text, json })
}
