//! What the handlers log, as text, for whoever looks for secrets and for missing lines.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

thread_local! {
    static LINES: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Collects what is logged on each thread from here on. A further call changes nothing.
pub fn listen() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Listener)).ok();
}

/// What was logged on this thread since this was last asked.
pub(crate) fn take() -> String {
    LINES.with(RefCell::take)
}

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() > Level::INFO {
            return;
        }
        LINES.with_borrow_mut(|lines| {
            event.record(&mut Line(lines));
            lines.push('\n');
        });
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).ok();
    }
}
