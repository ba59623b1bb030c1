//! From written steps to a shift that fits into its time.

use std::collections::BTreeSet;

use common::domain::Shift;

use super::mistakes::Mistakes;
use super::read::{At, Given, Lambda};
use crate::duration;

const HOLD_SECONDS: u32 = 5 * 60;
/// How often somebody looks where no workflow does.
const SCHEDULE_SECONDS: u32 = 60;
/// The most steps: each is noted in the record.
const MAX_STEPS: usize = 10;
/// The most alarms, all of which are asked for at each look.
const MAX_ALARMS: usize = 10;
/// The longest name of an alarm.
const MAX_ALARM: usize = 255;

/// Compiles how the calls go over; absent when they go over all at once.
pub(super) fn compile(
    target: &Lambda,
    times: Option<(u32, u32)>,
    mistakes: &mut Mistakes<'_>,
) -> Given<Shift> {
    match &target.steps {
        Given::Absent if at_once(target, mistakes) => Given::Absent,
        Given::Absent | Given::Broken => Given::Broken,
        Given::Is(steps) => match shift(steps, target, times, mistakes) {
            Some(value) => Given::Is(At { value, at: steps.at }),
            None => Given::Broken,
        },
    }
}

fn shift(
    given: &At<Vec<At<u32>>>,
    target: &Lambda,
    times: Option<(u32, u32)>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Shift> {
    let steps = steps(given, mistakes);
    let alarms = alarms(&target.alarms, steps.is_some().then_some(given.at), mistakes);
    let hold_seconds = match &target.hold {
        Given::Absent => HOLD_SECONDS,
        Given::Broken => return None,
        Given::Is(hold) => hold.value,
    };
    let (steps, alarms) = (steps?, alarms?);
    let at = target.hold.value().map_or(given.at, |hold| hold.at);
    fits(steps.len(), hold_seconds, times?, at, mistakes).then_some(Shift { steps, hold_seconds, alarms })
}

/// Without steps there is nothing to hold and nothing to watch.
fn at_once(target: &Lambda, mistakes: &mut Mistakes<'_>) -> bool {
    let hold = target.hold.value().map(|hold| ("hold is the time of each step", hold.at));
    let alarms = target.alarms.value().map(|alarms| ("alarms are watched during the steps", alarms.at));
    let needless: Vec<_> = hold.into_iter().chain(alarms).collect();
    for (what, at) in &needless {
        mistakes
            .error(*at, format!("{what}, and the target has no steps"))
            .suggest("add steps = [10, 50], the percents of the calls that go over first");
    }
    needless.is_empty()
}

fn steps(given: &At<Vec<At<u32>>>, mistakes: &mut Mistakes<'_>) -> Option<Vec<u8>> {
    let before = mistakes.errors();
    let count = given.value.len();
    if count == 0 || count > MAX_STEPS {
        mistakes
            .error(given.at, format!("steps has {count}; 1 to {MAX_STEPS} are possible"))
            .suggest("leave the key out if all calls are to go over at once");
    }
    let mut last = 0;
    let mut steps = Vec::new();
    for At { value, at } in &given.value {
        let percent = u8::try_from(*value).ok().filter(|percent| (1..=99).contains(percent));
        match percent {
            None => {
                mistakes
                    .error(*at, format!("{value} is no step: a step is from 1 to 99 percent of the calls"))
                    .suggest("after the last step all calls go over by themselves");
            }
            Some(percent) if percent <= last => {
                mistakes.error(*at, format!("steps go up, and {percent} comes after {last}"));
            }
            Some(percent) => {
                last = percent;
                steps.push(percent);
            }
        }
    }
    (mistakes.errors() == before).then_some(steps)
}

/// Steps that are wrong are not warned of as well.
fn alarms(
    given: &Given<Vec<At<String>>>,
    steps: Option<usize>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<String>> {
    let names = match given {
        Given::Broken => return None,
        Given::Absent => &[],
        Given::Is(names) => names.value.as_slice(),
    };
    if let Some(steps) = steps.filter(|_| names.is_empty()) {
        mistakes
            .warning(steps, "the target has steps and no alarms: nothing takes the calls back")
            .suggest("name the CloudWatch alarms that would: alarms = [\"checkout-errors\"]");
    }
    let before = mistakes.errors();
    if let Some(first_too_many) = names.get(MAX_ALARMS) {
        mistakes.error(first_too_many.at, format!("more than {MAX_ALARMS} alarms"));
    }
    for At { value, at } in names {
        if value.starts_with("arn:") {
            mistakes
                .error(*at, "an alarm is written by its name, not by its ARN")
                .suggest("write what is behind \":alarm:\"; account and Region are the stack's");
        } else if !(1..=MAX_ALARM).contains(&value.chars().count()) || value.chars().any(char::is_control) {
            mistakes.error(*at, format!("the name of an alarm has 1 to {MAX_ALARM} characters"));
        }
    }
    let names: BTreeSet<_> = names.iter().map(|name| name.value.clone()).collect();
    (mistakes.errors() == before).then(|| names.into_iter().collect())
}

/// Each step lasts until the look after its time, and going back must still be possible after the last.
fn fits(count: usize, hold: u32, (poll, limit): (u32, u32), at: usize, mistakes: &mut Mistakes<'_>) -> bool {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let step = hold.saturating_add(poll.max(SCHEDULE_SECONDS));
    let needed = step.saturating_mul(count.saturating_add(1));
    if needed <= limit {
        return true;
    }
    let (hold, limit, needed) = (duration::show(hold), duration::show(limit), duration::show(needed));
    mistakes
        .error(at, format!("steps of {hold}, and the time to take back the last, do not fit into {limit} with the looks between them"))
        .suggest(format!("make limit at least {needed:?}, or hold shorter"));
    false
}
