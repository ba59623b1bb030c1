//! `cargo xtask fuzz`: builds the targets of `tests/fuzz` with libFuzzer, and runs one after the other for a while.

mod report;

use std::fs;
use std::path::PathBuf;
use std::process::{ExitCode, Output};

use tokio::process::Command;

use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::process::{self, Group};
use crate::terminal::{self, Note};
use crate::workspace;
use report::Statistics;

const PACKAGE: &str = "countersign-fuzz";

/// What lets libFuzzer see which code an input reaches and what is compared with it; and the name of such a build.
const INSTRUMENTED: [&str; 7] = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this target; a file of tests/fuzz/src/targets
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let all = targets()?;
    let targets = match &arguments.target {
        None => all,
        Some(name) if all.contains(name) => vec![name.clone()],
        Some(name) => return Err(Error::NoTarget { name: name.clone(), all: all.join(", ") }),
    };
    let mut interrupts = Interrupts::listen()?;
    tokio::select! {
        ended = run_all(&targets, arguments.seconds) => ended,
        () = interrupts.next() => Ok(ExitCode::FAILURE),
    }
}

/// The files of the targets' directory, by name.
fn targets() -> Result<Vec<String>, Error> {
    let directory = workspace::path("tests/fuzz/src/targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory).map_err(Error::file("Cannot read", &directory))? {
        let path = entry.map_err(Error::file("Cannot read", &directory))?.path();
        names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.retain(|name| name != "mod");
    names.sort_unstable();
    Ok(names)
}

async fn run_all(targets: &[String], seconds: u32) -> Result<ExitCode, Error> {
    build().await?;
    let mut broken = 0;
    for target in targets {
        let output = terminal::step(target, &Note::default(), fuzz(target, seconds)).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            terminal::say(&Statistics::read(&said).to_string());
        } else {
            broken += 1;
            terminal::say(&report::failure(target, &said));
        }
    }
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn build() -> Result<(), Error> {
    terminal::say("Building the targets with libFuzzer; the first time, that takes some minutes");
    let status = Group::spawn(&mut cargo("build"))?.wait().await.map_err(Error::run("cargo"))?;
    if status.success() { Ok(()) } else { Err(Error::BuildFuzzing) }
}

/// Runs a target. What it finds is kept for the next run.
async fn fuzz(target: &str, seconds: u32) -> Result<Output, Error> {
    let corpus = directory("corpus", target)?;
    let seeds = directory("seeds", target)?;
    let broken = directory("broken", target)?;
    let mut command = cargo("run");
    command.args(["--quiet", "--"]).arg(&corpus).arg(&seeds);
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", broken.display()));
    command.args(["-print_final_stats=1", "-timeout=20", "-max_len=16384"]);
    command.env("COUNTERSIGN_FUZZ_TARGET", target).env("COUNTERSIGN_FUZZ_SEEDS", &seeds);
    process::capture(&mut command).await
}

fn cargo(what: &str) -> Command {
    let mut command = Command::new(workspace::cargo());
    // With a target, the flags are for what runs there only, and not for the programs that build it.
    command.args([what, "--profile", "simulation", "--target", "host-tuple", "--package", PACKAGE]);
    command.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\x1f"));
    command.env("CARGO_TARGET_DIR", workspace::path("target/fuzz/build")).current_dir(workspace::root());
    command
}

fn directory(what: &str, target: &str) -> Result<PathBuf, Error> {
    let path = workspace::path("target/fuzz").join(what).join(target);
    fs::create_dir_all(&path).map_err(Error::file("Cannot make the directory", &path))?;
    Ok(path)
}
