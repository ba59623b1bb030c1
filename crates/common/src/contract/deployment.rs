//! The facts of a deployment as JSON: what users type, and what `prepare` answers.

use serde_json::{Map, Value};

use super::mistakes::{Mistakes, TextRule};
use crate::domain::DeploymentFacts;

const NAME: TextRule = TextRule { max: 100, extra: Some(" ._/+:@-") };
const ENVIRONMENT: TextRule = TextRule { max: 64, extra: Some("._-") };
/// The longest change log, in characters.
pub const MAX_CHANGE_LOG: usize = 20_000;

/// Reads `serviceName`, `version`, `environment` and `changeLog`.
pub fn read_deployment(object: &Map<String, Value>, mistakes: &mut Mistakes) -> DeploymentFacts {
    DeploymentFacts {
        service_name: mistakes.required_text(object, "serviceName", NAME),
        version: mistakes.required_text(object, "version", NAME),
        environment: mistakes.required_text(object, "environment", ENVIRONMENT),
        change_log: mistakes.optional_text(
            object,
            "changeLog",
            TextRule { max: MAX_CHANGE_LOG, extra: None },
        ),
    }
}
