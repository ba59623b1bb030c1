//! The command line of `cargo xtask`: what it can do, and how each command ends.
#![doc = include_str!("../README.md")]

mod aws;
mod bench;
mod error;
mod fuzz;
mod http;
mod interrupt;
mod local;
mod mutants;
mod preflight;
mod process;
mod screenshots;
mod show;
mod signature;
mod simulate;
mod start;
mod terminal;
mod test;
mod tools;
mod words;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs Countersign on this machine, and tests it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and run it here, with a mailbox in the browser, until Ctrl-C.
    Local(local::Arguments),
    /// Start a deployment in the local run.
    Start(start::Arguments),
    /// Show a workflow of the local run and its requests.
    Show(show::Arguments),
    /// Measure how long Slack waits for an answer, cold and warm.
    Bench(bench::Arguments),
    /// Take the README's pictures from a run of their own; needs Chromium and its driver.
    Screenshots(screenshots::Arguments),
    /// Run seeds of crashes, delays and races through every handler, in memory.
    Simulate(simulate::Arguments),
    /// Give hostile bytes to everything that reads what others wrote; needs a C++ compiler.
    Fuzz(fuzz::Arguments),
    /// Take one guard of the product away after the other, and see that a test fails each time.
    Mutants(mutants::Arguments),
    /// Run every check and every test, those on the emulator included.
    Test(test::Arguments),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Local(arguments) => local::run(&arguments).await,
        Command::Start(arguments) => start::run(&arguments).await,
        Command::Show(arguments) => show::run(&arguments).await,
        Command::Bench(arguments) => bench::run(&arguments).await,
        Command::Screenshots(arguments) => screenshots::run(&arguments).await,
        Command::Simulate(arguments) => simulate::run(&arguments).await,
        Command::Fuzz(arguments) => fuzz::run(&arguments).await,
        Command::Mutants(arguments) => mutants::run(&arguments).await,
        Command::Test(arguments) => test::run(&arguments).await,
    };
    ended.unwrap_or_else(|error| {
        terminal::complain(&error);
        ExitCode::FAILURE
    })
}
