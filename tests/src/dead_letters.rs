//! What was given up: the queue of dead letters, and changes and events that end there.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use common::adapters::dynamo::keys;
use serde_json::{Value, json};

use crate::Run;
use crate::signed::Call;

/// An item of the table that no program of ours can read, until it is dropped.
pub struct Poison {
    run: Run,
    id: String,
}

impl Run {
    /// Every dead letter, at most ten; they stay in the queue.
    pub fn dead_letters(&self) -> Vec<Value> {
        let input = json!({ "MaxNumberOfMessages": 10, "VisibilityTimeout": 0 });
        let answer = self.queue("ReceiveMessage", input);
        let messages = answer.get("Messages").and_then(Value::as_array).into_iter().flatten();
        messages.filter_map(|message| serde_json::from_str(message.get("Body")?.as_str()?).ok()).collect()
    }

    /// Empties the queue, as its operators do when they have looked.
    pub fn purge_dead_letters(&self) {
        self.queue("PurgeQueue", json!({}));
    }

    fn queue(&self, operation: &str, mut input: Value) -> Value {
        if let Some(input) = input.as_object_mut() {
            input.insert("QueueUrl".to_owned(), json!(self.output("DeadLetterQueueUrl")));
        }
        let reply = self.send(&Call::to("sqs", &format!("AmazonSQS.{operation}"), &input));
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// Hands an event to a function, by its output's name, and does not wait for it, as AWS does.
    pub fn hand_over(&self, function: &str, event: &Value) {
        let name = self.output(function).rsplit(':').next().unwrap_or_default();
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let call = Call::at("lambda", "POST", &path, event).with_header("x-amz-invocation-type", "Event");
        assert_eq!(self.send(&call).status, 202, "{function}");
    }

    /// Stores a record of a schema that nobody knows, which owes its answer; in the list of debts as well, or in the
    /// stream only.
    pub fn poison(&self, id: &str, is_listed: bool) -> Poison {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let mut call = self
            .tables()
            .put_item()
            .table_name(self.output("ApprovalTableName"))
            .item(keys::PK, text(&format!("request#{id}")))
            .item(keys::SK, text(keys::RECORD))
            .item(keys::SCHEMA, text("one"))
            .item("resume", text("owed"));
        if is_listed {
            call = call
                .item(keys::OWED_SHARD, text(keys::SHARD))
                .item(keys::OWED_SINCE, text("2026-01-05T09:00:00.000000000Z"));
        }
        self.wait_for(call.send()).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)));
        Poison { run: self.clone(), id: id.to_owned() }
    }
}

impl Drop for Poison {
    /// Other tests read every record.
    fn drop(&mut self) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let call = self
            .run
            .tables()
            .delete_item()
            .table_name(self.run.output("ApprovalTableName"))
            .key(keys::PK, text(&format!("request#{}", self.id)))
            .key(keys::SK, text(keys::RECORD));
        drop(self.run.wait_for(call.send()));
    }
}
