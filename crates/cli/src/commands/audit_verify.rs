//! `countersign audit verify`

use std::fs::File;
use std::io::{BufReader, Write, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use common::adapters::system::SystemClock;
use common::ports::{Clock, ReadPlans, ReadRequests, WalkRequests};
use jiff::Timestamp;

use crate::audit::{Earlier, Ticker, parse_time, span, verify_all, verify_found, verify_lines, verify_rest};
use crate::aws::Connection;
use crate::error::Error;
use crate::output::Answer;

/// What to check.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign audit verify checkout-3f9a2c10
  countersign audit verify --all
  countersign audit verify --all --against heads-2026-01.jsonl
  countersign audit verify --from audit.jsonl --against heads-2026-01.jsonl

Checks that each chain of entries holds, that each fingerprint is that of its facts, that each record says
what its entries say, that its votes make its decision, and that it is what its plan asked for. Ends with 10
when anything does not fit. What that proves, and what only an export kept elsewhere does, is in
docs/AUDIT.md. --from needs no AWS.")]
pub struct Arguments {
    /// The id of a request, the key of a plan, or the name or the ARN of a workflow.
    #[arg(required_unless_present_any = ["all", "from"], conflicts_with_all = ["all", "from"])]
    id: Option<String>,
    /// Checks every request of the last ten years.
    #[arg(long, conflicts_with = "from")]
    all: bool,
    /// Checks an export, without AWS; - is the standard input.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Also checks that everything goes on from where it was in this earlier export.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// With --all: only what was opened at this time or later.
    #[arg(long, value_name = "TIME", requires = "all", value_parser = parse_time)]
    since: Option<Timestamp>,
    /// With --all: only what was opened before this time.
    #[arg(long, value_name = "TIME", requires = "all", value_parser = parse_time)]
    until: Option<Timestamp>,
}

pub(super) async fn run(
    arguments: &Arguments,
    connection: &Connection,
    err: &mut dyn Write,
) -> Result<Answer, Error> {
    let mut earlier = earlier(arguments)?;
    if let Some(from) = &arguments.from {
        return offline(from, &mut earlier);
    }
    let online = connection.open().await?;
    let clock = SystemClock;
    match &arguments.id {
        Some(id) => {
            let found = verify_found(&online.table, &online.machine, id.trim(), &mut earlier).await?;
            Ok(found.answer())
        }
        None => everything(arguments, &online.table, &clock, &mut earlier, err).await,
    }
}

/// Checks an export.
fn offline(from: &Path, earlier: &mut Earlier) -> Result<Answer, Error> {
    let (name, now) = (from.display().to_string(), SystemClock.now());
    let report = if name == "-" {
        verify_lines(&mut stdin().lock(), "the standard input", now, earlier)
    } else {
        verify_lines(&mut open(from)?, &name, now, earlier)
    };
    Ok(report?.answer())
}

/// Checks every request of the table, and what else the earlier export has.
pub(super) async fn everything<S, C>(
    arguments: &Arguments,
    store: &S,
    clock: &C,
    earlier: &mut Earlier,
    err: &mut dyn Write,
) -> Result<Answer, Error>
where
    S: WalkRequests + ReadRequests + ReadPlans,
    C: Clock,
{
    let now = clock.now();
    let span = span(arguments.since, arguments.until, now);
    let mut ticker = Ticker::new(clock, err);
    let mut report = verify_all(store, span, earlier, &mut ticker).await?;
    verify_rest(store, now, earlier, &mut report, &mut ticker).await?;
    Ok(report.answer())
}

fn earlier(arguments: &Arguments) -> Result<Earlier, Error> {
    match &arguments.against {
        None => Ok(Earlier::default()),
        Some(path) => Earlier::read(&mut open(path)?, &path.display().to_string()),
    }
}

fn open(path: &Path) -> Result<BufReader<File>, Error> {
    let file = File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(BufReader::new(file))
}
