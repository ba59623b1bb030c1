//! `block_id` and `action_id`: each once, and there even where the app left it out.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::limits;
use super::{Object, Problems};

/// The ids so far. Slack asks for actions that differ within a block; here they have to within all blocks, because
/// an app that looks at nothing but the action would be misled.
#[derive(Default)]
pub(super) struct Ids {
    blocks: HashSet<String>,
    actions: HashSet<String>,
}

impl Ids {
    pub(super) fn block(&mut self, block: &Object<'_>, problems: &mut Problems) {
        Self::once(&mut self.blocks, block, "block_id", problems);
    }

    pub(super) fn action(&mut self, element: &Object<'_>, problems: &mut Problems) {
        Self::once(&mut self.actions, element, "action_id", problems);
    }

    fn once(known: &mut HashSet<String>, object: &Object<'_>, name: &str, problems: &mut Problems) {
        if let Some(id) = object.string(name, limits::ID, problems)
            && !known.insert(id.to_owned())
        {
            problems.add(&format!("`{name}` {id:?} already exists"), &object.pointer(name));
        }
    }
}

/// Adds the ids that the app left out, as Slack does: always the same ones for the same blocks.
pub(crate) fn complete(blocks: &mut [Value]) {
    for (number, block) in blocks.iter_mut().enumerate() {
        let Some(fields) = block.as_object_mut() else { continue };
        fields.entry("block_id").or_insert_with(|| json!(format!("block-{number}")));
        if let Some(elements) = fields.get_mut("elements").and_then(Value::as_array_mut) {
            for (place, element) in elements.iter_mut().enumerate() {
                action(element, &format!("action-{number}-{place}"));
            }
        }
        for name in ["accessory", "element"] {
            fields.get_mut(name).into_iter().for_each(|element| action(element, &format!("action-{number}")));
        }
    }
}

fn action(element: &mut Value, id: &str) {
    let is_active = element.get("type").is_some_and(|kind| kind == "button" || kind == "plain_text_input");
    if let (true, Some(fields)) = (is_active, element.as_object_mut()) {
        fields.entry("action_id").or_insert_with(|| json!(id));
    }
}
