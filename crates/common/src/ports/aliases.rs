//! Functions whose published versions are reached by an alias.

use std::future::Future;

use super::TargetError;
use crate::domain::LambdaAlias;

/// Where the calls through an alias go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The version that gets them.
    pub version: String,
    /// The second version, which gets a part of them.
    pub part: Option<Part>,
}

/// A part of an alias's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The version that gets it.
    pub version: String,
    /// How many percent of the calls.
    pub percent: u8,
}

impl Routes {
    /// Every call goes to this version.
    pub fn only(version: &str) -> Self {
        Self { version: version.to_owned(), part: None }
    }
}

/// An alias as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its ARN.
    pub arn: String,
    /// Where its calls go.
    pub routes: Routes,
    /// What is written on it.
    pub description: String,
    /// Names this state of it; every change makes another.
    pub revision: String,
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
    /// Its calls go there.
    Pointed,
    /// It is in another state than the one named, and was left alone.
    Moved,
}

/// Looks at aliases, and at what they can be pointed at.
pub trait ReadAliases: Send + Sync {
    /// The alias; `None` when the function has none of that name, or is not there.
    fn alias(&self, place: &LambdaAlias) -> impl Future<Output = Result<Option<Alias>, TargetError>> + Send;

    /// Every published version of the function.
    fn published(
        &self,
        place: &LambdaAlias,
    ) -> impl Future<Output = Result<Vec<PublishedVersion>, TargetError>> + Send;
}

/// Points aliases at versions.
pub trait PointAliases: ReadAliases {
    /// Lets the alias's calls go there, with these words written on it, if it is still in the state of this revision.
    fn point(
        &self,
        place: &LambdaAlias,
        routes: &Routes,
        description: &str,
        revision: &str,
    ) -> impl Future<Output = Result<Aliasing, TargetError>> + Send;
}
