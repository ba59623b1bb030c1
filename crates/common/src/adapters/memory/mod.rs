//! Everything outside, in memory: storage, mail, Slack, workflows, secrets, time and chance.
//!
//! [`Memory`] implements every port and behaves like the AWS services behind the real adapters: writes
//! are conditional in the same way, the first answer to a task token wins, mail has no idempotency. The
//! same contract tests run against both. Tests and the simulator use it; nothing in the product does.
//!
//! Each call of a port (but `Clock` and `Random`) is counted as one [`Call`], and a [`Fault`] can be put
//! at any of them. Methods that only tests use look at the state without being counted.

mod calls;
mod death;
mod mail;
mod policies;
mod secrets;
mod slack;
mod store;
#[cfg(test)]
mod tests;
mod walk;
mod workflows;

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub use self::calls::{Call, Fault};
pub use self::death::until_death;
pub use self::mail::MailRefusal;
pub use self::slack::SlackPost;

use crate::ports::{Clock, Pause, Random};

/// Where the clock of a new [`Memory`] stands: 2026-01-05T09:00:00Z, a Monday morning.
pub const START: Timestamp = Timestamp::constant(1_767_603_600, 0);

/// The outside world. Clones are handles to the same world.
#[derive(Clone, Debug)]
pub struct Memory {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    seed: u64,
    drawn: u64,
    calls: calls::Calls,
    store: store::Tables,
    mail: mail::Mailbox,
    workflows: workflows::Workflows,
    secrets: secrets::Secrets,
    slack: slack::Slack,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// A new world at [`START`] in which nothing is stored, sent or waiting.
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// The same with other random bits: worlds of one seed draw the same.
    pub fn seeded(seed: u64) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                now: START,
                seed,
                drawn: 0,
                calls: calls::Calls::default(),
                store: store::Tables::default(),
                mail: mail::Mailbox::default(),
                workflows: workflows::Workflows::default(),
                secrets: secrets::Secrets::default(),
                slack: slack::Slack::default(),
            })),
        }
    }

    /// Puts the clock to a time.
    pub fn set_now(&self, now: Timestamp) {
        self.lock().now = now;
    }

    /// Moves the clock forward (or back, by a negative duration) and tells the new time.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        let mut state = self.lock();
        state.now += by;
        state.now
    }

    /// Puts a fault at the next call of this kind.
    pub fn inject(&self, call: Call, fault: Fault) {
        self.inject_nth(call, 1, fault);
    }

    /// Puts a fault at the n-th call of this kind from now on; 1 is the next one.
    pub fn inject_nth(&self, call: Call, nth: usize, fault: Fault) {
        self.lock().calls.inject(Some(call), nth, fault);
    }

    /// Puts a fault at the n-th call of any kind from now on; 1 is the next one.
    pub fn inject_at(&self, nth: usize, fault: Fault) {
        self.lock().calls.inject(None, nth, fault);
    }

    /// Lets every call of this kind take so long from now on.
    pub fn slow_down(&self, call: Call, by: SignedDuration) {
        self.lock().calls.slow_down(call, by);
    }

    /// Takes back every fault that has not happened.
    pub fn clear_faults(&self) {
        self.lock().calls.clear_faults();
    }

    /// How many calls of this kind were made.
    pub fn count(&self, call: Call) -> usize {
        self.lock().calls.made().iter().filter(|made| **made == call).count()
    }

    /// Every call that was made, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.made().to_vec()
    }

    /// Starts counting anew.
    pub fn forget_calls(&self) {
        self.lock().calls.forget();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked elsewhere says more than a poisoned lock here would.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one counted call: the effect happens or not, and its reply arrives or not, as injected.
    async fn call<T: Send, E: Send>(
        &self,
        call: Call,
        effect: impl FnOnce(&mut State) -> Result<T, E> + Send,
        no_reply: impl FnOnce() -> E + Send,
    ) -> Result<T, E> {
        let (reply, fault) = {
            let mut state = self.lock();
            let fault = state.calls.begin(call);
            let taken = state.calls.time_of(call);
            state.now += taken;
            let happens = !matches!(fault, Some(Fault::BeforeEffect | Fault::DeathBefore));
            (happens.then(|| effect(&mut state)), fault)
        };
        match (fault, reply) {
            (Some(Fault::DeathBefore | Fault::DeathAfter), _) => pending().await,
            (None, Some(reply)) => reply,
            _ => Err(no_reply()),
        }
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        self.lock().now
    }
}

impl Pause for Memory {
    async fn pause(&self, duration: std::time::Duration) {
        self.advance(SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX));
    }
}

impl Random for Memory {
    fn bits(&self) -> [u8; 32] {
        let mut state = self.lock();
        state.drawn += 1;
        let mut hasher = Sha256::new();
        hasher.update(state.seed.to_be_bytes());
        hasher.update(state.drawn.to_be_bytes());
        hasher.finalize().into()
    }
}
