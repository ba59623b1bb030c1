//! Two invocations for one deployment, whose calls are made one by one.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::deploy::{alias, approved_world, half};
use super::world::World;
use crate::adapters::memory::{Asked, Call, Steps};
use crate::contract::{FollowUp, TaskError};
use crate::domain::Progress;
use crate::usecase::carry_out::CarryOut;
use crate::usecase::go_on::{WentOn, go_on};

/// One invocation, whose calls are made one by one.
pub(super) struct Invocation {
    work: Pin<Box<dyn Future<Output = Result<Value, TaskError>>>>,
    steps: Steps,
    next: Option<Asked>,
}

impl Invocation {
    pub(super) fn of(world: &World, state: &Value) -> Self {
        let steps = Steps::default();
        let (memory, state) = (world.memory.in_steps(steps.clone()), state.clone());
        let work = async move {
            let memory = &memory;
            let carry_out = CarryOut {
                store: memory,
                targets: memory,
                mail: memory,
                clock: memory,
                retention_days: None,
            };
            Box::pin(carry_out.run(&FollowUp::read(&state))).await
        };
        Self { work: Box::pin(work), steps, next: None }
    }

    /// Goes on until it is about to make such a call, or to its end.
    pub(super) fn run(&mut self, until: Option<Call>) -> Option<Value> {
        loop {
            if let Some(asked) = self.next.take() {
                self.steps.grant(asked, None);
            }
            match self.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => return Some(answer.unwrap()),
                Poll::Pending => self.next = self.steps.asked(),
            }
            let call = self.next.expect("it waits for nothing but its calls").call;
            if until == Some(call) {
                return None;
            }
        }
    }
}

/// A run of the schedule of deployments, whose calls are made one by one, but for those that are left without an answer.
pub(super) fn schedule(world: &World, mut is_silent: impl FnMut(Call) -> bool) -> Option<WentOn> {
    let steps = Steps::default();
    let memory = &world.memory.in_steps(steps.clone());
    let carry_out =
        CarryOut { store: memory, targets: memory, mail: memory, clock: memory, retention_days: None };
    let mut run = pin!(go_on(&carry_out, Timestamp::MAX));
    loop {
        match run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(went_on) => return Some(went_on.unwrap()),
            Poll::Pending => {}
        }
        let asked = std::iter::from_fn(|| steps.asked()).find(|asked| !is_silent(asked.call));
        steps.grant(asked?, None);
    }
}

/// Both have looked at the same alias and are about to claim; one claim counts, and both answer what it led to.
#[test]
fn a_double_invocation_acts_once() {
    let (world, state) = approved_world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!((one.run(Some(Call::Claim)), other.run(Some(Call::Claim))), (None, None));
    let answer = other.run(None).unwrap();
    assert_eq!((&answer["status"], alias(&world)), (&json!("deployed"), ("2".to_owned(), 1)));
    assert_eq!(one.run(None), Some(answer));
    assert_eq!((alias(&world), world.mails_to("dev")), (("2".to_owned(), 1), 1));
}

/// Both have claimed and are about to act; the second finds that it was done.
#[test]
fn two_acts_on_one_claim_change_the_alias_once() {
    let (world, state) = approved_world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    assert_eq!(one.run(Some(Call::PointAlias)), None);
    assert_eq!(other.run(Some(Call::PointAlias)), None);
    let answer = other.run(None);
    assert_eq!(one.run(None), answer);
    assert_eq!(alias(&world), ("2".to_owned(), 1));
}

/// One sees an alias that somebody is shifting, the other does not any more, and deploys.
#[test]
fn that_nothing_was_changed_is_not_noted_on_top_of_a_claim() {
    let (world, state) = approved_world();
    let (mut one, mut other) = (Invocation::of(&world, &state), Invocation::of(&world, &state));
    world.memory.split_alias("checkout", "live", Some(half()));
    assert_eq!(one.run(Some(Call::Claim)), None);
    world.memory.split_alias("checkout", "live", None);
    let answer = other.run(None).unwrap();
    assert_eq!(answer["status"], "deployed");
    assert_eq!(one.run(None), Some(answer));
    assert_eq!(world.request().progress(), Progress::Deployed);
}
