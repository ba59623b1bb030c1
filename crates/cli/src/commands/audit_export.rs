//! `countersign audit export`

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use common::adapters::system::SystemClock;
use common::ports::{Clock, ReadPlans, ReadRequests, Span, WalkRequests};
use jiff::Timestamp;
use serde_json::json;

use crate::audit::{Export, Ticker, export, parse_time, span};
use crate::aws::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::records::time;

/// What to export.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign audit export --since 2026-01-01 --out audit.jsonl
  countersign audit export --since 2026-01-01 --until 2026-02-01 | gzip > january.jsonl.gz

One line of canonical JSON per request, by when it was opened: its record without secrets, its plan, and the
head of its chain. The same requests are always the same bytes. docs/AUDIT.md says how to keep an export
where nobody can change it.")]
pub struct Arguments {
    /// Exports what was opened at this time or later: a date, or a time in RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Timestamp,
    /// Exports what was opened before this time; now unless given.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<Timestamp>,
    /// Writes it to this file, which is there only when it is whole; the standard output unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Arguments {
    /// Whether the standard output is for the lines.
    pub(crate) fn takes_the_output(&self) -> bool {
        self.out.is_none()
    }
}

pub(super) async fn run(
    arguments: &Arguments,
    connection: &Connection,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Answer, Error> {
    let online = connection.open().await?;
    write(arguments, &online.table, &SystemClock, out, err).await
}

/// Writes it, and says what was written.
pub(super) async fn write<S, C>(
    arguments: &Arguments,
    store: &S,
    clock: &C,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Answer, Error>
where
    S: WalkRequests + ReadRequests + ReadPlans,
    C: Clock,
{
    let span = span(Some(arguments.since), arguments.until, clock.now());
    let mut ticker = Ticker::new(clock, err);
    let Some(path) = &arguments.out else {
        let mut out = BufWriter::new(out);
        let written = export(store, span, &mut out, Error::Stdout, &mut ticker).await?;
        return Ok(answer(&written, span, None));
    };
    // What is only half written must not pass for the whole.
    let part = PathBuf::from(format!("{}.part", path.display()));
    let failed = |source| Error::Write { path: path.clone(), source };
    let mut file = BufWriter::new(File::create(&part).map_err(failed)?);
    let written = export(store, span, &mut file, failed, &mut ticker).await;
    let kept = written.and_then(|written| {
        file.get_ref().sync_all().and_then(|()| fs::rename(&part, path)).map_err(failed)?;
        Ok(written)
    });
    if kept.is_err() {
        // Why it failed is told, not that the rest of it is still there.
        fs::remove_file(&part).ok();
    }
    Ok(answer(&kept?, span, Some(path)))
}

fn answer(written: &Export, span: Span, path: Option<&Path>) -> Answer {
    let Export { requests, unreadable, hash } = written;
    let to = path.map(|path| format!(" to {}", path.display())).unwrap_or_default();
    let not_exported = |id| format!("not exported, because what is stored cannot be read: {id}\n");
    let mut lines: Vec<_> = unreadable.iter().map(not_exported).collect();
    let (since, until) = (time(span.since), time(span.until));
    lines.push(format!(
        "exported {requests} requests, opened from {since} until {until}{to}\nSHA-256 {hash}\n"
    ));
    let json = json!({
        "ok": unreadable.is_empty(), "requests": requests, "unreadable": unreadable, "since": span.since,
        "until": span.until, "sha256": hash, "file": path.map(|path| path.display().to_string()),
    });
    Answer { exit: if unreadable.is_empty() { Exit::Ok } else { Exit::Unsound }, text: lines.concat(), json }
}
