#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod arguments;
pub mod commands;
mod duration;
pub mod error;
pub mod exit;
pub mod output;
pub mod policy;
pub mod simulate;

use std::ffi::OsString;
use std::io::Write;

use arguments::Arguments;
use clap::Parser as _;
use exit::Exit;
use output::{Form, finish};

/// Carries out a command line, program name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => {
            let form = if arguments.json { Form::Json } else { Form::Text };
            finish(commands::run(&arguments), form, out, err)
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
