//! Lambda functions with published versions and aliases, and the alarms that watch them.

use std::collections::BTreeMap;

use super::{Call, Memory, State};
use crate::domain::LambdaAlias;
use crate::ports::{
    Alarm, Alias, Aliasing, Part, PointAliases, PublishedVersion, ReadAliases, Routes, TargetError,
    WatchAlarms,
};

#[derive(Debug, Default)]
pub(super) struct Functions {
    published: BTreeMap<String, Vec<PublishedVersion>>,
    aliases: BTreeMap<(String, String), Alias>,
    alarms: BTreeMap<String, bool>,
    changes: usize,
    broken: Option<TargetError>,
    refused: Option<String>,
    unwatched: Option<String>,
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
        let alias = functions.aliases.entry((function.to_owned(), name.to_owned())).or_insert_with(|| {
            Alias { arn, routes: Routes::only(version), description: String::new(), revision: String::new() }
        });
        alias.routes = Routes::only(version);
        alias.revision = revision;
    }

    /// Lets a part of an alias's calls go to a second version, or no more.
    pub fn split_alias(&self, function: &str, name: &str, part: Option<Part>) {
        let mut state = self.lock();
        if let Some(alias) = state.functions.aliases.get_mut(&(function.to_owned(), name.to_owned())) {
            alias.routes.part = part;
        }
    }

    /// Makes an alarm, which has gone off or is quiet.
    pub fn put_alarm(&self, name: &str, is_off: bool) {
        self.lock().functions.alarms.insert(name.to_owned(), is_off);
    }

    /// Removes an alarm.
    pub fn remove_alarm(&self, name: &str) {
        self.lock().functions.alarms.remove(name);
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

    /// Lets no alarm be seen any more, for this reason.
    pub fn refuse_watching(&self, reason: &str) {
        self.lock().functions.unwatched = Some(reason.to_owned());
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

impl ReadAliases for Memory {
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
}

impl PointAliases for Memory {
    async fn point(
        &self,
        place: &LambdaAlias,
        routes: &Routes,
        description: &str,
        revision: &str,
    ) -> Result<Aliasing, TargetError> {
        let (key, routes) = (key(place), routes.clone());
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
                routes,
                description,
                revision: format!("revision-{}", functions.changes),
            };
            Ok(Aliasing::Pointed)
        };
        self.call(Call::PointAlias, effect, || no_reply("lambda:UpdateAlias")).await
    }
}

impl WatchAlarms for Memory {
    async fn alarms(&self, names: &[String]) -> Result<Vec<Alarm>, TargetError> {
        let names = names.to_vec();
        let effect = move |state: &mut State| {
            state.functions.check()?;
            if let Some(reason) = state.functions.unwatched.clone() {
                return Err(TargetError::Refused { operation: "cloudwatch:DescribeAlarms", reason });
            }
            let known = |name: &String| {
                let is_off = *state.functions.alarms.get(name)?;
                Some(Alarm { name: name.clone(), is_off })
            };
            Ok(names.iter().filter_map(known).collect())
        };
        self.call(Call::ReadAlarms, effect, || no_reply("cloudwatch:DescribeAlarms")).await
    }
}
