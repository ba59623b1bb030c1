//! Functions whose published versions are reached by an alias.

use std::future::Future;

use crate::domain::LambdaAlias;

/// A target did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It did not answer, or is busy: another try may work. Whether the call took effect is not known.
    #[error("{operation} did not answer ({code})")]
    Unavailable {
        /// What was tried.
        operation: &'static str,
        /// The service's name for it.
        code: String,
    },
    /// It refuses, and will again.
    #[error("{operation} was refused: {reason}")]
    Refused {
        /// What was tried.
        operation: &'static str,
        /// The service's name for it, and what it says.
        reason: String,
    },
}

/// What an alias leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its ARN.
    pub arn: String,
    /// The version that it points at.
    pub version: String,
    /// What is written on it.
    pub description: String,
    /// Names this state of it; every change makes another.
    pub revision: String,
    /// Whether a part of the calls goes to a second version.
    pub is_split: bool,
}

/// A version that cannot change any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedVersion {
    /// Its number.
    pub number: String,
    /// What is written on it.
    pub description: String,
}

/// What pointing an alias did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aliasing {
    /// It points there.
    Pointed,
    /// It is in another state than the one named, and was left alone.
    Moved,
}

/// Points aliases at versions.
pub trait PointAliases: Send + Sync {
    /// The alias; `None` when the function has none of that name, or is not there.
    fn alias(&self, place: &LambdaAlias) -> impl Future<Output = Result<Option<Alias>, TargetError>> + Send;

    /// Every published version of the function.
    fn published(
        &self,
        place: &LambdaAlias,
    ) -> impl Future<Output = Result<Vec<PublishedVersion>, TargetError>> + Send;

    /// Points the alias at a version, with these words written on it, if it is still in the state of this revision.
    fn point(
        &self,
        place: &LambdaAlias,
        version: &str,
        description: &str,
        revision: &str,
    ) -> impl Future<Output = Result<Aliasing, TargetError>> + Send;
}
