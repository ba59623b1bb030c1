//! What will happen, in the order of time; at one time, in the order in which it was planned.

use std::collections::BTreeMap;

use common::adapters::memory::{Asked, Fault};
use jiff::Timestamp;

use crate::delivery::Batch;
use crate::people::Deed;

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Event {
    /// A function goes on; where it waits for a call, that happens now.
    GoOn {
        /// Which invocation.
        invocation: u64,
        /// The call, and what goes wrong with it.
        granted: Option<(Asked, Option<Fault>)>,
    },
    /// A function has used up its time.
    TimeUp(u64),
    /// A workflow does what its state says.
    Act(usize),
    /// The time of a workflow's task is up.
    Timeout {
        /// Which workflow.
        run: usize,
        /// Which of its attempts.
        attempt: u32,
    },
    /// A workflow hears the answer that its task got.
    Answered {
        /// Which workflow.
        run: usize,
        /// Which of its attempts.
        attempt: u32,
    },
    /// The time of a workflow's `Wait` has passed.
    Waited(usize),
    /// Somebody starts a workflow.
    Start,
    /// An operator stops a workflow.
    Stop(usize),
    /// The requester takes the first request back.
    Withdraw,
    /// The operators store a newer policy.
    Policy,
    /// An operator points the alias at a version of their own.
    Hotfix,
    /// The alarm that watches what is deployed goes off, or is quiet again.
    Alarm(bool),
    /// The schedule comes by.
    Schedule,
    /// The stream delivers what it has.
    Stream,
    /// The stream delivers a batch once more.
    Again(Batch),
    /// It is told that a workflow has ended.
    Ended(usize),
    /// Somebody does something.
    Deed(Deed),
    /// Effects arrive that were late.
    Arrive,
}

/// What will happen.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    planned: BTreeMap<(Timestamp, u64), Event>,
    count: u64,
}

impl Queue {
    /// Plans an event.
    pub(crate) fn plan(&mut self, at: Timestamp, event: Event) {
        self.count += 1;
        self.planned.insert((at, self.count), event);
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Option<(Timestamp, Event)> {
        self.planned.pop_first().map(|((at, _), event)| (at, event))
    }

    /// Whether anything is planned but the schedule, which comes by for ever.
    pub(crate) fn is_busy(&self) -> bool {
        self.planned.values().any(|event| !matches!(event, Event::Schedule))
    }
}
