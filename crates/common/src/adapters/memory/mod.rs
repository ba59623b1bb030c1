//! Everything outside, in memory: storage, mail, Slack, workflows, secrets, time and chance.
//!
//! [`Memory`] implements every port and behaves like the AWS services behind the real adapters: writes
//! are conditional in the same way, the first answer to a task token wins, mail has no idempotency. The
//! same contract tests run against both. Tests and the simulator use it; nothing in the product does.
//!
//! Each call of a port (but `Clock` and `Random`) is counted as one [`Call`], and a [`Fault`] can be put
//! at any of them. By [`Memory::in_steps`], a simulator decides when each call of each handler happens. Methods that
//! only tests use look at the state without being counted.

mod builds;
mod calls;
mod death;
mod executions;
mod functions;
mod mail;
mod policies;
mod receivers;
mod secrets;
mod services;
mod slack;
mod steps;
mod store;
#[cfg(test)]
mod tests;
mod walk;
mod workflows;

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub use self::calls::{Call, Fault};
pub use self::death::until_death;
pub use self::mail::MailRefusal;
pub use self::slack::SlackPost;
pub use self::steps::{Asked, Steps};
pub use self::store::StoreChange;

use crate::ports::{Clock, Pause, Random};

/// Where the clock of a new [`Memory`] stands: 2026-01-05T09:00:00Z, a Monday morning.
pub const START: Timestamp = Timestamp::constant(1_767_603_600, 0);

/// The outside world. Clones are handles to the same world.
#[derive(Clone, Debug)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    steps: Option<Steps>,
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
    functions: functions::Functions,
    services: services::Services,
    builds: builds::Builds,
    executions: executions::Executions,
    receivers: receivers::Receivers,
    past: Option<Past>,
    late: Vec<Late>,
}

/// How the table and the workflows stood a while ago.
#[derive(Clone, Debug)]
struct Past {
    store: store::Tables,
    workflows: workflows::Workflows,
}

/// An effect that is still on its way.
struct Late {
    at: Timestamp,
    effect: Box<dyn FnOnce(&mut State) + Send>,
}

impl fmt::Debug for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Late({})", self.at)
    }
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
                functions: functions::Functions::default(),
                services: services::Services::default(),
                builds: builds::Builds::default(),
                executions: executions::Executions::default(),
                receivers: receivers::Receivers::default(),
                past: None,
                late: Vec::new(),
            })),
            steps: None,
        }
    }

    /// A handle to the same world whose calls and pauses wait to be granted.
    #[must_use]
    pub fn in_steps(&self, steps: Steps) -> Self {
        Self { state: Arc::clone(&self.state), steps: Some(steps) }
    }

    /// Remembers how the table and the workflows stand, for [`Fault::Behind`].
    pub fn remember(&self) {
        let mut state = self.lock();
        state.past = Some(Past { store: state.store.clone(), workflows: state.workflows.clone() });
    }

    /// When the next effect arrives that is on its way.
    pub fn next_arrival(&self) -> Option<Timestamp> {
        self.lock().late.iter().map(|late| late.at).min()
    }

    /// Lets the effects arrive whose time has come.
    pub fn arrive(&self) {
        let mut state = self.lock();
        let now = state.now;
        let all = std::mem::take(&mut state.late).into_iter();
        let (due, later): (Vec<_>, Vec<_>) = all.partition(|late| late.at <= now);
        state.late = later;
        for late in due {
            (late.effect)(&mut state);
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

    /// Makes one counted call: the effect happens or not, and its reply arrives or not, as injected or granted.
    async fn call<T: Send + 'static, E: Send + 'static>(
        &self,
        call: Call,
        effect: impl FnOnce(&mut State) -> Result<T, E> + Send + 'static,
        no_reply: impl FnOnce() -> E + Send,
    ) -> Result<T, E> {
        let granted = match &self.steps {
            Some(steps) => steps.wait_for(call).await,
            None => None,
        };
        let reply = {
            let mut state = self.lock();
            let fault = state.calls.begin(call).or(granted);
            let taken = state.calls.time_of(call);
            state.now += taken;
            state.make(fault, effect)
        };
        match reply {
            Reply::Arrives(reply) => reply,
            Reply::Lost => Err(no_reply()),
            Reply::FindsNobody => pending().await,
        }
    }
}

/// What comes back from a call.
enum Reply<T> {
    Arrives(T),
    Lost,
    /// Who called has died.
    FindsNobody,
}

impl State {
    fn make<T>(
        &mut self,
        fault: Option<Fault>,
        effect: impl FnOnce(&mut Self) -> T + Send + 'static,
    ) -> Reply<T> {
        match fault {
            None => Reply::Arrives(effect(self)),
            Some(Fault::Behind) => Reply::Arrives(self.look_back(effect)),
            Some(Fault::BeforeEffect) => Reply::Lost,
            Some(Fault::AfterEffect) => {
                effect(self);
                Reply::Lost
            }
            Some(Fault::Late(after)) => {
                let effect = Box::new(move |state: &mut Self| drop(effect(state)));
                self.late.push(Late { at: self.now + after, effect });
                Reply::Lost
            }
            Some(Fault::DeathBefore) => Reply::FindsNobody,
            Some(Fault::DeathAfter) => {
                effect(self);
                Reply::FindsNobody
            }
        }
    }

    /// Has something happen in what was remembered.
    fn look_back<T>(&mut self, effect: impl FnOnce(&mut Self) -> T) -> T {
        let Some(mut past) = self.past.take() else { return effect(self) };
        std::mem::swap(&mut self.store, &mut past.store);
        std::mem::swap(&mut self.workflows, &mut past.workflows);
        let seen = effect(self);
        std::mem::swap(&mut self.store, &mut past.store);
        std::mem::swap(&mut self.workflows, &mut past.workflows);
        self.past = Some(past);
        seen
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        self.lock().now
    }
}

impl Pause for Memory {
    async fn pause(&self, duration: std::time::Duration) {
        let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        match &self.steps {
            Some(steps) => steps.wait_until(self, self.now() + duration).await,
            None => drop(self.advance(duration)),
        }
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
