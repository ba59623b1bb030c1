#![doc = include_str!("../README.md")]

pub mod bounds;
pub mod names;
pub mod process;
pub mod properties;
pub mod protocol;
pub mod record;
pub mod workflow;
pub mod world;

pub use bounds::{Bounds, Break, History, Shape};
pub use protocol::{Action, Protocol};
pub use record::{Command, Record, Rules};
pub use world::World;
