//! Alarms that can go on: each watches a metric that the code writes, by exactly the dimensions that it is written with,
//! and has its section in the runbook. The page about logs lists the metrics that there are.

use std::collections::{BTreeMap, BTreeSet};

use yaml_rust2::{Yaml, YamlLoader};

use crate::code::{read, sources};

const RUNBOOK: &str = "docs/RUNBOOK.md";
const LOGGING: &str = "docs/LOGGING.md";

/// The alarms of the template, by their names in it.
fn alarms() -> BTreeMap<String, Yaml> {
    let documents = YamlLoader::load_from_str(&read("template.yaml")).unwrap();
    let resources = documents.into_iter().next().unwrap()["Resources"].as_hash().unwrap().clone();
    let alarms = resources
        .into_iter()
        .filter(|(_, resource)| resource["Type"].as_str() == Some("AWS::CloudWatch::Alarm"));
    alarms.map(|(name, alarm)| (name.as_str().unwrap().to_owned(), alarm["Properties"].clone())).collect()
}

/// A metric in the code: the names of its dimensions beside the stack, and its unit.
type Metrics = BTreeMap<String, (BTreeSet<String>, String)>;

/// Every metric that is written.
fn written() -> Metrics {
    let mut metrics = Metrics::new();
    let crates = ["common".to_owned()].into_iter().chain(crate::functions::names());
    for source in crates.flat_map(|name| sources(&name)) {
        if source.layer() == "telemetry" {
            continue;
        }
        for (at, _) in source.code.match_indices("count(\"") {
            let (call, _) = source.code[at..].split_once(';').unwrap();
            let quoted: Vec<_> = call.split('"').skip(1).step_by(2).collect();
            let [name, rest @ ..] = &quoted[..] else { panic!("{}: {call}", source.path) };
            // `("dimension", value)`, where a value may be a text as well.
            let dimensions = rest
                .iter()
                .filter(|word| call.contains(&format!("(\"{word}\", ")))
                .map(|word| (*word).to_owned());
            let metric = (dimensions.collect(), "Count".to_owned());
            let before = metrics.insert((*name).to_owned(), metric.clone());
            assert!(before.is_none_or(|before| before == metric), "{name} is written in two ways");
        }
        for (at, _) in source.code.match_indices("Unit::") {
            let line_start = source.code[..at].rfind('(').unwrap();
            let Some(name) = source.code[line_start..at].split('"').nth(1) else { continue };
            let unit: String = source.code[at + "Unit::".len()..]
                .chars()
                .take_while(|letter| letter.is_alphanumeric())
                .collect();
            metrics.insert(name.to_owned(), (BTreeSet::new(), unit));
        }
    }
    metrics
}

#[test]
fn every_alarm_watches_a_metric_that_is_written_for_the_whole_stack() {
    let written = written();
    assert!(written.len() > 8, "{written:?}");
    for (name, alarm) in alarms() {
        let metric = alarm["MetricName"].as_str().unwrap();
        let dimensions: Vec<_> = alarm["Dimensions"]
            .as_vec()
            .unwrap()
            .iter()
            .map(|dimension| dimension["Name"].as_str().unwrap())
            .collect();
        match alarm["Namespace"].as_str().unwrap() {
            "Countersign" => {
                assert!(written.contains_key(metric), "{name}: nobody writes {metric}");
                assert_eq!(dimensions, ["stack"], "{name}");
            }
            "AWS/SQS" => assert_eq!(
                (metric, dimensions),
                ("ApproximateNumberOfMessagesVisible", vec!["QueueName"]),
                "{name}"
            ),
            other => panic!("{name} watches {other}"),
        }
        assert!(alarm["TreatMissingData"].as_str().is_some(), "{name} does not say what silence means");
        assert!(
            alarm["AlarmName"].is_badvalue(),
            "{name} has a fixed name, so that two stacks cannot share an account"
        );
        for actions in ["AlarmActions", "OKActions"] {
            assert!(!alarm[actions].is_badvalue(), "{name} has no {actions}");
        }
    }
}

#[test]
fn every_alarm_has_its_section_and_every_section_its_alarm() {
    let runbook = read(RUNBOOK);
    let sections: BTreeSet<_> =
        runbook.lines().filter_map(|line| line.strip_prefix("## ")?.strip_suffix("Alarm")).collect();
    let alarms = alarms();
    let names: BTreeSet<_> = alarms.keys().map(|name| name.strip_suffix("Alarm").unwrap()).collect();
    assert_eq!(sections, names);
    for section in
        runbook.split("\n## ").skip(1).filter(|section| section.lines().next().unwrap().ends_with("Alarm"))
    {
        let name = section.lines().next().unwrap();
        for part in
            ["**Means.**", "**How bad.**", "**Look at.**", "**Do.**", "**Over when.**", "**Provoked.**"]
        {
            assert!(section.contains(part), "{name} lacks {part}");
        }
        let test = section.split("tests/tests/").nth(1).and_then(|rest| rest.split(')').next());
        let test = test.unwrap_or_else(|| panic!("{name} names no test that provokes it"));
        assert!(
            read(&format!("tests/tests/{test}")).contains(name),
            "tests/tests/{test} does not look at {name}"
        );
    }
}

#[test]
fn the_page_about_logs_lists_every_metric_with_its_unit_and_dimensions() {
    let page = read(LOGGING);
    let rows = page.lines().skip_while(|line| *line != "## Metrics").filter(|line| line.starts_with("| `"));
    let listed: Metrics = rows
        .map(|row| {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [name, unit, dimensions, _] = cells[..] else { panic!("{row}") };
            let dimensions = dimensions.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            (name.trim_matches('`').to_owned(), (dimensions, unit.to_owned()))
        })
        .collect();
    assert_eq!(listed, written());
}
