//! The table, read as the operators read it.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, PointInTimeRecoveryStatus, TimeToLiveStatus};
use common::adapters::dynamo::Table;
use common::adapters::dynamo::keys::{self, Key};
use common::adapters::system::SystemClock;
use common::domain::{
    Ballot, Channel, Choice, Command, Happening, Request, RequestId, Resume, StoredPolicy, Strength,
    TaskToken, Transition, apply,
};
use common::ports::{
    Clock as _, Guarded, KeepRequests as _, ListPolicies as _, ReadPolicy as _, RecordVotes as _,
    StorePolicies as _, Written,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::Run;

impl Run {
    /// The record of a request, as it stands now.
    pub fn record(&self, id: &RequestId) -> Option<Request> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let call = self
            .tables()
            .get_item()
            .table_name(self.output("ApprovalTableName"))
            .key("pk", text(&format!("request#{id}")))
            .key("sk", text("record"))
            .consistent_read(true);
        let found =
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let record = found.item.map(serde_dynamo::from_item);
        record.transpose().unwrap_or_else(|error| panic!("record {id} cannot be read: {error}"))
    }

    /// The item of a request as it stands in the table, in plain JSON.
    pub fn item(&self, id: &RequestId) -> Value {
        let key = Key::request(id);
        let call = self
            .tables()
            .get_item()
            .table_name(self.output("ApprovalTableName"))
            .key(keys::PK, AttributeValue::S(key.pk))
            .key(keys::SK, AttributeValue::S(key.sk.into_owned()))
            .consistent_read(true);
        let found =
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let item = found.item.unwrap_or_else(|| panic!("there is no record {id}"));
        serde_dynamo::from_item(item).unwrap_or_else(|error| panic!("record {id} is no JSON: {error}"))
    }

    /// Puts an item into the table, past everything that Countersign holds to.
    pub fn put_item(&self, item: &Value) {
        let item = serde_dynamo::to_item(item).unwrap_or_else(|error| panic!("no item: {error}"));
        let call = self.tables().put_item().table_name(self.output("ApprovalTableName")).set_item(Some(item));
        self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
    }

    /// Stores a vote exactly as the functions do that people reach, and goes no further, as if the process had
    /// died there.
    pub fn vote_and_die(&self, request: &Request, choice: Choice) -> Request {
        self.vote_and_die_at(request, choice, SystemClock.now())
    }

    /// The same at another time.
    pub fn vote_and_die_at(&self, request: &Request, choice: Choice, at: Timestamp) -> Request {
        let approver = request.level.approvers().next().map(|approver| approver.email.clone());
        let ballot = Ballot {
            approver: approver.unwrap_or_else(|| panic!("{} has no approver", request.id)),
            choice,
            reason: Some("It was decided by a process that died.".to_owned()),
            channel: Channel::Email,
            strength: Strength::Link,
        };
        let next = match apply(request, Command::Vote(ballot), at) {
            Ok(Transition::Changed(next)) => *next,
            other => panic!("the vote does not count: {other:?}"),
        };
        let table = Table::new(self.tables().clone(), self.output("ApprovalTableName"));
        let written = self.wait_for(table.record_vote(&next, request.version));
        assert_eq!(written.unwrap_or_else(|error| panic!("{error}")), Guarded::Stored);
        next
    }

    /// Every record of the run.
    pub fn records(&self) -> Vec<Request> {
        let pages = self
            .tables()
            .scan()
            .table_name(self.output("ApprovalTableName"))
            .consistent_read(true)
            .into_paginator()
            .items();
        let items = self.wait_for(pages.send().collect::<Result<Vec<_>, _>>());
        let items = items.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let records = items
            .into_iter()
            .filter(|item| item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|kind| kind == "record"));
        let read = |item| {
            serde_dynamo::from_item(item).unwrap_or_else(|error| panic!("a record cannot be read: {error}"))
        };
        records.map(read).collect()
    }

    /// Puts a record back to where it was when its first mail had just gone out: with the mail's link, and
    /// without the note that it was sent. So it stands when the function ends at that moment.
    pub fn forget_the_mail(&self, noted: &Request) {
        let version = |number: u64| AttributeValue::N(number.to_string());
        let before_the_note =
            noted.events.iter().take_while(|event| !matches!(event.what, Happening::Asked { .. }));
        let events = serde_dynamo::to_attribute_value(before_the_note.collect::<Vec<_>>());
        let call = self
            .tables()
            .update_item()
            .table_name(self.output("ApprovalTableName"))
            .key("pk", AttributeValue::S(format!("request#{}", noted.id)))
            .key("sk", AttributeValue::S("record".to_owned()))
            .update_expression("SET contacts = :none, events = :events, version = :before")
            .condition_expression("version = :noted")
            .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
            .expression_attribute_values(":events", events.unwrap_or_else(|error| panic!("{error}")))
            .expression_attribute_values(":before", version(noted.version - 1))
            .expression_attribute_values(":noted", version(noted.version));
        self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
    }

    /// Puts a record back to where it was when its workflow had just been told, and gives that: so it stands when
    /// the process dies before it can note the delivery.
    pub fn forget_the_delivery(&self, noted: &Request) -> Request {
        let before_the_note =
            noted.events.iter().take_while(|event| !matches!(event.what, Happening::Resumed { .. }));
        let events = before_the_note.cloned().collect();
        let owing = Request { resume: Resume::Owed, version: noted.version - 1, events, ..noted.clone() };
        self.replace(noted, &owing);
        owing
    }

    /// Makes a pending request older, and takes it off the list by which a workflow's end finds it.
    pub fn let_it_age_unseen(&self, request: &Request, by: SignedDuration) {
        let older = Request { opened_at: request.opened_at - by, ..request.clone() };
        self.replace(request, &older);
        let key = Key::request(&request.id);
        let call = self
            .tables()
            .update_item()
            .table_name(self.output("ApprovalTableName"))
            .key(keys::PK, AttributeValue::S(key.pk))
            .key(keys::SK, AttributeValue::S(key.sk.into_owned()))
            .update_expression("REMOVE #listed")
            .expression_attribute_names("#listed", keys::WAITING_EXECUTION);
        self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
    }

    /// Spoils the task token of a record, as a table does that was restored in another account.
    pub fn spoil_the_token(&self, request: &Request) {
        let task_token = TaskToken::parse("SPOILED-TASK-TOKEN").unwrap_or_else(|| panic!("no task token"));
        let spoiled = Request { task_token, version: request.version + 1, ..request.clone() };
        self.replace(request, &spoiled);
    }

    /// Stores a record in place of another one, with everything that the indexes need.
    fn replace(&self, current: &Request, other: &Request) {
        let table = Table::new(self.tables().clone(), self.output("ApprovalTableName"));
        let written = self.wait_for(table.keep(other, current.version));
        assert_eq!(written.unwrap_or_else(|error| panic!("{error}")), Written::Stored);
    }

    /// Deletes a record that would be owed for ever. Nobody but the owner of the account can.
    pub fn delete_record(&self, id: &RequestId) {
        let key = Key::request(id);
        let call = self
            .tables()
            .delete_item()
            .table_name(self.output("ApprovalTableName"))
            .key(keys::PK, AttributeValue::S(key.pk))
            .key(keys::SK, AttributeValue::S(key.sk.into_owned()));
        self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
    }

    /// Stores a policy as the newest version, whatever was there.
    pub fn store_policy(&self, policy: &Value) {
        self.drop_policy();
        self.store_version(policy, 1);
    }

    /// Stores the next version, as operators do while workflows run.
    pub fn store_newer_policy(&self, policy: &Value) {
        let table = Table::new(self.tables().clone(), self.output("ApprovalTableName"));
        let newest = self.wait_for(table.policy()).unwrap_or_else(|error| panic!("{error}"));
        self.store_version(policy, newest.map_or(1, |newest| newest.number + 1));
    }

    fn store_version(&self, policy: &Value, number: u32) {
        let stored = json!({
            "schema": 1, "number": number, "hash": "0".repeat(64), "storedAt": SystemClock.now(), "source": "",
            "policy": policy,
        });
        let stored: StoredPolicy =
            serde_json::from_value(stored).unwrap_or_else(|error| panic!("not a policy: {error}"));
        let table = Table::new(self.tables().clone(), self.output("ApprovalTableName"));
        let written = self.wait_for(table.store_policy(&stored));
        assert_eq!(written.unwrap_or_else(|error| panic!("{error}")), Written::Stored);
    }

    /// Takes the policy away, so that the stack's default approver decides again.
    pub fn drop_policy(&self) {
        let table = Table::new(self.tables().clone(), self.output("ApprovalTableName"));
        let versions = self.wait_for(table.policy_versions()).unwrap_or_else(|error| panic!("{error}"));
        let versions = versions.into_iter().map(|version| Key::policy_version(version.number));
        for key in versions.chain([Key::policy()]) {
            let call = self
                .tables()
                .delete_item()
                .table_name(self.output("ApprovalTableName"))
                .key(keys::PK, AttributeValue::S(key.pk))
                .key(keys::SK, AttributeValue::S(key.sk.into_owned()));
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        }
    }

    /// The attribute by which the table drops items, when it does.
    pub fn table_expiry(&self) -> Option<String> {
        let call = self.tables().describe_time_to_live().table_name(self.output("ApprovalTableName"));
        let found =
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let expiry = found.time_to_live_description?;
        let enabled = expiry.time_to_live_status == Some(TimeToLiveStatus::Enabled);
        expiry.attribute_name.filter(|_| enabled)
    }

    /// Whether the table can be restored to any second of the last weeks.
    pub fn table_can_be_restored(&self) -> bool {
        let call = self.tables().describe_continuous_backups().table_name(self.output("ApprovalTableName"));
        let found =
            self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        let recovery = found
            .continuous_backups_description
            .and_then(|backups| backups.point_in_time_recovery_description)
            .and_then(|recovery| recovery.point_in_time_recovery_status);
        recovery == Some(PointInTimeRecoveryStatus::Enabled)
    }
}
