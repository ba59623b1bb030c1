//! Plans in the table: stored once, never changed; and the pointers to the newest of each subject.

use aws_sdk_dynamodb::types::AttributeValue;

use super::keys::{self, Key};
use super::transaction::{Condition, MAX_ATTEMPTS, Reason, Transacted, let_others_finish};
use super::{Table, absent, item, store_error};
use crate::domain::{Plan, PlanKey, Pointer, Subject};
use crate::ports::{ReadPlans, ReadPointers, StoreError, StorePlans, Written};

const STORE: &str = "store a plan";

impl ReadPlans for Table {
    async fn plan(&self, key: &PlanKey) -> Result<Option<Plan>, StoreError> {
        self.read("read a plan", Key::plan(key)).await
    }
}

impl ReadPointers for Table {
    async fn pointer(&self, subject: &Subject) -> Result<Option<Pointer>, StoreError> {
        self.read("read which plan is the newest", Key::pointer(subject)).await
    }
}

impl StorePlans for Table {
    async fn store_plan(&self, plan: &Plan) -> Result<Written<Plan>, StoreError> {
        let Some(pointer) = plan.pointer() else {
            return self.write(STORE, plan, absent).await;
        };
        for attempt in 0..MAX_ATTEMPTS {
            let writes = vec![
                self.put(STORE, plan, Key::plan(&plan.key), Condition::absent())?,
                self.put(STORE, &pointer, Key::pointer(&pointer.subject), older_than(&pointer))?,
            ];
            let reasons = match self.transact(STORE, writes).await? {
                Transacted::Done => return Ok(Written::Stored),
                Transacted::Refused(reasons) => reasons,
                Transacted::Contended => {
                    let_others_finish(attempt).await;
                    match self.plan(&plan.key).await? {
                        Some(stored) => return Ok(told(plan, stored)),
                        None => continue,
                    }
                }
            };
            return match reasons.into_iter().next() {
                Some(Reason::Condition(found)) => {
                    let found = found.ok_or_else(|| store_error(STORE, item::ItemError::Absent))?;
                    Ok(told(plan, item::read(found).map_err(|error| store_error(STORE, error))?))
                }
                // Only the pointer was against it: a newer plan came first, and this one is superseded from its start.
                _ => self.write(STORE, plan, absent).await,
            };
        }
        Err(StoreError { operation: STORE, source: "others kept storing plans for its subject".into() })
    }
}

fn told(plan: &Plan, stored: Plan) -> Written<Plan> {
    if stored == *plan { Written::Stored } else { Written::Conflict(Box::new(stored)) }
}

/// The stored pointer yields to this one, or there is none.
fn older_than(pointer: &Pointer) -> Condition {
    Condition {
        expression: "attribute_not_exists(#pk) OR #at < :at OR (#at = :at AND #plan < :plan)",
        names: vec![("#pk", keys::PK), ("#at", keys::PREPARED_AT), ("#plan", keys::PLAN)],
        values: vec![
            (":at", item::sortable(pointer.prepared_at)),
            (":plan", AttributeValue::S(pointer.plan.as_str().to_owned())),
        ],
    }
}
