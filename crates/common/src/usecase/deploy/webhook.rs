//! Whatever a receiver outside of AWS makes of a version: it is told what was approved, and asked in the same words, under
//! the same id, until it says how that ended.
//!
//! The receiver recognises what it acted on already, by the id. Here only one thing has to be known: whether it may have
//! been told before. So that is noted before it is told for the first time, and before another invocation tells it again.

use jiff::Timestamp;
use serde_json::json;

use super::{Acted, Seen, Work, approved};
use crate::domain::canonical::canonical_json;
use crate::domain::{Change, Facts, Made, Request, SCHEMA, Stage, Webhook};
use crate::ports::{ReachTargets, Received, TargetError};

/// How many times it is noted how far it came: a record has room for so many.
const MAX_STEPS: u32 = 20;

/// What stands at the place now, nobody here can see: only whether the receiver can be told.
pub(super) async fn look(
    targets: &impl ReachTargets,
    place: &Webhook,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    targets.signable(place).await?;
    Ok(Seen::Change(Change::of_untold(place, version, place.url.host(), (now, until))))
}

/// If the process dies after `post`, the next call finds noted that the receiver may have been told, and tells it the same
/// again; the receiver knows it by the request's id.
pub(super) async fn act(
    targets: &impl ReachTargets,
    place: &Webhook,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    let host = place.url.host();
    let Some(stage) = work.stage else {
        if work.now >= work.change.until {
            return Ok(Acted::Impossible("its time was over before it was sent".to_owned()));
        }
        // Two invocations that note this in the same moment would each take the other's note for their own.
        let made = Some(Made { name: targets.mark(), link: None });
        return Ok(Acted::Reached { step: 0, says: format!("it is sent to {host}"), made });
    };
    let is_first = work.noted_now && step(stage) == 0;
    if step(stage) == 0 && !is_first {
        // Whoever has noted that may be telling it now: from here on their word is not the only one.
        return Ok(again(format!("it was sent to {host}, and is sent again")));
    }
    // What may not have arrived is not begun after its time; what was accepted is asked about once more.
    if accepted(stage).is_none() && work.now >= work.change.until {
        let why = format!("its time is over, and nobody knows what {host} made of it");
        return Ok(Acted::Failed(so_far(&why, stage)));
    }
    let received = match targets.post(place, &work.request.id, &body(work.request)).await {
        Err(error @ TargetError::Refused { .. }) if is_first => {
            return Ok(Acted::Impossible(error.to_string()));
        }
        Err(error @ TargetError::Unavailable { .. }) if is_first => {
            return Ok(again(format!("{error}, and is asked again")));
        }
        received => received?,
    };
    Ok(match received {
        Received::Done => Acted::Done,
        Received::Accepted { says, link } => goes_on(&host, stage, says, link, work),
        Received::Refused(how) if is_first => Acted::Impossible(format!("{host} {how}")),
        Received::Refused(how) | Received::Failed(how) => Acted::Failed(format!("{host} {how}")),
        Received::RolledBack(how) => Acted::RolledBack(format!("{host} {how}")),
    })
}

/// The receiver is at it. It may say so differently at each look; not all of that is noted.
fn goes_on(host: &str, stage: &Stage, says: Option<String>, link: Option<String>, work: &Work<'_>) -> Acted {
    if work.now >= work.change.until {
        let why = format!("{host} has not said that it is done, and its time is over");
        return Acted::Failed(so_far(&why, stage));
    }
    let says = says.map_or_else(|| format!("{host} has accepted it"), |says| format!("{host} says: {says}"));
    let link = link.or_else(|| accepted(stage).and_then(|made| made.link.clone()));
    let made = Some(Made { name: work.request.id.to_string(), link });
    let is_news = said(stage) != Some(&says) || accepted(stage) != made.as_ref();
    if !is_news || step(stage) >= MAX_STEPS {
        return Acted::Going;
    }
    Acted::Reached { step: step(stage) + 1, says, made }
}

/// From here on it may have been told before.
fn again(says: String) -> Acted {
    Acted::Reached { step: 1, says, made: None }
}

/// What the receiver has accepted.
fn accepted(stage: &Stage) -> Option<&Made> {
    stage.made().filter(|_| step(stage) > 0)
}

fn step(stage: &Stage) -> u32 {
    match stage {
        Stage::Reached { step, .. } => *step,
        Stage::RollingBack { .. } => MAX_STEPS,
    }
}

fn said(stage: &Stage) -> Option<&String> {
    match stage {
        Stage::Reached { says, .. } => Some(says),
        Stage::RollingBack { .. } => None,
    }
}

fn so_far(why: &str, stage: &Stage) -> String {
    said(stage).map_or_else(|| why.to_owned(), |says| format!("{why}; so far: {says}"))
}

/// What the receiver is told: what was approved, by which request, and when. The same bytes each time.
fn body(request: &Request) -> String {
    let approved_at = request.decision.as_ref().map_or(request.opened_at, |decision| decision.at);
    let kind = match request.facts {
        Facts::Deployment(_) => "deployment.approved",
        Facts::General(_) => "subject.approved",
    };
    canonical_json(&json!({
        "schema": SCHEMA,
        "type": kind,
        "timestamp": approved_at,
        "data": approved::json(request),
    }))
}
