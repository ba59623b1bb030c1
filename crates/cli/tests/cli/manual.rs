//! The page about the command line names everything that there is.

use clap::{Command, CommandFactory as _};
use countersign::arguments::Arguments;
use countersign::exit::Exit;

use super::{countersign, repository};

fn page() -> String {
    std::fs::read_to_string(repository("docs/CLI.md")).unwrap()
}

/// Every command that does something, with the words that lead to it.
fn commands(command: &Command, before: &str) -> Vec<(String, Command)> {
    let name = format!("{before}{}", command.get_name());
    let further: Vec<_> =
        command.get_subcommands().flat_map(|further| commands(further, &format!("{name} "))).collect();
    if further.is_empty() { vec![(name, command.clone())] } else { further }
}

fn all() -> Vec<(String, Command)> {
    Arguments::command().get_subcommands().flat_map(|command| commands(command, "")).collect()
}

#[test]
fn every_command_and_option_is_on_the_page() {
    let page = page();
    let on_other_pages = ["--input", "--expect"];
    for (name, command) in all() {
        assert!(page.contains(&format!("| `{name}")), "{name}");
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            let option = format!("--{option}");
            let there = page.contains(&option) || on_other_pages.contains(&option.as_str());
            assert!(there, "{option} of {name}");
        }
    }
}

#[test]
fn every_command_has_examples() {
    for (name, _) in all() {
        let words: Vec<_> = name.split(' ').chain(["--help"]).collect();
        let help = countersign(&words);
        assert_eq!(help.exit, Exit::Ok, "{}", help.err);
        assert!(help.out.contains(&format!("Examples:\n  countersign {name}")), "{}", help.out);
    }
}

#[test]
fn every_exit_code_is_on_the_page_and_in_the_help() {
    let (page, help) = (page(), countersign(&["--help"]).out);
    for code in (0..=10).chain([Exit::Interrupted as u8]) {
        assert!(page.contains(&format!("| {code} | ")), "{code}");
        assert!(help.contains(&format!("\n  {code}  ")), "{code} in {help}");
    }
}

#[test]
fn what_can_be_checked_without_a_stack_is_checked_first() {
    let nowhere = ["--outputs", "/does/not/exist.json"];
    let wrong = countersign(&[&["withdraw", "x", "--reason", ""], &nowhere[..]].concat());
    assert_eq!(
        (wrong.exit, wrong.err.contains("the reason must have")),
        (Exit::Usage, true),
        "{}",
        wrong.err
    );
    let manifest = repository("Cargo.toml");
    let mistakes = countersign(&[&["policy", "push", manifest.as_str()], &nowhere[..]].concat());
    assert_eq!(mistakes.exit, Exit::Mistakes, "{}", mistakes.out);
    let input = repository("events/workflow/deployment.json");
    let name = countersign(&[&["request", &input, "--name", "a b"], &nowhere[..]].concat());
    assert_eq!((name.exit, name.err.contains("cannot be the name")), (Exit::Usage, true), "{}", name.err);
    let lost = countersign(&[&["list", "--json"], &nowhere[..]].concat());
    assert_eq!((lost.exit, &lost.json()["ok"]), (Exit::Failed, &false.into()));
    assert!(lost.json()["error"].as_str().unwrap().contains("exist.json cannot be read"), "{}", lost.out);
}
