//! One verb per file: the order of effects, over ports.

pub mod ask;
pub mod carry_out;
pub mod close_ended;
pub mod converge;
pub mod decide;
mod deploy;
pub mod go_on;
pub mod keep;
pub mod mail_links;
pub mod pay;
pub mod post;
pub mod prepare;
pub mod preview;
pub mod recognise;
pub mod report_rejection;
pub mod resume;
pub mod settle;
pub mod supersede;
pub mod sweep;
pub mod take_back;
pub mod tell;
pub mod time_out;
pub mod want_link;

mod answering;
mod blueprint;
mod failure;
mod first_stored;
mod give_up;
mod note_end;

#[cfg(test)]
mod tests;
