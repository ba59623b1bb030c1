//! Checking trails: of one id, of the whole table, and of an export.

use std::io::{BufRead, Read as _};

use common::domain::audit::check;
use common::ports::{Clock, ReadPlans, ReadRequests, Span, StoreError, WalkRequests};
use jiff::Timestamp;

use super::earlier::Earlier;
use super::line::{LONGEST, Line, Trail};
use super::problem::{Problem, Trouble};
use super::report::{Checked, Report};
use super::ticker::Ticker;
use super::walk::{Looked, look, walk};
use crate::error::Error;
use crate::records::{self, Found};

/// Everything that is wrong with a trail.
fn problems(trail: &Trail, earlier: &mut Earlier) -> Vec<Problem> {
    let found = check(&trail.request, trail.plan.as_ref()).into_iter().map(Problem::from);
    found.chain(earlier.compare(trail).into_iter().map(Problem::from)).collect()
}

/// Checks what an id leads to.
pub(crate) async fn verify_found<S: ReadRequests + ReadPlans>(
    store: &S,
    machine: &str,
    id: &str,
    earlier: &mut Earlier,
) -> Result<Report, Error> {
    let mut report = Report::of_each();
    let found = match trails(store, machine, id).await {
        Ok(Some(trails)) => trails,
        Ok(None) => return Err(Error::NotFound { id: id.to_owned() }),
        Err(error) => {
            let trouble = Trouble::of_store(&error).ok_or(error)?;
            report.add(Checked::without_chain(id, trouble));
            return Ok(report);
        }
    };
    for trail in found {
        report.add(Checked::of(&trail.request, problems(&trail, earlier)));
    }
    Ok(report)
}

/// The trails that an id leads to; `None` where nothing is stored.
async fn trails<S: ReadRequests + ReadPlans>(
    store: &S,
    machine: &str,
    id: &str,
) -> Result<Option<Vec<Trail>>, StoreError> {
    let found = records::find(store, machine, id).await?;
    if !found.is_stored() {
        return Ok(None);
    }
    let Found { plan, requests, .. } = found;
    let mut trails = Vec::new();
    for request in requests {
        let plan = match (&plan, &request.plan) {
            (Some(plan), _) => Some(plan.clone()),
            (None, Some(key)) => store.plan(key).await?,
            (None, None) => None,
        };
        trails.push(Trail { request, plan });
    }
    Ok(Some(trails))
}

/// Checks every request that was opened in a span.
pub(crate) async fn verify_all<S, C>(
    store: &S,
    span: Span,
    earlier: &mut Earlier,
    ticker: &mut Ticker<'_, C>,
) -> Result<Report, Error>
where
    S: WalkRequests + ReadRequests + ReadPlans,
    C: Clock,
{
    let mut report = Report::default();
    walk(store, span, |id, looked| {
        ticker.tick();
        match looked {
            Looked::Nothing => {}
            Looked::Unreadable(trouble) => {
                earlier.met(id);
                report.add(Checked::without_chain(id.as_str(), trouble));
            }
            Looked::There(trail) => report.add(Checked::of(&trail.request, problems(&trail, earlier))),
        }
        Ok(())
    })
    .await?;
    Ok(report)
}

/// Checks what an earlier export has and the walk did not meet, each by its id.
pub(crate) async fn verify_rest<S, C>(
    store: &S,
    now: Timestamp,
    earlier: &mut Earlier,
    report: &mut Report,
    ticker: &mut Ticker<'_, C>,
) -> Result<(), Error>
where
    S: ReadRequests + ReadPlans,
    C: Clock,
{
    for id in earlier.unmet() {
        ticker.tick();
        match look(store, &id).await? {
            Looked::There(trail) => {
                let problems = problems(&trail, earlier);
                report.add(Checked::of(&trail.request, problems));
            }
            Looked::Unreadable(trouble) => report.add(Checked::without_chain(id.as_str(), trouble)),
            Looked::Nothing => missing(&id, now, earlier, report),
        }
    }
    Ok(())
}

/// Checks an export, without anything else.
pub(crate) fn verify_lines(
    from: &mut dyn BufRead,
    name: &str,
    now: Timestamp,
    earlier: &mut Earlier,
) -> Result<Report, Error> {
    let mut report = Report::default();
    lines(from, name, &mut |number, line| {
        report.add(match line.and_then(|line| Line::read(&line)) {
            Err(trouble) => Checked::without_chain(format!("line {number}"), trouble),
            Ok(line) => {
                let mut problems = problems(&line.trail, earlier);
                problems.extend(line.trouble().map(Problem::from));
                Checked::of(&line.trail.request, problems)
            }
        });
        Ok(())
    })?;
    for id in earlier.unmet() {
        missing(&id, now, earlier, &mut report);
    }
    Ok(report)
}

fn missing(id: &common::domain::RequestId, now: Timestamp, earlier: &Earlier, report: &mut Report) {
    if earlier.may_be_dropped(id, now) {
        report.dropped += 1;
    } else {
        report.add(Checked::without_chain(id.as_str(), Trouble::Missing));
    }
}

/// What is made of a line by its number.
type Show<'a> = &'a mut dyn FnMut(usize, Result<Vec<u8>, Trouble>) -> Result<(), Error>;

/// Reads the lines of an export, one after the other. Only a line feed ends a line, and the last one has one too: what
/// has none was cut off.
pub(super) fn lines(from: &mut dyn BufRead, name: &str, show: Show<'_>) -> Result<(), Error> {
    for number in 1.. {
        let mut line = Vec::new();
        let read = from.take(LONGEST).read_until(b'\n', &mut line);
        if read.map_err(|source| Error::Read { path: name.into(), source })? == 0 {
            break;
        }
        if line.pop() == Some(b'\n') {
            show(number, Ok(line))?;
            continue;
        }
        let why = "it has no end: the export was cut off, or the line is too long".to_owned();
        show(number, Err(Trouble::NoLine { why }))?;
        break;
    }
    Ok(())
}
