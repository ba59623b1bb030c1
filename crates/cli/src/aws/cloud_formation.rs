//! CloudFormation: the outputs of a stack.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;

use super::failure;
use crate::ports::CallError;

/// The outputs of the stack with this name; `None` when there is none.
pub(super) async fn outputs(
    client: &Client,
    name: &str,
) -> Result<Option<BTreeMap<String, String>>, CallError> {
    let found = match client.describe_stacks().stack_name(name).send().await {
        Ok(found) => found,
        // An absent stack has no error of its own: it is a mistake in the input like any other.
        Err(error)
            if error.code() == Some("ValidationError")
                && error.message().is_some_and(|message| message.contains("does not exist")) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(failure::of("describe the stack", &error)),
    };
    let outputs = found.stacks().first().map(|stack| {
        let named = stack
            .outputs()
            .iter()
            .filter_map(|output| Some((output.output_key()?.to_owned(), output.output_value()?.to_owned())));
        named.collect()
    });
    Ok(outputs)
}
