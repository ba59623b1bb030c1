#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod arguments;
mod audit;
pub mod aws;
pub mod commands;
mod duration;
pub mod error;
pub mod exit;
mod follow;
pub mod output;
pub mod policy;
pub mod ports;
mod records;
#[cfg(test)]
mod samples;
pub mod simulate;

use std::ffi::OsString;
use std::io::Write;

use arguments::{Arguments, Audit, Command};
use clap::Parser as _;
use exit::Exit;
use output::{Form, Screen, Streams, finish, finish_apart};

/// Carries out a command line, program name first, where no terminal shows its progress.
pub fn run(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    run_on(Screen::Plain, arguments, out, err)
}

/// Carries out a command line, program name first.
pub fn run_on(
    screen: Screen,
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => {
            let form = if arguments.json { Form::Json } else { Form::Text };
            let streams = Streams { out: &mut *out, err: &mut *err, form, screen };
            let ended = commands::run(&arguments, streams);
            match &arguments.command {
                Command::Audit(Audit::Export(export)) if export.takes_the_output() => {
                    finish_apart(ended, form, err)
                }
                _ => finish(ended, form, out, err),
            }
        }
        Err(help) => {
            let text = help.render().to_string();
            let (written, exit) = if help.use_stderr() {
                (output::write(err, &text), Exit::Usage)
            } else {
                (output::write(out, &text), Exit::Ok)
            };
            written.map_or(Exit::Failed, |()| exit)
        }
    }
}
