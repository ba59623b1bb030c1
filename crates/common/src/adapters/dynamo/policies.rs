//! Policies in the table: the one that holds, and every version under its number.

use super::Table;
use super::keys::Key;
use super::transaction::{Condition, Reason, Transacted};
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
    async fn store_policy(
        &self,
        policy: &StoredPolicy,
        follows: u32,
    ) -> Result<Written<StoredPolicy>, StoreError> {
        let writes = vec![
            self.put(STORE, policy, Key::policy(), Condition::at_number(follows))?,
            self.put(STORE, policy, Key::policy_version(policy.number), Condition::absent())?,
        ];
        let stored: Option<StoredPolicy> = match self.transact(STORE, writes).await? {
            Transacted::Done => return Ok(Written::Stored),
            Transacted::Refused(reasons) => match reasons.into_iter().next() {
                Some(Reason::Condition(Some(found))) => {
                    Some(item::read(found).map_err(|error| store_error(STORE, error))?)
                }
                _ => self.policy().await?,
            },
            Transacted::Contended => self.policy().await?,
        };
        let stored = stored.ok_or_else(|| store_error(STORE, item::ItemError::Absent))?;
        Ok(if stored == *policy { Written::Stored } else { Written::Conflict(Box::new(stored)) })
    }

    async fn policy_version(&self, number: u32) -> Result<Option<StoredPolicy>, StoreError> {
        self.read("read a version of the policy", Key::policy_version(number)).await
    }
}
