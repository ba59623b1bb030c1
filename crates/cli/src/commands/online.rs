//! The commands that need a stack.

use super::{
    list, policy_history, policy_lint, policy_push, policy_show, policy_simulate, request, show, withdraw,
};
use crate::arguments::{Command, Policy};
use crate::aws::Connection;
use crate::error::Error;
use crate::follow::Progress;
use crate::output::Answer;

/// Carries one out. What can be checked without a stack is checked first.
pub(super) fn run(
    command: &Command,
    connection: &Connection,
    progress: &mut Progress<'_>,
) -> Result<Answer, Error> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    // Boxed: the futures of the SDK are large.
    runtime.block_on(Box::pin(async {
        match command {
            Command::Policy(Policy::Push(arguments)) => policy_push::run(arguments, connection).await,
            Command::Policy(Policy::Show(arguments)) => policy_show::run(arguments, connection).await,
            Command::Policy(Policy::History(arguments)) => policy_history::run(arguments, connection).await,
            Command::Request(arguments) => request::run(arguments, connection, progress).await,
            Command::List(arguments) => list::run(arguments, connection).await,
            Command::Show(arguments) => show::run(arguments, connection).await,
            Command::Withdraw(arguments) => withdraw::run(arguments, connection).await,
            // These need none.
            Command::Policy(Policy::Lint(arguments)) => policy_lint::run(arguments),
            Command::Policy(Policy::Simulate(arguments)) => policy_simulate::run(arguments),
            Command::Completions(arguments) => Ok(super::completions::run(arguments)),
        }
    }))
}
