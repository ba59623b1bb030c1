//! Plans in the table: stored once, never changed.

use super::keys::Key;
use super::{Table, absent};
use crate::domain::{Plan, PlanKey};
use crate::ports::{ReadPlans, StoreError, StorePlans, Written};

impl ReadPlans for Table {
    async fn plan(&self, key: &PlanKey) -> Result<Option<Plan>, StoreError> {
        self.read("read a plan", Key::plan(key)).await
    }
}

impl StorePlans for Table {
    async fn store_plan(&self, plan: &Plan) -> Result<Written<Plan>, StoreError> {
        self.write("store a plan", plan, absent).await
    }
}
