//! What an item says and its reader does not know. Rules that are passed over are rules that do not hold.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Item;

/// The path of a field that stands in an item, at any depth, and not in what was read from it; the first by name.
pub(super) fn field(item: &Item, read: &Item) -> Option<String> {
    let unknown = |(name, value): (&String, &AttributeValue)| match read.get(name) {
        None => Some(name.clone()),
        Some(known) => within(value, known).map(|path| format!("{name}.{path}")),
    };
    item.iter().filter_map(unknown).min()
}

fn within(value: &AttributeValue, read: &AttributeValue) -> Option<String> {
    match (value, read) {
        (AttributeValue::M(item), AttributeValue::M(read)) => field(item, read),
        (AttributeValue::L(items), AttributeValue::L(read)) => {
            items.iter().zip(read).find_map(|(value, read)| within(value, read))
        }
        _ => None,
    }
}
