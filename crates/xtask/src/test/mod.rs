//! `cargo xtask test`: every check and every test, the ones on the emulator included, and a summary of how
//! each went.
//!
//! A step that fails does not keep the later ones from running, so that one run shows everything that is wrong.

mod aws;
mod emulator;
mod steps;
mod summary;

use std::process::ExitCode;

use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::terminal;
use summary::Summary;

/// What a shell reports for a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only this part
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Run what can run there against this stack on AWS, and nothing here; needs the AWS CLI
    #[arg(long, value_name = "STACK", conflicts_with = "only")]
    aws: Option<String>,
    /// Let every call on the emulator through: no role and no policy is evaluated
    #[arg(long)]
    no_iam: bool,
    /// Handed to the tests: a part of their names, or options of the test harness
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    rest: Vec<String>,
}

/// What can be run apart from the rest.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Formatting, lints, and the checks of the templates, the state machines and the workflow
    Checks,
    /// What plain `cargo test` runs
    Plain,
    /// The tests on the emulator
    Emulator,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let mut interrupts = Interrupts::listen()?;
    let mut summary = Summary::default();
    tokio::select! {
        () = everything(arguments, &mut summary) => {}
        () = interrupts.next() => {
            terminal::say("Stopped.");
            return Ok(ExitCode::from(INTERRUPTED));
        }
    }
    for line in summary.lines() {
        terminal::say(&line);
    }
    Ok(if summary.all_is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn checks_of_files(summary: &mut Summary) {
    summary.step("cfn-lint", steps::cfn_lint()).await;
    summary.step("sam validate", steps::sam_validate()).await;
    summary.step("state machines", steps::state_machines()).await;
    summary.step("actionlint", steps::actionlint()).await;
}

async fn everything(arguments: &Arguments, summary: &mut Summary) {
    if let Some(stack) = &arguments.aws {
        summary.step("platform tests on AWS", aws::platform_tests(stack, &arguments.rest)).await;
        summary.step("other tests", aws::others()).await;
        return;
    }
    let wants = |part| arguments.only.is_none_or(|only| only == part);
    if wants(Part::Checks) {
        summary.step("formatting", steps::formatting()).await;
        // What the others need is downloaded while Clippy compiles.
        let mut compiled = Summary::default();
        tokio::join!(checks_of_files(summary), compiled.step("clippy", steps::clippy()));
        summary.append(compiled);
    }
    if wants(Part::Plain) {
        summary.step("plain tests", steps::plain_tests(&arguments.rest)).await;
        summary.step("figures", steps::figures()).await;
    }
    if wants(Part::Emulator) {
        let has_browser = summary.step("browser", steps::browser()).await;
        summary
            .step(
                "tests on the emulator",
                Box::pin(emulator::tests(&arguments.rest, has_browser, arguments.no_iam)),
            )
            .await;
    }
}
