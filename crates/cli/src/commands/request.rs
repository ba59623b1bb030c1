//! `countersign request`

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use common::adapters::system::{SystemClock, SystemRandom};
use common::contract::prepare::Input;
use common::domain::{Facts, PlanKey};
use common::ports::Random;
use serde_json::{Value, json};

use super::dry_run::dry_run;
use super::{read_json, request_text};
use crate::aws::{Connection, Online};
use crate::error::Error;
use crate::exit::Exit;
use crate::follow::{self, Progress, Sleep};
use crate::output::Answer;
use crate::ports::Workflows;

/// Step Functions' limit on names.
const LONGEST_NAME: usize = 80;

/// What to ask for.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign request deployment.json
  countersign request deployment.json --dry-run
  countersign request deployment.json --wait
  jq -n '{serviceName: \"checkout\", version: \"2.4.1\", environment: \"production\",
          requestedBy: \"dev@example.com\"}' | countersign request - --name checkout-2-4-1 --wait

With --dry-run, nothing is started: it says who would be asked, where it would go, and what would
change there. It ends with 7 when that is not possible as things stand, and with 8 when nobody
could ever approve it, or its target never carry it out.

With --wait, the exit code says how it ended, by the records: 0 approved, and the workflow succeeded;
3 rejected; 4 expired; 5 withdrawn; 6 replaced by a newer request; 7 the workflow failed otherwise.
Ctrl-C ends the waiting, not the workflow. The same name and input again, while the workflow runs,
is the same workflow.")]
pub struct Arguments {
    /// The input of the workflow, as JSON; - reads it from the standard input.
    file: PathBuf,
    /// What the workflow is called [default: the service, or a subject's kind, and a few letters]
    #[arg(long)]
    name: Option<String>,
    /// Wait until the workflow has ended.
    #[arg(long)]
    wait: bool,
    /// Start nothing, and say what would happen.
    #[arg(long, conflicts_with_all = ["wait", "name"])]
    dry_run: bool,
}

pub(super) async fn run(
    arguments: &Arguments,
    connection: &Connection,
    progress: &mut Progress<'_>,
) -> Result<Answer, Error> {
    let input = input(&arguments.file)?;
    // As the state machine hands it to `prepare`, which names every mistake at once.
    let read = Input::read(&json!({ "input": input }))
        .map_err(|source| Error::Input { path: arguments.file.clone(), source })?;
    if arguments.dry_run {
        let online = connection.open().await?;
        return dry_run(&online.table, &online.targets, &SystemClock, read).await;
    }
    let name = match &arguments.name {
        Some(name) => checked(name)?,
        None => new_name(&read.facts, &SystemRandom),
    };
    let online = connection.open().await?;
    let started = Started { arn: online.workflows.start(&name, &input).await?, name };
    if !arguments.wait {
        return Ok(Answer { exit: Exit::Ok, text: started.text(), json: started.json() });
    }
    progress.say(started.text().trim_end());
    wait(&online, &started, progress).await
}

async fn wait(online: &Online, started: &Started, progress: &mut Progress<'_>) -> Result<Answer, Error> {
    let outside = (&online.table, &online.workflows, &SystemClock, &Sleep);
    match follow::unless_interrupted(follow::follow(outside, &started.arn, progress)).await {
        Some(followed) => {
            let (seen, end) = followed?;
            Ok(request_text::answer(started, &seen, &end))
        }
        None => Ok(request_text::interrupted(started)),
    }
}

/// A workflow that was started.
pub(super) struct Started {
    pub(super) name: String,
    pub(super) arn: String,
}

impl Started {
    pub(super) fn plan(&self) -> PlanKey {
        PlanKey::of_execution(&self.arn)
    }

    fn text(&self) -> String {
        let Self { name, arn } = self;
        format!(
            "started {name}\n  workflow  {arn}\n  plan      {}\n  follow    countersign show {name}\n",
            self.plan()
        )
    }

    pub(super) fn json(&self) -> Value {
        json!({ "ok": true, "name": self.name, "execution": self.arn, "plan": self.plan() })
    }
}

fn input(file: &Path) -> Result<Value, Error> {
    if file != Path::new("-") {
        return read_json(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(Error::Stdin)?;
    serde_json::from_str(&text).map_err(|source| Error::NotJson { path: file.to_owned(), source })
}

fn checked(name: &str) -> Result<String, Error> {
    let fits = (1..=LONGEST_NAME).contains(&name.len());
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if fits && name.bytes().all(allowed) {
        Ok(name.to_owned())
    } else {
        Err(Error::Name { name: name.to_owned() })
    }
}

/// A name that tells what it is and that nothing else has. One that the service makes up would be a second workflow
/// when its reply is lost and the call is made again.
pub(super) fn new_name(facts: &Facts, random: &impl Random) -> String {
    let what = match facts {
        Facts::Deployment(facts) => &facts.service_name,
        Facts::General(facts) => facts.kind.as_ref().unwrap_or(&facts.title),
    };
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let what: String = what.chars().take(LONGEST_NAME - 9).map(letter).collect();
    let digits = hex::encode(random.bits());
    format!("{what}-{}", digits.get(..8).unwrap_or(&digits))
}
