//! A published version of a Lambda function, under an alias: all calls at once, or part by part.
//!
//! The alias carries the request's name in its description: that is how an act is recognised whose reply, or whose
//! process, was lost. The state that was seen is the condition of each act: an alias that somebody else has changed
//! since is left alone.

mod act;
mod look;

pub(super) use self::act::act;
pub(super) use self::look::{foresee, look};
use crate::domain::Shift;
use crate::ports::{TargetError, WatchAlarms};

/// Which alarm speaks against going on, if one does. One that is not there could not warn of anything.
async fn alarmed(watch: &impl WatchAlarms, shift: &Shift) -> Result<Option<String>, TargetError> {
    if shift.alarms.is_empty() {
        return Ok(None);
    }
    let found = watch.alarms(&shift.alarms).await?;
    Ok(shift.alarms.iter().find_map(|name| match found.iter().find(|alarm| alarm.name == *name) {
        None => Some(format!("there is no alarm {name}")),
        Some(alarm) => alarm.is_off.then(|| format!("the alarm {name} has gone off")),
    }))
}
