//! Dying in the middle: how a test sees a process end between two calls.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a handler until it is finished, or until a [`super::Fault`] kills it (`None`).
///
/// No call of [`super::Memory`] ever waits for anything but death, so the first wait is the end; what the
/// handler held in memory is dropped, what it had stored, sent or answered stays.
pub fn until_death<F: Future>(handler: F) -> Option<F::Output> {
    match pin!(handler).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
