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
    OneWait,
    /// A caller that waits twice and passes as little as possible.
    Minimal,
}

/// All of them, read.
static FILES: LazyLock<[Arc<Definition>; 3]> = LazyLock::new(|| {
    [
        include_str!("../../../statemachine/deployment-approval.asl.json"),
        include_str!("../../../statemachine/examples/one-wait.asl.json"),
        include_str!("../../../statemachine/examples/minimal.asl.json"),
    ]
    .map(|file| match serde_json::from_str(file) {
        Ok(definition) => Arc::new(definition),
        Err(error) => panic!("the interpreter does not know everything in a state machine: {error}"),
    })
});

impl Machine {
    /// Each of them.
    pub(crate) const ALL: [Self; 3] = [Self::Deployment, Self::OneWait, Self::Minimal];

    /// What its file says.
    pub(crate) fn definition(self) -> Arc<Definition> {
        let [deployment, one_wait, minimal] = &*FILES;
        Arc::clone(match self {
            Self::Deployment => deployment,
            Self::OneWait => one_wait,
            Self::Minimal => minimal,
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
            Self::OneWait => "one-wait",
            Self::Minimal => "minimal",
        }
    }
}
