//! What the use cases need from outside, one trait per capability.
//!
//! A handler's bounds and its IAM policy say the same thing. The traits name no service; the adapters
//! implement them.

mod aliases;
mod builds;
mod executions;
mod services;
mod slack;
mod targets;
mod walk;
mod webhooks;

use std::future::Future;

use jiff::Timestamp;

use crate::domain::{
    EmailAddress, Plan, PlanKey, Pointer, Request, RequestId, Status, StoredPolicy, Subject, TaskToken,
};

pub use self::aliases::{Alias, Aliasing, Part, PointAliases, PublishedVersion, ReadAliases, Routes};
pub use self::builds::{BUILT_FOR, Build, BuildEnd, FindProjects, RunBuilds, Variables};
pub use self::executions::{FindMachines, Machine, Ran, RunExecutions};
pub use self::services::{Containers, ReadServices, RollService, Rolling, Service, State, TaskDefinition};
pub use self::slack::{
    AskSlackWho, EditSlack, KnowWorkspace, OpenSlackModals, PostToSlack, SlackCard, SlackError, SlackModal,
    SlackPlace, SlackReply, SlackTrigger, SlackWorkspace, TellPrivately,
};
pub use self::targets::{Alarm, LookAtTargets, ReachTargets, TargetError, WatchAlarms};
pub use self::walk::{Opened, OpenedPage, Span, WalkRequests};
pub use self::webhooks::{CallWebhooks, Received};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Lets time pass.
pub trait Pause: Send + Sync {
    /// Comes back after so long.
    fn pause(&self, duration: std::time::Duration) -> impl Future<Output = ()> + Send;
}

/// Draws random bits.
pub trait Random: Send + Sync {
    /// 256 bits that nobody can guess.
    fn bits(&self) -> [u8; 32];
}

/// Storage did not answer, or answered with a failure. Whether a write took effect is not known.
#[derive(Debug, thiserror::Error)]
#[error("storage failed to {operation}")]
pub struct StoreError {
    /// What was tried.
    pub operation: &'static str,
    /// What the service said.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What a conditional write did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written<T> {
    /// It took effect.
    Stored,
    /// The condition failed; this is what stands there. A lost reply that was retried looks the same,
    /// so the caller compares.
    Conflict(Box<T>),
}

/// What a conditional write did that also needs its plan to be the newest for its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guarded<T> {
    /// It took effect.
    Stored,
    /// The condition on the item itself failed; this is what stands there.
    Conflict(Box<T>),
    /// A newer plan has taken the place of its plan.
    Superseded(PlanKey),
}

impl<T> From<Written<T>> for Guarded<T> {
    fn from(written: Written<T>) -> Self {
        match written {
            Written::Stored => Self::Stored,
            Written::Conflict(stored) => Self::Conflict(stored),
        }
    }
}

/// Reads requests, strongly consistent.
pub trait ReadRequests: Send + Sync {
    /// The request with this id.
    fn request(&self, id: &RequestId) -> impl Future<Output = Result<Option<Request>, StoreError>> + Send;
}

/// Changes requests in every way but by a vote.
pub trait KeepRequests: ReadRequests {
    /// Stores a new request, if there is none with its id, and if no newer plan has taken its plan's place. A
    /// request that says itself that it is superseded needs only the first.
    fn open(&self, request: &Request) -> impl Future<Output = Result<Guarded<Request>, StoreError>> + Send;

    /// Stores the request that follows, if the stored one is still the version it follows from.
    fn keep(
        &self,
        next: &Request,
        follows: u64,
    ) -> impl Future<Output = Result<Written<Request>, StoreError>> + Send;
}

/// Lists requests, by their ids. A list may be a moment behind what is stored, so whoever acts on it reads each
/// request again.
pub trait ListRequests: Send + Sync {
    /// Requests that owe their workflow an answer or their people a notice, the oldest debt first.
    fn owing_requests(
        &self,
        at_most: usize,
    ) -> impl Future<Output = Result<Vec<RequestId>, StoreError>> + Send;

    /// Pending requests, the oldest first.
    fn pending_requests(
        &self,
        at_most: usize,
    ) -> impl Future<Output = Result<Vec<RequestId>, StoreError>> + Send;

    /// Requests that are pending, or owe their answer, in the workflow with this ARN.
    fn requests_of(
        &self,
        execution: &str,
        at_most: usize,
    ) -> impl Future<Output = Result<Vec<RequestId>, StoreError>> + Send;
}

/// A request in a list for people: as much of it as the lists keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub id: RequestId,
    /// Where it stands.
    pub status: Status,
    /// One line that names what is asked for.
    pub title: String,
    /// Who asked, by their own statement.
    pub requested_by: Option<EmailAddress>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when votes count, where anything but the caller says so.
    pub deadline: Option<Timestamp>,
}

/// Lists requests for people. A list may be a moment behind what is stored.
pub trait BrowseRequests: Send + Sync {
    /// Pending requests, the newest first.
    fn open_requests(&self, at_most: usize) -> impl Future<Output = Result<Vec<Listed>, StoreError>> + Send;

    /// Requests that were opened in the month of this time, in UTC, the newest first.
    fn requests_in_month_of(
        &self,
        time: Timestamp,
        at_most: usize,
    ) -> impl Future<Output = Result<Vec<Listed>, StoreError>> + Send;
}

/// Lists what waits for one person. A list may be a moment behind what is stored.
pub trait ReadInboxes: Send + Sync {
    /// Pending requests that this approver is asked about by mail and has not voted on, the newest first.
    fn inbox(
        &self,
        person: &EmailAddress,
        at_most: usize,
    ) -> impl Future<Output = Result<Vec<Listed>, StoreError>> + Send;
}

/// Records votes. Only the functions that people reach bind it.
pub trait RecordVotes: ReadRequests {
    /// Stores the request that follows from a vote, if the stored one is still the version it follows from, and
    /// if no newer plan has taken its plan's place.
    fn record_vote(
        &self,
        next: &Request,
        follows: u64,
    ) -> impl Future<Output = Result<Guarded<Request>, StoreError>> + Send;
}

/// Claims the use of approvals.
pub trait ClaimApprovals: ReadRequests {
    /// Stores the request that follows from a claim, if the stored one is still the version it follows from, if no newer
    /// plan has taken its plan's place, and if no policy follows the one with this number; 0 stands for none.
    fn claim(
        &self,
        next: &Request,
        follows: u64,
        policy: u32,
    ) -> impl Future<Output = Result<Claimed, StoreError>> + Send;
}

/// What a claim did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It took effect.
    Stored,
    /// The record has changed; this is what stands there.
    Conflict(Box<Request>),
    /// A newer plan has taken the place of its plan.
    Superseded(PlanKey),
    /// A newer policy has been stored.
    NewerPolicy,
}

impl From<Guarded<Request>> for Claimed {
    fn from(written: Guarded<Request>) -> Self {
        match written {
            Guarded::Stored => Self::Stored,
            Guarded::Conflict(stored) => Self::Conflict(stored),
            Guarded::Superseded(newer) => Self::Superseded(newer),
        }
    }
}

/// Reads plans, strongly consistent.
pub trait ReadPlans: Send + Sync {
    /// The plan with this key.
    fn plan(&self, key: &PlanKey) -> impl Future<Output = Result<Option<Plan>, StoreError>> + Send;
}

/// Reads which plan is the newest for a subject, strongly consistent.
pub trait ReadPointers: Send + Sync {
    /// The pointer of this subject.
    fn pointer(&self, subject: &Subject) -> impl Future<Output = Result<Option<Pointer>, StoreError>> + Send;
}

/// Reads the policy that holds, strongly consistent.
pub trait ReadPolicy: Send + Sync {
    /// The newest version; `None` when none was ever stored.
    fn policy(&self) -> impl Future<Output = Result<Option<StoredPolicy>, StoreError>> + Send;
}

/// Stores policies, each as a new version. Only the operators' command line binds it.
pub trait StorePolicies: ReadPolicy {
    /// Stores a version, if the newest one is the one before it by its number; before version 1 there is none.
    fn store_policy(
        &self,
        policy: &StoredPolicy,
    ) -> impl Future<Output = Result<Written<StoredPolicy>, StoreError>> + Send;

    /// One version.
    fn policy_version(
        &self,
        number: u32,
    ) -> impl Future<Output = Result<Option<StoredPolicy>, StoreError>> + Send;
}

/// A version of the policy in the list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPolicy {
    /// Counts from 1.
    pub number: u32,
    /// SHA-256 of the file, in hex.
    pub hash: String,
    /// When it was stored.
    pub stored_at: Timestamp,
    /// How many bytes the file has.
    pub size: u64,
}

/// Lists the versions of the policy.
pub trait ListPolicies: Send + Sync {
    /// Every version that was ever stored, the newest first.
    fn policy_versions(&self) -> impl Future<Output = Result<Vec<ListedPolicy>, StoreError>> + Send;
}

/// Stores plans, once.
pub trait StorePlans: ReadPlans {
    /// Stores a plan, if there is none with its key. In the same transaction, the pointer of its subject moves to
    /// it, unless that points at a newer plan already.
    fn store_plan(&self, plan: &Plan) -> impl Future<Output = Result<Written<Plan>, StoreError>> + Send;
}

/// A mail, ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom; always one person.
    pub to: EmailAddress,
    /// Its subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail([redacted])")
    }
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Another try may work: throttled, or no answer. It may even have gone out.
    #[error("the mail service did not take the mail for now ({code})")]
    Temporary {
        /// The service's name for it.
        code: String,
    },
    /// Another try will meet the same answer.
    #[error("the mail service refuses the mail ({code})")]
    Refused {
        /// The service's name for it.
        code: String,
    },
}

impl MailError {
    /// The service's name for the failure.
    pub fn code(&self) -> &str {
        match self {
            Self::Temporary { code } | Self::Refused { code } => code,
        }
    }
}

/// Sends mail.
pub trait SendMail: Send + Sync {
    /// Hands one mail over. There is no idempotency: a retry may send it twice.
    fn send(&self, mail: &Mail) -> impl Future<Output = Result<(), MailError>> + Send;
}

/// What Step Functions was told about a waiting task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The task succeeds with this output, a JSON text.
    Success {
        /// The output.
        output: String,
    },
    /// The task fails.
    Failure {
        /// The error's name.
        error: &'static str,
        /// Who and why, a JSON text.
        cause: String,
    },
}

/// Why an answer did not reach a waiting task.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The token is used, expired, or its workflow has ended: nothing waits for it any more.
    #[error("nothing waits for this task token any more ({code})")]
    NotWaiting {
        /// The service's name for it.
        code: String,
    },
    /// The token or the answer can never be accepted.
    #[error("the answer can never be delivered ({code})")]
    Impossible {
        /// The service's name for it.
        code: String,
    },
    /// Another try may work.
    #[error("the workflow service did not answer for now ({code})")]
    Temporary {
        /// The service's name for it.
        code: String,
    },
}

/// Resumes waiting tasks.
pub trait ResumeWorkflows: Send + Sync {
    /// Answers the task that waits with this token.
    fn answer(
        &self,
        token: &TaskToken,
        answer: &Answer,
    ) -> impl Future<Output = Result<(), ResumeError>> + Send;
}

/// Whether a workflow is still going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkflowState {
    /// It is.
    Running,
    /// It has ended.
    Ended(Ending),
}

/// How a workflow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At one of its own ends.
    Succeeded,
    /// By an error that it did not catch.
    Failed,
    /// By its own time limit.
    TimedOut,
    /// Somebody stopped it.
    Stopped,
    /// So long ago that the service has forgotten it.
    Forgotten,
}

/// The workflow service did not say.
#[derive(Debug, thiserror::Error)]
#[error("the workflow's state is not known ({code})")]
pub struct DescribeError {
    /// The service's name for the failure.
    pub code: String,
}

/// Why it is not known whether a workflow was told.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Another try may read it.
    #[error("the workflow's history was not read for now ({code})")]
    Temporary {
        /// The service's name for it.
        code: String,
    },
    /// Another try will meet the same answer.
    #[error("the workflow's history cannot be read ({code})")]
    Unreadable {
        /// The service's name for it.
        code: String,
    },
}

/// Looks at workflows.
pub trait DescribeWorkflows: Send + Sync {
    /// Whether the workflow with this ARN is still going.
    fn describe(&self, execution: &str) -> impl Future<Output = Result<WorkflowState, DescribeError>> + Send;

    /// Whether a task of the workflow with this ARN that waited for an answer was told how this request ended.
    /// Another task may repeat the request's id; that is no proof.
    fn was_told(
        &self,
        execution: &str,
        id: &RequestId,
    ) -> impl Future<Output = Result<bool, HistoryError>> + Send;
}

/// The two signing secrets that may be valid during a rotation, and nothing else of the Slack secret.
pub trait SigningSecrets: Send + Sync {
    /// The secrets to verify with; empty when Slack is off.
    fn signing_secrets(&self) -> impl Future<Output = Result<Vec<SigningSecret>, SecretError>> + Send;

    /// The same, read anew because a signature did not match: the secret may just have been rotated. It is the same
    /// as before when it was only just read.
    fn signing_secrets_anew(&self) -> impl Future<Output = Result<Vec<SigningSecret>, SecretError>> + Send;
}

/// Slack's signing secret.
#[derive(Clone)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// Takes the secret.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The bytes to verify with.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted signing secret]")
    }
}

/// The secret could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the Slack secret cannot be read ({code})")]
pub struct SecretError {
    /// The service's name for the failure, or what is wrong with its content.
    pub code: String,
}
