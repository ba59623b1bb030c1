//! `countersign completions`

use clap::{Args, CommandFactory as _, ValueEnum};
use clap_complete::{Shell, generate};
use serde_json::json;

use crate::exit::Exit;
use crate::output::Answer;

/// For which shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  countersign completions bash > ~/.local/share/bash-completion/completions/countersign
  countersign completions zsh > ~/.zfunc/_countersign
  countersign completions fish > ~/.config/fish/completions/countersign.fish")]
pub struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Known,
}

/// A shell whose completions are known to work.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

pub(super) fn run(arguments: &Arguments) -> Answer {
    let (name, shell) = match arguments.shell {
        Known::Bash => ("bash", Shell::Bash),
        Known::Zsh => ("zsh", Shell::Zsh),
        Known::Fish => ("fish", Shell::Fish),
    };
    let mut script = Vec::new();
    generate(shell, &mut crate::arguments::Arguments::command(), "countersign", &mut script);
    let text = String::from_utf8_lossy(&script).into_owned();
    Answer { exit: Exit::Ok, json: json!({"shell": name, "script": text}), text }
}
