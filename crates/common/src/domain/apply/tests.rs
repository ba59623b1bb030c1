//! The rules of `apply`, one test per rule.

mod any_order;
mod changes;
mod deployment;
mod freeze;
mod votes;
