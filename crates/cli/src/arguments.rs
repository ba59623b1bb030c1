//! The words of the command line.

use clap::{Parser, Subcommand};

use crate::commands::{completions, policy_lint, policy_simulate};

/// Human approvals for AWS Step Functions, from the operators' side.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Print one JSON document for programs instead of lines for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the command line can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a policy file, and try it out.
    #[command(subcommand)]
    Policy(Policy),
    /// Print the completions for a shell.
    Completions(completions::Arguments),
}

/// What can be done with a policy.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Find every mistake in a policy file.
    Lint(policy_lint::Arguments),
    /// Show who would be asked, when, and what silence does, without AWS.
    Simulate(policy_simulate::Arguments),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed: a file cannot be read, or a service does not answer
  2  wrong usage, or an input that is none
  3  the request was rejected
  4  the request expired
  5  the request was withdrawn
  6  a newer request took its place
  7  approved, but the workflow failed
  8  the policy has mistakes, or no such request can ever pass it
  9  the simulation differs from --expect";
