//! The signals that ask us to stop. They are listened to before anything is started, so that every process
//! can be stopped in order.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::Error;

pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Interrupts {
    pub(crate) fn listen() -> Result<Self, Error> {
        let on = |kind| signal(kind).map_err(Error::Signals);
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hang_up: on(SignalKind::hangup())?,
        })
    }

    /// Waits for one of them.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
