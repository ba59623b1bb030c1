//! `SignatureFailuresAlarm`: requests that claim to be Slack's.

use countersign_tests::{Run, until};

#[test]
fn forged_requests_to_slacks_door() {
    let run = Run::connect();
    let checkout = run.ask_to_deploy_in_no_hurry("checkout");
    let link = checkout.mail().approve();
    let alarm = run.alarm("SignatureFailuresAlarm");
    let listening = run.listen();
    let signed = [("x-slack-signature", "v0=00"), ("x-slack-request-timestamp", "1767606067")];
    let forge = || link.at("/slack/interactions").post_with(&[("payload", "{}")], &signed).status;
    assert_eq!(forge(), 401);
    let heard = || listening.lines().iter().filter(|line| line["SignatureFailures"] == 1).count();
    until("line about the first", || (heard() == 1).then_some(()));
    assert!(!listening.sets_off(&alarm), "one is noise");
    for _ in 0..4 {
        assert_eq!(forge(), 401);
    }
    until("line that sets off the alarm", || listening.sets_off(&alarm).then_some(()));
    link.confirm("production");
    checkout.end().success();
}
