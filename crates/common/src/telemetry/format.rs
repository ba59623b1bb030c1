//! How a line is written: log events as JSON objects, metrics as the object that `CloudWatch` reads.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::METRICS;

/// Writes metrics bare, because `CloudWatch` reads only an object's top level, and the rest as `logs` does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<L>(pub(super) L);

impl<S, N, L> FormatEvent<S, N> for Lines<L>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    L: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != METRICS {
            return self.0.format_event(context, writer, event);
        }
        let mut metric = Metric(None);
        event.record(&mut metric);
        metric.0.map_or(Ok(()), |line| writeln!(writer, "{line}"))
    }
}

struct Metric(Option<String>);

impl Visit for Metric {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "emf" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
