//! Levels, groups, silence and newer requests, by a stored policy. It is one for the whole stack, so these tests are
//! a target of their own, which runs while no other test does.

mod builds;
mod deployed;
mod duties;
mod executions;
mod frozen;
mod levels;
mod newer;
mod services;
mod silence;
mod simulated;
mod stored;
mod webhooks;
