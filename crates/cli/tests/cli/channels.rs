//! By which ways a level asks, as its policy and its rule say together.

use common::domain::SlackTarget;
use countersign::policy::compile;

/// Whether the level asks by mail, and where in Slack.
fn ways(rule: &str, level: &str) -> (bool, Option<SlackTarget>) {
    let text = format!(
        "schema = 1\n[people.ana]\nemail = \"ana@example.com\"\n[[rule]]\nname = \"all\"\ndeadline = \"1h\"\n{rule}\n\
         [[rule.level]]\nname = \"one\"\n{level}\n[[rule.level.group]]\napprovers = [\"ana\"]\n"
    );
    let compiled = compile(text.as_bytes());
    let level =
        compiled.policy.unwrap_or_else(|| panic!("{:?}", compiled.mistakes)).rules[0].levels[0].clone();
    (level.mail, level.slack)
}

fn target(channel: Option<&str>, direct: bool) -> SlackTarget {
    SlackTarget { channel: channel.map(str::to_owned), direct }
}

#[test]
fn a_policy_that_says_nothing_asks_by_mail_and_where_the_stack_says() {
    assert_eq!(ways("", ""), (true, None));
    assert_eq!(ways("channels = [\"slack\", \"email\"]", "slack_direct = false"), (true, None));
}

#[test]
fn a_level_overrides_its_rule_key_by_key() {
    let rule = "slack_channel = \"#releases\"\nslack_direct = true";
    assert_eq!(ways(rule, ""), (true, Some(target(Some("#releases"), true))));
    assert_eq!(ways(rule, "slack_channel = \"C0123ABC\""), (true, Some(target(Some("C0123ABC"), true))));
    assert_eq!(ways(rule, "slack_direct = false"), (true, Some(target(Some("#releases"), false))));
    assert_eq!(ways(rule, "channels = [\"email\"]"), (true, Some(SlackTarget::NOWHERE)));
}

#[test]
fn a_channel_may_be_called_what_slack_allows() {
    for name in ["#a/b", "#🚀-releases", "#e\u{301}quipe", "#größe_1", "#日本語"] {
        let level = format!("slack_channel = \"{name}\"");
        assert_eq!(ways("", &level), (true, Some(target(Some(name), false))));
    }
}

#[test]
fn slack_alone_sends_no_mail() {
    assert_eq!(ways("channels = \"slack\"", ""), (false, None));
    assert_eq!(ways("channels = \"slack\"", "slack_direct = true"), (false, Some(target(None, true))));
}
