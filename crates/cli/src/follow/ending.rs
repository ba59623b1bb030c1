//! How it ended, by the records. What the workflow says of itself is only information.

use common::domain::{Decision, Deployment, Plan, Request, Status};
use common::ports::Ending;

use crate::exit::Exit;
use crate::ports::Execution;

/// What is known at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// The plan, once it is stored.
    pub(crate) plan: Option<Plan>,
    /// The requests of its levels that were opened.
    pub(crate) requests: Vec<Request>,
    /// The workflow as it was when it was last looked at, before the records were read.
    pub(crate) execution: Option<Execution>,
}

/// How a workflow with approvals ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// Every level was approved, and the workflow succeeded. The last level's record says what it was used for.
    Approved(Option<Deployment>),
    /// No level had to approve, and the workflow succeeded.
    NotNeeded,
    /// A level ended otherwise.
    Closed(Decision),
    /// The workflow failed before anybody was asked.
    FailedBeforeAsking,
    /// The workflow failed although no level stands against it.
    FailedAfterApproval,
    /// The workflow ended, and a level is still open. Its record will be closed.
    StillOpen,
    /// The workflow succeeded without the approvals that its plan needs.
    NotByTheRecords,
}

impl End {
    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Approved(_) | Self::NotNeeded => Exit::Ok,
            Self::Closed(decision) => of_status(decision.status),
            Self::FailedBeforeAsking
            | Self::FailedAfterApproval
            | Self::StillOpen
            | Self::NotByTheRecords => Exit::WorkflowFailed,
        }
    }
}

/// The exit code that says how a request stands.
pub(crate) fn of_status(status: Status) -> Exit {
    match status {
        Status::Pending | Status::Approved => Exit::Failed,
        Status::Rejected => Exit::Rejected,
        Status::Expired => Exit::Expired,
        Status::Withdrawn => Exit::Withdrawn,
        Status::Superseded => Exit::Superseded,
    }
}

impl Seen {
    /// How it ended; `None` while the workflow is not known to have ended.
    pub(crate) fn end(&self) -> Option<End> {
        let Some(Execution::Ended { how, .. }) = &self.execution else {
            return None;
        };
        let against = self.requests.iter().find(|request| request.status != Status::Approved);
        if let Some(request) = against {
            return Some(request.decision.clone().map_or(End::StillOpen, End::Closed));
        }
        let Some(plan) = &self.plan else {
            return Some(End::FailedBeforeAsking);
        };
        Some(match (how, self.requests.last()) {
            (Ending::Succeeded, _) if self.requests.len() < plan.levels.len() => End::NotByTheRecords,
            (Ending::Succeeded, None) => End::NotNeeded,
            (Ending::Succeeded, Some(last)) => End::Approved(last.deployment.clone()),
            (_, None) if !plan.levels.is_empty() => End::FailedBeforeAsking,
            (_, _) => End::FailedAfterApproval,
        })
    }

    /// Whether the workflow is not known to have ended.
    pub(super) fn execution_goes_on(&self) -> bool {
        !matches!(self.execution, Some(Execution::Ended { .. }))
    }

    /// Whether the records give no reason for the workflow to go on waiting, so that it ends soon or has.
    pub(crate) fn is_about_to_end(&self) -> bool {
        match (&self.plan, self.requests.last()) {
            (None, _) | (_, None) => true,
            (Some(_), Some(last)) => last.status != Status::Pending,
        }
    }
}
