//! `users.info` and `users.lookupByEmail`.

use serde_json::{Value, json};

use super::{Arguments, Context, Refusal, Result};

/// <https://docs.slack.dev/reference/methods/users.info>
pub(super) fn info(context: &Context<'_>, arguments: &Arguments) -> Result<Value> {
    let user = arguments.text("user").and_then(|id| context.workspace.users.find(id));
    let user = user.ok_or(Refusal::Named("user_not_found"))?;
    Ok(json!({ "user": user.to_json(&context.credentials.team_id) }))
}

/// <https://docs.slack.dev/reference/methods/users.lookupByEmail>
pub(super) fn look_up_by_email(context: &Context<'_>, arguments: &Arguments) -> Result<Value> {
    let user = arguments.text("email").and_then(|email| context.workspace.users.with_email(email));
    let user = user.ok_or(Refusal::Named("users_not_found"))?;
    Ok(json!({ "user": user.to_json(&context.credentials.team_id) }))
}
