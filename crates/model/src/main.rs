//! Goes through the model's bounds and prints what was found: `cargo run -p model`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use stateright::{Checker as _, Expectation, Model as _};

use model::{Bounds, Protocol};

/// Checks the protocol exhaustively within bounds.
#[derive(Parser)]
#[command(name = "cargo run -p model --")]
struct Arguments {
    /// The larger bounds: some of them take long, and gigabytes of memory
    #[arg(long)]
    large: bool,
    /// Only the bounds whose name has this in it
    #[arg(default_value = "")]
    name: String,
    /// How many threads search
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let all: &[(&str, Bounds)] = if arguments.large { &Bounds::LARGE } else { &Bounds::SMALL };
    let mut holds = true;
    for (name, bounds) in all.iter().filter(|(name, _)| name.contains(&arguments.name)) {
        match check(name, *bounds, arguments.threads) {
            Ok(held) => holds &= held,
            Err(_) => return ExitCode::FAILURE,
        }
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check(name: &str, bounds: Bounds, threads: usize) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    writeln!(out, "{name}")?;
    out.flush()?;
    let started = Instant::now();
    let checker = Protocol { bounds }.checker().threads(threads).spawn_bfs().join();
    writeln!(
        out,
        "  {} states, {} steps between them, {} deep, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        started.elapsed().as_secs_f64()
    )?;
    let mut holds = true;
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        let as_it_should = found.is_some() == matches!(property.expectation, Expectation::Sometimes);
        holds &= as_it_should;
        let word = match (&property.expectation, as_it_should) {
            (Expectation::Sometimes, true) => "happens:",
            (Expectation::Sometimes, false) => "NEVER HAPPENS:",
            (_, true) => "holds:",
            (_, false) => "FAILS:",
        };
        writeln!(out, "  {word} {}", property.name)?;
        if let Some(path) = found.filter(|_| !as_it_should) {
            for action in path.into_actions() {
                writeln!(out, "      {action:?}")?;
            }
        }
    }
    Ok(holds)
}
