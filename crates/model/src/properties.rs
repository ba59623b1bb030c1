//! What must hold in every state, and what must be reachable so that holding it means something.

use common::domain::{Resume, Status};
use stateright::Property;

use crate::bounds::{Bounds, History};
use crate::protocol::Protocol;
use crate::world::{Actor, End, Followed, Place, World, Wrong};

/// I1.
pub const ONE_DECISION: &str = "a request has at most one decision, and it never changes";
/// I1, I6.
pub const VOTES_STAY: &str = "a vote stays as it was recorded";
/// I1: what a newer plan replaced is not approved any more.
pub const NEWEST_PLAN: &str = "no vote counts for a plan that a newer one has replaced";
/// I2.
pub const FOLLOWED: &str = "no workflow goes on against its record";
/// I2.
pub const CARRIED_OUT: &str = "nothing is carried out unless every level has approved";
/// I3: the record says `done` of what was followed only.
pub const DONE: &str = "a debt is marked as paid only after the workflow has followed";
/// I3: the page says "gone" of a workflow that was never told.
pub const GONE: &str = "no workflow is called gone that was told";
/// I3: a decision made now would reach the task that waits.
pub const NEWEST_TOKEN: &str = "the record holds the token of the newest attempt that has asked";
/// I3, and every run ends.
pub const AT_REST: &str = "where nothing happens by itself any more, all have ended and nothing is owed";

/// The properties that must hold.
pub const ALL: [&str; 9] =
    [ONE_DECISION, VOTES_STAY, NEWEST_PLAN, FOLLOWED, CARRIED_OUT, DONE, GONE, NEWEST_TOKEN, AT_REST];

pub(crate) fn of(bounds: &Bounds) -> Vec<Property<Protocol>> {
    let mut properties = vec![
        Property::always(ONE_DECISION, |_, world: &World| world.wrong != Some(Wrong::DecisionChanged)),
        Property::always(VOTES_STAY, |protocol: &Protocol, world| votes_stay(&protocol.bounds, world)),
        Property::always(NEWEST_PLAN, |_, world: &World| world.wrong != Some(Wrong::VoteOnOlderPlan)),
        Property::always(FOLLOWED, |protocol, world| every(protocol, world, is_followed)),
        Property::always(CARRIED_OUT, |protocol, world| carried_out(&protocol.bounds, world)),
        Property::always(DONE, |protocol, world| every(protocol, world, is_done_after_all)),
        Property::always(GONE, |protocol, world| every(protocol, world, is_rightly_gone)),
        Property::always(NEWEST_TOKEN, |protocol, world| newest_token(&protocol.bounds, world)),
        Property::always(AT_REST, |protocol: &Protocol, world: &World| {
            !protocol.is_at_rest(world) || (all_ended(world) && every(protocol, world, owes_nothing))
        }),
        Property::sometimes("an approval is carried out", |_, world: &World| {
            world.workflows.iter().any(|workflow| workflow.at == Place::Ended(End::Complete))
        }),
        Property::sometimes("a rejection reaches a workflow", |_, world: &World| {
            world.workflows.iter().any(|workflow| workflow.followed.contains(&Some(Followed::Refusal)))
        }),
        Property::sometimes("a request expires", |_, world: &World| {
            world.records.iter().flatten().any(|record| record.status == Status::Expired)
        }),
    ];
    if bounds.can_wait {
        properties.push(Property::sometimes(
            "a timer finds an approval",
            |protocol: &Protocol, world: &World| {
                (0..protocol.bounds.requests()).any(|request| {
                    world.followed(&protocol.bounds, request) == Some(Followed::Approval)
                        && !world.was_told(&protocol.bounds, request)
                })
            },
        ));
    }
    if bounds.stops > 0 {
        properties.push(Property::sometimes("a decided request's workflow is gone", |_, world: &World| {
            world.records.iter().flatten().any(|record| record.resume == Resume::Gone)
        }));
    }
    if bounds.faults > 0 {
        properties.push(Property::sometimes(
            "somebody else pays the debt of a process that died",
            |_, world: &World| {
                world.left.faults == 0
                    && world.process(Actor::Reconcile).is_some()
                    && world.records.iter().flatten().any(|record| record.resume == Resume::Owed)
            },
        ));
    }
    properties
}

fn every(protocol: &Protocol, world: &World, holds: fn(&Bounds, &World, usize) -> bool) -> bool {
    (0..protocol.bounds.requests()).all(|request| holds(&protocol.bounds, world, request))
}

fn votes_stay(bounds: &Bounds, world: &World) -> bool {
    let recorded = |request: usize| {
        let told = world.told.get(request).into_iter().flatten();
        let votes = world.record(request).map(|record| record.votes).unwrap_or_default();
        told.zip(votes).all(|(told, vote)| told.vote.is_none() || told.vote == vote)
    };
    world.wrong != Some(Wrong::VoteLost) && (0..bounds.requests()).all(recorded)
}

fn is_followed(bounds: &Bounds, world: &World, request: usize) -> bool {
    let status = world.record(request).map(|record| record.status);
    match world.followed(bounds, request) {
        None => true,
        Some(Followed::Approval) => status == Some(Status::Approved),
        Some(Followed::Expiry) => status == Some(Status::Expired),
        Some(Followed::Refusal) => status.is_some_and(|it| !matches!(it, Status::Pending | Status::Approved)),
    }
}

fn carried_out(bounds: &Bounds, world: &World) -> bool {
    (0..bounds.workflows()).all(|number| {
        let complete =
            world.workflow(number).is_some_and(|workflow| workflow.at == Place::Ended(End::Complete));
        let mut levels = (0..bounds.levels()).map(|level| World::request_of(bounds, number, level));
        !complete
            || levels.all(|request| {
                world.record(request).is_some_and(|record| record.status == Status::Approved && record.used)
            })
    })
}

fn is_done_after_all(bounds: &Bounds, world: &World, request: usize) -> bool {
    let Some(record) = world.record(request) else { return true };
    record.resume != Resume::Done
        || world.followed(bounds, request).is_some()
        || fails_anyway(bounds, record.status)
}

/// A caller without branches goes on to its failure in any case, and its timer's task notes so before it answers.
fn fails_anyway(bounds: &Bounds, status: Status) -> bool {
    !bounds.can_wait && status != Status::Approved
}

/// Without a history, the payer's own mark corrects the record a moment later; people must not be told wrongly.
fn is_rightly_gone(bounds: &Bounds, world: &World, request: usize) -> bool {
    let said = world.told.get(request).into_iter().flatten().any(|told| told.gone);
    let recorded = world.record(request).is_some_and(|record| record.resume == Resume::Gone);
    let gone = said || (recorded && bounds.history != History::Unreadable);
    !gone || !world.was_told(bounds, request)
}

fn newest_token(bounds: &Bounds, world: &World) -> bool {
    world.workflows.iter().take(bounds.workflows()).enumerate().all(|(number, workflow)| {
        let waits = workflow.at == Place::RequestApproval && workflow.asked;
        let request = World::request_of(bounds, number, usize::from(workflow.level));
        !waits || world.record(request).is_some_and(|record| record.attempt == workflow.attempt)
    })
}

fn all_ended(world: &World) -> bool {
    world.workflows.iter().all(|workflow| workflow.at == Place::Ahead || workflow.has_ended())
}

fn owes_nothing(bounds: &Bounds, world: &World, request: usize) -> bool {
    let Some(record) = world.record(request) else { return true };
    let knows = world.followed(bounds, request).is_some();
    let reached = match record.status {
        Status::Pending => false,
        // The task that wrote it was asked by its workflow, or the workflow had ended.
        Status::Expired | Status::Withdrawn => true,
        Status::Approved | Status::Rejected | Status::Superseded => {
            knows || record.resume == Resume::Gone || fails_anyway(bounds, record.status)
        }
    };
    let told = world.told.get(request).into_iter().flatten();
    let told_the_same = told.clone().all(|told| told.end.is_none() || told.end == Some(record.status));
    record.is_closed() && record.resume != Resume::Owed && reached && told_the_same
}
