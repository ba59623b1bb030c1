//! The Slack app's manifest asks for what the code calls, and for no more.

use std::collections::BTreeSet;

use yaml_rust2::{Yaml, YamlLoader};

use crate::code::{read, sources};

/// The methods of Slack's API with the scopes that each needs.
const METHODS: [(&str, &[&str]); 7] = [
    ("chat.postMessage", &["chat:write"]),
    ("chat.update", &["chat:write"]),
    ("chat.postEphemeral", &["chat:write"]),
    ("conversations.open", &["im:write"]),
    ("users.info", &["users:read", "users:read.email"]),
    ("users.lookupByEmail", &["users:read.email"]),
    ("views.open", &[]),
];

fn manifest() -> Yaml {
    YamlLoader::load_from_str(&read("infra/slack-app-manifest.yaml")).unwrap().remove(0)
}

#[test]
fn the_manifest_asks_for_the_scopes_of_the_methods_that_are_called() {
    let code =
        sources("common").into_iter().find(|source| source.path.ends_with("slack/methods.rs")).unwrap().code;
    let called = code.match_indices("call(\"").count();
    let named: Vec<_> =
        METHODS.iter().filter(|(method, _)| code.contains(&format!("call(\"{method}\""))).collect();
    assert_eq!(
        (named.len(), called),
        (METHODS.len(), METHODS.len()),
        "a method that this test does not know"
    );
    let needed: BTreeSet<_> = METHODS.iter().flat_map(|(_, scopes)| *scopes).copied().collect();
    let manifest = manifest();
    let scopes = manifest["oauth_config"]["scopes"]["bot"].as_vec().unwrap();
    let asked: BTreeSet<_> = scopes.iter().map(|scope| scope.as_str().unwrap()).collect();
    assert_eq!(asked, needed);
    assert_eq!(manifest["oauth_config"]["scopes"]["user"], Yaml::BadValue);
}

#[test]
fn interactions_go_to_the_one_path_that_serves_them() {
    let settings = &manifest()["settings"];
    let url = settings["interactivity"]["request_url"].as_str().unwrap();
    assert!(url.starts_with("https://") && url.ends_with("/live/slack/interactions"), "{url}");
    assert_eq!(settings["interactivity"]["is_enabled"].as_bool(), Some(true));
    assert_eq!(
        settings["token_rotation_enabled"].as_bool(),
        Some(false),
        "tokens that expire are not supported"
    );
}

#[test]
fn direct_messages_have_a_tab_to_arrive_in() {
    let home = &manifest()["features"]["app_home"];
    let tabs = ["home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"];
    assert_eq!(tabs.map(|tab| home[tab].as_bool()), [Some(false), Some(true), Some(true)]);
}

#[test]
fn the_readme_tells_every_key_of_the_secret() {
    let readme = read("README.md");
    let keys = ["signingSecret", "previousSigningSecret", "botToken", "teamId", "appId", "apiUrl"];
    let told = keys.iter().filter(|key| readme.contains(**key));
    assert_eq!(told.count(), keys.len());
    assert!(readme.contains("infra/slack-app-manifest.yaml"));
}
