//! A plan with its levels, or one request, for people.

use std::fmt::Write as _;

use common::domain::{
    Choice, EmailAddress, Facts, Fingerprint, Happening, Level, NamedBy, Plan, PlanKey, PolicyVersion,
    Preview, Progress, Request, Resume, Stage, Why,
};
use common::render::words;
use serde_json::Value;

use super::find::Found;
use super::json;
use super::level::{cause_in_words, channel, ended, groups, is_open, people, planned, time};
use crate::ports::Execution;

/// Everything that an id led to, in both forms.
pub(crate) fn text(found: &Found, execution: Option<&Execution>) -> (String, Value) {
    let mut text = String::new();
    if let Some((head, level)) = head(found) {
        write_head(&mut text, &head);
        if let Some(key) = head.plan {
            row(&mut text, "plan", key);
        }
        write_workflow(&mut text, found, execution);
        write_levels(&mut text, found, level);
    } else {
        write_workflow(&mut text, found, execution);
        text.push_str("\nnobody has been asked\n");
    }
    (text, json::found(found, execution))
}

/// What all levels have in common.
struct Head<'a> {
    facts: &'a Facts,
    fingerprint: &'a Fingerprint,
    requester: Option<&'a str>,
    policy: Option<&'a PolicyVersion>,
    preview: Option<&'a Preview>,
    plan: Option<&'a str>,
}

fn head(found: &Found) -> Option<(Head<'_>, Option<&Level>)> {
    if let Some(plan) = &found.plan {
        let head = Head {
            facts: &plan.facts,
            fingerprint: &plan.fingerprint,
            requester: plan.requested_by.as_ref().map(EmailAddress::as_str),
            policy: plan.policy.as_ref(),
            preview: plan.preview.as_ref(),
            plan: Some(plan.key.as_str()),
        };
        return Some((head, plan.levels.first()));
    }
    let request = found.requests.first()?;
    let head = Head {
        facts: &request.facts,
        fingerprint: &request.fingerprint,
        requester: request.requested_by.as_ref().map(EmailAddress::as_str),
        policy: request.policy.as_ref(),
        preview: request.preview.as_ref(),
        plan: request.plan.as_ref().map(PlanKey::as_str),
    };
    Some((head, Some(&request.level)))
}

fn write_head(text: &mut String, head: &Head<'_>) {
    line(text, &words::line(&head.facts.title()));
    text.push('\n');
    for fact in head.facts.rows() {
        row(text, &words::line(&fact.label).to_lowercase(), &words::line(&fact.value));
    }
    if let Some(details) = head.facts.details() {
        rows(text, &head.facts.details_label().to_lowercase(), &words::block(details));
    }
    if let Some(link) = head.facts.link() {
        row(text, "link", &words::line(link));
    }
    row(text, "requester", head.requester.unwrap_or("not stated"));
    row(text, "fingerprint", &format!("{} ({})", head.fingerprint.short(), head.fingerprint));
    if let Some(preview) = head.preview {
        row(text, "target", &words::line(&preview.place));
        row(text, "effect", &format!("{} (looked at {})", words::preview(preview), time(preview.at)));
    }
    if let Some(policy) = head.policy {
        row(text, "policy", &format!("version {}, rule {:?}", policy.number, words::line(&policy.rule)));
    }
}

fn write_workflow(text: &mut String, found: &Found, execution: Option<&Execution>) {
    let Some(arn) = &found.execution else {
        row(text, "workflow", "not known: its caller did not say which one it is");
        return;
    };
    let state = execution.map_or_else(|| "no state is known".to_owned(), state);
    let name = words::line(arn.rsplit(':').next().unwrap_or_default());
    rows(text, "workflow", &format!("{name} {state}\n{}", words::line(arn)));
}

/// How a workflow is, in words.
pub(super) fn state(execution: &Execution) -> String {
    match execution {
        Execution::Running => "running".to_owned(),
        Execution::Ended { how, error, cause, .. } => {
            let error = error.as_deref().map_or(String::new(), |error| format!(": {}", words::line(error)));
            let cause =
                cause.as_deref().map_or(String::new(), |cause| format!(": {}", cause_in_words(cause)));
            format!("{}{error}{cause}", json::ending(*how))
        }
    }
}

fn write_levels(text: &mut String, found: &Found, first: Option<&Level>) {
    if first.is_none() {
        text.push_str("\nno approval is needed\n");
    }
    for request in &found.requests {
        write_request(text, request);
    }
    let Some(Plan { levels, .. }) = &found.plan else { return };
    for (number, level) in (1..).zip(levels).skip(found.requests.len()) {
        let name = words::line(&level.name);
        line(text, &format!("\nlevel {number} of {}, {name}: not asked yet", levels.len()));
        for group in planned(level) {
            line(text, &format!("  {group}"));
        }
    }
}

fn write_request(text: &mut String, request: &Request) {
    let Request { level_number, level_count, level, .. } = request;
    let how = request.decision.as_ref().map_or_else(|| "pending".to_owned(), ended);
    line(text, &format!("\nlevel {level_number} of {level_count}, {}: {how}", words::line(&level.name)));
    row(text, "request", request.id.as_str());
    row(text, "opened", &time(request.opened_at));
    let deadline = request.deadline.map_or_else(|| "the caller's own".to_owned(), time);
    row(text, "deadline", &deadline);
    row(text, "named by", named_by(level.named_by));
    row(text, "votes", &groups(request));
    for vote in &request.votes {
        let verb = match vote.choice {
            Choice::Approve => "approved",
            Choice::Reject => "rejected",
        };
        let reason =
            vote.reason.as_deref().map_or(String::new(), |reason| format!(": {}", words::line(reason)));
        let (role, way, at) = (words::line(&vote.role), channel(vote.channel), time(vote.at));
        row(text, "", &format!("{verb} by {} ({role}, {way}, {at}){reason}", vote.approver));
    }
    if is_open(request) {
        row(text, "missing", &people(request.outstanding()));
    }
    for (person, why) in excluded(request) {
        row(text, "may not", &format!("{person}: {why}"));
    }
    row(text, "resume", resume(request.resume));
    write_use(text, request);
    for message in request.slack.iter().filter(|message| message.ts.is_some()) {
        if let Some(code) = &message.failure {
            row(text, "slack", &format!("a message shows an earlier state for good ({})", words::line(code)));
        }
    }
    line(text, "  timeline");
    for event in &request.events {
        let (told, said) = words::happening(&event.what, &request.facts);
        let why = failure(&event.what).map_or(String::new(), |code| format!(" ({})", words::line(code)));
        line(text, &format!("    {}  {told}{why}", time(event.at)));
        for said in said.iter().flat_map(|said| said.lines()) {
            line(text, &format!("      {said}"));
        }
    }
}

/// What came of the approval.
fn write_use(text: &mut String, request: &Request) {
    if let Some(change) = &request.change {
        let before = change.before.as_ref().map_or(String::new(), |before| format!("{before} -> "));
        row(text, "change", &words::line(&format!("{}: {before}{}", change.place, change.after)));
        if let Some(command) = request.way_back() {
            row(text, "way back", &words::line(command));
        }
        if let Some(link) = request.stage.as_ref().and_then(Stage::made).and_then(|made| made.link.as_ref()) {
            row(text, "follow at", &words::line(link));
        }
    }
    if let Some(frozen) = request.waits_for() {
        let says = words::line(&frozen.says());
        return row(text, "used", &format!("not yet: {says}, since {}", time(frozen.since)));
    }
    let what = match request.progress() {
        Progress::Unused => return,
        progress => words::progress(progress, &request.facts),
    };
    let Some(end) = &request.deployment else {
        return row(text, "used", &format!("{what}{}", how_far(request)));
    };
    let reason = end.reason.as_deref().map_or(String::new(), |reason| format!(": {}", words::line(reason)));
    row(text, "used", &format!("{what} at {}{reason}", time(end.at)));
}

/// How much of a change that is under way is in its place.
fn how_far(request: &Request) -> String {
    match &request.stage {
        None => String::new(),
        Some(Stage::Reached { at, says, .. }) => format!(": {} since {}", words::line(says), time(*at)),
        Some(Stage::RollingBack { at, reason, .. }) => {
            format!(": rolling back since {}: {}", time(*at), words::line(reason))
        }
    }
}

/// The name of the failure that an event is about: operators look it up, and nobody else is shown it.
fn failure(what: &Happening) -> Option<&str> {
    match what {
        Happening::AskFailed { failure, .. } | Happening::SlackFailed { failure, .. } => Some(failure),
        _ => None,
    }
}

/// Who of the level may not vote, and why.
fn excluded(request: &Request) -> Vec<(String, String)> {
    let asked = request
        .level
        .everyone()
        .filter(|approver| !request.level.admits(&approver.email, request.requested_by.as_ref()));
    let requester = asked.map(|approver| (approver.email.to_string(), "asked for it".to_owned()));
    let separated = request.excluded.iter().map(|excluded| {
        let why = match excluded.why {
            Why::VotedAt { level } => format!("voted at level {level}"),
            Why::NeededAt { level } => format!("is needed at level {level}"),
        };
        (excluded.approver.to_string(), why)
    });
    requester.chain(separated).collect()
}

fn named_by(named_by: NamedBy) -> &'static str {
    match named_by {
        NamedBy::Stack => "the stack's default approver",
        NamedBy::Caller => "the calling workflow",
        NamedBy::Policy => "the policy",
    }
}

fn resume(resume: Resume) -> &'static str {
    match resume {
        Resume::None => "none: there is nothing to tell the workflow",
        Resume::Owed => "owed: the workflow is to be told",
        Resume::Done => "done: the workflow was told",
        Resume::Gone => "gone: the workflow ended without being told",
    }
}

fn row(text: &mut String, label: &str, value: &str) {
    line(text, &format!("  {label:<12} {value}"));
}

/// The same for a value of several lines.
fn rows(text: &mut String, label: &str, value: &str) {
    let mut label = label;
    for part in value.lines() {
        row(text, label, part);
        label = "";
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    writeln!(text, "{}", line.trim_end()).ok();
}
