//! Policies in the table: the one that holds, and every version under its number.

use super::Table;
use super::keys::Key;
use super::transaction::{Condition, MAX_ATTEMPTS, Reason, Transacted, let_others_finish};
use super::{item, store_error};
use crate::domain::StoredPolicy;
use crate::ports::{ReadPolicy, StoreError, StorePolicies, Written};

const STORE: &str = "store a policy";

impl ReadPolicy for Table {
    async fn policy(&self) -> Result<Option<StoredPolicy>, StoreError> {
        self.read("read the policy", Key::policy()).await
    }
}

impl StorePolicies for Table {
    async fn store_policy(&self, policy: &StoredPolicy) -> Result<Written<StoredPolicy>, StoreError> {
        let follows = Condition::at_number(policy.number.saturating_sub(1));
        let writes = vec![
            self.put(STORE, policy, Key::policy(), follows)?,
            self.put(STORE, policy, Key::policy_version(policy.number), Condition::absent())?,
        ];
        for attempt in 0..MAX_ATTEMPTS {
            let stored = match self.transact(STORE, writes.clone()).await? {
                Transacted::Done => return Ok(Written::Stored),
                Transacted::Refused(reasons) => self.in_the_way(reasons).await?,
                // Claims check that this version is not there yet.
                Transacted::Contended => {
                    let_others_finish(attempt).await;
                    match self.policy().await? {
                        Some(stored) if stored.number >= policy.number => stored,
                        _ => continue,
                    }
                }
            };
            return Ok(if stored == *policy { Written::Stored } else { Written::Conflict(Box::new(stored)) });
        }
        Err(StoreError { operation: STORE, source: "others kept checking the policy".into() })
    }

    async fn policy_version(&self, number: u32) -> Result<Option<StoredPolicy>, StoreError> {
        self.read("read a version of the policy", Key::policy_version(number)).await
    }
}

impl Table {
    /// The newest policy, where a version could not follow.
    async fn in_the_way(&self, reasons: Vec<Reason>) -> Result<StoredPolicy, StoreError> {
        match reasons.into_iter().next() {
            Some(Reason::Condition(Some(found))) => {
                item::read(found).map_err(|error| store_error(STORE, error))
            }
            _ => self.policy().await?.ok_or_else(|| store_error(STORE, item::ItemError::Absent)),
        }
    }
}
