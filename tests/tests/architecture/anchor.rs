//! The optional bucket for exports of the audit trail: what is in it stays as it is. The emulator's CloudFormation
//! passes over the lock, so the template itself is read here; `command_line` tries such a bucket.

use yaml_rust2::{Yaml, YamlLoader};

use crate::code::read;

fn template() -> Yaml {
    YamlLoader::load_from_str(&read("infra/audit-anchor.yaml")).unwrap().remove(0)
}

/// Where a `!If` stands for a statement, the second of its values is meant.
fn statements() -> Vec<Yaml> {
    let policy = &template()["Resources"]["AnchorPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let statement = |statement: &Yaml| {
        if statement.as_vec().is_some() { statement[1].clone() } else { statement.clone() }
    };
    policy.as_vec().unwrap().iter().map(statement).collect()
}

#[test]
fn what_is_uploaded_is_locked_for_as_long_as_the_operators_say() {
    let template = template();
    let bucket = &template["Resources"]["Anchor"];
    assert_eq!(bucket["DeletionPolicy"].as_str(), Some("Retain"));
    assert_eq!(bucket["UpdateReplacePolicy"].as_str(), Some("Retain"));
    let properties = &bucket["Properties"];
    assert_eq!(properties["ObjectLockEnabled"].as_bool(), Some(true));
    let retention = &properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
    assert_eq!(
        (retention["Mode"].as_str(), retention["Days"].as_str()),
        (Some("RetentionMode"), Some("RetentionDays"))
    );
    assert_eq!(template["Parameters"]["RetentionMode"]["Default"].as_str(), Some("COMPLIANCE"));
    assert_eq!(properties["VersioningConfiguration"]["Status"].as_str(), Some("Enabled"));
    let deny = statements()
        .into_iter()
        .find(|statement| statement["Sid"].as_str() == Some("OnlyTheBucketsLock"))
        .unwrap();
    assert_eq!((deny["Effect"].as_str(), deny["Principal"].as_str()), (Some("Deny"), Some("*")));
    assert_eq!(
        deny["Condition"]["Null"]["s3:object-lock-mode"].as_str(),
        Some("false"),
        "no lock of an upload's own"
    );
}

#[test]
fn nobody_reads_it_from_outside_or_in_clear() {
    let template = template();
    let properties = &template["Resources"]["Anchor"]["Properties"];
    let access = properties["PublicAccessBlockConfiguration"].as_hash().unwrap();
    assert_eq!(access.values().filter(|value| value.as_bool() == Some(true)).count(), 4);
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"].as_str(), Some("AES256"));
    let tls =
        statements().into_iter().find(|statement| statement["Sid"].as_str() == Some("OnlyOverTls")).unwrap();
    assert_eq!(
        (tls["Effect"].as_str(), tls["Principal"].as_str(), tls["Action"].as_str()),
        (Some("Deny"), Some("*"), Some("s3:*"))
    );
    assert_eq!(tls["Condition"]["Bool"]["aws:SecureTransport"].as_str(), Some("false"));
}

/// Whoever uploads from another account can add, and neither read nor delete.
#[test]
fn an_uploader_can_only_add() {
    let allowed: Vec<_> =
        statements().into_iter().filter(|statement| statement["Effect"].as_str() == Some("Allow")).collect();
    let [upload] = &allowed[..] else { panic!("one statement allows: {allowed:?}") };
    assert_eq!(upload["Action"].as_str(), Some("s3:PutObject"));
}
