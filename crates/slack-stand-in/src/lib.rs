#![doc = include_str!("../README.md")]

mod api;
mod app;
mod check;
mod clock;
mod control;
mod credentials;
mod http;
mod interaction;
mod json;
mod page;
mod signature;
mod stand_in;
mod workspace;

pub use credentials::Credentials;
pub use signature::sign;
pub use stand_in::StandIn;

/// What every address of the stand-in starts with.
pub const PATH: &str = "/slack-stand-in";

/// A channel that the app is in: where requests can be posted.
pub const CHANNEL: &str = "C0DEPLOY";
