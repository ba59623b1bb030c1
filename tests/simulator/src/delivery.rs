//! What wakes `reconcile`: the table's stream, the schedule, the news that workflows have ended, and the command line.

use common::adapters::dynamo::keys::{self, Key};
use common::adapters::memory::{START, StoreChange};
use common::domain::{RequestId, Resume};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::functions::{Answer, Role};
use crate::queue::Event;
use crate::scenario::Service;
use crate::world::{Ended, Purpose, World};

/// `BatchSize` in the template.
pub(crate) const BATCH: usize = 10;
/// `MaximumRetryAttempts` in the template.
pub(crate) const TRIES: u32 = 5;
/// While so much has not passed, the schedule comes by every minute; later, and only here, less often.
const BUSY: SignedDuration = SignedDuration::from_hours(4);

/// The table's stream, as far as its filter lets it through.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    waiting: Vec<Value>,
    count: u64,
    is_under_way: bool,
}

/// Changes that are delivered together.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    records: Vec<Value>,
    tries: u32,
}

impl World {
    /// Takes in what the filter in the template lets through.
    pub(crate) fn take_in_changes(&mut self, changes: &[StoreChange]) {
        let is_deaf = self.has_outage_of(Service::Stream) || self.has_outage_of(Service::Reconcile);
        for change in changes {
            let image = match change {
                StoreChange::Request(request) => {
                    let wakes = request.resume == Resume::Owed
                        || request.stale_slack_message().is_some()
                        || !request.wanted_links.is_empty();
                    let key = Key::request(&request.id);
                    wakes.then(|| json!({ "Keys": { "pk": { "S": key.pk }, "sk": { "S": key.sk } } }))
                }
                StoreChange::Pointer { replaced } => replaced.as_ref().map(|plan| {
                    json!({
                        "Keys": { "pk": { "S": "subject" }, "sk": { "S": keys::POINTER } },
                        "OldImage": { "plan": { "S": plan.as_str() } },
                    })
                }),
            };
            let Some(mut image) = image.filter(|_| !is_deaf) else { continue };
            self.stream.count += 1;
            if let Some(fields) = image.as_object_mut() {
                fields.insert("SequenceNumber".to_owned(), json!(self.stream.count.to_string()));
            }
            let record = json!({ "eventSource": "aws:dynamodb", "eventName": "MODIFY", "dynamodb": image });
            self.stream.waiting.push(record);
        }
        if !self.stream.waiting.is_empty() && !self.stream.is_under_way {
            self.stream.is_under_way = true;
            let after = SignedDuration::from_millis(300) + self.pace();
            self.plan_in(after, Event::Stream);
        }
    }

    /// Delivers the oldest changes.
    pub(crate) fn deliver(&mut self) {
        let count = self.stream.waiting.len().min(BATCH);
        let records = self.stream.waiting.drain(..count).collect();
        self.hand_over(Batch { records, tries: 1 });
    }

    pub(crate) fn deliver_again(&mut self, batch: Batch) {
        self.hand_over(batch);
    }

    fn hand_over(&mut self, batch: Batch) {
        let event = json!({ "Records": batch.records });
        self.invoke(Role::Reconcile, event, Purpose::Stream(batch));
    }

    /// A batch has been dealt with, or is delivered again from the first change on that was not.
    pub(crate) fn end_batch(&mut self, batch: &Batch, ended: &Ended) {
        let number = |record: &Value| record.pointer("/dynamodb/SequenceNumber").cloned();
        let left = match &ended.answer {
            Ok(Answer::Task(Ok(answer))) => {
                let failed = answer.get("batchItemFailures").and_then(Value::as_array);
                let failed: Vec<_> =
                    failed.into_iter().flatten().map(|item| item.get("itemIdentifier").cloned()).collect();
                let first = batch.records.iter().position(|record| failed.contains(&number(record)));
                first.map_or_else(Vec::new, |first| batch.records.get(first..).unwrap_or_default().to_vec())
            }
            _ => batch.records.clone(),
        };
        if !left.is_empty() && batch.tries <= TRIES {
            let pause = SignedDuration::from_secs(1 << batch.tries);
            self.plan_in(pause, Event::Again(Batch { records: left, tries: batch.tries + 1 }));
            return;
        }
        // It is delivered at least once.
        if self.choices.chance(50) {
            let pace = self.pace();
            let again = Batch { records: batch.records.clone(), tries: TRIES + 1 };
            self.plan_in(pace, Event::Again(again));
        }
        self.stream.is_under_way = false;
        self.take_in_changes(&[]);
    }

    /// The schedule comes by, unless it is out of work.
    pub(crate) fn come_by(&mut self) {
        let interval = if self.now() < START + BUSY { 1 } else { 120 };
        self.plan_in(SignedDuration::from_mins(interval), Event::Schedule);
        if !self.has_outage_of(Service::Reconcile) {
            let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
            self.invoke(Role::Reconcile, event.clone(), Purpose::Nobody);
            self.invoke(Role::ExecuteDeployment, event, Purpose::Nobody);
        }
    }

    pub(crate) fn tell_of_end(&mut self, run: usize) {
        let Some(run) = self.runs.get(run) else { return };
        let event = json!({
            "source": "aws.states", "detail-type": "Step Functions Execution Status Change",
            "detail": { "status": "FAILED", "executionArn": run.arn },
        });
        self.invoke(Role::Reconcile, event, Purpose::Nobody);
    }

    /// The requester takes the oldest request back, by the command line.
    pub(crate) fn withdraw(&mut self) {
        let mut requests = self.memory.stored_requests();
        requests.sort_by_key(|request| request.opened_at);
        let Some(id) = requests.first().map(|request| RequestId::to_string(&request.id)) else { return };
        let event = json!({ "withdraw": { "requestId": id, "reason": "not needed any more" } });
        self.invoke(Role::Reconcile, event, Purpose::Nobody);
    }
}
