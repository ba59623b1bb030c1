//! The figures to reach: ratios of one run, and sizes. What is a ratio does not depend on the machine.

use crate::jobs::Job;
use crate::record::{Condition, Record, Row};
use crate::spread::Spread;
use crate::subject::{FLOOR, ROLES, Side};

/// The largest file that is uploaded for a function.
const LARGEST_ZIP: f64 = 3.5;

/// By how much a ratio may be worse than the recorded one: the medians of two runs on one busy machine differ by less.
const RATIOS: f64 = 0.25;
/// The same for two times of some two milliseconds each.
const STARTS: f64 = 0.5;
/// The same for a size, which every compiler changes a little.
const SIZES: f64 = 0.05;

/// One figure, and what it should be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: Unit,
    pub(crate) target: Target,
    /// By which part of it two runs may differ.
    pub(crate) tolerance: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// So many times as much.
    Times,
    Megabytes,
    /// Depends on the machine, so that no two runs are compared by it.
    Milliseconds,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    pub(crate) fn is_reached(&self) -> bool {
        match self.target {
            Target::AtLeast(least) => self.value >= least,
            Target::AtMost(most) => self.value <= most,
        }
    }
}

/// All figures of a record.
pub(crate) fn of(record: &Record) -> Vec<Figure> {
    let mut figures = Vec::new();
    for job in Job::COMPARED {
        figures.extend(against_python(record, job));
    }
    figures.extend(against_the_floor(record));
    figures.extend(record.sizes.iter().filter(|size| ROLES.contains(&size.role.as_str())).map(|size| {
        Figure {
            what: format!("zip of {}", size.role),
            value: megabytes(size.zip_bytes),
            unit: Unit::Megabytes,
            target: Target::AtMost(LARGEST_ZIP),
            tolerance: SIZES,
        }
    }));
    let slack = record.row(Condition::Mb256, Side::Countersign, Job::DecideFromSlack);
    figures.extend(slack.map(|row| Figure {
        what: "Slack's wait for a cold function with 256 MB".to_owned(),
        value: row.cold_ms.median,
        unit: Unit::Milliseconds,
        target: Target::AtMost(1_000.0),
        tolerance: RATIOS,
    }));
    figures
}

fn against_python(record: &Record, job: Job) -> Vec<Figure> {
    let row = |side| record.row(Condition::Own, side, job);
    let (Some(ours), Some(theirs)) = (row(Side::Countersign), row(Side::Python)) else { return Vec::new() };
    let figure = |what: &str, of: fn(&Row) -> Spread, least| Figure {
        what: format!("{}: {what}, Python to ours", job.title()),
        value: of(theirs).median / of(ours).median,
        unit: Unit::Times,
        target: Target::AtLeast(least),
        tolerance: RATIOS,
    };
    vec![
        figure("CPU to the first answer", |row| row.cold_cpu_ms, 25.0),
        figure("time to the first answer", |row| row.cold_ms, 20.0),
        figure("peak memory", |row| row.peak_kb, 6.0),
        figure("a warm answer", |row| row.warm_ms, 4.0),
    ]
}

fn against_the_floor(record: &Record) -> Vec<Figure> {
    let Some(floor) = record.starts().find(|row| row.role == FLOOR) else { return Vec::new() };
    let figure = |what, value, most, tolerance| {
        let target = Target::AtMost(most);
        Figure { what, value, unit: Unit::Times, target, tolerance }
    };
    let mut figures = Vec::new();
    for row in record.starts().filter(|row| row.role != FLOOR && row.in_init.connections == 0) {
        let what = format!("{}: time to ready, to hello world", row.role);
        figures.push(figure(what, row.ready_ms.median / floor.ready_ms.median, 1.5, STARTS));
    }
    for job in Job::COMPARED {
        if let Some(row) = record.row(Condition::Own, Side::Countersign, job) {
            let what = format!("{}: peak memory, to hello world", job.title());
            figures.push(figure(what, row.peak_kb.median / floor.peak_kb.median, 2.0, RATIOS));
        }
    }
    figures
}

#[expect(clippy::cast_precision_loss, reason = "no file is that large")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
