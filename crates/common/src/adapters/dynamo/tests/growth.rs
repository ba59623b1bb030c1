//! What lists cost as the table grows: an index holds what a list is for, and nothing else is read.

use aws_sdk_dynamodb::Client;
use aws_smithy_mocks::Rule;
use jiff::SignedDuration;

use super::*;
use crate::adapters::memory::START;
use crate::adapters::samples::{after, person, request, vote};
use crate::domain::Choice;
use crate::ports::{BrowseRequests, KeepRequests, ListRequests, ReadInboxes};

const MANY: usize = 100;

/// A table with so many closed requests and three pending ones, and the rule that counts its queries.
async fn with_closed(count: usize) -> (Table, Rule) {
    let [put, get, query, transact] = stand_in::rules();
    let client: Client = mocked!(aws_sdk_dynamodb, put, get, query, transact);
    let table = Table::new(client, "approvals");
    for number in 0..count {
        let pending = request(&format!("closed-{number}"));
        let closed = after(&pending, vote(Choice::Approve), START + SignedDuration::from_secs(60));
        table.open(&closed).await.unwrap();
    }
    for number in 0..3 {
        table.open(&request(&format!("pending-{number}"))).await.unwrap();
    }
    (table, query)
}

/// What each list finds, and how many pages it reads for that.
async fn cost(count: usize) -> Vec<(&'static str, usize, usize)> {
    let (table, query) = with_closed(count).await;
    let mut costs = Vec::new();
    let mut read = 0;
    let mut note = |list, found| {
        costs.push((list, found, query.num_calls() - read));
        read = query.num_calls();
    };
    note("open", table.open_requests(MANY).await.unwrap().len());
    note("inbox", table.inbox(&person("ana"), MANY).await.unwrap().len());
    note("pending", table.pending_requests(MANY).await.unwrap().len());
    note("newest", table.requests_in_month_of(START, 3).await.unwrap().len());
    costs
}

#[tokio::test]
async fn a_list_costs_the_same_however_many_requests_are_closed() {
    let few = cost(10).await;
    assert_eq!(few, [("open", 3, 2), ("inbox", 3, 2), ("pending", 3, 2), ("newest", 3, 2)]);
    assert_eq!(cost(1_000).await, few);
}
