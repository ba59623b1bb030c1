//! For tests: the metrics that this thread has written.

use std::cell::RefCell;
use std::fmt;

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::METRICS;

thread_local! {
    static HEARD: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// The metrics of a thread, from when it began to listen.
pub(crate) struct Heard;

struct Ear;

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == METRICS {
            event.record(&mut Line);
        }
    }
}

struct Line;

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "emf" {
            HEARD.with_borrow_mut(|heard| heard.extend(serde_json::from_str::<Value>(value).ok()));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl Heard {
    /// Begins anew. One subscriber serves all threads: `tracing` remembers for the whole process whether anyone
    /// listens to a line.
    pub(crate) fn from_here() -> Self {
        tracing_subscriber::registry().with(Ear).try_init().ok();
        HEARD.with_borrow_mut(Vec::clear);
        Self
    }

    /// The values of one metric, in the order in which they were written.
    #[expect(clippy::unused_self, reason = "only who listens has heard something")]
    pub(crate) fn values(&self, metric: &str) -> Vec<u64> {
        HEARD.with_borrow(|heard| heard.iter().filter_map(|line| line.get(metric)?.as_u64()).collect())
    }

    /// The values of a dimension of one metric.
    #[expect(clippy::unused_self, reason = "only who listens has heard something")]
    pub(crate) fn of(&self, metric: &str, dimension: &str) -> Vec<String> {
        let value = |line: &Value| Some(line.get(metric).and(line.get(dimension))?.as_str()?.to_owned());
        HEARD.with_borrow(|heard| heard.iter().filter_map(value).collect())
    }
}
