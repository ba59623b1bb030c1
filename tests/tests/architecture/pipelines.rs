//! The pipelines of `infra/ci`, by what their files say: nothing from outside becomes part of a script, and their roles
//! trust one job each and allow what the command line needs. `command_line` runs them, `permissions` tries the roles.

use std::collections::BTreeSet;

use yaml_rust2::{Yaml, YamlLoader};

use crate::code::read;

fn file(name: &str) -> Yaml {
    YamlLoader::load_from_str(&read(&format!("infra/ci/{name}"))).unwrap().remove(0)
}

fn list(value: &Yaml) -> impl Iterator<Item = &Yaml> {
    value.as_vec().unwrap_or_else(|| panic!("{value:?} is no list")).iter()
}

fn keys(value: &Yaml) -> BTreeSet<&str> {
    value.as_hash().into_iter().flatten().filter_map(|(key, _)| key.as_str()).collect()
}

fn github_steps() -> Vec<Yaml> {
    let workflow = file("github.yml");
    let jobs = workflow["jobs"].as_hash().unwrap().values();
    jobs.flat_map(|job| list(&job["steps"]).cloned().collect::<Vec<_>>()).collect()
}

#[test]
fn github_fills_in_no_script() {
    let scripts: Vec<_> =
        github_steps().iter().filter_map(|step| Some(step["run"].as_str()?.to_owned())).collect();
    assert!(scripts.len() > 1, "{scripts:?}");
    for script in scripts {
        assert!(!script.contains("${{"), "GitHub would write into {script}");
    }
}

#[test]
fn github_runs_actions_by_their_commits_and_gives_jobs_a_token_at_most() {
    let text = read("infra/ci/github.yml");
    let uses: Vec<_> =
        text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")).collect();
    assert!(!uses.is_empty());
    for action in uses {
        let (_, pinned) = action.split_once('@').unwrap();
        let (commit, version) =
            pinned.split_once(" # v").unwrap_or_else(|| panic!("{action} does not say its version"));
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action}");
        assert!(version.starts_with(|digit: char| digit.is_ascii_digit()), "{action}");
    }
    let workflow = file("github.yml");
    assert!(workflow["permissions"].as_hash().unwrap().is_empty(), "no job has what it does not name");
    let jobs = &workflow["jobs"];
    assert_eq!(keys(&jobs["approval"]["permissions"]), ["id-token"].into());
    assert_eq!(jobs["deploy"]["needs"].as_str(), Some("approval"));
    assert!(jobs["deploy"]["permissions"].is_badvalue());
}

/// GitLab fills in variables within variables, so what people wrote must not be in one.
#[test]
fn gitlab_fills_in_nothing_that_people_wrote() {
    let job = &file("gitlab.yml")["approval"];
    let variables = job["variables"].as_hash().unwrap();
    let filled_in = variables.values().filter_map(Yaml::as_str).filter(|value| value.contains('$'));
    assert_eq!(filled_in.collect::<Vec<_>>(), ["countersign-$CI_JOB_ID"]);
    assert_eq!(job["id_tokens"]["AWS_ID_TOKEN"]["aud"].as_str(), Some("sts.amazonaws.com"));
}

#[test]
fn a_role_trusts_the_jobs_of_one_place_by_audience_and_subject() {
    let template = file("role.yaml");
    for (role, issuer, subject) in [
        ("GitHubRole", "token.actions.githubusercontent.com", "repo:${GitHubRepository}:${GitHubContext}"),
        ("GitLabRole", "gitlab.com", "project_path:${GitLabProject}:ref_type:branch:ref:${GitLabBranch}"),
    ] {
        let properties = &template["Resources"][role]["Properties"];
        let statements = &properties["AssumeRolePolicyDocument"]["Statement"];
        let [statement] = &list(statements).collect::<Vec<_>>()[..] else { panic!("{role}: {statements:?}") };
        assert_eq!(keys(&statement["Principal"]), ["Federated"].into());
        assert_eq!(statement["Action"].as_str(), Some("sts:AssumeRoleWithWebIdentity"));
        assert_eq!(keys(&statement["Condition"]), ["StringEquals"].into());
        let equals = &statement["Condition"]["StringEquals"];
        assert_eq!(equals[format!("{issuer}:aud").as_str()].as_str(), Some("sts.amazonaws.com"));
        assert_eq!(equals[format!("{issuer}:sub").as_str()].as_str(), Some(subject));
        assert_eq!(list(&properties["ManagedPolicyArns"]).count(), 1);
        assert!(properties["Policies"].is_badvalue());
    }
    for provider in ["GitHubProvider", "GitLabProvider"] {
        let audiences = &template["Resources"][provider]["Properties"]["ClientIdList"];
        assert_eq!(list(audiences).filter_map(Yaml::as_str).collect::<Vec<_>>(), ["sts.amazonaws.com"]);
    }
}

#[test]
fn a_pipeline_may_do_exactly_this() {
    let template = file("role.yaml");
    let mut allowed = BTreeSet::new();
    for statement in list(&template["Resources"]["AskPolicy"]["Properties"]["PolicyDocument"]["Statement"]) {
        assert_eq!(statement["Effect"].as_str(), Some("Allow"));
        let action = statement["Action"].as_str().unwrap().to_owned();
        let resource = statement["Resource"].as_str().unwrap();
        assert!(resource.starts_with("arn:${AWS::Partition}:"), "{resource}");
        assert!(resource.contains(":${AWS::Region}:${AWS::AccountId}:"), "{resource}");
        if action.starts_with("dynamodb:") {
            let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
            assert_eq!(list(keys).filter_map(Yaml::as_str).collect::<Vec<_>>(), ["plan#*", "request#*"]);
        }
        allowed.insert(action);
    }
    let expected = [
        "cloudformation:DescribeStacks",
        "dynamodb:GetItem",
        "states:DescribeExecution",
        "states:StartExecution",
    ];
    assert_eq!(allowed, expected.map(str::to_owned).into());
}
