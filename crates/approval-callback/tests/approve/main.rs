//! The function behind `/approve`, as a mail scanner, a browser and an attacker see it: real handler, real
//! use cases, everything outside in memory.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

mod arbitrary;
mod contract;
mod faults;
mod figures;
mod growth;
mod hostile;
mod inbox;
mod json;
mod log;
mod logs;
mod read_only;
mod resuming;
mod samples;
mod world;
