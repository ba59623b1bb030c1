//! Lambda functions with published versions and aliases.

use std::collections::BTreeMap;

use super::{Call, Memory, State};
use crate::domain::LambdaAlias;
use crate::ports::{Alias, Aliasing, PointAliases, PublishedVersion, TargetError};

#[derive(Debug, Default)]
pub(super) struct Functions {
    published: BTreeMap<String, Vec<PublishedVersion>>,
    aliases: BTreeMap<(String, String), Alias>,
    changes: usize,
    broken: Option<TargetError>,
    refused: Option<String>,
}

impl Memory {
    /// Publishes a version of a function, described so, and answers with its number.
    pub fn publish(&self, function: &str, description: &str) -> String {
        let mut state = self.lock();
        let versions = state.functions.published.entry(function.to_owned()).or_default();
        let number = (versions.len() + 1).to_string();
        versions.push(PublishedVersion { number: number.clone(), description: description.to_owned() });
        number
    }

    /// Points an alias at a version, as an operator does: whatever it points at, and without a word about it.
    pub fn put_alias(&self, function: &str, name: &str, version: &str) {
        let mut state = self.lock();
        let functions = &mut state.functions;
        functions.changes += 1;
        let arn = format!("arn:aws:lambda:eu-west-1:123456789012:function:{function}:{name}");
        let revision = format!("revision-{}", functions.changes);
        let alias =
            functions.aliases.entry((function.to_owned(), name.to_owned())).or_insert_with(|| Alias {
                arn,
                version: String::new(),
                description: String::new(),
                revision: String::new(),
                is_split: false,
            });
        version.clone_into(&mut alias.version);
        alias.revision = revision;
    }

    /// Lets a part of an alias's calls go to a second version, or no more.
    pub fn split_alias(&self, function: &str, name: &str, is_split: bool) {
        let mut state = self.lock();
        if let Some(alias) = state.functions.aliases.get_mut(&(function.to_owned(), name.to_owned())) {
            alias.is_split = is_split;
        }
    }

    /// Looks at an alias.
    pub fn stored_alias(&self, function: &str, name: &str) -> Option<Alias> {
        self.lock().functions.aliases.get(&(function.to_owned(), name.to_owned())).cloned()
    }

    /// What is written on a version of a function.
    pub fn description_of(&self, function: &str, number: &str) -> Option<String> {
        let state = self.lock();
        let mut versions = state.functions.published.get(function)?.iter();
        versions.find(|version| version.number == number).map(|version| version.description.clone())
    }

    /// How often any alias was changed.
    pub fn alias_changes(&self) -> usize {
        self.lock().functions.changes
    }

    /// Lets no alias be pointed any more, for this reason.
    pub fn refuse_pointing(&self, reason: &str) {
        self.lock().functions.refused = Some(reason.to_owned());
    }

    /// Lets every call to the functions end so, or no more.
    pub fn fail_functions(&self, failure: Option<TargetError>) {
        self.lock().functions.broken = failure;
    }
}

impl Functions {
    fn check(&self) -> Result<(), TargetError> {
        self.broken.clone().map_or(Ok(()), Err)
    }
}

fn key(place: &LambdaAlias) -> (String, String) {
    (place.function.clone(), place.alias.clone())
}

fn no_reply(operation: &'static str) -> TargetError {
    TargetError::Unavailable { operation, code: "NoReply".to_owned() }
}

impl PointAliases for Memory {
    async fn alias(&self, place: &LambdaAlias) -> Result<Option<Alias>, TargetError> {
        let key = key(place);
        let effect = move |state: &mut State| {
            state.functions.check()?;
            Ok(state.functions.aliases.get(&key).cloned())
        };
        self.call(Call::ReadAlias, effect, || no_reply("lambda:GetAlias")).await
    }

    async fn published(&self, place: &LambdaAlias) -> Result<Vec<PublishedVersion>, TargetError> {
        let function = place.function.clone();
        let effect = move |state: &mut State| {
            state.functions.check()?;
            Ok(state.functions.published.get(&function).cloned().unwrap_or_default())
        };
        self.call(Call::ListVersions, effect, || no_reply("lambda:ListVersionsByFunction")).await
    }

    async fn point(
        &self,
        place: &LambdaAlias,
        version: &str,
        description: &str,
        revision: &str,
    ) -> Result<Aliasing, TargetError> {
        let (key, version) = (key(place), version.to_owned());
        let (description, revision) = (description.to_owned(), revision.to_owned());
        let effect = move |state: &mut State| {
            let functions = &mut state.functions;
            functions.check()?;
            if let Some(reason) = functions.refused.clone() {
                return Err(TargetError::Refused { operation: "lambda:UpdateAlias", reason });
            }
            let Some(alias) = functions.aliases.get_mut(&key).filter(|alias| alias.revision == revision)
            else {
                return Ok(Aliasing::Moved);
            };
            functions.changes += 1;
            *alias = Alias {
                arn: alias.arn.clone(),
                version,
                description,
                revision: format!("revision-{}", functions.changes),
                is_split: false,
            };
            Ok(Aliasing::Pointed)
        };
        self.call(Call::PointAlias, effect, || no_reply("lambda:UpdateAlias")).await
    }
}
