//! The tables of `docs/PERFORMANCE.md`. The page is written by hand, but for what stands between
//! `<!-- measured: NAME -->` and `<!-- end -->`.

use std::fmt::Write as _;

use crate::Error;
use crate::cost;
use crate::figures::{self, Figure, Target, Unit, megabytes};
use crate::jobs::Job;
use crate::record::{Condition, Record, Row};
use crate::spread::Spread;
use crate::subject::{FLOOR, Side};

const END: &str = "<!-- end -->";

/// The page with the tables of a record.
pub(crate) fn fill(page: &str, record: &Record) -> Result<String, Error> {
    let mut filled = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- measured: ") {
        let (name, after) = after.split_once(" -->\n").ok_or("a mark of the page has no end")?;
        let (_, after) = after.split_once(END).ok_or_else(|| format!("nothing ends \"{name}\""))?;
        let table = table(name, record).ok_or_else(|| format!("there is no table \"{name}\""))?;
        write!(filled, "{before}<!-- measured: {name} -->\n{table}{END}")?;
        rest = after;
    }
    Ok(filled + rest)
}

fn table(name: &str, record: &Record) -> Option<String> {
    Some(match name {
        "where" => place(record),
        "figures" => reached(record),
        "jobs" => jobs(record, Condition::Own),
        "starts" => starts(record),
        "slack" => slack(record),
        "calls" => calls(record),
        "growth" => growth(record),
        "sizes" => sizes(record),
        "cost" => cost::table(&cost::state_machine().ok()?).ok()?,
        _ => return None,
    })
}

fn place(record: &Record) -> String {
    let python = record.python.as_deref().map(|python| format!(", {python}")).unwrap_or_default();
    let mut text = format!(
        "Measured on {}, commit {}, {} processes for each row, on {}{python}.\n",
        record.date, record.commit, record.runs, record.machine
    );
    for note in &record.notes {
        text += note;
        text.push('\n');
    }
    text
}

fn reached(record: &Record) -> String {
    let rows = figures::of(record).into_iter().map(|figure| {
        let word = if figure.is_reached() { "yes" } else { "**no**" };
        let (value, target) = in_words(&figure);
        format!("| {} | {target} | {value} | {word} |", figure.what)
    });
    markdown("| figure | to reach | measured | reached |", rows)
}

fn in_words(figure: &Figure) -> (String, String) {
    let say = |value: f64, digits: usize| match figure.unit {
        Unit::Times => format!("{value:.digits$} times"),
        Unit::Megabytes => format!("{value:.digits$} MB"),
        Unit::Milliseconds => format!("{value:.0} ms"),
    };
    let digits = if figure.value >= 10.0 { 1 } else { 2 };
    let target = match figure.target {
        Target::AtLeast(least) => format!("at least {}", say(least, 0)),
        Target::AtMost(most) => format!("at most {}", say(most, usize::from(most.fract() > 0.0))),
    };
    (say(figure.value, digits), target)
}

fn jobs(record: &Record, condition: Condition) -> String {
    let grown = |job| Job::GROWING.contains(&job) && !Job::COMPARED.contains(&job);
    let rows = record
        .rows
        .iter()
        .filter(|row| row.condition == condition && row.job != Job::Start && !grown(row.job));
    let head = "| job | by | CPU to first answer | time to first answer | of it to ready | warm | warm p99 | warm CPU | peak MB |";
    markdown(
        head,
        rows.map(|row| {
            format!(
                "| {} | {} | {} | {} | {} | {} | {:.1} | {:.2} | {} |",
                row.job.title(),
                row.side.title(),
                row.cold_cpu_ms,
                row.cold_ms,
                row.ready_ms,
                two_digits(row.warm_ms),
                row.warm_p99_ms,
                row.warm_cpu_ms.median,
                peak(row)
            )
        }),
    )
}

fn two_digits(spread: Spread) -> String {
    format!("{:.2} ({:.2}-{:.2})", spread.median, spread.low, spread.high)
}

fn peak(row: &Row) -> String {
    format!("{:.1}", row.peak_kb.median / 1_024.0)
}

fn starts(record: &Record) -> String {
    let rows = record.starts().map(|row| {
        let name = if row.role == FLOOR { Side::Floor.title() } else { &row.role };
        let warmed = row.in_init.in_words();
        format!("| {name} | {} | {} | {} | {warmed} |", row.ready_cpu_ms, row.ready_ms, peak(row))
    });
    markdown("| function | CPU to ready | time to ready | peak MB | calls until then |", rows)
}

fn slack(record: &Record) -> String {
    let mut rows = Vec::new();
    for condition in [Condition::Whole, Condition::Mb512, Condition::Mb256] {
        for row in record.rows.iter().filter(|row| row.condition == condition) {
            rows.push(format!(
                "| {condition} | {} | {} | {} | {} | {} | {} |",
                row.job.title(),
                row.side.title(),
                row.cold_ms,
                row.ready_ms,
                row.first_ms,
                row.warm_ms
            ));
        }
    }
    let head = "| CPU of | job | by | cold | of it to ready | of it the first event | warm |";
    markdown(head, rows.into_iter())
}

fn calls(record: &Record) -> String {
    let rows = record.rows.iter().filter(|row| row.condition == Condition::Whole).map(|row| {
        format!(
            "| {} | {} | {} | {} | {} | {} |",
            row.job.title(),
            row.side.title(),
            row.in_init.in_words(),
            row.in_warm.in_words(),
            row.in_warm.in_sequence,
            row.in_init.connections + row.in_first.connections
        )
    });
    markdown("| job | by | while it gets ready | for each event | in sequence | TLS connections |", rows)
}

fn growth(record: &Record) -> String {
    let row = |job| record.row(Condition::Own, Side::Countersign, job);
    let rows = Job::GROWING.into_iter().filter_map(row).filter_map(|row| {
        let kilobytes = row.job.record_bytes().ok()?.div_ceil(1_000);
        let (title, calls) = (row.job.title(), row.in_warm.in_words());
        let (warm, cpu) = (two_digits(row.warm_ms), row.warm_cpu_ms.median);
        Some(format!("| {title} | {kilobytes} | {calls} | {warm} | {cpu:.2} | {} |", peak(row)))
    });
    markdown("| job | record, KB | calls | warm | warm CPU | peak MB |", rows)
}

fn sizes(record: &Record) -> String {
    let rows = record.sizes.iter().map(|size| {
        let (binary, zip) = (megabytes(size.binary_bytes), megabytes(size.zip_bytes));
        format!("| {} | {binary:.2} | {zip:.2} |", size.role)
    });
    markdown("| function | binary, MB | zip, MB |", rows)
}

fn markdown(head: &str, rows: impl Iterator<Item = String>) -> String {
    let columns = head.matches('|').count().saturating_sub(1);
    let mut text = format!("\n{head}\n|{}\n", "---|".repeat(columns));
    for row in rows {
        text += &row;
        text.push('\n');
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::record;

    #[test]
    fn a_page_keeps_its_words_and_gets_the_tables() {
        let page = "# Title\n\n<!-- measured: sizes -->\nold<!-- end -->\n\nWords.\n";
        let filled = fill(page, &record()).unwrap();
        let table =
            "\n| function | binary, MB | zip, MB |\n|---|---|---|\n| approval-callback | 6.00 | 3.00 |\n\n";
        assert_eq!(filled, format!("# Title\n\n<!-- measured: sizes -->\n{table}<!-- end -->\n\nWords.\n"));
        assert_eq!(fill(&filled, &record()).unwrap(), filled, "and the same again");
    }

    #[test]
    fn a_page_with_a_mark_that_means_nothing_is_not_filled() {
        for page in
            ["<!-- measured: weather -->\n<!-- end -->", "<!-- measured: sizes -->\n", "<!-- measured: x"]
        {
            assert!(fill(page, &record()).is_err(), "{page}");
        }
    }

    #[test]
    fn a_figure_that_is_not_reached_stands_out() {
        let reached = reached(&record());
        assert!(
            reached
                .contains("CPU to the first answer, Python to ours | at least 25 times | 40.0 times | yes |")
        );
        assert!(reached.contains(
            "approval-callback: time to ready, to hello world | at most 1.5 times | 1.12 times | yes |"
        ));
        let mut slow = record();
        slow.rows[0].cold_cpu_ms.median = 20.0;
        assert!(super::reached(&slow).contains("at least 25 times | 20.0 times | **no** |"));
    }

    #[test]
    fn the_page_in_the_repository_is_what_the_recorded_run_makes_of_it() {
        let page = include_str!("../../../docs/PERFORMANCE.md");
        let record = serde_json::from_str(include_str!("../baseline.json")).unwrap();
        assert!(
            fill(page, &record).unwrap() == page,
            "docs/PERFORMANCE.md is not what crates/bench/baseline.json makes of it: `cargo xtask bench --record` writes both"
        );
    }
}
