//! What the roles of `infra/ci/role.yaml` allow, tried by whoever has taken one on, and who can. That it suffices is
//! shown by the target `command_line`, which runs every pipeline with them.

use std::collections::BTreeSet;

use countersign_tests::IdToken;

use crate::attempts::allowed;
use crate::evaluated;

#[test]
fn a_pipeline_starts_workflows_follows_them_and_does_nothing_else() {
    let Some(run) = evaluated() else { return };
    let roles = run.pipeline_roles();
    let expected: BTreeSet<_> =
        ["look at: a workflow", "read: a plan", "read: a request", "start: a workflow"]
            .map(str::to_owned)
            .into();
    let job = |role: &str, token: &IdToken<'_>| run.take_on(role, token).unwrap();
    assert_eq!(allowed(&run, &job(&roles.github, &IdToken::GITHUB)), expected);
    assert_eq!(allowed(&run, &job(&roles.gitlab, &IdToken::GITLAB)), expected);
    assert_eq!(allowed(&run, &run.user_with(&roles.policy)), expected);
}

#[test]
fn only_the_jobs_that_are_meant_take_on_a_role() {
    let Some(run) = evaluated() else { return };
    let roles = run.pipeline_roles();
    let github = |subject| IdToken { subject, ..IdToken::GITHUB };
    let gitlab = |subject| IdToken { subject, ..IdToken::GITLAB };
    let strangers = [
        (&roles.github, github("repo:octo@1/checkout@2:ref:refs/heads/main")),
        (&roles.github, github("repo:octo@1/checkout@2:pull_request")),
        (&roles.github, github("repo:octo@1/checkout@2:environment:production-2")),
        (&roles.github, github("repo:octo@9/checkout@2:environment:production")),
        (&roles.github, github("repo:octo/checkout:environment:production")),
        (&roles.github, IdToken { audience: "https://github.com/octo", ..IdToken::GITHUB }),
        (&roles.github, IdToken { issuer: "https://gitlab.com", ..IdToken::GITHUB }),
        (&roles.github, IdToken::GITLAB),
        (&roles.gitlab, gitlab("project_path:octo/shop/checkout:ref_type:branch:ref:main2")),
        (&roles.gitlab, gitlab("project_path:octo/shop/checkout:ref_type:tag:ref:main")),
        (&roles.gitlab, gitlab("project_path:octo/shop:ref_type:branch:ref:main")),
        (&roles.gitlab, IdToken { audience: "https://gitlab.com", ..IdToken::GITLAB }),
        (&roles.gitlab, IdToken::GITHUB),
    ];
    for (role, token) in strangers {
        let Err(refused) = run.take_on(role, &token) else { panic!("{token:?} took on {role}") };
        assert_eq!(refused.status, 403, "{token:?}: {}", refused.body);
        assert!(refused.body.contains("AssumeRoleWithWebIdentity"), "{token:?}: {}", refused.body);
    }
}
