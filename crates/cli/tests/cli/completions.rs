//! Completions, help and wrong usage.

use countersign::exit::Exit;

use crate::countersign;

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let said = countersign(&["completions", shell]);
        assert_eq!((said.exit, said.err.as_str()), (Exit::Ok, ""));
        for word in ["policy", "lint", "simulate", "completions", "expect", "json"] {
            assert!(said.out.contains(word), "{shell} does not know {word}");
        }
        let json = countersign(&["completions", shell, "--json"]).json();
        assert_eq!(json["script"], said.out);
    }
}

#[test]
fn help_is_no_failure_and_says_what_the_exit_codes_mean() {
    let said = countersign(&["--help"]);
    assert_eq!((said.exit, said.err.as_str()), (Exit::Ok, ""));
    for (code, _) in (0..=9).zip(0..) {
        assert!(said.out.contains(&format!("\n  {code}  ")), "{code} is not explained");
    }
    for command in [["policy", "lint"], ["policy", "simulate"]] {
        let said = countersign(&[command[0], command[1], "--help"]);
        assert!(said.out.contains("Examples:\n  countersign policy"), "{}", said.out);
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [&["polcy"][..], &["policy", "lint"], &["policy", "lint", "a", "--jsn"], &[]] {
        let said = countersign(arguments);
        assert_eq!((said.exit, said.out.as_str()), (Exit::Usage, ""), "{arguments:?}");
        assert!(!said.err.is_empty(), "{arguments:?}");
    }
}
