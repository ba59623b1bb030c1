#![doc = include_str!("../README.md")]

mod asl;
mod check;
mod choices;
mod coverage;
mod delivery;
mod functions;
mod logs;
mod machines;
mod people;
mod queue;
mod runs;
mod scenario;
mod shrink;
mod slack;
#[cfg(test)]
mod template;
mod trace;
mod world;

pub use self::check::Violation;
pub use self::coverage::Coverage;
pub use self::logs::listen;
pub use self::shrink::{Shrunk, shrink};

use self::choices::Choices;
use self::trace::Trace;
use self::world::World;

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The promise that it broke, if it broke one.
    pub violation: Option<Violation>,
    /// What it saw.
    pub coverage: Coverage,
    /// Everything that was left to chance in it.
    pub choices: Vec<u32>,
    /// What happened, where that was asked for.
    pub trace: Vec<String>,
}

/// Runs a seed.
pub fn run(seed: u64) -> Report {
    play(Choices::seeded(seed), Trace::default())
}

/// Runs with these choices, and tells what happens.
pub fn replay(choices: Vec<u32>) -> Report {
    play(Choices::listed(choices), Trace::written())
}

fn play(choices: Choices, trace: Trace) -> Report {
    // What handlers draw themselves, secrets and names, changes nothing in what happens.
    let mut world = World::new(choices, 0, trace);
    let ended = world.run();
    Report {
        violation: ended.err(),
        choices: world.choices.made().to_vec(),
        trace: world.trace.lines().to_vec(),
        coverage: world.checks.coverage,
    }
}
