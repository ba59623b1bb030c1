//! Which part of `common` may know which.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::{read, sources};

/// What the design asks for. The rest of the table is in `crates/common/README.md`.
const FIXED: [(&str, &[&str]); 5] = [
    ("domain", &[]),
    ("ports", &["domain"]),
    ("usecase", &["contract", "domain", "ports", "render", "telemetry"]),
    ("adapters", &["config", "domain", "ports"]),
    ("render", &["domain", "ports"]),
];

#[test]
fn the_readme_of_common_says_what_the_design_says() {
    let table = table();
    for (module, may) in FIXED {
        assert_eq!(table.get(module), Some(&may.iter().map(|name| (*name).to_owned()).collect()), "{module}");
    }
}

#[test]
fn no_module_names_one_that_it_may_not_know() {
    let table = table();
    let mut wrong = Vec::new();
    for source in sources("common") {
        let layer = source.layer();
        if layer.is_empty() {
            continue;
        }
        let may = table.get(layer).unwrap_or_else(|| panic!("{layer} is not in the README's table"));
        let beyond = source.named_layers().into_iter().filter(|named| named != layer && !may.contains(named));
        wrong.extend(beyond.map(|named| format!("{} names {named}", source.path)));
    }
    assert!(wrong.is_empty(), "beyond what crates/common/README.md allows:\n{}", wrong.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    let outside = [
        "async",
        "await",
        "tokio",
        "tracing",
        "getrandom",
        "lambda_runtime",
        "aws_config",
        "aws_lambda_events",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "std::env",
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "std::io",
    ];
    for source in sources("common").iter().filter(|source| source.layer() == "domain") {
        for name in outside {
            assert!(!source.names(name), "{} names {name}", source.path);
        }
        assert!(!source.code.contains("aws_"), "{} names AWS", source.path);
    }
}

/// What deploying reaches has its adapters in a crate of its own, so that their clients are in no other binary.
#[test]
fn only_adapters_know_the_clients_of_aws() {
    for source in product() {
        if source.path.starts_with("crates/common/src/adapters/") {
            continue;
        }
        assert!(
            !source.code.contains("aws_sdk_") && !source.names("aws_config") && !source.names("aws_types"),
            "{}",
            source.path
        );
    }
}

#[test]
fn only_the_configuration_reads_the_environment() {
    for source in product().into_iter().chain(sources("targets")).chain(sources("cli")) {
        let config = source.path == "crates/common/src/config.rs";
        let reads = ["env::var", "env::vars", "env::var_os", "env::vars_os", "dotenv"];
        let found: Vec<_> = reads.into_iter().filter(|name| source.names(name)).collect();
        assert!(config || found.is_empty(), "{} names {found:?}", source.path);
    }
}

/// The vote's port and use case are for the two functions that people reach.
#[test]
fn nothing_else_can_decide() {
    let may = ["approval-callback", "slack-interaction"];
    for function in crate::functions::names().iter().filter(|name| !may.contains(&name.as_str())) {
        for source in sources(function) {
            for name in ["RecordVotes", "record_vote", "decide"] {
                assert!(!source.names(name), "{} names {name}", source.path);
            }
        }
    }
    // Inside common: the port, the use case, and what implements the port.
    let places = ["crates/common/src/ports.rs", "crates/common/src/usecase/decide.rs"];
    for source in sources("common") {
        let allowed = places.contains(&source.path.as_str()) || source.layer() == "adapters";
        assert!(allowed || !(source.names("RecordVotes") || source.names("record_vote")), "{}", source.path);
    }
}

/// What would change is said by whoever cannot change it.
#[test]
fn only_the_deployment_can_act_on_targets() {
    let acting = ["ReachTargets", "PointAliases", "RollService", "RunBuilds", "RunExecutions"];
    let deploys = |name: &String| name != "execute-deployment";
    let others = crate::functions::names().into_iter().filter(deploys).chain(["cli".to_owned()]);
    for source in others.flat_map(|name| sources(&name)) {
        for name in acting {
            assert!(!source.names(name), "{} names {name}", source.path);
        }
    }
}

/// All that is shipped.
fn product() -> Vec<crate::code::Source> {
    let mut all = sources("common");
    all.extend(crate::functions::names().iter().flat_map(|function| sources(function)));
    all
}

/// The table of the README: what each module may use.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let readme = read("crates/common/README.md");
    let rows = readme.lines().filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').collect();
        let [module, _, may] = cells[..] else { return None };
        Some((quoted(module).into_iter().next()?, quoted(may)))
    });
    let mut table: BTreeMap<_, _> = rows.collect();
    for names in table.values_mut() {
        // A type that is named in brackets narrows what is used, and is no module.
        names.retain(|name| name.chars().all(|letter| letter.is_ascii_lowercase()));
    }
    assert!(table.len() > FIXED.len(), "the README's table cannot be read: {table:?}");
    table
}

fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
