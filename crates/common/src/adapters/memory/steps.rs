//! Letting somebody else decide when each call of a handler happens, and what goes wrong with it.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use jiff::Timestamp;

use super::{Call, Fault, Memory};

/// Where one handler stands. The handler holds one handle of it, by [`Memory::in_steps`]; whoever steps it the other.
///
/// Each of the handler's calls waits until it is granted, and each of its pauses until its time has come: after every
/// poll, [`Steps::asked`] and [`Steps::wakes_at`] say what it waits for.
#[derive(Clone, Debug, Default)]
pub struct Steps(Arc<Mutex<Stage>>);

#[derive(Debug, Default)]
struct Stage {
    tickets: u64,
    asked: VecDeque<Asked>,
    granted: BTreeMap<u64, Option<Fault>>,
    wakes_at: Option<Timestamp>,
}

/// A call that waits to be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which kind it is.
    pub call: Call,
    ticket: u64,
}

impl Steps {
    /// The calls that the handler has come to, one after the other and each once.
    pub fn asked(&self) -> Option<Asked> {
        self.stage().asked.pop_front()
    }

    /// Until when the handler wants to be left alone at most, once.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        self.stage().wakes_at.take()
    }

    /// Lets a call happen at the next poll, with this fault. A call that was given up meanwhile does not happen.
    pub fn grant(&self, asked: Asked, fault: Option<Fault>) {
        self.stage().granted.insert(asked.ticket, fault);
    }

    /// Comes back when the call is granted.
    pub(super) async fn wait_for(&self, call: Call) -> Option<Fault> {
        let ticket = {
            let mut stage = self.stage();
            stage.tickets += 1;
            let ticket = stage.tickets;
            stage.asked.push_back(Asked { call, ticket });
            ticket
        };
        poll_fn(|_| match self.stage().granted.remove(&ticket) {
            Some(fault) => Poll::Ready(fault),
            None => Poll::Pending,
        })
        .await
    }

    /// Comes back when the world's clock says so.
    pub(super) async fn wait_until(&self, world: &Memory, time: Timestamp) {
        poll_fn(|_| {
            if world.lock().now >= time {
                return Poll::Ready(());
            }
            let mut stage = self.stage();
            stage.wakes_at = Some(stage.wakes_at.map_or(time, |earlier| earlier.min(time)));
            Poll::Pending
        })
        .await;
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
