//! The examples of workflows that are no deployment, under the policy that is shipped with them, from the start of their
//! state machine to what carries it out.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

mod asked;

use common::domain::{Progress, Status, Strength};
use countersign_tests::receiver;
use serde_json::json;

use crate::asked::{Asked, BEN, BOB, HANA};

#[test]
fn a_small_expense_takes_one_person_and_is_paid_once() {
    let asked = Asked::of("expense-report", "small-expense");
    let page = asked.mail("ana").approve().confirm("");
    assert_eq!(page.status, 200, "{}", page.text());
    let output = asked.workflow.end().success();
    assert_eq!(
        (&output["deployment"]["status"], output["approvalResult"].get("next")),
        (&json!("deployed"), None)
    );
    let told = json!({
        "requestId": asked.id(1), "fingerprint": output["fingerprint"], "kind": "expense report",
        "title": asked.title, "amount": { "value": "39", "currency": "EUR" },
        "facts": [{ "label": "Cost centre", "value": "4711" }]
    });
    assert_eq!(asked.booked(), ("subject.approved".to_owned(), told));
    // A second invocation answers with what the first one did, and tells nobody.
    let again = asked.run.call("ExecuteDeploymentFunctionArn", &output).success();
    let told = receiver::verified(&asked.run, &asked.id(1)).len();
    assert_eq!((&again, told), (&output["deployment"], 1));
    assert_eq!(asked.record(1).progress(), Progress::Deployed);
}

#[test]
fn a_large_expense_takes_a_manager_and_then_finance() {
    let asked = Asked::of("expense-report", "expense-report");
    let mail = asked.mail("bob");
    assert!(mail.text.contains("1412.60 EUR"), "{}", mail.text);
    assert_eq!(mail.approve().confirm(&asked.phrase()).status, 200);
    let mail = asked.mail("hana");
    assert_eq!(mail.approve().confirm(&asked.phrase()).status, 200);
    let output = asked.workflow.end().success();
    assert_eq!(
        (&output["approval"]["level"], &output["deployment"]["status"]),
        (&json!(2), &json!("deployed"))
    );
    assert_eq!(asked.booked().1["requestId"], json!(asked.id(2)));
}

/// The amount decides, not what it is called: one that is not known to be small asks everybody.
#[test]
fn an_expense_in_another_currency_is_not_small() {
    let asked = Asked::with("expense-report", "small-expense", |subject| {
        subject["amount"] = json!({ "value": "39.00", "currency": "CHF" });
    });
    assert_eq!(asked.record(1).level_count, 2);
    asked.mail("ana").reject().refuse(&asked.phrase(), "pay it in EUR");
    let (error, cause) = asked.workflow.end().failure();
    assert_eq!(error, "RejectedError");
    assert!(cause.contains("pay it in EUR"), "{cause}");
}

#[test]
fn data_is_released_by_two_groups_in_slack_and_by_no_link() {
    let asked = Asked::of("data-release", "data-release");
    let message = asked.message();
    let mail = asked.mail("bob");
    assert!(mail.text.replace('\n', " ").contains("Decide in Slack, in the channel"), "{}", mail.text);
    // The link shows everything, and decides nothing.
    let link = mail.approve();
    let page = link.open();
    assert!(page.says("Ledger & Sons, auditors") && page.says("decide in Slack"), "{}", page.text());
    assert!(page.says("Carried out once approved execution of the state machine"), "{}", page.text());
    let refused = link.confirm(&asked.phrase());
    assert_eq!((refused.status, refused.says("decide in Slack")), (403, true));
    assert_eq!(asked.record(1).votes.len(), 0);

    asked.approves(BOB, &message);
    assert_eq!(asked.record(1).status, Status::Pending, "legal has not said anything");
    asked.approves(HANA, &message);
    assert_eq!(asked.record(1).votes.len(), 1, "{HANA} is of neither group");
    asked.approves(BEN, &message);
    let output = asked.workflow.end().success();
    assert_eq!(output["deployment"]["status"], "deployed", "{output}");
    let record = asked.record(1);
    assert!(record.votes.iter().all(|vote| vote.strength == Strength::Slack), "{:?}", record.votes);
    let released = Asked::told(&asked.carried_out("release-data"));
    assert_eq!((&released["kind"], &released["title"]), (&json!("data release"), &json!(asked.title)));
    assert_eq!(released["facts"], output["subject"]["facts"]);
}

/// Whoever starts the state machine does not choose its kind, and nobody is a deployment by saying so.
#[test]
fn the_kind_is_the_state_machine_s() {
    let asked =
        Asked::with("data-release", "data-release", |subject| subject["kind"] = json!("expense report"));
    let policy = asked.record(1).policy.unwrap();
    assert_eq!(policy.rule, "data releases");
    asked.workflow.stop();
    let own =
        json!({ "requestedBy": "lea@example.com", "subject": { "kind": "deployment", "title": "checkout" } });
    let (error, cause) = asked.run.start(&own).end().failure();
    assert_eq!(error, "InvalidInput");
    assert!(cause.contains("kind may not be"), "{cause}");
}
