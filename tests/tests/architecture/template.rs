//! The template as it is written, beside the code: the same functions, with the same settings.

use std::collections::{BTreeMap, BTreeSet};

use common::config;
use yaml_rust2::{Yaml, YamlLoader};

use crate::code::read;

/// The settings that each function's configuration reads.
pub(crate) fn settings() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("prepare", config::Prepare::NAMES),
        ("send-approval", config::SendApproval::NAMES),
        ("approval-callback", config::ApprovalCallback::NAMES),
        ("slack-interaction", config::SlackInteraction::NAMES),
        ("notify-timeout", config::NotifyTimeout::NAMES),
        ("notify-rejection", config::NotifyRejection::NAMES),
        ("execute-deployment", config::ExecuteDeployment::NAMES),
        ("reconcile", config::Reconcile::NAMES),
    ])
}

#[test]
fn every_function_is_given_exactly_the_settings_that_it_reads() {
    let settings = settings();
    let functions = functions();
    assert_eq!(
        functions.keys().map(String::as_str).collect::<Vec<_>>(),
        settings.keys().copied().collect::<Vec<_>>()
    );
    for (binary, function) in &functions {
        let given: BTreeSet<_> = keys(&function["Properties"]["Environment"]["Variables"]).collect();
        let read: BTreeSet<_> = settings[binary.as_str()].iter().copied().collect();
        assert_eq!(given, read, "{binary}");
    }
}

#[test]
fn the_template_deploys_every_function_crate_and_nothing_else() {
    let functions = functions();
    assert_eq!(functions.keys().cloned().collect::<Vec<_>>(), crate::functions::names());
    for (binary, function) in functions {
        assert_eq!(function["Properties"]["CodeUri"].as_str(), Some(&*format!("crates/{binary}")));
        assert_eq!(function["Metadata"]["BuildMethod"].as_str(), Some("rust-cargolambda"), "{binary}");
    }
}

/// An index is read by whoever may list.
#[test]
fn no_index_has_a_secret() {
    let may = ["id", "title", "requester", "status", "deadline", "awaited"];
    let tables = resources("AWS::DynamoDB::Table");
    let indexes: Vec<_> = tables
        .iter()
        .filter_map(|table| table["Properties"]["GlobalSecondaryIndexes"].as_vec())
        .flatten()
        .collect();
    assert!(indexes.len() >= 4, "only {} indexes", indexes.len());
    for index in indexes {
        let projection = &index["Projection"];
        match projection["ProjectionType"].as_str() {
            Some("KEYS_ONLY") => {}
            Some("INCLUDE") => {
                let projected = projection["NonKeyAttributes"].as_vec().into_iter().flatten();
                let beyond: Vec<_> =
                    projected.filter_map(Yaml::as_str).filter(|name| !may.contains(name)).collect();
                assert!(beyond.is_empty(), "{:?} projects {beyond:?}", index["IndexName"]);
            }
            other => panic!("{:?} projects {other:?}", index["IndexName"]),
        }
    }
}

/// The functions of the template, by the name of their binary.
fn functions() -> BTreeMap<String, Yaml> {
    let functions = resources("AWS::Serverless::Function");
    let by_binary = functions.into_iter().map(|function| {
        let binary = function["Metadata"]["BuildProperties"]["Binary"].as_str();
        (binary.unwrap_or_else(|| panic!("no Binary: {function:?}")).to_owned(), function.clone())
    });
    by_binary.collect()
}

fn resources(kind: &str) -> Vec<Yaml> {
    let documents = YamlLoader::load_from_str(&read("template.yaml")).unwrap();
    let template = documents.into_iter().next().unwrap();
    let all = template["Resources"].as_hash().unwrap().values();
    all.filter(|resource| resource["Type"].as_str() == Some(kind)).cloned().collect()
}

fn keys(object: &Yaml) -> impl Iterator<Item = &str> {
    object.as_hash().into_iter().flatten().filter_map(|(key, _)| key.as_str())
}
