//! Making a claimed change. The alias itself tells how far it has come, and each call takes it one step further at most.

use jiff::SignedDuration;

use super::alarmed;
use crate::domain::{LambdaTarget, Shift, Stage};
use crate::ports::{Alias, Aliasing, Part, ReachTargets, Routes, TargetError, WatchAlarms};
use crate::usecase::deploy::{Acted, Work};
use crate::usecase::keep::MAX_ATTEMPTS;

/// Where an alias is found on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// As it was when it was looked at.
    Untouched,
    /// On this step, from 1.
    OnStep(u32),
    /// Every call goes to the new version.
    There,
    /// Every call goes to the version of before again.
    Back,
}

/// What is done to an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    /// The new version gets this step's percent of the calls.
    ToStep(u32, u8),
    /// The new version gets every call.
    ToTheEnd,
    /// The version of before gets every call.
    Back,
}

/// What comes next.
enum Next {
    Move(Move),
    Nothing(Acted),
}

/// The way of one change.
struct Course<'a> {
    /// Absent where all calls go over at once.
    shift: Option<&'a Shift>,
    work: &'a Work<'a>,
}

/// If the process dies after `point`, the next call finds by the alias how far it came.
pub(in super::super) async fn act(
    targets: &impl ReachTargets,
    target: &LambdaTarget,
    work: &Work<'_>,
) -> Result<Acted, TargetError> {
    let LambdaTarget { place, shift } = target;
    // Calls cannot be shared between a version and itself.
    let shift = shift.as_ref().filter(|_| work.before() != work.change.after);
    let course = Course { shift, work };
    for _ in 0..MAX_ATTEMPTS {
        let Some(alias) = targets.alias(place).await? else {
            return Ok(Acted::LeftAlone(format!("there is no {place} any more")));
        };
        let Some(found) = course.find(&alias) else {
            let leads_to = alias.routes.version;
            return Ok(Acted::LeftAlone(format!(
                "somebody else changed the {place} in between: it leads to {leads_to} now"
            )));
        };
        let next = match course.next(targets, found).await? {
            Next::Nothing(acted) => return Ok(acted),
            Next::Move(next) => next,
        };
        match targets.point(place, &course.routes(next), &course.note(next), &alias.revision).await {
            Ok(Aliasing::Pointed) => return Ok(course.moved(next)),
            // Somebody was faster, or the call was repeated after a lost reply: the alias tells.
            Ok(Aliasing::Moved) => {}
            Err(error) => return stopped(found, next, error),
        }
    }
    Err(TargetError::Unavailable { operation: "lambda:UpdateAlias", code: "Contended".to_owned() })
}

impl Course<'_> {
    /// `None` where somebody else has changed the alias.
    fn find(&self, alias: &Alias) -> Option<Found> {
        let was = |made: Move| alias.description == self.note(made) && self.led_to(&alias.routes, made);
        let on_step = self.steps().find(|(step, percent)| was(Move::ToStep(*step, *percent)));
        match on_step {
            // We never go back to an earlier step.
            Some((step, _)) => (step >= self.noted_step()).then_some(Found::OnStep(step)),
            None if was(Move::ToTheEnd) => Some(Found::There),
            None if was(Move::Back) => Some(Found::Back),
            None => (alias.revision == self.work.change.seal).then_some(Found::Untouched),
        }
    }

    async fn next(&self, watch: &impl WatchAlarms, found: Found) -> Result<Next, TargetError> {
        let back = match self.work.stage {
            Some(Stage::RollingBack { reason, .. }) => Some(reason.as_str()),
            Some(Stage::Reached { .. }) | None => None,
        };
        Ok(match (found, back) {
            // What has to be taken back was touched: an alias that seems untouched was read too late to be true, which
            // the condition of the move tells.
            (Found::OnStep(_) | Found::There | Found::Untouched, Some(_)) => Next::Move(Move::Back),
            (Found::Back, Some(reason)) => Next::Nothing(Acted::RolledBack(reason.to_owned())),
            (Found::Back, None) => Next::Nothing(Acted::RolledBack("it was taken back".to_owned())),
            (Found::There, None) => Next::Nothing(Acted::Done),
            (Found::Untouched, None) => Next::Move(self.move_after(0)),
            (Found::OnStep(step), None) => self.next_after(watch, step).await?,
        })
    }

    /// A step is noted before its time begins, and held as long as the policy says, while the alarms are quiet.
    async fn next_after(&self, watch: &impl WatchAlarms, step: u32) -> Result<Next, TargetError> {
        let Work { change, stage, now, .. } = self.work;
        let (Some(shift), Some(Stage::Reached { at, step: noted, .. })) = (self.shift, stage) else {
            return Ok(Next::Nothing(self.moved(self.move_after(step - 1))));
        };
        if *noted < step {
            return Ok(Next::Nothing(self.moved(self.move_after(step - 1))));
        }
        let hold = SignedDuration::from_secs(shift.hold_seconds.into());
        // Going back takes time as well.
        let against = if *now + hold >= change.until {
            Some("its time is nearly over".to_owned())
        } else {
            match alarmed(watch, shift).await {
                // Nobody would hear of it if it went off.
                Err(error @ TargetError::Refused { .. }) => Some(error.to_string()),
                looked => looked?,
            }
        };
        Ok(match against {
            Some(reason) => Next::Nothing(Acted::Turned(reason)),
            None if *now < *at + hold => Next::Nothing(Acted::Going),
            None => Next::Move(self.move_after(step)),
        })
    }

    fn moved(&self, made: Move) -> Acted {
        match (made, self.work.stage) {
            (Move::ToStep(step, percent), _) => {
                Acted::Reached { step, says: format!("{percent}% of the calls"), made: None }
            }
            (Move::ToTheEnd, _) => Acted::Done,
            (Move::Back, Some(Stage::RollingBack { reason, .. })) => Acted::RolledBack(reason.clone()),
            (Move::Back, _) => Acted::RolledBack("it was taken back".to_owned()),
        }
    }

    /// The steps with their percents, from 1.
    fn steps(&self) -> impl Iterator<Item = (u32, u8)> {
        (1..).zip(self.shift.into_iter().flat_map(|shift| shift.steps.iter().copied()))
    }

    fn move_after(&self, step: u32) -> Move {
        let next = self.steps().find(|(number, _)| *number == step + 1);
        next.map_or(Move::ToTheEnd, |(number, percent)| Move::ToStep(number, percent))
    }

    fn noted_step(&self) -> u32 {
        match self.work.stage {
            Some(Stage::Reached { step, .. }) => *step,
            Some(Stage::RollingBack { .. }) | None => 0,
        }
    }

    fn routes(&self, made: Move) -> Routes {
        let change = self.work.change;
        match made {
            Move::ToStep(_, percent) => {
                let part = Part { version: change.after.clone(), percent };
                Routes { version: self.work.before().to_owned(), part: Some(part) }
            }
            Move::ToTheEnd => Routes::only(&change.after),
            Move::Back => Routes::only(self.work.before()),
        }
    }

    /// Whether a move led to these routes. Where capacity is provisioned, the version that is left keeps a part of the
    /// calls until the other one has its capacity; no step looks like that.
    fn led_to(&self, routes: &Routes, made: Move) -> bool {
        let left = match made {
            Move::ToStep(..) => return *routes == self.routes(made),
            Move::ToTheEnd => self.work.before(),
            Move::Back => &self.work.change.after,
        };
        let wanted = self.routes(made);
        routes.version == wanted.version && routes.part.as_ref().is_none_or(|part| part.version == left)
    }

    /// What is written on the alias.
    fn note(&self, made: Move) -> String {
        let request = &self.work.request.id;
        match made {
            Move::ToStep(..) | Move::ToTheEnd => format!("Countersign request {request}"),
            Move::Back => format!("Countersign request {request}, rolled back"),
        }
    }
}

/// Where a part of the calls has gone over already, a refusal turns it back.
fn stopped(found: Found, made: Move, error: TargetError) -> Result<Acted, TargetError> {
    match (found, made, &error) {
        (Found::OnStep(_), Move::ToStep(..) | Move::ToTheEnd, TargetError::Refused { .. }) => {
            Ok(Acted::Turned(error.to_string()))
        }
        _ => Err(error),
    }
}
