//! Transactions that meet others at work on the same items, as those of many workflows that a freeze lets go at once.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_smithy_mocks::{Rule, mock};

use super::*;
use crate::adapters::samples::request;
use crate::domain::Request;
use crate::ports::{ClaimApprovals, Claimed};

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

#[tokio::test]
async fn a_write_is_made_again_until_the_others_have_finished() {
    let (before, next) = versions();
    let transact = mock!(Client::transact_write_items)
        .sequence()
        .error(contended)
        .times(3)
        .output(|| TransactWriteItemsOutput::builder().build())
        .build();
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
