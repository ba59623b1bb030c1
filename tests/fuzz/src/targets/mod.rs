//! What is fuzzed, a file each.

pub(crate) mod form_body;
pub(crate) mod link_token;
pub(crate) mod policy;
pub(crate) mod slack_body;
pub(crate) mod stream;
pub(crate) mod task;
