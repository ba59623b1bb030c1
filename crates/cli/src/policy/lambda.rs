//! From the written keys of a `lambda` target to an alias, and how its calls go over.

use common::domain::{LambdaAlias, LambdaTarget};

use super::mistakes::Mistakes;
use super::read::{At, Given, Lambda};
use super::shift;
use super::target::{is_name, required};

/// What Lambda allows in the name of a function.
const MAX_FUNCTION: usize = 64;
/// What Lambda allows in the name of an alias.
const MAX_ALIAS: usize = 128;

pub(super) fn compile(
    target: &Lambda,
    at: usize,
    times: Option<(u32, u32)>,
    mistakes: &mut Mistakes<'_>,
) -> Option<LambdaTarget> {
    let (place, shift) = (alias(target, at, mistakes), shift::compile(target, times, mistakes));
    let shift = match shift {
        Given::Broken => return None,
        Given::Absent => None,
        Given::Is(shift) => Some(shift.value),
    };
    Some(LambdaTarget { place: place?, shift })
}

fn alias(target: &Lambda, at: usize, mistakes: &mut Mistakes<'_>) -> Option<LambdaAlias> {
    let function = name("function", &target.function, MAX_FUNCTION, at, mistakes);
    let alias = name("alias", &target.alias, MAX_ALIAS, at, mistakes)?;
    if alias.value.bytes().all(|byte| byte.is_ascii_digit()) {
        mistakes
            .error(alias.at, format!("{:?} has digits only, so Lambda takes it for a version", alias.value))
            .suggest(
                "name the alias that callers use, such as \"live\"; the version comes with each request",
            );
        return None;
    }
    Some(LambdaAlias { function: function?.value, alias: alias.value })
}

fn name(
    key: &str,
    given: &Given<String>,
    longest: usize,
    at: usize,
    mistakes: &mut Mistakes<'_>,
) -> Option<At<String>> {
    let At { value, at } = required("lambda", key, given, at, mistakes)?;
    let name = value.trim();
    if is_name(name, longest) {
        return Some(At { value: name.to_owned(), at: *at });
    }
    let bare = bare_function(name).filter(|bare| key == "function" && is_name(bare, longest));
    mistakes.error(*at, format!("{value:?} is not the name of a Lambda {key}")).suggest(match bare {
        Some(bare) => format!(
            "write only its name: function = {bare:?}; the alias is a key of its own, account and Region are the stack's"
        ),
        None => format!("write 1 to {longest} letters, digits, hyphens and underscores"),
    });
    None
}

/// The name in an ARN, a part of an ARN, or a name with a version or an alias behind it.
fn bare_function(text: &str) -> Option<&str> {
    let behind = text.rsplit_once("function:").map_or(text, |(_, behind)| behind);
    behind.split(':').next()
}
