//! The program itself, as a process with nothing but an environment; and the stack by its name.

use std::path::PathBuf;
use std::process::{Command, Output};

use countersign_tests::Run;
use serde_json::Value;

/// Where cargo puts it when it builds the workspace, as `cargo xtask test` does; tests of this package alone do not.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_else(|error| panic!("this test: {error}"));
    let beside = test.ancestors().nth(2).map(|directory| directory.join("countersign"));
    let program = beside.filter(|program| program.is_file());
    program.unwrap_or_else(|| panic!("build it first: cargo build --package countersign"))
}

fn output(run: &Run, (id, secret): (&str, &str), arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command
        .env_clear()
        .env("AWS_ENDPOINT_URL", run.emulator())
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret);
    command.args(arguments).output().unwrap_or_else(|error| panic!("countersign: {error}"))
}

#[test]
fn the_stack_is_found_by_its_name() {
    let run = Run::connect();
    let machine = run.output("StateMachineArn");
    let name = machine.rsplit(':').next().and_then(|name| name.strip_suffix("-deployment-approval"));
    let stack = ["--stack", name.unwrap_or_default()];
    let reader = run.reader();
    let listed = output(&run, reader.id_and_secret(), &[&["list", "--json", "--open"][..], &stack].concat());
    assert!(listed.status.success(), "{listed:?}");
    let json: Value = serde_json::from_slice(&listed.stdout).unwrap_or_default();
    assert_eq!(json["ok"], true, "{listed:?}");
}

#[test]
fn a_stack_that_is_not_there_is_named() {
    let absent = output(&Run::connect(), ("test", "test"), &["list", "--stack", "nobodys-stack"]);
    assert_eq!(absent.status.code(), Some(1));
    let told = String::from_utf8_lossy(&absent.stderr).into_owned();
    assert!(told.contains("there is no stack \"nobodys-stack\""), "{told}");
}
