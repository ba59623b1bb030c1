//! The program itself, as a process with nothing but an environment; and the stack by its name.

use std::path::PathBuf;
use std::process::{Command, Output};

use countersign_tests::Run;
use serde_json::Value;

/// Where cargo puts it when it builds the workspace; tests of this package alone do not.
fn program() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let program = test.parent()?.parent()?.join("countersign");
    program.is_file().then_some(program)
}

fn output(run: &Run, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(program()?);
    command
        .env_clear()
        .env("AWS_ENDPOINT_URL", run.emulator())
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    Some(command.args(arguments).output().unwrap_or_else(|error| panic!("countersign: {error}")))
}

#[test]
fn the_stack_is_found_by_its_name() {
    let run = Run::connect();
    let machine = run.output("StateMachineArn");
    let name = machine.rsplit(':').next().and_then(|name| name.strip_suffix("-deployment-approval"));
    let stack = ["--stack", name.unwrap_or_default()];
    let Some(listed) = output(&run, &[&["list", "--json", "--open"][..], &stack].concat()) else { return };
    assert!(listed.status.success(), "{listed:?}");
    let json: Value = serde_json::from_slice(&listed.stdout).unwrap_or_default();
    assert_eq!(json["ok"], true, "{listed:?}");
}

#[test]
fn a_stack_that_is_not_there_is_named() {
    let Some(absent) = output(&Run::connect(), &["list", "--stack", "nobodys-stack"]) else { return };
    assert_eq!(absent.status.code(), Some(1));
    let told = String::from_utf8_lossy(&absent.stderr).into_owned();
    assert!(told.contains("there is no stack \"nobodys-stack\""), "{told}");
}
