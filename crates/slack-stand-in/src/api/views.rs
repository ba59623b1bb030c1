//! `views.open` and `views.update`.

use serde_json::{Value, json};

use super::{Arguments, Context, Refusal, Result};
use crate::check::{self, Problems, limits};
use crate::interaction;
use crate::workspace::NotExchanged;

/// <https://docs.slack.dev/reference/methods/views.open>
pub(super) fn open(context: &mut Context<'_>, arguments: &Arguments) -> Result<Value> {
    let view = checked(arguments)?;
    let trigger = arguments.text("trigger_id").ok_or_else(|| Refusal::missing("trigger_id"))?;
    if trigger.split('.').count() != 3 {
        let problems = Problems::of("invalid `trigger_id`", "/trigger_id");
        return Err(Refusal::Invalid("invalid_arguments", problems));
    }
    let user = context.workspace.triggers.exchange(trigger, context.now).map_err(|why| {
        Refusal::Named(match why {
            NotExchanged::Unknown => "invalid_trigger_id",
            NotExchanged::Expired => "expired_trigger_id",
            NotExchanged::Exchanged => "exchanged_trigger_id",
        })
    })?;
    let view = interaction::open(context.workspace, &user, trigger, None, view);
    Ok(json!({ "view": view.to_json(context.credentials, &json!({})) }))
}

/// <https://docs.slack.dev/reference/methods/views.update>
pub(super) fn update(context: &mut Context<'_>, arguments: &Arguments) -> Result<Value> {
    let view = checked(arguments)?;
    let number = context.workspace.number();
    let open = context.workspace.views.open_one(arguments.text("view_id"), arguments.text("external_id"));
    let open = open.ok_or(Refusal::Named("not_found"))?;
    if arguments.text("hash").is_some_and(|hash| hash != open.hash) {
        return Err(Refusal::Named("hash_conflict"));
    }
    interaction::replace(open, view, number);
    Ok(json!({ "view": open.to_json(context.credentials, &json!({})) }))
}

/// The view, if Slack would take it.
fn checked(arguments: &Arguments) -> Result<Value> {
    let view = arguments.view()?;
    if view.to_string().len() > limits::VIEW_SIZE {
        return Err(Refusal::Named("view_too_large"));
    }
    let problems = check::view(&view);
    if problems.is_empty() { Ok(view) } else { Err(Refusal::Invalid("invalid_arguments", problems)) }
}
