//! The policies in the table: the one that holds, and every version.

use std::collections::BTreeMap;

use super::store::{failure, fits, told};
use super::{Call, Memory, State};
use crate::domain::StoredPolicy;
use crate::ports::{ListPolicies, ListedPolicy, ReadPolicy, StoreError, StorePolicies, Written};

#[derive(Clone, Debug, Default)]
pub(super) struct Policies {
    current: Option<StoredPolicy>,
    versions: BTreeMap<u32, StoredPolicy>,
}

impl Policies {
    /// The number of the one that holds; 0 without one.
    pub(super) fn newest(&self) -> u32 {
        self.current.as_ref().map_or(0, |current| current.number)
    }
}

impl Memory {
    /// Puts a policy into the table, whatever stands there.
    pub fn put_policy(&self, policy: StoredPolicy) {
        let policies = &mut self.lock().store.policies;
        policies.versions.insert(policy.number, policy.clone());
        policies.current = Some(policy);
    }
}

impl ReadPolicy for Memory {
    async fn policy(&self) -> Result<Option<StoredPolicy>, StoreError> {
        let effect = |state: &mut State| Ok(state.store.policies.current.clone());
        self.call(Call::ReadPolicy, effect, || failure("read the policy", "no reply")).await
    }
}

impl StorePolicies for Memory {
    async fn store_policy(&self, policy: &StoredPolicy) -> Result<Written<StoredPolicy>, StoreError> {
        let policy = policy.clone();
        let effect = move |state: &mut State| {
            fits("store a policy", &policy)?;
            let policies = &mut state.store.policies;
            if policies.newest().checked_add(1) == Some(policy.number) {
                policies.versions.insert(policy.number, policy.clone());
                policies.current = Some(policy.clone());
            }
            let stored = policies.current.as_ref();
            stored
                .map(|stored| told(&policy, stored))
                .ok_or_else(|| failure("store a policy", "the condition failed and nothing is stored there"))
        };
        self.call(Call::StorePolicy, effect, || failure("store a policy", "no reply")).await
    }

    async fn policy_version(&self, number: u32) -> Result<Option<StoredPolicy>, StoreError> {
        let effect = move |state: &mut State| Ok(state.store.policies.versions.get(&number).cloned());
        let no_reply = || failure("read a version of the policy", "no reply");
        self.call(Call::ReadPolicyVersion, effect, no_reply).await
    }
}

impl ListPolicies for Memory {
    async fn policy_versions(&self) -> Result<Vec<ListedPolicy>, StoreError> {
        let effect = |state: &mut State| {
            let versions = state.store.policies.versions.values().rev();
            Ok(versions.map(listed).collect())
        };
        let no_reply = || failure("list the versions of the policy", "no reply");
        self.call(Call::ListPolicies, effect, no_reply).await
    }
}

fn listed(policy: &StoredPolicy) -> ListedPolicy {
    ListedPolicy {
        number: policy.number,
        hash: policy.hash.clone(),
        stored_at: policy.stored_at,
        size: policy.source.len() as u64,
    }
}
