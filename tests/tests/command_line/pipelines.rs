//! The pipelines of `infra/ci`: each asks with the role of its template, what people wrote reaches the record as it is
//! and executes nothing, and the decision is the job's.

use std::sync::OnceLock;

use common::domain::{EmailAddress, Facts};
use countersign::exit::Exit;
use countersign_tests::{IdToken, Roles, Run, unique};

use crate::job::{Ended, HOSTILE, HOSTILE_NAME, Job, Running};
use crate::terminal::{Asked, countersign};

fn roles(run: &Run) -> &'static Roles {
    static ROLES: OnceLock<Roles> = OnceLock::new();
    ROLES.get_or_init(|| run.pipeline_roles())
}

/// A job, and the request that it makes.
struct Pipeline {
    asked: Asked,
    job: Job,
    /// What the record has to say.
    requester: String,
    change_log: String,
}

fn github() -> Pipeline {
    let mut asked = Asked::by("one");
    let number = unique("1");
    let keys = asked.run.take_on(&roles(&asked.run).github, &IdToken::GITHUB);
    let keys = keys.unwrap_or_else(|refused| panic!("{refused:?}"));
    let job = Job::of_github(&asked.run, HOSTILE).with(keys.variables()).with([
        ("SERVICE", asked.service.as_str()),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "octo/checkout"),
        ("GITHUB_RUN_ID", &number),
        ("GITHUB_JOB", "approval"),
        ("GITHUB_REF_NAME", "v2.4.1"),
        ("GITHUB_ACTOR", HOSTILE_NAME),
    ]);
    (asked.version, asked.name) = ("v2.4.1".to_owned(), format!("github-{number}-approval"));
    Pipeline {
        asked,
        job,
        requester: format!("{HOSTILE_NAME}@example.com"),
        change_log: format!(
            "Started by {HOSTILE_NAME}: https://github.com/octo/checkout/actions/runs/{number}\n\n{HOSTILE}"
        ),
    }
}

fn gitlab() -> Pipeline {
    let mut asked = Asked::by("one");
    let number = unique("2");
    let token = IdToken::GITLAB.encoded();
    let address = format!("{HOSTILE_NAME}@example.com");
    let job = Job::of_gitlab(&asked.run).with([
        ("SERVICE", asked.service.as_str()),
        ("AWS_ROLE_ARN", &roles(&asked.run).gitlab),
        // GitLab fills in the variable that the file names.
        ("AWS_ROLE_SESSION_NAME", "countersign-3"),
        ("AWS_ID_TOKEN", &token),
        ("CI_PIPELINE_ID", &number),
        ("CI_PIPELINE_URL", "https://gitlab.com/octo/shop/checkout/-/pipelines/2"),
        ("CI_JOB_NAME_SLUG", "approval"),
        ("CI_COMMIT_SHORT_SHA", "1a2b3c4d"),
        ("CI_COMMIT_MESSAGE", HOSTILE),
        ("GITLAB_USER_LOGIN", "$(touch pwned)"),
        ("GITLAB_USER_EMAIL", &address),
    ]);
    (asked.version, asked.name) = ("1a2b3c4d".to_owned(), format!("gitlab-{number}-approval"));
    Pipeline {
        asked,
        job,
        requester: address,
        change_log: format!(
            "Started by $(touch pwned): https://gitlab.com/octo/shop/checkout/-/pipelines/2\n\n{HOSTILE}"
        ),
    }
}

fn code_build() -> Pipeline {
    let mut asked = Asked::by("one");
    let (number, starter) = (unique("3"), format!("hook/{HOSTILE_NAME}"));
    let build = format!("checkout:{number}");
    let keys = asked.run.user_with(&roles(&asked.run).policy);
    let job = Job::of_code_build(&asked.run, HOSTILE).with(keys.variables()).with([
        ("SERVICE", asked.service.as_str()),
        ("CODEBUILD_BUILD_ID", &build),
        ("CODEBUILD_INITIATOR", &starter),
    ]);
    let version = job.variable("CODEBUILD_RESOLVED_SOURCE_VERSION").chars().take(12).collect();
    (asked.version, asked.name) = (version, format!("codebuild-{number}"));
    Pipeline {
        asked,
        job,
        requester: format!("{HOSTILE_NAME}@example.com"),
        change_log: format!("Started by {starter}: {build}\n\n{HOSTILE}"),
    }
}

impl Pipeline {
    /// Runs the job until people have been asked, and sees that they were asked what was written.
    fn asks(&self) -> Running {
        let running = self.job.start();
        let record = self.asked.asked(1);
        let Facts::Deployment(facts) = &record.facts else { panic!("no deployment: {:?}", record.facts) };
        assert_eq!(facts.change_log.as_deref(), Some(self.change_log.as_str()));
        assert_eq!((&facts.service_name, &facts.version), (&self.asked.service, &self.asked.version));
        assert_eq!(facts.environment, "production");
        let requester = record.requested_by.as_ref().map(EmailAddress::as_str);
        assert_eq!(requester, Some(self.requester.as_str()));
        running
    }

    fn approved(&self) {
        let running = self.asks();
        self.asked.approve("max");
        let ended = running.ended();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains("approved, and the workflow succeeded"), "{ended:?}");
    }

    fn rejected(&self) {
        let running = self.asks();
        self.asked.mail_to("max").reject().refuse("production", "not today");
        let ended = running.ended();
        assert_eq!(ended.code, Some(Exit::Rejected as i32), "{ended:?}");
        assert!(ended.out.contains("rejected by max@example.com (email) at "), "{ended:?}");
        assert!(ended.out.contains(": not today\n"), "{ended:?}");
    }

    /// The job's end with another value of a variable, by which nothing must have been started.
    fn refused(self, name: &str, value: &str, exit: Exit) -> Ended {
        let Self { asked, job, .. } = self;
        let ended = job.with([(name, value)]).start().ended();
        assert_eq!(ended.code, Some(exit as i32), "{ended:?}");
        let shown = countersign(&asked.run, &["show", &asked.name]);
        assert!(shown.err.contains("nothing is called"), "{shown:?}");
        ended
    }
}

#[test]
fn a_workflow_on_github_goes_on_with_the_approval() {
    github().approved();
}

#[test]
fn a_workflow_on_github_fails_with_the_rejection() {
    github().rejected();
}

#[test]
fn a_job_on_gitlab_goes_on_with_the_approval() {
    gitlab().approved();
}

#[test]
fn a_job_on_gitlab_fails_with_the_rejection() {
    gitlab().rejected();
}

#[test]
fn a_build_of_code_build_goes_on_with_the_approval() {
    code_build().approved();
}

#[test]
fn a_build_of_code_build_fails_with_the_rejection() {
    code_build().rejected();
}

#[test]
fn a_job_that_is_run_again_waits_for_the_same_request() {
    let pipeline = github();
    let first = pipeline.asks();
    let second = pipeline.job.start();
    second.shows("level 1 of 1, manager: waits for max@example.com");
    pipeline.asked.approve("max");
    for ended in [first.ended(), second.ended()] {
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains(&pipeline.asked.execution()), "{ended:?}");
    }
}

#[test]
fn a_job_that_is_run_again_after_the_decision_asks_nobody() {
    let pipeline = github();
    pipeline.rejected();
    let again = pipeline.job.start().ended();
    assert_eq!(again.code, Some(Exit::Failed as i32), "{again:?}");
    assert!(again.err.contains("AWS did not start the workflow: ExecutionAlreadyExists"), "{again:?}");
}

#[test]
fn a_name_that_is_no_address_asks_nobody() {
    let ended = github().refused("GITHUB_ACTOR", "$(touch pwned) `touch pwned`", Exit::Usage);
    assert!(ended.err.contains("requestedBy is not of the form"), "{ended:?}");
}

#[test]
fn a_version_that_is_none_asks_nobody() {
    let ended = github().refused("GITHUB_REF_NAME", "v1$(touch${IFS}pwned)", Exit::Usage);
    assert!(ended.err.contains("version may only have"), "{ended:?}");
}

/// The command says which call is refused, and the workflow is not started.
#[test]
fn a_job_that_the_role_does_not_trust_asks_nobody() {
    let pipeline = gitlab();
    if !pipeline.asked.run.evaluates_permissions() {
        return;
    }
    let stranger =
        IdToken { subject: "project_path:octo/shop/fork:ref_type:branch:ref:main", ..IdToken::GITLAB };
    pipeline.refused("AWS_ID_TOKEN", &stranger.encoded(), Exit::Failed);
}
