//! What was approved waits for a freeze that was declared since, and goes on by itself when it is over.

use common::adapters::system::SystemClock;
use common::domain::{Event, Happening, Notice, Progress};
use common::ports::Clock;
use countersign_tests::policy::with;
use countersign_tests::schema::broken;
use countersign_tests::{Release, Run};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::deployed::Alias;
use crate::stored::policy;

/// Long enough to approve and to look, on a busy machine.
const SECONDS: i64 = 45;

/// The same policy with a freeze of these deployments until then.
fn frozen_until(end: Timestamp) -> Value {
    let civil = |time| TimeZone::UTC.to_datetime(time);
    let begin = end - SignedDuration::from_hours(1);
    let freeze = json!({
        "name": "incident", "service": ["deploy-frozen-*"], "environment": ["prod*"], "zone": "UTC",
        "when": { "kind": "once", "starts": civil(begin), "ends": civil(end) }
    });
    with(policy(), &json!({ "freezes": [freeze] }))
}

#[test]
fn an_approved_deployment_waits_for_the_end_of_a_freeze_and_is_then_deployed() {
    let run = Run::connect();
    let alias = Alias::create(&run, "frozen");
    let release = Release::by(policy, "deploy-frozen");
    let mail = release.ask("mia");
    let end = SystemClock.now() + SignedDuration::from_secs(SECONDS);
    run.store_newer_policy(&frozen_until(end));
    assert_eq!(release.approve("mia").status, 200);

    let record = release.when(1, "freeze", |record| record.waits_for().is_some());
    assert_eq!((record.progress(), alias.answers()), (Progress::Unused, json!("2.4.0")));
    let page = mail.approve().open();
    assert!(
        page.says("before the freeze “incident” ends") && page.says("Approved, and frozen"),
        "{}",
        page.text()
    );
    let requester = record.requested_by.unwrap().to_string();
    let told = release.mail(requester.split('@').next().unwrap(), "Approved, and frozen");
    assert!(told.text.replace('\n', " ").contains("Then it goes on by itself"), "{}", told.text);

    let output = release.end().success();
    assert_eq!(output["deployment"]["status"], "deployed");
    assert_eq!(broken("execute-deployment-answer", &output["deployment"]), [""; 0]);
    assert_eq!(alias.answers(), "2.4.1");
    let record = release.record(1).unwrap();
    assert_eq!((record.progress(), record.waits_for()), (Progress::Deployed, None));
    assert_eq!(record.notices, [Notice::Frozen, Notice::CarriedOut]);
    let claimed = |event: &&Event| matches!(event.what, Happening::Claimed { .. });
    assert!(record.events.iter().find(claimed).unwrap().at >= end, "{:?}", record.events);
}
