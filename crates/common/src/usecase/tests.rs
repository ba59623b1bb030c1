//! The use cases over the outside in memory. Tests that need nothing but one call say so in one line:
//! nothing in [`Memory`](crate::adapters::memory::Memory) ever waits, so [`world::now`] runs to the end.

mod ask_again;
mod ask_mail;
mod ask_slack;
mod ask_whom;
mod carry_out;
mod catalogue;
mod codebuild;
mod converge;
mod decide;
mod deploy;
mod ecs;
mod escalation;
mod faults;
mod interleaved;
mod links;
mod meanwhile;
mod measured;
mod note_end;
mod outage;
mod outcomes;
mod policy;
mod prepare;
mod recognise;
mod reconcile;
mod redriven;
mod report_rejection;
mod resume;
mod shift;
mod step_functions;
mod subjects;
mod supersede;
mod take_back;
mod tell;
mod time_out;
mod world;
