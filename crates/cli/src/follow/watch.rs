//! The waiting: the records are read again and again, gently, and the workflow is asked rarely.

use common::domain::{PlanKey, Request, RequestId, Status};
use common::ports::{Clock, ReadPlans, ReadRequests, StoreError};

use super::ending::{End, Seen};
use super::progress::Progress;
use crate::error::Error;
use crate::ports::{CallError, Pauses, Workflows};

/// How long the pause between two looks is at first, and at most, in seconds.
const PAUSES: (u32, u32) = (1, 5);
/// How often the workflow is asked while a level is open, in seconds: it may have been stopped.
const ASK_WORKFLOW_EVERY: u32 = 30;
/// How long an ended workflow's open level is waited for, in seconds. Its record is closed within a minute.
const PATIENCE: u32 = 90;
/// How many looks in a row may fail.
const MAX_FAILURES: u32 = 10;

/// Why a look failed.
#[derive(Debug)]
enum Failure {
    Call(CallError),
    Store(StoreError),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Call(error) => Self::Call(error),
            Failure::Store(error) => Self::Store(error),
        }
    }
}

/// Follows a workflow to its end, with the records as they are then.
pub(crate) async fn follow<S, W, C, P>(
    (store, workflows, clock, pauses): (&S, &W, &C, &P),
    execution: &str,
    progress: &mut Progress<'_>,
) -> Result<(Seen, End), Error>
where
    S: ReadPlans + ReadRequests,
    W: Workflows,
    C: Clock,
    P: Pauses,
{
    let key = PlanKey::of_execution(execution);
    let mut seen = Seen::default();
    let mut rhythm = Rhythm::new();
    loop {
        let asks_workflow = rhythm.asks_workflow(&seen);
        match look(store, workflows, execution, &key, &mut seen, asks_workflow).await {
            Ok(changed) => rhythm.note(changed),
            // The next look may be answered; this many in a row are no accident.
            Err(failure) => {
                if rhythm.fails() {
                    return Err(failure.into());
                }
            }
        }
        progress.show(&seen, clock.now());
        match seen.end() {
            Some(End::StillOpen) if rhythm.waited_since_end < PATIENCE => rhythm.waits_for_record(),
            Some(end) => return Ok((seen, end)),
            None => {}
        }
        pauses.pause(rhythm.next_pause()).await;
    }
}

/// Looks once, at the workflow first: what its records say then is at least as new. Tells whether anything changed.
async fn look<S, W>(
    store: &S,
    workflows: &W,
    execution: &str,
    key: &PlanKey,
    seen: &mut Seen,
    asks_workflow: bool,
) -> Result<bool, Failure>
where
    S: ReadPlans + ReadRequests,
    W: Workflows,
{
    let mut next = seen.clone();
    if asks_workflow {
        // Right after its start the service may not know it yet.
        let found = workflows.look(execution).await.map_err(Failure::Call)?;
        next.execution = found.or(next.execution);
    }
    if next.plan.is_none() {
        next.plan = store.plan(key).await.map_err(Failure::Store)?;
    }
    let count = next.plan.as_ref().map_or(0, |plan| plan.levels.len());
    let has_ended = !next.execution_goes_on();
    // An approved level does not change, but that its approval was used is noted before the workflow ends.
    let settled = |request: &&Request| !has_ended && request.status == Status::Approved;
    let kept = next.requests.iter().take_while(settled).count();
    next.requests.truncate(kept);
    for (number, _) in (1..).zip(0..count).skip(kept) {
        let request = store.request(&RequestId::of_level(key, number)).await.map_err(Failure::Store)?;
        let Some(request) = request else { break };
        let goes_on = request.status == Status::Approved;
        next.requests.push(request);
        if !goes_on {
            break;
        }
    }
    let changed = next != *seen;
    *seen = next;
    Ok(changed)
}

/// When to look at what.
struct Rhythm {
    pause: u32,
    since_workflow: u32,
    waited_since_end: u32,
    failures: u32,
}

impl Rhythm {
    fn new() -> Self {
        Self { pause: PAUSES.0, since_workflow: 0, waited_since_end: 0, failures: 0 }
    }

    fn asks_workflow(&mut self, seen: &Seen) -> bool {
        let asks =
            seen.execution_goes_on() && (seen.is_about_to_end() || self.since_workflow >= ASK_WORKFLOW_EVERY);
        if asks {
            self.since_workflow = 0;
        }
        asks
    }

    /// What has just changed may change again soon.
    fn note(&mut self, changed: bool) {
        self.failures = 0;
        if changed {
            self.pause = PAUSES.0;
        }
    }

    /// Whether it has failed too often.
    fn fails(&mut self) -> bool {
        self.failures += 1;
        self.failures >= MAX_FAILURES
    }

    fn waits_for_record(&mut self) {
        self.waited_since_end += self.pause;
    }

    fn next_pause(&mut self) -> u32 {
        let pause = self.pause;
        self.since_workflow += pause;
        self.pause = (pause + 1).min(PAUSES.1);
        pause
    }
}

/// The pauses of a command that somebody waits for.
pub(crate) struct Sleep;

impl Pauses for Sleep {
    async fn pause(&self, seconds: u32) {
        tokio::time::sleep(std::time::Duration::from_secs(seconds.into())).await;
    }
}

/// Follows until the end, or until somebody presses Ctrl-C: then `None`, and the workflow goes on.
pub(crate) async fn unless_interrupted<T>(following: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = following => Some(done),
        // Where the signal cannot be listened to, it ends the process as it always does.
        Ok(()) = tokio::signal::ctrl_c() => None,
    }
}
