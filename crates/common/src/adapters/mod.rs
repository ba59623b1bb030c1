//! One outside service per file: what implements the ports. No rule about approvals lives here.
//!
//! Each Lambda's `main` builds the adapters that its handler's bounds ask for; nothing else calls them.

pub mod aws;
pub mod dynamo;
pub mod failure;
pub mod https;
mod one_client;
mod proof;
pub mod secrets_manager;
pub mod ses;
pub mod slack;
pub mod step_functions;
pub mod system;
pub mod warm;

#[cfg(any(test, feature = "test-support"))]
pub mod memory;

#[cfg(test)]
mod contract_tests;
#[cfg(test)]
mod mocked;
#[cfg(test)]
mod samples;
