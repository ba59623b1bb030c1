//! Transactions that meet others at work on the same items, as those of many workflows that a freeze lets go at once.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_smithy_mocks::{Rule, mock};

use super::*;
use crate::adapters::contract_tests::policy_version;
use crate::adapters::samples::{plan, request};
use crate::domain::{Facts, Request, Subject};
use crate::ports::{ClaimApprovals, Claimed, StorePlans, StorePolicies, Written};

fn contended() -> TransactWriteItemsError {
    let reasons =
        ["None", "TransactionConflict"].map(|code| CancellationReason::builder().code(code).build());
    let cancelled = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons.into()));
    TransactWriteItemsError::TransactionCanceledException(cancelled.build())
}

/// A record before and after a write.
fn versions() -> (Request, Request) {
    let before = request("first");
    let next = Request { version: before.version + 1, ..before.clone() };
    (before, next)
}

fn stands(record: &Request) -> Rule {
    let item = item::write(record).unwrap();
    mock!(Client::get_item).then_output(move || GetItemOutput::builder().set_item(Some(item.clone())).build())
}

/// Others are in the way so often, and then no more.
fn in_the_end(times: usize) -> Rule {
    mock!(Client::transact_write_items)
        .sequence()
        .error(contended)
        .times(times)
        .output(|| TransactWriteItemsOutput::builder().build())
        .build()
}

fn nothing_stands() -> Rule {
    mock!(Client::get_item).then_output(|| GetItemOutput::builder().build())
}

#[tokio::test]
async fn a_write_is_made_again_until_the_others_have_finished() {
    let (before, next) = versions();
    let transact = in_the_end(3);
    let table = Table::new(mocked!(aws_sdk_dynamodb, transact, stands(&before)), "approvals");
    assert_eq!(table.claim(&next, before.version, 1).await.unwrap(), Claimed::Stored);
    assert_eq!(transact.num_calls(), 4);
}

#[tokio::test]
async fn it_is_not_made_again_once_the_record_has_gone_on() {
    let (before, next) = versions();
    let other = Request { base_url: "https://elsewhere.example.com".to_owned(), ..next.clone() };
    let transact = mock!(Client::transact_write_items).then_error(contended);
    let table = Table::new(mocked!(aws_sdk_dynamodb, transact, stands(&other)), "approvals");
    assert_eq!(table.claim(&next, before.version, 1).await.unwrap(), Claimed::Conflict(Box::new(other)));
    assert_eq!(transact.num_calls(), 1);
}

/// Meanwhile a freeze may have begun, or a deadline passed: whoever writes looks again.
#[tokio::test]
async fn after_a_while_it_is_thought_over() {
    let (before, next) = versions();
    let transact = mock!(Client::transact_write_items).then_error(contended);
    let table = Table::new(mocked!(aws_sdk_dynamodb, transact, stands(&before)), "approvals");
    let claimed = table.claim(&next, before.version, 1).await.unwrap();
    assert_eq!(claimed, Claimed::Conflict(Box::new(before)));
    assert_eq!(transact.num_calls(), 5);
}

#[tokio::test]
async fn a_policy_is_stored_between_claims_and_a_plan_between_others() {
    let transact = in_the_end(2);
    let table = Table::new(mocked!(aws_sdk_dynamodb, transact, nothing_stands()), "approvals");
    assert_eq!(table.store_policy(&policy_version(1, "a")).await.unwrap(), Written::Stored);
    assert_eq!(transact.num_calls(), 3);

    let transact = in_the_end(2);
    let table = Table::new(mocked!(aws_sdk_dynamodb, transact, nothing_stands()), "approvals");
    let mut plan = plan("new");
    let Facts::Deployment(facts) = &plan.facts else { panic!("a deployment") };
    plan.subject = Some(Subject::of(facts));
    assert_eq!(table.store_plan(&plan).await.unwrap(), Written::Stored);
    assert_eq!(transact.num_calls(), 3);
}
