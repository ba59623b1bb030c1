//! Measures the release binaries as Lambda runs them.
#![doc = include_str!("../README.md")]

mod click;
mod process;
mod quota;
mod report;
mod runtime_api;
mod services;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use click::Click;
use process::Process;
use quota::Quota;
use report::{Report, Sample};
use runtime_api::RuntimeApi;
use services::Services;

/// How often a process is used again after its first invocation.
const WARM: usize = 10;

type Error = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(name = "cargo xtask bench", about = "Start the release binaries as Lambda does, and measure them")]
struct Arguments {
    /// How many processes are started for each figure
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// Where the binaries are
    #[arg(long, default_value = "target/release", value_name = "DIRECTORY")]
    binaries: PathBuf,
    /// Where the figures go as JSON
    #[arg(long, default_value = "target/bench.json", value_name = "FILE")]
    json: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match measure(&Arguments::parse()).await {
        Ok(report) => {
            let mut out = std::io::stdout().lock();
            if write!(out, "{report}").is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let mut report = Report::default();
    let shows_progress = std::io::stderr().is_terminal();
    for memory in [None, Some(512), Some(256)] {
        let quota = match memory.map(Quota::of_memory).transpose() {
            Ok(quota) => quota,
            Err(error) => {
                report.note(format!("without a CPU quota: {error}"));
                break;
            }
        };
        for click in Click::ALL {
            let mut samples = Vec::new();
            for run in 1..=arguments.runs {
                if shows_progress {
                    eprint!("\r{}, {}: {run} of {}   ", Quota::name(memory), click.name(), arguments.runs);
                }
                samples.push(sample(arguments, click, quota.as_ref()).await?);
            }
            report.add(Quota::name(memory), click.name(), &samples);
        }
    }
    if shows_progress {
        eprintln!();
    }
    std::fs::write(&arguments.json, report.to_json().to_string())?;
    Ok(report)
}

/// One process: from nothing to its first answer, and then some more.
async fn sample(arguments: &Arguments, click: Click, quota: Option<&Quota>) -> Result<Sample, Error> {
    let mut api = RuntimeApi::start().await?;
    let services = Services::start(click).await?;
    let binary = arguments.binaries.join(Click::BINARY);
    let process = Process::start(&binary, quota, &Click::environment(&api, &services))?;
    let mut waiting = api.next().await?;
    let ready = waiting.since(process.started);
    services.take_calls();
    let mut answers = Vec::new();
    let mut calls = Vec::new();
    for _ in 0..=WARM {
        let answer = api.invoke(waiting, &click.event()).await?;
        click.check(&answer.body)?;
        answers.push(answer.took);
        calls.push(services.take_calls());
        waiting = api.next().await?;
    }
    let [first, warm @ ..] = &answers[..] else { return Err("no invocation".into()) };
    let calls = calls.pop().unwrap_or_default();
    Ok(Sample { ready, first: *first, warm: warm.to_vec(), memory_kb: process.peak_memory()?, calls })
}
