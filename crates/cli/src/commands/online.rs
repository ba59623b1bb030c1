//! The commands that need a stack.

use super::{
    audit_export, audit_verify, list, policy_history, policy_lint, policy_push, policy_show, policy_simulate,
    request, show, withdraw,
};
use crate::arguments::{Audit, Command, Policy};
use crate::aws::Connection;
use crate::error::Error;
use crate::follow::Progress;
use crate::output::{Answer, Form, Screen, Streams};

/// Carries one out. What can be checked without a stack is checked first.
pub(super) fn run(command: &Command, connection: &Connection, streams: Streams<'_>) -> Result<Answer, Error> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    let Streams { out, err, form, screen } = streams;
    // Boxed: the futures of the SDK are large.
    runtime.block_on(Box::pin(async {
        match command {
            Command::Policy(Policy::Push(arguments)) => policy_push::run(arguments, connection).await,
            Command::Policy(Policy::Show(arguments)) => policy_show::run(arguments, connection).await,
            Command::Policy(Policy::History(arguments)) => policy_history::run(arguments, connection).await,
            Command::Request(arguments) => {
                let mut progress = match form {
                    Form::Text => Progress::new(out, screen),
                    // There is one document on the standard output, and it comes last.
                    Form::Json => Progress::new(err, Screen::Plain),
                };
                request::run(arguments, connection, &mut progress).await
            }
            Command::List(arguments) => list::run(arguments, connection).await,
            Command::Show(arguments) => show::run(arguments, connection).await,
            Command::Withdraw(arguments) => withdraw::run(arguments, connection).await,
            Command::Audit(Audit::Verify(arguments)) => audit_verify::run(arguments, connection, err).await,
            Command::Audit(Audit::Export(arguments)) => {
                audit_export::run(arguments, connection, out, err).await
            }
            // These need none.
            Command::Policy(Policy::Lint(arguments)) => policy_lint::run(arguments),
            Command::Policy(Policy::Simulate(arguments)) => policy_simulate::run(arguments),
            Command::Completions(arguments) => Ok(super::completions::run(arguments)),
        }
    }))
}
