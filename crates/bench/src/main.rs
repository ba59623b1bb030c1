//! Measures the release binaries as Lambda runs them.
#![doc = include_str!("../README.md")]

mod calls;
mod check;
mod cost;
mod figures;
mod jobs;
mod machine;
mod measure;
mod page;
mod process;
mod quota;
mod record;
mod runtime_api;
#[cfg(test)]
mod samples;
mod services;
mod sizes;
mod spread;
mod subject;
mod terminal;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use quota::Quota;
use record::{Condition, Record};
use subject::Programs;
use terminal::Progress;

type Error = Box<dyn std::error::Error>;

/// The recorded run, and the page that shows it.
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.json");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PERFORMANCE.md");

#[derive(Parser)]
#[command(name = "cargo xtask bench", about = "Start the release binaries as Lambda does, and measure them")]
struct Arguments {
    /// How many processes are started for each figure
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// Where the binaries are
    #[arg(long, default_value = "target/release", value_name = "DIRECTORY")]
    binaries: PathBuf,
    /// A virtual environment with boto3; without one, nothing is compared with Python
    #[arg(long, value_name = "DIRECTORY")]
    python: Option<PathBuf>,
    /// Where the figures go as JSON
    #[arg(long, default_value = "target/bench.json", value_name = "FILE")]
    json: PathBuf,
    /// Take the figures of an earlier run, and measure nothing
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Compare with the recorded run, and fail if ratios, sizes or calls are worse
    #[arg(long, conflicts_with = "record")]
    check: bool,
    /// Make this run the recorded one, and write it into docs/PERFORMANCE.md
    #[arg(long)]
    record: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(Arguments::parse()).await.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let (check, is_recorded, json) = (arguments.check, arguments.record, arguments.json.clone());
    let record = match &arguments.from {
        Some(earlier) => serde_json::from_str(&fs::read_to_string(earlier)?)?,
        None => measure(arguments).await?,
    };
    let text = serde_json::to_string_pretty(&record)? + "\n";
    fs::write(json, &text)?;
    write!(std::io::stdout().lock(), "{}", terminal::table(&record))?;
    if is_recorded {
        let page = page::fill(&fs::read_to_string(PAGE)?, &record)?;
        fs::write(BASELINE, text)?;
        fs::write(PAGE, page)?;
    }
    if !check {
        return Ok(ExitCode::SUCCESS);
    }
    let complaints = check::worse(&serde_json::from_str(&fs::read_to_string(BASELINE)?)?, &record);
    for complaint in &complaints {
        eprintln!("worse: {complaint}");
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(arguments: Arguments) -> Result<Record, Error> {
    let programs = Programs { binaries: arguments.binaries, python: arguments.python };
    let mut record = Record {
        machine: machine::machine(),
        date: machine::date(),
        commit: machine::commit(),
        python: programs.python.as_deref().and_then(machine::python),
        runs: arguments.runs,
        rows: Vec::new(),
        sizes: sizes::of(&programs.binaries)?,
        notes: Vec::new(),
    };
    let progress = Progress::start();
    for condition in Condition::ALL {
        let quota = match condition.megabytes().map(Quota::of_memory).transpose() {
            Ok(quota) => quota,
            Err(error) => {
                let note =
                    format!("This user may set no CPU quota, so {condition} was not measured: {error}.");
                record.notes.push(note);
                continue;
            }
        };
        let say = |what: &str| progress.say(what);
        let rows = measure::under(condition, quota.as_ref(), arguments.runs, &programs, say).await?;
        record.rows.extend(rows);
    }
    record.notes.extend(machine::load());
    Ok(record)
}
