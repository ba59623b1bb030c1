//! The adapter against rules: the exact requests, the shape of items, and the contract over a stand-in
//! for the table that knows the conditions we use.

mod contended;
mod errors;
mod growth;
mod items;
mod requests;
mod stand_in;
mod unknown;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::item::{self, Item};
use crate::adapters::contract_tests;
use crate::adapters::mocked::mocked;

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

#[tokio::test]
async fn it_keeps_the_contracts_of_the_table() {
    let table = || {
        let [put, get, query, transact] = stand_in::rules();
        Table::new(mocked!(aws_sdk_dynamodb, put, get, query, transact), "approvals")
    };
    Box::pin(contract_tests::requests(&table())).await;
    contract_tests::plans(&table()).await;
    Box::pin(contract_tests::lists(&table())).await;
    Box::pin(contract_tests::pointers(&table())).await;
    contract_tests::policies(&table()).await;
    Box::pin(contract_tests::claims(&table())).await;
    contract_tests::overviews(&table()).await;
    contract_tests::walks(&table()).await;
}
