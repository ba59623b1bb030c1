//! Some thousand seeds keep every promise; `cargo xtask simulate` runs as many as you like.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_simulator::{Coverage, listen, replay, run};

/// How many seeds are run here.
const SEEDS: u64 = 2_000;

#[test]
fn every_seed_keeps_every_promise() {
    listen();
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let seen = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| explore(&next))).collect();
        let mut all = Coverage::default();
        for worker in workers {
            all.add(worker.join().unwrap());
        }
        all
    });
    // What only a fault in a fault leads to may be missing; whole parts of a state machine may not.
    let (taken, all) = seen.edges();
    assert!(
        taken * 10 >= all * 9,
        "{taken} of {all} ways through the state machines; never: {:?}",
        seen.missing()
    );
    assert!(seen.changes().len() >= 40, "{:#?}", seen.changes());
}

fn explore(next: &AtomicU64) -> Coverage {
    let mut coverage = Coverage::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= SEEDS {
            return coverage;
        }
        let report = run(seed);
        assert_eq!(report.violation, None, "cargo xtask simulate --seed {seed} tells how");
        coverage.add(report.coverage);
    }
}

#[test]
fn a_seed_plays_the_same_every_time_and_from_its_choices() {
    listen();
    for seed in [3, 14, 159] {
        let (one, other) = (run(seed), run(seed));
        assert_eq!((&one.choices, &one.violation), (&other.choices, &other.violation));
        let told = replay(one.choices.clone());
        assert_eq!(told.choices, one.choices);
        assert_eq!(told.trace, replay(one.choices).trace);
    }
}
