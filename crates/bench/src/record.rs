//! What a run of the measurement found, as it is kept: `baseline.json` is one of these.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calls::Calls;
use crate::jobs::Job;
use crate::spread::Spread;
use crate::subject::Side;

/// One run of the measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    /// Where.
    pub(crate) machine: String,
    /// When.
    pub(crate) date: String,
    /// Of what.
    pub(crate) commit: String,
    /// Against what; absent where nothing was.
    pub(crate) python: Option<String>,
    /// How many processes were started for each row.
    pub(crate) runs: u32,
    pub(crate) rows: Vec<Row>,
    pub(crate) sizes: Vec<Size>,
    /// What could not be measured.
    pub(crate) notes: Vec<String>,
}

/// What one subject took, under one condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) condition: Condition,
    pub(crate) side: Side,
    pub(crate) role: String,
    pub(crate) job: Job,
    /// From the process's start until it asks for its first event.
    pub(crate) ready_ms: Spread,
    pub(crate) ready_cpu_ms: Spread,
    /// From the process's start to its first answer.
    pub(crate) cold_ms: Spread,
    pub(crate) cold_cpu_ms: Spread,
    /// The first event alone.
    pub(crate) first_ms: Spread,
    /// Each event after it.
    pub(crate) warm_ms: Spread,
    pub(crate) warm_p99_ms: f64,
    pub(crate) warm_cpu_ms: Spread,
    /// The most memory that it had until its first answer.
    pub(crate) peak_kb: Spread,
    pub(crate) in_init: Calls,
    pub(crate) in_first: Calls,
    pub(crate) in_warm: Calls,
}

/// A binary, and what is uploaded of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Size {
    pub(crate) role: String,
    pub(crate) binary_bytes: u64,
    pub(crate) zip_bytes: u64,
}

/// Under which conditions a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Condition {
    /// The services answer at once: the function's own time.
    Own,
    /// The services take as long as usual.
    Whole,
    /// The same, with the CPU of a function of this size.
    Mb512,
    /// The same.
    Mb256,
}

impl Condition {
    pub(crate) const ALL: [Self; 4] = [Self::Own, Self::Whole, Self::Mb512, Self::Mb256];

    /// The size of the function whose share of a CPU it has.
    pub(crate) fn megabytes(self) -> Option<u64> {
        match self {
            Self::Own | Self::Whole => None,
            Self::Mb512 => Some(512),
            Self::Mb256 => Some(256),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Own => "own time",
            Self::Whole => "a whole CPU",
            Self::Mb512 => "512 MB",
            Self::Mb256 => "256 MB",
        })
    }
}

impl Record {
    /// The row of a side's job.
    pub(crate) fn row(&self, condition: Condition, side: Side, job: Job) -> Option<&Row> {
        self.rows.iter().find(|row| row.condition == condition && row.side == side && row.job == job)
    }

    /// The rows of what only gets ready: each function, and the floor.
    pub(crate) fn starts(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.job == Job::Start)
    }
}
