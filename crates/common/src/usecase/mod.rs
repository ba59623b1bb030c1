//! One verb per file: the order of effects, over ports.

pub mod ask;
pub mod carry_out;
pub mod decide;
pub mod keep;
pub mod prepare;
pub mod report_rejection;
pub mod resume;
pub mod tell;
pub mod time_out;

mod blueprint;
mod failure;

#[cfg(test)]
mod tests;
