//! The words of the command line.

use clap::{Parser, Subcommand};

use crate::aws::Connection;
use crate::commands::{
    audit_export, audit_verify, completions, list, policy_history, policy_lint, policy_push, policy_show,
    policy_simulate, request, show, withdraw,
};

/// Human approvals for AWS Step Functions, from the operators' side.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Print one JSON document for programs instead of lines for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// Which stack, for the commands that need one.
    #[command(flatten)]
    pub connection: Connection,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the command line can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a policy file, try it out, store it, and see what is stored.
    #[command(subcommand)]
    Policy(Policy),
    /// Start a workflow, and wait for its end if asked to.
    Request(request::Arguments),
    /// List requests.
    List(list::Arguments),
    /// Show a request, or all levels of a plan or workflow.
    Show(show::Arguments),
    /// Take a pending request back.
    Withdraw(withdraw::Arguments),
    /// Check what the records say of themselves, and take it out of the table.
    #[command(subcommand)]
    Audit(Audit),
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
    /// Store a policy file as the version that holds from now on.
    Push(policy_push::Arguments),
    /// Print a stored policy.
    Show(policy_show::Arguments),
    /// List the versions that were stored.
    History(policy_history::Arguments),
}

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check chains, fingerprints, votes and decisions.
    Verify(audit_verify::Arguments),
    /// Write records with the heads of their chains, one line each, without secrets.
    Export(audit_export::Arguments),
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
  7  the workflow failed otherwise: before anybody was asked, or after the approval
  8  the policy has mistakes, or no such request can ever pass it
  9  the simulation differs from --expect
  10  a record is not sound, or its history was rewritten
  130  Ctrl-C: the workflow goes on";
