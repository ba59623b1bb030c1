//! A record for tests: round numbers, one job.

use crate::calls::Calls;
use crate::jobs::Job;
use crate::record::{Condition, Record, Row, Size};
use crate::spread::Spread;
use crate::subject::{FLOOR, Side};

pub(crate) const ROLE: &str = "approval-callback";

pub(crate) fn record() -> Record {
    let whole = Row {
        condition: Condition::Whole,
        in_first: calls(2),
        in_warm: calls(0),
        ..row(Side::Countersign, Job::DecideFromLink, ROLE, 10.0)
    };
    Record {
        machine: "a machine".to_owned(),
        date: "2026-01-05".to_owned(),
        commit: "0123456".to_owned(),
        python: Some("CPython 3.11, boto3 1.44".to_owned()),
        runs: 21,
        rows: vec![
            row(Side::Countersign, Job::DecideFromLink, ROLE, 10.0),
            row(Side::Python, Job::DecideFromLink, ROLE, 400.0),
            row(Side::Floor, Job::Start, FLOOR, 8.0),
            row(Side::Countersign, Job::Start, ROLE, 9.0),
            whole,
        ],
        sizes: vec![Size { role: ROLE.to_owned(), binary_bytes: 6_000_000, zip_bytes: 3_000_000 }],
        notes: vec!["Nothing else runs here.".to_owned()],
    }
}

fn calls(connections: u32) -> Calls {
    let operations = [("GetItem", 1), ("TransactWriteItems", 1), ("SendTaskSuccess", 1), ("PutItem", 1)];
    let operations = operations.map(|(name, count)| (name.to_owned(), count));
    Calls { operations: operations.into(), in_sequence: 4, connections }
}

fn row(side: Side, job: Job, role: &str, figure: f64) -> Row {
    let spread = Spread { median: figure, low: figure - 1.0, high: figure + 1.0 };
    Row {
        condition: Condition::Own,
        side,
        role: role.to_owned(),
        job,
        ready_ms: spread,
        ready_cpu_ms: spread,
        cold_ms: spread,
        cold_cpu_ms: spread,
        first_ms: spread,
        warm_ms: spread,
        warm_p99_ms: figure + 2.0,
        warm_cpu_ms: spread,
        peak_kb: Spread { median: figure * 1_024.0, low: figure * 1_024.0, high: figure * 1_024.0 },
        in_init: Calls::default(),
        in_first: Calls::default(),
        in_warm: Calls::default(),
    }
}
