//! A workflow and its requests as lines for people.

use serde_json::Value;

use super::search::Found;
use crate::words::{self, clean};

/// Everything that was found.
pub(crate) fn lines(found: &Found) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(workflow) = &found.workflow {
        lines.push(format!("workflow {}", words::how_it_is(workflow)));
        lines.extend(outcome(workflow).map(|outcome| format!("  {outcome}")));
    }
    if found.requests.is_empty() {
        lines.push("nobody has been asked".to_owned());
    }
    for request in &found.requests {
        lines.push(String::new());
        lines.push(format!("request {}", at(request, "/id")));
        lines.extend(facts(request).into_iter().map(|(label, value)| format!("  {label:<12} {value}")));
        lines.push("  timeline".to_owned());
        lines.extend(list(request, "events").iter().map(event));
    }
    lines
}

/// What the workflow's output says about the deployment.
fn outcome(workflow: &Value) -> Option<String> {
    let output: Value = serde_json::from_str(workflow.get("output")?.as_str()?).ok()?;
    let deployment = output.get("deployment")?;
    let deployed = if deployment.get("deployed")?.as_bool()? { "deployed" } else { "not deployed" };
    Some(with_reason(deployed.to_owned(), deployment))
}

fn facts(request: &Value) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("title", title(request)),
        ("fingerprint", at(request, "/fingerprint").chars().take(8).collect()),
        ("requester", or(at(request, "/requestedBy"), "not stated")),
        ("status", status(request)),
    ];
    if let Some(decision) = request.get("decision") {
        facts.push(("when", words::time(&at(decision, "/at"))));
        facts.extend(Some(("why", at(decision, "/reason"))).filter(|(_, reason)| !reason.is_empty()));
    } else {
        facts.push(("deadline", or(words::time(&at(request, "/deadline")), "the caller's own")));
    }
    facts.push(("resume", at(request, "/resume")));
    let levels = request.get("levelCount").and_then(Value::as_u64).unwrap_or(1);
    if levels > 1 {
        facts.push(("level", format!("{} of {levels}", number(request, "levelNumber"))));
    }
    facts.extend(list(request, "votes").iter().map(|vote| ("vote", a_vote(vote))));
    facts.extend(request.get("deployment").map(|used| ("used", deployment(used))));
    facts
}

fn title(request: &Value) -> String {
    let deployment = "/facts/deployment";
    match request.pointer(deployment) {
        Some(facts) => format!(
            "{} {} to {}",
            at(facts, "/serviceName"),
            at(facts, "/version"),
            at(facts, "/environment")
        ),
        None => at(request, "/facts/general/title"),
    }
}

/// The status; with whose vote made it so, or whose is missing.
fn status(request: &Value) -> String {
    let status = at(request, "/status");
    let by = at(request, "/decision/by");
    if !by.is_empty() {
        return format!("{status} by {by} ({})", at(request, "/decision/channel"));
    }
    if status != "pending" {
        return status;
    }
    let voted: Vec<_> = list(request, "votes").iter().map(|vote| at(vote, "/approver")).collect();
    let groups =
        request.pointer("/level/groups").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let people = groups.iter().flat_map(|group| list(group, "approvers")).map(|person| at(person, "/email"));
    let missing: Vec<_> = people.filter(|person| !voted.contains(person)).collect();
    format!("{status}, asked: {}", missing.join(", "))
}

fn a_vote(vote: &Value) -> String {
    let words = format!("{} by {} ({}", at(vote, "/choice"), at(vote, "/approver"), at(vote, "/role"));
    with_reason(format!("{words}, {}, {})", at(vote, "/channel"), words::time(&at(vote, "/at"))), vote)
}

fn deployment(used: &Value) -> String {
    let deployed = if used.get("deployed").is_some_and(|deployed| deployed == true) {
        "deployed"
    } else {
        "not deployed"
    };
    with_reason(deployed.to_owned(), used)
}

fn event(event: &Value) -> String {
    let what = event.get("what").unwrap_or(&Value::Null);
    let (person, channel) = (at(what, "/approver"), at(what, "/channel"));
    let reminder = what.pointer("/purpose/reminder").is_some();
    let words = match at(what, "/kind").as_str() {
        "opened" => "opened".to_owned(),
        "wait_renewed" => "the workflow waits again".to_owned(),
        "asked" if reminder => format!("{person} reminded by {channel}"),
        "asked" => format!("{person} asked by {channel}"),
        "ask_failed" => format!("{person} not reached by {channel}: {}", at(what, "/failure")),
        "slack_posted" if reminder => format!("{} reminded in Slack", slack_place(what)),
        "slack_posted" => format!("{} asked in Slack", slack_place(what)),
        "slack_failed" => format!("{} not reached in Slack: {}", slack_place(what), at(what, "/failure")),
        "slack_adopted" => "a message in Slack was found by its button".to_owned(),
        "voted" => format!("{} voted {}", at(what, "/vote/approver"), at(what, "/vote/choice")),
        "decided" => with_reason(at(what, "/decision/status"), what.get("decision").unwrap_or(&Value::Null)),
        "resumed" => format!("resume: {}", at(what, "/resume")),
        "told" => {
            format!("{} told: {}", people(list(what, "recipients")), at(what, "/notice").replace('_', " "))
        }
        "executed" => format!("used: {}", deployment(what)),
        other => other.replace('_', " "),
    };
    format!("    {}  {words}", words::time(&at(event, "/at")))
}

/// Whom a message in Slack was for.
fn slack_place(what: &Value) -> String {
    or(at(what, "/to"), "the channel")
}

fn people(list: &[Value]) -> String {
    list.iter().filter_map(Value::as_str).map(clean).collect::<Vec<_>>().join(", ")
}

fn with_reason(words: String, of: &Value) -> String {
    let reason = at(of, "/reason");
    if reason.is_empty() { words } else { format!("{words}: {reason}") }
}

/// The text there, empty when there is none.
fn at(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).map(clean).unwrap_or_default()
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text }
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rejected() -> Value {
        json!({
            "id": "k-1", "status": "rejected", "resume": "done", "levelNumber": 1, "levelCount": 2,
            "facts": {"deployment": {"serviceName": "checkout", "version": "2.4.1", "environment": "production"}},
            "fingerprint": "0123456789abcdef", "requestedBy": "dev@example.com",
            "votes": [{"approver": "ana@example.com", "role": "approver", "choice": "reject", "reason": "not today",
                       "channel": "email", "strength": "link", "at": "2026-11-23T10:00:00.5Z"}],
            "decision": {"status": "rejected", "at": "2026-11-23T10:00:00.5Z", "by": "ana@example.com",
                         "channel": "email", "reason": "not today"},
            "events": [
                {"at": "2026-11-23T09:00:00Z", "what": {"kind": "opened"}},
                {"at": "2026-11-23T09:00:01Z", "what": {"kind": "asked", "approver": "ana@example.com", "channel": "email", "purpose": "ask"}},
                {"at": "2026-11-23T09:30:00Z", "what": {"kind": "asked", "approver": "ana@example.com", "channel": "email", "purpose": {"reminder": 0}}},
                {"at": "2026-11-23T10:00:00Z", "what": {"kind": "told", "notice": "rejected", "recipients": ["dev@example.com", "ana@example.com"]}},
            ],
        })
    }

    #[test]
    fn a_rejected_request_tells_its_whole_story() {
        let workflow = json!({"name": "one", "status": "FAILED", "error": "RejectedError",
                              "cause": r#"{"message":"checkout: rejected"}"#});
        let found = Found { workflow: Some(workflow), requests: vec![rejected()] };
        let expected = "\
workflow one FAILED: RejectedError: checkout: rejected

request k-1
  title        checkout 2.4.1 to production
  fingerprint  01234567
  requester    dev@example.com
  status       rejected by ana@example.com (email)
  when         2026-11-23T10:00:00Z
  why          not today
  resume       done
  level        1 of 2
  vote         reject by ana@example.com (approver, email, 2026-11-23T10:00:00Z): not today
  timeline
    2026-11-23T09:00:00Z  opened
    2026-11-23T09:00:01Z  ana@example.com asked by email
    2026-11-23T09:30:00Z  ana@example.com reminded by email
    2026-11-23T10:00:00Z  dev@example.com, ana@example.com told: rejected";
        assert_eq!(lines(&found).join("\n"), expected);
    }

    #[test]
    fn a_pending_request_says_who_is_asked() {
        let request = json!({"id": "x", "status": "pending", "resume": "none", "facts": {"general": {"title": "Expenses"}},
                             "level": {"groups": [{"approvers": [{"email": "a@example.com"}, {"email": "b@example.com"}]}]},
                             "votes": [{"approver": "a@example.com"}]});
        let facts = facts(&request);
        assert!(facts.contains(&("title", "Expenses".to_owned())));
        assert!(facts.contains(&("status", "pending, asked: b@example.com".to_owned())));
        assert!(facts.contains(&("deadline", "the caller's own".to_owned())));
    }

    #[test]
    fn the_output_of_a_workflow_says_whether_it_deployed() {
        let output =
            json!({"deployment": {"deployed": false, "reason": "no deployment target is configured"}})
                .to_string();
        let workflow = json!({"name": "one", "status": "SUCCEEDED", "output": output});
        let found = Found { workflow: Some(workflow), requests: vec![] };
        assert_eq!(
            lines(&found),
            [
                "workflow one SUCCEEDED",
                "  not deployed: no deployment target is configured",
                "nobody has been asked"
            ]
        );
    }
}
