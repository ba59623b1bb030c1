//! When the mail service refuses every approver's address. It is a setting of the whole account, so this is a
//! target of its own, which runs while no other test does.

use common::domain::Status;
use countersign_tests::{Caller, Run, unique, until};
use serde_json::json;

/// Lets mail flow again, also when the test fails.
struct Sandbox(Run);

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.0.send_mail_to_everyone(true);
    }
}

#[test]
fn a_request_that_nobody_hears_of_fails_and_is_closed() {
    let run = Run::connect();
    let sandbox = Sandbox(run.clone());
    run.send_mail_to_everyone(false);
    let listening = run.listen();

    let service = unique("checkout");
    let input = countersign_tests::Deployment::input(&service, "dev@example.com");
    let deployment = run.start(&input);
    let (error, cause) = deployment.end().failure();
    assert_eq!(error, "NobodyAsked");
    assert!(cause.contains("nobody could be asked"), "{cause}");
    until("line that sets off the alarm", || {
        listening.sets_off(&run.alarm("SendFailuresAlarm")).then_some(())
    });
    for what in ["mail", "nobody_asked"] {
        let is_it = |line: &serde_json::Value| line["SendFailures"] == 1 && line["what"] == what;
        assert!(listening.lines().iter().any(is_it), "{what}");
    }
    let record = run.records().into_iter().find(|record| record.facts.title().contains(&service)).unwrap();
    assert_eq!(record.status, Status::Withdrawn);
    let reason = record.decision.unwrap().reason.unwrap();
    assert!(reason.starts_with("undeliverable"), "{reason}");

    let approver = unique("manager") + "@example.com";
    let caller = Caller::naming_its_approver().start(&run, &json!({ "approverEmail": approver }));
    assert_eq!(caller.end().failure().0, "NobodyAsked");

    drop(sandbox);
    let checkout = run.ask_to_deploy("checkout");
    assert_eq!(checkout.mail().approve().confirm("production").status, 200);
    checkout.end().success();
}
