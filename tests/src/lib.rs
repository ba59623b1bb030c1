//! What the tests on the emulator share: a run of the real stack, reached only as its users reach it, by AWS's
//! APIs, by mail and by HTTP.
//!
//! A test connects to the [`Run`], starts a [`Deployment`] or a [`Caller`], reads its [`Mail`], and follows a
//! [`Link`] to a [`Page`]. Services, versions and people have names of their own per test, so that all tests
//! can share one stack at the same time.

#![expect(clippy::missing_panics_doc, reason = "a test that cannot go on panics, whatever the reason")]

mod alarms;
mod anchor;
mod answer;
pub mod browser;
mod caller;
pub mod crowd;
mod dead_letters;
mod deployment;
pub mod invariants;
mod link;
mod logs;
mod mail;
mod operators;
mod page;
mod pipelines;
pub mod policy;
mod question;
pub mod receiver;
mod records;
mod release;
mod run;
pub mod schema;
mod signed;
mod slack;
pub mod text;
mod wait;
mod workflow;

pub use alarms::{Alarm, Listening};
pub use anchor::{Anchor, Kept};
pub use answer::Said;
pub use caller::Caller;
pub use dead_letters::Poison;
pub use deployment::Deployment;
pub use link::Link;
pub use logs::Log;
pub use mail::Mail;
pub use page::Page;
pub use pipelines::{IdToken, Roles};
pub use question::Question;
pub use release::Release;
pub use run::Run;
pub use signed::{Call, Keys, Reply};
pub use slack::{Interaction, Message, Slack};
pub use wait::{until, until_within};
pub use workflow::{End, Machine, Workflow};

/// A word that nothing else in this run has: for names of services, people and state machines.
pub fn unique(start: &str) -> String {
    use std::hash::{BuildHasher as _, RandomState};
    // The keys of the hasher are random.
    let number = RandomState::new().hash_one(start);
    format!("{start}-{:08x}", number & 0xffff_ffff)
}
