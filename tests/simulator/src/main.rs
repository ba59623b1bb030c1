//! The command line of the simulator.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use countersign_simulator::{Coverage, Report, listen, replay, run, shrink};

/// Runs seeds, and says which promise breaks, if one does.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask simulate", bin_name = "cargo xtask simulate")]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run this seed only, and tell what happens in it.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// How many run at the same time; as many as there are cores when left out.
    #[arg(long)]
    threads: Option<usize>,
    /// Say which ways through the state machines were never taken, and which changes of records were seen.
    #[arg(long)]
    coverage: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    listen();
    match arguments.seed {
        Some(seed) => tell(seed),
        None => explore(&arguments),
    }
}

fn tell(seed: u64) -> ExitCode {
    let report = replay(run(seed).choices);
    say(&report.trace.join("\n"));
    let Some(violation) = report.violation else {
        say(&format!("seed {seed} keeps every promise"));
        return ExitCode::SUCCESS;
    };
    say(&format!("seed {seed} breaks {}: {}", violation.promise, violation.what));
    ExitCode::FAILURE
}

/// Runs seeds until one fails, or all have run.
fn explore(arguments: &Arguments) -> ExitCode {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = arguments.threads.unwrap_or(cores).max(1);
    let end = arguments.from.saturating_add(arguments.seeds);
    let next = AtomicU64::new(arguments.from);
    let started = Instant::now();
    let found = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&next, end))).collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::park_timeout(Duration::from_secs(1));
            let done = next.load(Ordering::Relaxed).min(end) - arguments.from;
            progress(done, arguments.seeds, started);
        }
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|found| found.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
    });
    let mut coverage = Coverage::default();
    let mut first: Option<(u64, Report)> = None;
    let mut count = 0;
    for (ran, seen, failed) in found {
        count += ran;
        coverage.add(seen);
        first = match (first, failed) {
            (Some(first), Some(failed)) if failed.0 < first.0 => Some(failed),
            (first, failed) => first.or(failed),
        };
    }
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = count as f64 / seconds;
    let (taken, all) = coverage.edges();
    say(&format!(
        "{count} seeds in {seconds:.1} s, {rate:.0} a second; {taken} of {all} ways through the state machines; {} kinds of changes of records",
        coverage.changes().len()
    ));
    if arguments.coverage {
        coverage.missing().iter().for_each(|(machine, edge)| say(&format!("never: {machine}: {edge:?}")));
        coverage.changes().iter().for_each(|change| say(change));
    }
    match first {
        None => ExitCode::SUCCESS,
        Some((seed, report)) => {
            tell_failure(seed, &report);
            ExitCode::FAILURE
        }
    }
}

/// Runs seeds until there are no more, or one fails: how many, what they saw, and the one that failed.
fn work(next: &AtomicU64, end: u64) -> (u64, Coverage, Option<(u64, Report)>) {
    let mut coverage = Coverage::default();
    let mut ran = 0;
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return (ran, coverage, None);
        }
        let report = run(seed);
        ran += 1;
        coverage.add(report.coverage.clone());
        if report.violation.is_some() {
            // The others stop at what they are at.
            next.fetch_max(end, Ordering::Relaxed);
            return (ran, coverage, Some((seed, report)));
        }
    }
}

fn tell_failure(seed: u64, report: &Report) {
    if let Some(violation) = &report.violation {
        say(&format!("seed {seed} breaks {}: {}", violation.promise, violation.what));
    }
    say("making it small");
    let shrunk = shrink(report);
    say(&shrunk.report.trace.join("\n"));
    if let Some(violation) = &shrunk.report.violation {
        say(&format!("this breaks {}: {}", violation.promise, violation.what));
    }
    say(&format!(
        "seed {seed}, {} choices that are not calm after {} smaller runs; all of it: cargo xtask simulate --seed {seed}",
        shrunk.left, shrunk.tries
    ));
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
fn say(text: &str) {
    println!("{text}");
}

fn progress(done: u64, all: u64, started: Instant) {
    eprint!("\r{done} of {all} seeds, {} s ", started.elapsed().as_secs());
    if done >= all {
        eprintln!();
    }
}
