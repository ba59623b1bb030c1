//! Several writes that take effect together or not at all.

use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem,
};

use super::item::{self, Item, Stored};
use super::keys::{self, Key};
use super::{Table, store_error};
use crate::adapters::failure::Failure;
use crate::adapters::system::{SystemClock, SystemRandom};
use crate::domain::{PlanKey, Pointer, Subject};
use crate::ports::{Pause as _, Random as _, StoreError};

/// How often a transaction is tried again because another one was at work on one of its items.
pub(super) const MAX_ATTEMPTS: u32 = 20;

/// The longest pause before the second attempt; it doubles with each, up to the longest of all.
const SHORT: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_millis(320);

/// What became of a transaction.
pub(super) enum Transacted {
    /// All of it took effect.
    Done,
    /// None of it did. One reason per write, in order.
    Refused(Vec<Reason>),
    /// None of it did, because another transaction was at work on one of the items.
    Contended,
}

/// What one write had against it.
pub(super) enum Reason {
    /// Nothing.
    None,
    /// Its condition failed; this stands there.
    Condition(Option<Item>),
}

/// A condition on the item that stands where a write goes.
pub(super) struct Condition {
    pub(super) expression: &'static str,
    pub(super) names: Vec<(&'static str, &'static str)>,
    pub(super) values: Vec<(&'static str, AttributeValue)>,
}

impl Condition {
    /// Nothing stands there.
    pub(super) fn absent() -> Self {
        Self { expression: "attribute_not_exists(#pk)", names: vec![("#pk", keys::PK)], values: Vec::new() }
    }

    /// The stored version is this one.
    pub(super) fn at_version(follows: u64) -> Self {
        Self {
            expression: "#version = :follows",
            names: vec![("#version", keys::VERSION)],
            values: vec![(":follows", AttributeValue::N(follows.to_string()))],
        }
    }

    /// The stored policy has this number; 0 stands for none.
    pub(super) fn at_number(number: u32) -> Self {
        match number {
            0 => Self::absent(),
            number => Self {
                expression: "#number = :follows",
                names: vec![("#number", keys::NUMBER)],
                values: vec![(":follows", AttributeValue::N(number.to_string()))],
            },
        }
    }
}

impl Table {
    /// A write of a value where a condition holds.
    pub(super) fn put<T: Stored>(
        &self,
        operation: &'static str,
        value: &T,
        key: Key,
        condition: Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = item::write_at(value, key).map_err(|error| store_error(operation, error))?;
        let mut put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(condition.expression)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, attribute) in condition.names {
            put = put.expression_attribute_names(name, attribute);
        }
        for (name, value) in condition.values {
            put = put.expression_attribute_values(name, value);
        }
        let put = put.build().map_err(|error| store_error(operation, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The condition that a subject's pointer names this plan, or is not there.
    pub(super) fn check_newest(
        &self,
        operation: &'static str,
        (subject, plan): (&Subject, &PlanKey),
    ) -> Result<TransactWriteItem, StoreError> {
        let mut check = ConditionCheck::builder()
            .table_name(&self.name)
            .condition_expression("attribute_not_exists(#pk) OR #plan = :plan")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#plan", keys::PLAN)
            .expression_attribute_values(":plan", AttributeValue::S(plan.as_str().to_owned()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, value) in Key::pointer(subject).attributes() {
            check = check.key(name, value);
        }
        let check = check.build().map_err(|error| store_error(operation, error))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// The condition that no policy follows the one with this number; 0 stands for none. Versions follow each other
    /// without a gap, and to check that the next one is absent costs the least write; the newest itself may be large.
    pub(super) fn check_policy(
        &self,
        operation: &'static str,
        number: u32,
    ) -> Result<TransactWriteItem, StoreError> {
        let absent = Condition::absent();
        let mut check =
            ConditionCheck::builder().table_name(&self.name).condition_expression(absent.expression);
        for (name, attribute) in absent.names {
            check = check.expression_attribute_names(name, attribute);
        }
        for (name, value) in Key::policy_version(number.saturating_add(1)).attributes() {
            check = check.key(name, value);
        }
        let check = check.build().map_err(|error| store_error(operation, error))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    pub(super) async fn transact(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Transacted, StoreError> {
        // The SDK gives the call a token of its own, so that its retry after a lost reply meets its own success.
        let call = self.client.transact_write_items().set_transact_items(Some(writes)).send();
        let Err(error) = Box::pin(call).await else {
            return Ok(Transacted::Done);
        };
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
        else {
            return Err(store_error(operation, Failure::of(&error)));
        };
        read_reasons(cancelled.cancellation_reasons())
            .ok_or_else(|| store_error(operation, Failure::of(&error)))
    }
}

/// Lets the others finish who are at work on one of the items. Whoever was turned away at the same moment comes back at
/// another one.
pub(super) async fn let_others_finish(attempt: u32) {
    let longest = SHORT.saturating_mul(1 << attempt.min(16)).min(LONG);
    let [part, ..] = SystemRandom.bits();
    SystemClock.pause(longest * u32::from(part) / u32::from(u8::MAX)).await;
}

/// `None` for a reason that is a failure: a throttle, an item that is too large.
fn read_reasons(reasons: &[CancellationReason]) -> Option<Transacted> {
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    let codes: Vec<_> = reasons.iter().map(code).collect();
    if codes.iter().any(|code| code == "TransactionConflict") {
        return Some(Transacted::Contended);
    }
    let read = reasons.iter().zip(codes).map(|(reason, code)| match code.as_str() {
        "None" => Some(Reason::None),
        "ConditionalCheckFailed" => Some(Reason::Condition(reason.item().cloned())),
        _ => None,
    });
    read.collect::<Option<Vec<_>>>().map(Transacted::Refused)
}

/// The plan that a pointer names.
pub(super) fn newest(operation: &'static str, item: Option<Item>) -> Result<PlanKey, StoreError> {
    let item = item.ok_or_else(|| store_error(operation, item::ItemError::Absent))?;
    let pointer: Pointer = item::read(item).map_err(|error| store_error(operation, error))?;
    Ok(pointer.plan)
}
