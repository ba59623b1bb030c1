#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod adapters;
pub mod config;
pub mod contract;
pub mod domain;
pub mod http;
pub mod ports;
pub mod render;
pub mod telemetry;
pub mod usecase;
