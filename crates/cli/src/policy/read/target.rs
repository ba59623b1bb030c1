//! Targets as they are written.

use super::keys::{Given, Keys};
use super::{About, Codebuild, Ecs, Kind, Lambda, Mistakes, Scope, StepFunctions, Target, Webhook, values};

/// The kinds, by what reads their keys.
const KINDS: [(&str, ReadKind); 5] = [
    ("lambda", lambda),
    ("ecs", ecs),
    ("codebuild", codebuild),
    ("step-functions", step_functions),
    ("webhook", webhook),
];

type ReadKind = fn(&mut Keys<'_, '_>, &mut Mistakes<'_>) -> Kind;

/// `[[target]]`
pub(super) fn targets(file: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Target>> {
    let given = file.tables("target", "a target", mistakes);
    given.and(|tables| Some(tables.value.into_iter().map(|keys| target(keys, mistakes)).collect()))
}

fn target(mut keys: Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Target {
    let target = Target {
        at: keys.at,
        about: about(&mut keys, mistakes),
        kind: kind(&mut keys, mistakes),
        max_age: values::duration(&mut keys, "max_age", mistakes),
        poll: values::duration(&mut keys, "poll", mistakes),
        limit: values::duration(&mut keys, "limit", mistakes),
    };
    let of_lambda = "a target of the kind \"lambda\"";
    let of_ecs = "a target of the kind \"ecs\"";
    let of_webhook = "a target of the kind \"webhook\"";
    let elsewhere = [
        ("name", "a rule; a target is known by its service and environment"),
        ("service", "a target of deployments; this one is about subjects"),
        ("environment", "a target of deployments; this one is about subjects"),
        ("version", "the request: what was approved is what is deployed"),
        (
            "image",
            "the service's own task definition: only its tag or digest is replaced, by the approved version",
        ),
        ("deadline", "a rule; how long a deployment may take is its limit"),
        ("level", "a rule: [[rule.level]]"),
        ("function", of_lambda),
        ("alias", of_lambda),
        ("steps", of_lambda),
        ("hold", of_lambda),
        ("alarms", of_lambda),
        ("cluster", of_ecs),
        ("ecs_service", of_ecs),
        ("container", of_ecs),
        ("project", "a target of the kind \"codebuild\""),
        ("state_machine", "a target of the kind \"step-functions\""),
        ("url", of_webhook),
        ("secret", of_webhook),
    ];
    keys.refuse_others(&elsewhere, mistakes);
    target
}

/// The keys of its kind. Where nobody knows the kind, the keys of none are called unknown.
fn kind(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Given<Kind> {
    let word = values::word(keys, "kind", &KINDS, mistakes);
    if word.value().is_none() {
        for (_, read) in KINDS {
            read(keys, mistakes);
        }
    }
    word.and(|read| Some((read.value)(keys, mistakes)))
}

fn lambda(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Kind {
    Kind::Lambda(Lambda {
        function: keys.text("function", mistakes),
        alias: keys.text("alias", mistakes),
        steps: keys.numbers("steps", mistakes),
        hold: values::duration(keys, "hold", mistakes),
        alarms: keys.text_or_texts("alarms", mistakes),
    })
}

fn ecs(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Kind {
    Kind::Ecs(Ecs {
        cluster: keys.text("cluster", mistakes),
        service: keys.text("ecs_service", mistakes),
        container: keys.text("container", mistakes),
    })
}

fn codebuild(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Kind {
    Kind::Codebuild(Codebuild { project: keys.text("project", mistakes) })
}

fn step_functions(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Kind {
    Kind::StepFunctions(StepFunctions { state_machine: keys.text("state_machine", mistakes) })
}

fn webhook(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Kind {
    Kind::Webhook(Webhook { url: keys.text("url", mistakes), secret: keys.text("secret", mistakes) })
}

/// What a target is about is always written: one that was forgotten must not be about everything.
fn about(keys: &mut Keys<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<About> {
    let before = mistakes.errors();
    let of_subjects = keys.has("subject_kind");
    if of_subjects && (keys.has("service") || keys.has("environment")) {
        mistakes
            .error(keys.at, "a target is about deployments, by service and environment, or about subjects, by subject_kind")
            .suggest("make two targets of it");
    }
    let mut globs = |key| values::required_globs(keys, key, "a target", mistakes);
    let about = if of_subjects {
        About::Subjects { kind: globs("subject_kind") }
    } else {
        let about =
            About::Deployments(Scope { service: globs("service"), environment: globs("environment") });
        // So that it is known where a slip of the pen is close to it.
        keys.get("subject_kind");
        about
    };
    (mistakes.errors() == before).then_some(about)
}
