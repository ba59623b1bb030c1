//! What was approved, as targets are told it.

use serde_json::{Map, Value, json};

use crate::domain::{Amount, Destination, Facts, Request};
use crate::ports::{BUILT_FOR, Variables};

/// The most bytes of JSON that an execution can be started with, and a receiver is told, with room for what stands around the facts.
const MAX_INPUT: usize = 250_000;
/// The most bytes that a build's variables can hold together: CodeBuild takes 5,500 characters of them.
const MAX_VARIABLES: usize = 4_500;

/// As JSON: by which request, and what.
pub(super) fn json(request: &Request) -> Value {
    let mut told = json!({ "requestId": request.id, "fingerprint": request.fingerprint });
    if let Some(told) = told.as_object_mut() {
        told.extend(facts_of(&request.facts));
    }
    told
}

/// As the variables of a build.
pub(super) fn variables(request: &Request) -> Variables {
    let mut told = variables_of(&request.facts);
    told.insert(BUILT_FOR.to_owned(), request.id.to_string());
    told.insert("COUNTERSIGN_FINGERPRINT".to_owned(), request.fingerprint.as_str().to_owned());
    told
}

/// Why these facts cannot be told as a whole, if they cannot: nothing is carried out on a part of what was approved.
pub(super) fn too_long(to: &Destination, facts: &Facts) -> Option<String> {
    let (bytes, most) = match to {
        Destination::Codebuild(_) => {
            (variables_of(facts).iter().map(|(name, value)| name.len() + value.len()).sum(), MAX_VARIABLES)
        }
        Destination::StepFunctions(_) | Destination::Webhook(_) => {
            (Value::Object(facts_of(facts)).to_string().len(), MAX_INPUT)
        }
        Destination::Lambda(_) | Destination::Ecs(_) => return None,
    };
    let told = || format!("what it would be told has {bytes} bytes, and the {to} takes {most}");
    (bytes > most).then(told)
}

fn facts_of(facts: &Facts) -> Map<String, Value> {
    let told = match facts {
        Facts::Deployment(facts) => json!({
            "serviceName": facts.service_name, "version": facts.version, "environment": facts.environment
        }),
        Facts::General(facts) => {
            let mut told = json!({ "title": facts.title, "facts": facts.facts });
            if let Some(told) = told.as_object_mut() {
                told.extend(facts.kind.iter().map(|kind| ("kind".to_owned(), json!(kind))));
                told.extend(facts.amount.iter().map(|amount| ("amount".to_owned(), json!(amount))));
            }
            told
        }
    };
    if let Value::Object(told) = told { told } else { Map::new() }
}

fn variables_of(facts: &Facts) -> Variables {
    let told = match facts {
        Facts::Deployment(facts) => vec![
            ("COUNTERSIGN_SERVICE", facts.service_name.clone()),
            ("COUNTERSIGN_VERSION", facts.version.clone()),
            ("COUNTERSIGN_ENVIRONMENT", facts.environment.clone()),
        ],
        Facts::General(facts) => {
            let mut told = vec![
                ("COUNTERSIGN_TITLE", facts.title.clone()),
                ("COUNTERSIGN_FACTS", json!(facts.facts).to_string()),
            ];
            told.extend(facts.kind.clone().map(|kind| ("COUNTERSIGN_KIND", kind)));
            if let Some(Amount { value, currency }) = facts.amount.clone() {
                told.push(("COUNTERSIGN_AMOUNT", value.into()));
                told.push(("COUNTERSIGN_CURRENCY", currency.into()));
            }
            told
        }
    };
    told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
