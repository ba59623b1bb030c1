//! From the written keys of a `step-functions` target to a state machine.

use common::domain::StateMachine;

use super::mistakes::Mistakes;
use super::read::{At, StepFunctions};
use super::target::{is_name, required};

/// What Step Functions allows in the name of a state machine.
const MAX_NAME: usize = 80;

pub(super) fn compile(
    target: &StepFunctions,
    at: usize,
    mistakes: &mut Mistakes<'_>,
) -> Option<StateMachine> {
    let At { value, at } = required("step-functions", "state_machine", &target.state_machine, at, mistakes)?;
    let arn = value.trim();
    if is_arn(arn) {
        return Some(StateMachine { state_machine: arn.to_owned() });
    }
    mistakes.error(*at, format!("{value:?} is not the ARN of a state machine")).suggest(
        "write it as arn:aws:states:REGION:ACCOUNT:stateMachine:NAME, without a version or an alias",
    );
    None
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<_> = text.split(':').collect();
    let ["arn", partition, "states", region, account, "stateMachine", name] = parts.as_slice() else {
        return false;
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    partition.starts_with("aws")
        && is_account
        && [partition, region].iter().all(|part| is_name(part, MAX_NAME))
        && is_name(name, MAX_NAME)
}
