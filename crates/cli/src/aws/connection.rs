//! Which stack the commands work on, and the way to it.

use std::path::{Path, PathBuf};

use clap::Args;
use common::adapters::aws::{Aws, Profile};
use common::adapters::dynamo::Table;
use common::config::CommandLine;
use targets::Targets;

use super::cloud_formation;
use super::lambda::Reconcile;
use super::outputs::{self, OutputsError, Stack};
use super::place::Place;
use super::step_functions::StateMachine;
use crate::commands::read_json;
use crate::error::Error;
use crate::ports::CallError;

/// The stack that is meant when nothing names one.
const DEFAULT: &str = "countersign";

const STACK: &str = "The stack's name in CloudFormation, with the Region and the credentials of the AWS CLI \
                     [env: COUNTERSIGN_STACK] [default: countersign]";
const OUTPUTS: &str = "A file with the stack's outputs, instead of its name [env: COUNTERSIGN_OUTPUTS]";

/// Which stack.
#[derive(Args, Clone, Debug, Default)]
pub struct Connection {
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "outputs", help_heading = "Stack", help = STACK)]
    stack: Option<String>,
    #[arg(long, global = true, value_name = "FILE", help_heading = "Stack", help = OUTPUTS)]
    outputs: Option<PathBuf>,
}

/// Why there is no way to the stack.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// The file has no stack in it.
    #[error("{} does not have the outputs of a stack", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: OutputsError,
    },
    /// The stack is another one.
    #[error("the stack {name:?} is not to be used")]
    Stack {
        /// Its name.
        name: String,
        /// Why.
        source: OutputsError,
    },
    /// There is none.
    #[error(
        "there is no stack {name:?} in this account and Region; name it with --stack, or its outputs with --outputs"
    )]
    NoStack {
        /// Its name.
        name: String,
    },
    /// CloudFormation does not say.
    #[error("the outputs of the stack {name:?} are not known; a file with them can be given with --outputs")]
    Unknown {
        /// Its name.
        name: String,
        /// Why.
        source: CallError,
    },
}

/// The way to one stack.
pub struct Online {
    /// Its table.
    pub table: Table,
    /// Its state machine, and the workflows of others.
    pub workflows: StateMachine,
    /// Where its deployments go: what its account and Region have. Commands only look at them.
    pub targets: Targets,
    /// Its function that withdraws.
    pub reconcile: Reconcile,
    /// The ARN of its state machine.
    pub machine: String,
}

enum Source {
    File(PathBuf),
    Name(String),
}

impl Connection {
    /// An option counts before the environment, and there a file before a name.
    fn source(&self, environment: CommandLine) -> Source {
        match (&self.outputs, &self.stack) {
            (Some(file), _) => Source::File(file.clone()),
            (None, Some(name)) => Source::Name(name.clone()),
            (None, None) => match environment.outputs {
                Some(file) => Source::File(file.into()),
                None => Source::Name(environment.stack.unwrap_or_else(|| DEFAULT.to_owned())),
            },
        }
    }

    /// Finds the stack.
    pub(crate) async fn open(&self) -> Result<Online, Error> {
        // Neither of them can be wrong, only absent.
        let environment = CommandLine::from_env().unwrap_or(CommandLine { stack: None, outputs: None });
        match self.source(environment) {
            Source::File(path) => Online::of_file(&path).await,
            Source::Name(name) => Online::named(name).await,
        }
    }
}

impl Online {
    async fn of_file(path: &Path) -> Result<Self, Error> {
        let (stack, place) = outputs::read(&read_json(path)?)
            .map_err(|source| ConnectionError::File { path: path.to_owned(), source })?;
        Ok(Self::to(&Aws::over(Profile::Task, &place.find().await), stack))
    }

    async fn named(name: String) -> Result<Self, Error> {
        let aws = Aws::over(Profile::Task, &Place::default().find().await);
        let found = cloud_formation::outputs(&aws_sdk_cloudformation::Client::new(aws.config()), &name).await;
        let outputs = match found {
            Ok(Some(outputs)) => outputs,
            Ok(None) => return Err(ConnectionError::NoStack { name }.into()),
            Err(source) => return Err(ConnectionError::Unknown { name, source }.into()),
        };
        let stack = Stack::of(&outputs).map_err(|source| ConnectionError::Stack { name, source })?;
        Ok(Self::to(&aws, stack))
    }

    fn to(aws: &Aws, stack: Stack) -> Self {
        let function = aws_sdk_lambda::Client::new(aws.with(Profile::Function).config());
        Self {
            table: Table::new(aws.dynamodb(), stack.table),
            workflows: StateMachine::new(aws.step_functions(), stack.state_machine.clone()),
            targets: Targets::new(aws),
            reconcile: Reconcile::new(function, stack.reconcile),
            machine: stack.state_machine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(options: [Option<&str>; 2], environment: [Option<&str>; 2]) -> String {
        let [outputs, stack] = options.map(|text| text.map(str::to_owned));
        let connection = Connection { outputs: outputs.map(PathBuf::from), stack };
        let [outputs, stack] = environment.map(|text| text.map(str::to_owned));
        match connection.source(CommandLine { stack, outputs }) {
            Source::File(path) => format!("file {}", path.display()),
            Source::Name(name) => format!("stack {name}"),
        }
    }

    #[test]
    fn an_option_counts_before_the_environment_and_a_file_before_a_name() {
        assert_eq!(source([None, None], [None, None]), "stack countersign");
        assert_eq!(source([None, None], [None, Some("e")]), "stack e");
        assert_eq!(source([None, None], [Some("f"), Some("e")]), "file f");
        assert_eq!(source([None, Some("o")], [Some("f"), Some("e")]), "stack o");
        assert_eq!(source([Some("g"), None], [Some("f"), Some("e")]), "file g");
    }
}
