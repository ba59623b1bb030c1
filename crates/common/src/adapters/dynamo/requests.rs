//! Requests in the table: one item each, compared and set on its version.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::keys::{self, Key};
use super::transaction::{Condition, MAX_ATTEMPTS, Reason, Transacted, let_others_finish, newest};
use super::{Table, absent, item, store_error};
use crate::domain::{PlanKey, Request, RequestId, Status, Subject};
use crate::ports::{
    ClaimApprovals, Claimed, Guarded, KeepRequests, ReadRequests, RecordVotes, StoreError, Written,
};

impl ReadRequests for Table {
    async fn request(&self, id: &RequestId) -> Result<Option<Request>, StoreError> {
        self.read("read a request", Key::request(id)).await
    }
}

impl KeepRequests for Table {
    async fn open(&self, request: &Request) -> Result<Guarded<Request>, StoreError> {
        match request.guard().filter(|_| request.status == Status::Pending) {
            Some(guard) => self.write_guarded("open a request", request, Condition::absent(), guard).await,
            None => Ok(self.write("open a request", request, absent).await?.into()),
        }
    }

    async fn keep(&self, next: &Request, follows: u64) -> Result<Written<Request>, StoreError> {
        self.write("keep a request", next, |put| {
            at_version(put, follows).condition_expression("#version = :follows")
        })
        .await
    }
}

impl RecordVotes for Table {
    async fn record_vote(&self, next: &Request, follows: u64) -> Result<Guarded<Request>, StoreError> {
        // The version alone would do; that no vote goes on top of a decision is worth saying twice.
        let pending = AttributeValue::S(Status::Pending.as_str().to_owned());
        let expression = "#version = :follows AND #status = :pending";
        let Some(guard) = next.guard() else {
            let written = self.write("record a vote", next, |put| {
                at_version(put, follows)
                    .condition_expression(expression)
                    .expression_attribute_names("#status", keys::STATUS)
                    .expression_attribute_values(":pending", pending)
            });
            return Ok(written.await?.into());
        };
        let mut condition = Condition { expression, ..Condition::at_version(follows) };
        condition.names.push(("#status", keys::STATUS));
        condition.values.push((":pending", pending));
        self.write_guarded("record a vote", next, condition, guard).await
    }
}

impl ClaimApprovals for Table {
    async fn claim(&self, next: &Request, follows: u64, policy: u32) -> Result<Claimed, StoreError> {
        let record = self.put(CLAIM, next, Key::request(&next.id), Condition::at_version(follows))?;
        let mut writes = vec![record, self.check_policy(CLAIM, policy)?];
        if let Some(guard) = next.guard() {
            writes.push(self.check_newest(CLAIM, guard)?);
        }
        let (of_policy, of_pointer) = match self.write_together(CLAIM, next, writes).await? {
            Together::Stored => return Ok(Claimed::Stored),
            Together::Conflict(stored) => return Ok(Claimed::Conflict(stored)),
            Together::Refused(reasons) => {
                let mut reasons = reasons.into_iter();
                (reasons.next(), reasons.next())
            }
        };
        match (of_policy, of_pointer) {
            (_, Some(Reason::Condition(pointer))) => Ok(Claimed::Superseded(newest(CLAIM, pointer)?)),
            (Some(Reason::Condition(_)), _) => Ok(Claimed::NewerPolicy),
            _ => Err(store_error(CLAIM, item::ItemError::Absent)),
        }
    }
}

const CLAIM: &str = "claim an approval";
/// How often the same record is written again before whoever writes it has to look again.
const SAME: u32 = 4;

/// What became of a request that was written together with checks of other items.
enum Together {
    /// It took effect.
    Stored,
    /// The condition on the request failed; this is what stands there.
    Conflict(Box<Request>),
    /// The request has nothing against it. One reason per check, in order.
    Refused(Vec<Reason>),
}

impl Table {
    /// Writes a request where a condition holds and its plan is the newest for its subject.
    async fn write_guarded(
        &self,
        operation: &'static str,
        request: &Request,
        condition: Condition,
        guard: (&Subject, &PlanKey),
    ) -> Result<Guarded<Request>, StoreError> {
        let writes = vec![
            self.put(operation, request, Key::request(&request.id), condition)?,
            self.check_newest(operation, guard)?,
        ];
        match self.write_together(operation, request, writes).await? {
            Together::Stored => Ok(Guarded::Stored),
            Together::Conflict(stored) => Ok(Guarded::Conflict(stored)),
            Together::Refused(reasons) => match reasons.into_iter().next() {
                Some(Reason::Condition(pointer)) => Ok(Guarded::Superseded(newest(operation, pointer)?)),
                _ => Err(store_error(operation, item::ItemError::Absent)),
            },
        }
    }

    /// Writes a request, which is the first of these writes, where the other items are as they must be.
    async fn write_together(
        &self,
        operation: &'static str,
        request: &Request,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Together, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            match self.transact(operation, writes.clone()).await? {
                Transacted::Done => return Ok(Together::Stored),
                Transacted::Refused(reasons) => return refused(operation, request, reasons),
                // Another write was at work on one of the items. The same is written again while the record stands where
                // it stood; but time passes, and after a while whoever writes has to look again.
                Transacted::Contended => {
                    let_others_finish(attempt).await;
                    let is_told = |stored: &Request| attempt >= SAME || stored.version >= request.version;
                    if let Some(stored) = self.request(&request.id).await?.filter(is_told) {
                        return Ok(told(request, stored));
                    }
                }
            }
        }
        Err(StoreError { operation, source: "others kept writing what it is checked against".into() })
    }
}

fn refused(
    operation: &'static str,
    request: &Request,
    mut reasons: Vec<Reason>,
) -> Result<Together, StoreError> {
    let checks = reasons.split_off(reasons.len().min(1));
    match reasons.pop() {
        Some(Reason::Condition(found)) => {
            let found = found.ok_or_else(|| store_error(operation, item::ItemError::Absent))?;
            Ok(told(request, item::read(found).map_err(|error| store_error(operation, error))?))
        }
        _ => Ok(Together::Refused(checks)),
    }
}

fn told(request: &Request, stored: Request) -> Together {
    if stored == *request { Together::Stored } else { Together::Conflict(Box::new(stored)) }
}

fn at_version(put: PutItemFluentBuilder, follows: u64) -> PutItemFluentBuilder {
    put.expression_attribute_names("#version", keys::VERSION)
        .expression_attribute_values(":follows", AttributeValue::N(follows.to_string()))
}
