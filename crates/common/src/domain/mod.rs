//! What Countersign knows about approvals: pure data and pure functions.
//!
//! Nothing here is async, reads a clock, draws a random number, reads the environment or knows AWS;
//! time, ids and secrets come in as arguments. The use cases call it.

pub mod amount;
pub mod apply;
pub mod audit;
pub mod canonical;
pub mod decision;
pub mod deployment;
pub mod email_address;
pub mod event;
pub mod facts;
pub mod fingerprint;
pub mod freeze;
pub mod generation;
pub mod glob;
pub mod link;
mod messages;
pub mod opening;
pub mod plan;
pub mod policy;
pub mod preview;
pub mod refusal;
pub mod request;
pub mod request_id;
pub mod secret;
pub mod separation;
pub mod slack;
pub mod subject;
pub mod tally;
pub mod target;
pub mod vote;
pub mod wanted_link;
pub mod webhook;

#[cfg(any(test, feature = "test-support"))]
pub mod samples;

pub use amount::{Amount, AmountError, Currency, Decimal};
pub use apply::{Command, Transition, apply};
pub use decision::{Decision, Resume, Status};
pub use deployment::{Change, Deployment, Failure, Made, Progress, Stage};
pub use email_address::EmailAddress;
pub use event::{Event, Happening};
pub use facts::{DeploymentFacts, Fact, Facts, GeneralFacts};
pub use fingerprint::Fingerprint;
pub use freeze::{Freeze, Frozen};
pub use generation::Generation;
pub use glob::Glob;
pub use link::{LinkHash, LinkToken};
pub use opening::Opening;
pub use plan::{
    Approver, CallerNamedApprovers, Confirmation, Escalation, Group, Level, NamedBy, Plan, PlanKey, Silence,
};
pub use policy::{Matter, Policy, PolicyVersion, Rule, StoredPolicy};
pub use preview::{Called, Outlook, Preview};
pub use refusal::Refusal;
pub use request::{Channel, Contact, Link, NextLevel, Notice, Purpose, Request, Workflow};
pub use request_id::RequestId;
pub use secret::TaskToken;
pub use separation::{DeadEnd, Exclusion, Why};
pub use slack::{SlackEdit, SlackMessage, SlackPerson, SlackTarget};
pub use subject::{Pointer, Subject};
pub use tally::{Tally, tally};
pub use target::{
    BuildProject, Destination, EcsService, LambdaAlias, LambdaTarget, Rollout, Shift, StateMachine, Target,
};
pub use vote::{Ballot, Choice, Strength, Vote};
pub use wanted_link::{Wanted, WantedLink};
pub use webhook::{Webhook, WebhookUrl, WebhookUrlError};

/// The number that every stored plan and record, and every payload, carries. Readers of a later number
/// must keep reading earlier ones.
pub const SCHEMA: u32 = 1;
