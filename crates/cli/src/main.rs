//! The binary `countersign`: see the library.

use std::io::{stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    countersign::run(std::env::args_os(), &mut stdout().lock(), &mut stderr().lock()).into()
}
