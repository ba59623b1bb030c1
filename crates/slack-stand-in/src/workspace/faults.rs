//! What is to go wrong, and how often.

use std::time::Duration;

/// One way to fail.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Status 200 and `ok: false`.
    OkFalse(String),
    /// A status without a body.
    Status(u16),
    /// An error page, as a proxy in between would send.
    Html(u16),
    /// The answer comes late.
    Hang(Duration),
    /// Status 429 with `Retry-After`.
    RateLimited(u64),
}

/// What goes wrong with the next calls of a method.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    /// `*` for all.
    pub(crate) method: String,
    /// Only calls whose arguments contain this.
    pub(crate) matching: Option<String>,
    pub(crate) kind: Kind,
    /// Whether the call has its effect all the same, and only its answer is lost.
    pub(crate) has_effect: bool,
    pub(crate) times: u64,
}

/// Every fault that is still to happen, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that this call runs into, used once.
    pub(crate) fn take(&mut self, method: &str, arguments: &str) -> Option<Fault> {
        let meets = |fault: &Fault| {
            (fault.method == "*" || fault.method == method)
                && fault.matching.as_ref().is_none_or(|part| arguments.contains(part.as_str()))
        };
        let fault = self.0.iter_mut().find(|fault| meets(fault))?;
        fault.times = fault.times.saturating_sub(1);
        let taken = fault.clone();
        self.0.retain(|fault| fault.times > 0);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_its_calls_as_often_as_it_was_asked_to() {
        let fault = |method: &str, matching: Option<&str>, times| Fault {
            method: method.to_owned(),
            matching: matching.map(str::to_owned),
            kind: Kind::Status(503),
            has_effect: false,
            times,
        };
        let mut faults = Faults::default();
        faults.add(fault("chat.update", Some("C1"), 2));
        faults.add(fault("*", None, 1));
        assert!(faults.take("chat.update", r#"{"channel":"C1"}"#).is_some());
        assert_eq!(faults.take("chat.update", r#"{"channel":"C2"}"#).unwrap().method, "*");
        assert!(faults.take("chat.update", r#"{"channel":"C2"}"#).is_none());
        assert!(faults.take("chat.update", r#"{"channel":"C1"}"#).is_some());
        assert!(faults.take("chat.update", r#"{"channel":"C1"}"#).is_none());
    }
}
