//! Asking and deciding in Slack, by a stored policy. It is one for the whole stack, so these tests are a target of
//! their own, which runs while no other test does.

mod converging;
mod failing;
mod hostile;
mod post;
mod rules;
mod voting;
