//! `countersign list`

use clap::Args;
use common::adapters::system::SystemClock;
use common::domain::Status;
use common::ports::{BrowseRequests, Clock, Listed};
use common::render::words;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::aws::Connection;
use crate::duration;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Answer;
use crate::records::time;

/// How many months are looked through for requests. Each is one query.
const MONTHS: i32 = 24;

/// Which requests.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign list --open
  countersign list --limit 100
  countersign list --json

Without --open, the requests of the last 24 months, the newest first.")]
pub struct Arguments {
    /// Only pending requests.
    #[arg(long)]
    open: bool,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

pub(super) async fn run(arguments: &Arguments, connection: &Connection) -> Result<Answer, Error> {
    let online = connection.open().await?;
    let now = SystemClock.now();
    let limit = usize::from(arguments.limit);
    let listed = if arguments.open {
        online.table.open_requests(limit).await?
    } else {
        newest(&online.table, now, limit).await?
    };
    Ok(answer(&listed, now))
}

/// The newest requests, month by month.
pub(super) async fn newest(
    store: &impl BrowseRequests,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Listed>, Error> {
    let month = now.to_zoned(TimeZone::UTC).date().first_of_month();
    let mut found = Vec::new();
    for ago in 0..MONTHS {
        let month = month.checked_sub(ago.months()).and_then(|month| month.to_zoned(TimeZone::UTC));
        // Before the calendar there are no requests.
        let Ok(month) = month else { break };
        found.extend(store.requests_in_month_of(month.timestamp(), limit - found.len()).await?);
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

pub(super) fn answer(listed: &[Listed], now: Timestamp) -> Answer {
    let rows: Vec<_> = listed.iter().map(|request| row(request, now)).collect();
    let text = if rows.is_empty() { "no requests\n".to_owned() } else { table(&rows) };
    let json: Vec<_> = listed.iter().map(to_json).collect();
    Answer { exit: Exit::Ok, text, json: json!({ "ok": true, "requests": json }) }
}

const HEAD: [&str; 6] = ["request", "status", "what", "requester", "opened", "left"];

fn row(request: &Listed, now: Timestamp) -> [String; 6] {
    let left = match request.deadline.filter(|_| request.status == Status::Pending) {
        None => String::new(),
        Some(deadline) => {
            let seconds = deadline.duration_since(now).as_secs().max(0);
            duration::show(u32::try_from(seconds).unwrap_or(u32::MAX))
        }
    };
    [
        request.id.to_string(),
        request.status.to_string(),
        words::line(&request.title),
        request.requested_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        time(request.opened_at),
        left,
    ]
}

/// Columns as wide as what is in them.
fn table(rows: &[[String; 6]]) -> String {
    let head = HEAD.map(str::to_owned);
    let mut widths = [0; 6];
    for row in std::iter::once(&head).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    std::iter::once(&head).chain(rows).map(line).collect()
}

fn to_json(request: &Listed) -> Value {
    json!({
        "id": request.id, "status": request.status, "title": request.title, "requestedBy": request.requested_by,
        "openedAt": request.opened_at, "deadline": request.deadline,
    })
}
