//! The binary `countersign`: see the library.

use std::io::{IsTerminal as _, stderr, stdout};
use std::process::ExitCode;

use countersign::output::Screen;

fn main() -> ExitCode {
    let screen = if stdout().is_terminal() { Screen::Terminal } else { Screen::Plain };
    countersign::run_on(screen, std::env::args_os(), &mut stdout().lock(), &mut stderr().lock()).into()
}
