//! What the permissions of the command line's page allow, tried as a user that has them. That they suffice is shown by the target `command_line`,
//! which types every command as such a user.

use std::collections::BTreeSet;

use crate::attempts::allowed;
use crate::evaluated;

const READS: [&str; 8] = [
    "list: open",
    "list: opened",
    "list: policies",
    "look at: a workflow",
    "read: a plan",
    "read: a policy",
    "read: a request",
    "read: a subject",
];

#[test]
fn a_reader_reads_and_nothing_else() {
    let Some(run) = evaluated() else { return };
    assert_eq!(allowed(&run, &run.reader()), READS.map(str::to_owned).into());
}

#[test]
fn whoever_may_look_at_targets_can_change_none() {
    let Some(run) = evaluated() else { return };
    let may = allowed(&run, &run.looker());
    let looks = [
        "look at an alias of: the function to deploy",
        "list the versions of: the function to deploy",
        "look at: a service to deploy to",
        "look at: a project to start",
        "look at: a state machine to start",
    ];
    let expected: BTreeSet<_> = READS.into_iter().chain(looks).map(str::to_owned).collect();
    assert_eq!(may, expected);
}

#[test]
fn an_operator_writes_policies_and_no_other_item_and_deletes_nothing() {
    let Some(run) = evaluated() else { return };
    let may = allowed(&run, &run.operator());
    let more =
        ["invoke: reconcile", "start: a workflow", "write: a policy", "write in a transaction: a policy"];
    let expected: BTreeSet<_> = READS.into_iter().chain(more).map(str::to_owned).collect();
    assert_eq!(may, expected);
}
