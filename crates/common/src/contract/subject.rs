//! The facts of anything but a deployment as JSON: a `subject`, as state machines pass it.

use serde_json::{Map, Value};

use super::deployment::MAX_CHANGE_LOG;
use super::mistakes::{Mistakes, TextRule};
use crate::domain::{Amount, AmountError, Currency, Decimal, Fact, GeneralFacts, Policy};

const LINE: TextRule = TextRule { max: 200, extra: None };
const LONG: TextRule = TextRule { max: MAX_CHANGE_LOG, extra: None };
const LINK: TextRule = TextRule { max: 2_048, extra: None };
const MAX_FACTS: usize = 50;

/// Reads `kind`, `title`, `amount`, `facts`, `details` and `link`.
pub fn read_subject(subject: &Map<String, Value>, mistakes: &mut Mistakes) -> GeneralFacts {
    let mut inner = Mistakes::default();
    let facts = GeneralFacts {
        kind: inner.optional_text(subject, "kind", LINE),
        title: inner.required_text(subject, "title", LINE),
        amount: read_amount(subject, &mut inner),
        facts: read_facts(subject, &mut inner),
        details: inner.optional_text(subject, "details", LONG),
        link: inner.optional_text(subject, "link", LINK),
    };
    // The rules for deployments are chosen by their service and environment, never by a typed kind.
    if facts.kind.as_deref().is_some_and(Policy::is_kind_of_deployments) {
        inner.add(format!(
            "kind may not be {:?}: a deployment has serviceName, version and environment instead of a subject",
            Policy::DEPLOYMENT
        ));
    }
    // Of two amounts on one page, people might approve the one that chose no rule.
    let is_amount = |fact: &Fact| fact.label.trim().eq_ignore_ascii_case("amount");
    if facts.amount.is_some() && facts.facts.iter().any(is_amount) {
        inner.add("no fact may be called \"Amount\" where there is an amount");
    }
    if facts.link.as_deref().is_some_and(|link| !link.starts_with("https://")) {
        inner.add("link must start with https://");
    }
    mistakes.add_within("subject", inner);
    facts
}

/// Reads `{value, currency}`. A number is taken as JSON writes it; a text keeps what a program might round.
fn read_amount(subject: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Amount> {
    let amount = mistakes.optional_object(subject, "amount")?;
    let value = match amount.get("value") {
        Some(Value::String(text)) => Decimal::parse(text),
        Some(Value::Number(number)) => Decimal::parse(&number.to_string()),
        _ => Err(AmountError::Value),
    };
    let currency =
        amount.get("currency").and_then(Value::as_str).map_or(Err(AmountError::Currency), Currency::parse);
    let value = value.map_err(|error| mistakes.add(format!("amount.value {error}")));
    let currency = currency.map_err(|error| mistakes.add(format!("amount.currency {error}")));
    Some(Amount { value: value.ok()?, currency: currency.ok()? })
}

fn read_facts(subject: &Map<String, Value>, mistakes: &mut Mistakes) -> Vec<Fact> {
    let Some(value) = subject.get("facts").filter(|value| !value.is_null()) else {
        return Vec::new();
    };
    let Some(items) = value.as_array().filter(|items| items.len() <= MAX_FACTS) else {
        mistakes.add(format!("facts must be a list of at most {MAX_FACTS} {{label, value}} pairs"));
        return Vec::new();
    };
    items.iter().enumerate().filter_map(|(position, item)| read_fact(position, item, mistakes)).collect()
}

fn read_fact(position: usize, item: &Value, mistakes: &mut Mistakes) -> Option<Fact> {
    let label = item.get("label").and_then(Value::as_str);
    let value = match item.get("value") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(number @ (Value::Number(_) | Value::Bool(_))) => Some(number.to_string()),
        _ => None,
    };
    match (label, value) {
        (Some(label), Some(value)) if label.chars().count() <= 200 && value.chars().count() <= 2_000 => {
            Some(Fact { label: label.to_owned(), value })
        }
        _ => {
            mistakes
                .add(format!("facts[{position}] must be {{label, value}}, at most 200 and 2000 characters"));
            None
        }
    }
}
