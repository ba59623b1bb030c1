//! The local run: the real template, state machine and binaries on the emulator, a stand-in for Slack, and a front for
//! people.
//!
//! `run` is the command of that name; `during` is the same run for whoever needs one for a while.

mod build;
mod deployment;
mod emulator;
mod front;
mod mailbox;
pub(crate) mod outputs;
mod slack;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::aws::Aws;
use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::preflight;
use crate::terminal::{self, Note};
use crate::tools;
use crate::workspace::{self, StateDirectory};

pub(crate) use build::{Scope, names};
use emulator::Emulator;
pub(crate) use emulator::standstill;
use front::Front;
use outputs::Published;
use slack::Slack;

/// Where `cargo xtask local` keeps its state, and where `start` and `show` look for it.
pub(crate) const STATE: &str = "target/local";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Port of the mailbox and of the links in mails; the emulator takes the next one
    #[arg(long, value_name = "PORT", default_value_t = 8480, value_parser = clap::value_parser!(u16).range(1024..65535))]
    port: u16,
    /// How long approvers have to decide [default: the template's]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=31_536_000))]
    approval_timeout: Option<u32>,
    /// When those who have not voted are reminded; 0 for never [default: the template's]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=31_536_000))]
    remind_after: Option<u32>,
    #[command(flatten)]
    permissions: Permissions,
}

/// Who may do what in a run.
#[derive(Clone, clap::Args)]
pub(crate) struct Permissions {
    /// Names of other state machines that may be resumed, as `CallerStateMachineArns` has them, but with `*`
    #[arg(long, value_name = "NAME", default_value = "*")]
    callers: String,
    /// Let every call through: the emulator evaluates no role and no policy
    #[arg(long)]
    no_iam: bool,
}

impl Permissions {
    /// Each role may do what it says, and no state machine but the stack's own and these may be resumed.
    pub(crate) fn evaluated_for(callers: &str) -> Self {
        Self { callers: callers.to_owned(), no_iam: false }
    }

    /// The same, or no evaluation at all.
    pub(crate) fn unless(self, no_iam: bool) -> Self {
        Self { no_iam, ..self }
    }

    fn are_evaluated(&self) -> bool {
        !self.no_iam
    }
}

/// What one run differs in from another.
pub(crate) struct Settings {
    pub(crate) state: PathBuf,
    /// Without one, any two free ports are taken.
    pub(crate) port: Option<u16>,
    pub(crate) approval_timeout: Option<u32>,
    pub(crate) remind_after: Option<u32>,
    /// Whether requests are posted in Slack where no policy says so.
    pub(crate) posts_in_slack: bool,
    pub(crate) permissions: Permissions,
    pub(crate) scope: Scope,
}

/// A run that is ready.
pub(crate) struct Running {
    /// The file that tells clients where everything is.
    pub(crate) outputs: PathBuf,
    mailbox: String,
    slack: String,
    aws: Aws,
}

/// `cargo xtask local`: runs until a signal.
pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let mut interrupts = Interrupts::listen()?;
    let settings = Settings {
        state: workspace::path(STATE),
        port: Some(arguments.port),
        approval_timeout: arguments.approval_timeout,
        remind_after: arguments.remind_after,
        posts_in_slack: true,
        permissions: arguments.permissions.clone(),
        scope: Scope::Functions,
    };
    let session = during(&settings, async |running| {
        say_ready(running);
        watch::report(&running.aws).await
    });
    tokio::select! {
        ended = session => ended.map(|()| ExitCode::SUCCESS),
        () = interrupts.next() => {
            terminal::say("Stopped.");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn say_ready(running: &Running) {
    terminal::say(&format!("Mailbox: {}", running.mailbox));
    terminal::say(&format!("Slack:   {}", running.slack));
    terminal::say("Start:   cargo xtask start events/workflow/deployment.json");
    terminal::say("Show:    cargo xtask show <workflow or request>");
    terminal::say("Stop:    Ctrl-C");
}

/// Has everything up and running while `body` does its work. Whatever ends it, everything is stopped.
pub(crate) async fn during<T>(
    settings: &Settings,
    body: impl AsyncFnOnce(&Running) -> Result<T, Error>,
) -> Result<T, Error> {
    let state = StateDirectory::claim(settings.state.clone())?;
    let outputs = Published::clear(state.file("outputs.json"))?;
    let python = preflight::python().await?;
    preflight::c_compiler().await?;
    let listener = preflight::listen(settings.port)?;
    let emulator_port = emulator::free_port(settings.port)?;

    let tools = tools::emulator(&python).await?;
    let artifacts = state.file("artifacts");
    build::stage(&build::functions(settings.scope).await?, &artifacts)?;

    let mut emulator = Emulator::start(&tools, &state, emulator_port, &settings.permissions)?;
    let aws = Aws { authority: emulator.authority() };
    let log = emulator.log();
    let started = async {
        Emulator::answers(&aws.authority, &log).await?;
        let slack = Slack::start(&aws, &deployment::base_url(&listener)?).await?;
        let parameters = deployment::Stack::of(settings, &listener, &slack)?;
        let outputs = deployment::deploy(&tools, &aws, &artifacts, &parameters).await?;
        Ok::<_, Error>((outputs, slack))
    };
    let note = Note::default();
    let deployed = terminal::step("Starting the emulator and deploying the stack", &note, started);
    let (stack_outputs, slack) = tokio::select! {
        deployed = deployed => deployed?,
        ended = emulator.ended() => return Err(ended),
    };
    let front = Front::of(&aws, slack.stand_in()).await?;
    outputs.publish(&aws, slack.url(), &settings.permissions, &stack_outputs)?;
    let running = Running {
        outputs: state.file("outputs.json"),
        mailbox: format!("{}/", deployment::base_url(&listener)?),
        slack: format!("{}/", slack.url()),
        aws,
    };
    tokio::select! {
        done = body(&running) => done,
        failed = front.serve(listener) => Err(failed),
        ended = emulator.ended() => Err(ended),
    }
}
