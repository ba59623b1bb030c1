//! Reads the translated template: which resources there are, what each role may do, and which resource needs which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What SAM makes of the template.
pub(crate) fn translated() -> &'static Value {
    static TEMPLATE: OnceLock<Value> = OnceLock::new();
    TEMPLATE.get_or_init(translate)
}

fn translate() -> Value {
    let python = root().join("target/tools/emulator/bin/python");
    assert!(python.exists(), "{} is missing; `cargo xtask test` installs it", python.display());
    let output =
        Command::new(python).args(["infra/local/translate.py", "template.yaml"]).current_dir(root()).output();
    let output = output.unwrap_or_else(|error| panic!("translate.py did not start: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("translate.py printed no JSON: {error}"))
}

pub(crate) fn of_type<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources
        .map(|(name, resource)| (name.as_str(), resource))
        .filter(move |(_, resource)| resource["Type"] == kind)
}

/// The elements of a list, none when there is no list.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Every text inside a value, at any depth.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => vec![],
    }
}

pub(crate) fn role_of<'a>(template: &'a Value, function: &str) -> &'a str {
    let role = &template["Resources"][function]["Properties"]["Role"]["Fn::GetAtt"][0];
    role.as_str().unwrap_or_else(|| panic!("{function} has no role of this template"))
}

/// The statements of a role: its own, and those of the template's managed policies that it is given. Both sides of a condition count.
pub(crate) fn statements<'a>(template: &'a Value, role: &str) -> Vec<&'a Value> {
    let properties = &template["Resources"][role]["Properties"];
    let own = list(&properties["Policies"]).iter().map(|policy| &policy["PolicyDocument"]);
    let managed = list(&properties["ManagedPolicyArns"]).iter().filter_map(|arn| arn["Ref"].as_str());
    let managed = managed.map(|policy| &template["Resources"][policy]["Properties"]["PolicyDocument"]);
    own.chain(managed).flat_map(|document| unconditional(&document["Statement"])).collect()
}

fn unconditional(value: &Value) -> Vec<&Value> {
    if let Value::Array(items) = value {
        items.iter().flat_map(unconditional).collect()
    } else if let Some([_, either, or]) = value["Fn::If"].as_array().map(Vec::as_slice) {
        [unconditional(either), unconditional(or)].concat()
    } else if value["Ref"] == "AWS::NoValue" {
        vec![]
    } else {
        vec![value]
    }
}

/// The actions that a statement allows. A statement of any other kind (`Deny`, `NotAction`) is not expected here.
pub(crate) fn actions(statement: &Value) -> Vec<&str> {
    assert_eq!(statement["Effect"], "Allow", "{statement}");
    let actions = texts(&statement["Action"]);
    assert!(!actions.is_empty(), "{statement}");
    actions
}

pub(crate) type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Which resources each resource needs before it can be made.
pub(crate) fn dependencies(template: &Value) -> Graph<'_> {
    let Some(resources) = template["Resources"].as_object() else { panic!("the template has no resources") };
    let needs = |resource| {
        let mut found = BTreeSet::new();
        references(resource, &mut found);
        found.retain(|name| resources.contains_key(*name));
        found
    };
    resources.iter().map(|(name, resource)| (name.as_str(), needs(resource))).collect()
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => {
            for (key, inner) in fields {
                match key.as_str() {
                    "Ref" => found.extend(inner.as_str()),
                    "DependsOn" => found.extend(texts(inner)),
                    "Fn::GetAtt" => {
                        let target = texts(inner).first().and_then(|text| text.split('.').next());
                        found.extend(target);
                    }
                    "Fn::Sub" => {
                        let text = inner.as_str().or_else(|| inner[0].as_str()).unwrap_or_default();
                        let names = text.split("${").skip(1).filter_map(|rest| rest.split(['}', '.']).next());
                        found.extend(names.filter(|name| inner[1][*name].is_null()));
                    }
                    _ => {}
                }
                references(inner, found);
            }
        }
        _ => {}
    }
}

/// A cycle of the graph, its first resource repeated at its end.
pub(crate) fn find_cycle<'a>(graph: &Graph<'a>) -> Option<Vec<&'a str>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| follow(graph, start, &mut vec![], &mut done))
}

fn follow<'a>(
    graph: &Graph<'a>,
    name: &'a str,
    path: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    if let Some(first) = path.iter().position(|seen| *seen == name) {
        return Some(path.iter().skip(first).copied().chain([name]).collect());
    }
    if done.contains(name) {
        return None;
    }
    path.push(name);
    let cycle = graph.get(name).into_iter().flatten().find_map(|next| follow(graph, next, path, done));
    path.pop();
    done.insert(name);
    cycle
}

#[test]
fn a_cycle_is_found_through_every_kind_of_reference() {
    let template = json!({ "Resources": {
        "Api": { "Properties": { "Uri": { "Fn::Sub": "arn:lambda:${Callback.Arn}/invocations" } } },
        "Callback": { "Properties": { "Role": { "Fn::GetAtt": ["Role", "Arn"] } } },
        "Role": { "Properties": { "Resource": { "Fn::Sub": ["${Machine}:*", { "Machine": { "Ref": "Machine" } }] } } },
        "Machine": { "DependsOn": "Policy" },
        "Policy": { "DependsOn": ["Table"], "Properties": { "Roles": [{ "Fn::GetAtt": "Sender.Arn" }] } },
        "Sender": { "Properties": { "Url": { "Fn::If": ["Own", "x", { "Ref": "Api" }] } } },
        "Table": { "Properties": { "Name": { "Fn::Sub": "${AWS::StackName}-${!Api}" } } },
    } });
    let graph = dependencies(&template);
    assert_eq!(graph["Policy"], BTreeSet::from(["Sender", "Table"]));
    assert!(graph["Table"].is_empty());
    let cycle = find_cycle(&graph).unwrap();
    assert_eq!(cycle, ["Api", "Callback", "Role", "Machine", "Policy", "Sender", "Api"]);
}
