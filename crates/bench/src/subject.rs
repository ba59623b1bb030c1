//! Who is measured at what: a program, its environment, and the job that it does.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::jobs::Job;
use crate::runtime_api::RuntimeApi;
use crate::services::Services;

/// The functions that are deployed.
pub(crate) const ROLES: [&str; 8] = [
    "approval-callback",
    "execute-deployment",
    "notify-rejection",
    "notify-timeout",
    "prepare",
    "reconcile",
    "send-approval",
    "slack-interaction",
];

/// The binary that answers every event with the same words.
pub(crate) const FLOOR: &str = "floor";

/// The binary that reads one item for each event.
pub(crate) const ONE_CALL: &str = "one-call";

/// Who wrote the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Side {
    /// We did.
    Countersign,
    /// The common way: boto3.
    Python,
    /// The least that a function can be.
    Floor,
    /// The least that it can be with the SDK.
    OneCall,
}

impl Side {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Countersign => "Countersign",
            Self::Python => "Python, boto3",
            Self::Floor => "hello world",
            Self::OneCall => "one call of AWS",
        }
    }
}

/// One thing that is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) side: Side,
    pub(crate) job: Job,
    pub(crate) role: &'static str,
}

/// Where the programs are.
pub(crate) struct Programs {
    /// The release binaries.
    pub(crate) binaries: PathBuf,
    /// The virtual environment with boto3; without one, nothing is compared with Python.
    pub(crate) python: Option<PathBuf>,
}

/// What is started.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<String>,
}

impl Subject {
    pub(crate) fn of(side: Side, job: Job) -> Self {
        Self { side, job, role: job.role() }
    }

    pub(crate) fn start_of(role: &'static str) -> Self {
        let side = if role == FLOOR { Side::Floor } else { Side::Countersign };
        Self { side, job: Job::Start, role }
    }

    pub(crate) fn title(self) -> String {
        match self.job {
            Job::Start => format!("{}: {}", self.role, self.job.title()),
            job => format!("{}: {}", self.side.title(), job.title()),
        }
    }

    /// `None` where it is not built, or there is no Python.
    pub(crate) fn program(self, programs: &Programs) -> Option<Program> {
        let Self { side: Side::Python, role, .. } = self else {
            let path = programs.binaries.join(self.role);
            return path.is_file().then(|| Program { path, arguments: Vec::new() });
        };
        let module = role.replace('-', "_");
        Some(Program {
            path: programs.python.as_ref()?.join("bin/python"),
            arguments: ["-m", "awslambdaric", &format!("{module}.handler")].map(str::to_owned).to_vec(),
        })
    }

    /// What Lambda and the template give a function, and where its services are.
    pub(crate) fn environment(self, api: &RuntimeApi, services: &Services) -> Vec<(&'static str, String)> {
        let fixed = [
            ("AWS_ACCESS_KEY_ID", "bench"),
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_SESSION_TOKEN", "bench"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
            ("STACK_NAME", "bench"),
            ("TABLE_NAME", "bench"),
            ("FROM_ADDRESS", "approvals@example.com"),
            ("APPROVER_EMAIL", "ana@example.com"),
            ("APPROVAL_TIMEOUT_SECONDS", "86400"),
            ("REMIND_AFTER_SECONDS", "14400"),
            ("RECORD_RETENTION_DAYS", "0"),
            ("CALLER_NAMED_APPROVERS", "allow"),
            ("PUBLIC_BASE_URL", "https://approvals.example.com"),
        ];
        let mut environment: Vec<_> =
            fixed.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        if self.job != Job::SendMail {
            // A mail is measured in a stack without Slack.
            environment.push(("SLACK_SECRET_ARN", "bench".to_owned()));
        }
        let certificates = services.certificates.to_string_lossy().into_owned();
        environment.extend([
            ("AWS_LAMBDA_RUNTIME_API", api.authority.clone()),
            ("SSL_CERT_FILE", certificates.clone()),
        ]);
        environment.extend(services.endpoints.iter().cloned());
        if self.side == Side::Python {
            let handlers = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
            environment.extend([
                ("AWS_CA_BUNDLE", certificates),
                ("LAMBDA_TASK_ROOT", handlers.to_string_lossy().into_owned()),
                ("PYTHONPATH", handlers.to_string_lossy().into_owned()),
                // A function cannot write beside its code, either.
                ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
            ]);
        }
        environment
    }
}
