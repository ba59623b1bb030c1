//! The state machines, read from the files that are deployed.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::asl::{Definition, Edge, edges};

/// One of the state machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Machine {
    /// The one that Countersign deploys.
    #[default]
    Deployment,
    /// A caller that waits once and passes all that it knows.
    ExpenseReport,
    /// A caller that waits twice and passes as little as possible.
    DataRelease,
}

/// All of them, read.
static FILES: LazyLock<[Arc<Definition>; 3]> = LazyLock::new(|| {
    [
        include_str!("../../../statemachine/deployment-approval.asl.json"),
        include_str!("../../../statemachine/examples/expense-report.asl.json"),
        include_str!("../../../statemachine/examples/data-release.asl.json"),
    ]
    .map(|file| match serde_json::from_str(file) {
        Ok(definition) => Arc::new(definition),
        Err(error) => panic!("the interpreter does not know everything in a state machine: {error}"),
    })
});

impl Machine {
    /// Each of them.
    pub(crate) const ALL: [Self; 3] = [Self::Deployment, Self::ExpenseReport, Self::DataRelease];

    /// What its file says.
    pub(crate) fn definition(self) -> Arc<Definition> {
        let [deployment, expenses, data] = &*FILES;
        Arc::clone(match self {
            Self::Deployment => deployment,
            Self::ExpenseReport => expenses,
            Self::DataRelease => data,
        })
    }

    /// Every way through it.
    pub(crate) fn edges(self) -> BTreeSet<Edge> {
        edges(&self.definition())
    }

    /// The name of its file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment-approval",
            Self::ExpenseReport => "expense-report",
            Self::DataRelease => "data-release",
        }
    }
}
