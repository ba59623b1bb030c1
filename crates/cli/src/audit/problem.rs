//! What can be wrong with a trail, beside what its record says of itself.

use common::adapters::dynamo::ItemError;
use common::domain::audit::Finding;
use common::ports::StoreError;
use serde::Serialize;

/// Something that is wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(untagged)]
pub(crate) enum Problem {
    /// The record does not fit together.
    #[error(transparent)]
    Record(#[from] Finding),
    /// The record is fine in itself, or cannot be looked at.
    #[error(transparent)]
    Trail(#[from] Trouble),
}

/// What is wrong with a trail as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Trouble {
    /// What is stored is no record.
    #[error("what is stored cannot be read: {why}")]
    Unreadable {
        /// Why not.
        why: String,
    },
    /// A line of an export is none.
    #[error("this is not a line of an export: {why}")]
    NoLine {
        /// Why not.
        why: String,
    },
    /// A line says another head, or another number of entries, than its entries give.
    #[error("the line says {entries} entries with the head {head}, and its entries give another head")]
    HeadDiffers {
        /// What it says.
        entries: usize,
        /// What it says.
        head: String,
    },
    /// The chain does not go on from where it was.
    #[error(
        "its history was rewritten: the earlier export has {entries} entries with the head {head}, and the chain \
         does not go on from there"
    )]
    Rewritten {
        /// Of the earlier export.
        entries: usize,
        /// Of the earlier export.
        head: String,
    },
    /// Something changed that no change of a request changes.
    #[error("its facts, level, plan or times are not those of the earlier export")]
    FrozenDiffers,
    /// It is not there any more.
    #[error("the earlier export has it, and it is not there any more")]
    Missing,
}

impl Trouble {
    /// What is wrong with what is stored, where that is why it was not read.
    pub(super) fn of_store(error: &StoreError) -> Option<Self> {
        let error = error.source.downcast_ref::<ItemError>()?;
        Some(Self::Unreadable { why: error.to_string() })
    }
}
