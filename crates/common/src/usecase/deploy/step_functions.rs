//! Whatever a workflow makes of a version: an execution of another state machine is started, and waited for.
//!
//! The execution has the request's name, so there is one, however often it is started.

use jiff::Timestamp;

use super::{Acted, Seen, Work, approved, console};
use crate::domain::{Change, Made, Request, Stage, StateMachine};
use crate::ports::{FindMachines, Ran, RunExecutions, TargetError};

pub(super) async fn look(
    targets: &impl FindMachines,
    place: &StateMachine,
    version: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Seen, TargetError> {
    if let Some(reason) = obstacle(targets, place).await? {
        return Ok(Seen::Impossible(reason));
    }
    Ok(Seen::Change(Change::of_untold(place, version, place.state_machine.clone(), (now, until))))
}

/// Why no execution of it can be started and waited for, if so.
pub(super) async fn obstacle(
    targets: &impl FindMachines,
    place: &StateMachine,
) -> Result<Option<String>, TargetError> {
    Ok(match targets.machine(place).await? {
        None => Some(format!("there is no state machine {}", place.name())),
        Some(machine) if !machine.is_standard => Some(format!(
            "the state machine {} is of the type EXPRESS, whose executions cannot be asked how they ended",
            place.name()
        )),
        Some(_) => None,
    })
}

/// If the process dies after `start_execution`, the next call starts the same execution, which is there already.
pub(super) async fn act(
    targets: &impl RunExecutions,
    place: &StateMachine,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    if let Some(made) = work.stage.and_then(Stage::made) {
        return Ok(watch(targets.ran(&made.name).await?, work));
    }
    if work.now >= work.change.until {
        return Ok(Acted::Impossible("its time was over before it was started".to_owned()));
    }
    let Request { id, .. } = work.request;
    let execution = match targets.start_execution(place, id, &approved::json(work.request)).await {
        Err(error @ TargetError::Refused { .. }) => return Ok(Acted::Impossible(error.to_string())),
        started => started?,
    };
    let link = console::page(&execution, "states/home", Some(&format!("/v2/executions/details/{execution}")));
    let says = format!("the execution {id} runs");
    Ok(Acted::Reached { step: 1, says, made: Some(Made { name: execution, link }) })
}

fn watch(found: Option<Ran>, work: &Work<'_>) -> Acted {
    let id = &work.request.id;
    match found {
        None => Acted::Failed("its execution is not there any more, and nobody knows what it did".to_owned()),
        Some(Ran::Succeeded) => Acted::Done,
        Some(Ran::Failed(how)) => Acted::Failed(format!("the execution {id} {how}")),
        Some(Ran::Running) if work.now < work.change.until => Acted::Going,
        Some(Ran::Running) => Acted::Failed(format!("the execution {id} still runs, and its time is over")),
    }
}
