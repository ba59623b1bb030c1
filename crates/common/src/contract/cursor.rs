//! The cursor: all that workflow state carries about an approval.

use serde::{Deserialize, Serialize};

use crate::domain::{Level, PlanKey};

/// Where a workflow stands in its plan. It names no approver and no quorum, so editing it skips nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cursor {
    /// Whether a level has to be asked.
    pub needed: bool,
    /// The stored plan.
    pub key: PlanKey,
    /// The level that is next; the first is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u32>,
    /// How long the next wait lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u32>,
}

/// How long a level without a deadline waits: Step Functions' own default for a task.
const NO_DEADLINE_SECONDS: u32 = 99_999_999;

impl Cursor {
    /// The cursor to a level that has not been asked yet.
    pub fn to_level(key: PlanKey, number: u32, level: &Level) -> Self {
        let wait = level.first_wait_seconds().unwrap_or(NO_DEADLINE_SECONDS);
        Self { needed: true, key, level: Some(number), wait_seconds: Some(wait) }
    }

    /// The cursor of a plan that asks nobody.
    pub fn not_needed(key: PlanKey) -> Self {
        Self { needed: false, key, level: None, wait_seconds: None }
    }
}
