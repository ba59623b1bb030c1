//! The message that asks, shows how far a request is, and in the end how it ended.

use serde_json::{Value, json};

use crate::domain::{Choice, Confirmation, Group, Request, Status, tally};
use crate::ports::SlackCard;

use super::super::texts::{self, SAY};
use super::super::untrusted::Shown;
use super::super::view::About;
use super::blocks::{button, confirm, context, cut, fallback, fields, header, moment, section, with};
use super::{APPROVE, EVERYTHING, REJECT};

/// The most characters of a message's blocks, as JSON. Slack refuses some larger ones, without saying from where on.
pub const MAX_CHARACTERS: usize = 10_000;

/// How much of each part is shown.
#[derive(Clone, Copy)]
struct Room {
    facts: usize,
    value: usize,
    details: usize,
    words: usize,
    groups: usize,
}

/// From plenty to what always fits.
const ROOMS: [Room; 4] = [
    Room { facts: 20, value: 200, details: 2_000, words: 1_000, groups: 10 },
    Room { facts: 20, value: 100, details: 800, words: 600, groups: 10 },
    Room { facts: 10, value: 60, details: 300, words: 300, groups: 6 },
    Room { facts: 4, value: 30, details: 60, words: 60, groups: 3 },
];

/// The message of a request, as its record stands.
pub fn message(request: &Request) -> SlackCard {
    let all = ROOMS.map(|room| blocks(request, room));
    let fits = |blocks: &Value| blocks.to_string().chars().count() <= MAX_CHARACTERS;
    let [.., smallest] = &all;
    let blocks = all.iter().find(|blocks| fits(blocks)).unwrap_or(smallest).clone();
    SlackCard { text: summary(request), blocks }
}

/// What notifications say.
fn summary(request: &Request) -> String {
    fallback(&format!("{}: {}", headline(request), Shown::line(&request.facts.title())))
}

fn headline(request: &Request) -> String {
    match request.status {
        Status::Pending => Shown::line(&texts::required(&request.facts)).to_string(),
        _ => texts::slack::ended(request).to_owned(),
    }
}

fn blocks(request: &Request, room: Room) -> Value {
    let about = About::of(request, None, room.details);
    let open = request.status == Status::Pending;
    let mut blocks =
        vec![header(&headline(request)), section(&cut(&about.title.to_string(), room.value * 3))];
    if !open {
        blocks.extend(outcome(request, room));
    } else if let Some(preview) = &request.preview {
        blocks.push(section(&cut(&texts::preview::line(preview), room.value * 3)));
    }
    let rows = about.rows.iter().map(|(label, value)| (label.to_string(), value.to_string()));
    blocks.extend(fields(&rows.take(room.facts).collect::<Vec<_>>(), room.value));
    blocks.extend(details(&about, room, open));
    blocks.extend(context(&small_print(request, &about, room)));
    if open {
        blocks.push(section(&progress(request, room)));
        blocks.extend(about.deadline.map(|deadline| moment(SAY.decide_by, deadline.0)));
        blocks.push(json!({"type": "actions", "elements": buttons(request, &about)}));
    } else if let Some(decision) = &request.decision {
        blocks.push(moment(SAY.slack_ended, decision.at));
    }
    Value::Array(blocks)
}

/// How it ended: by whom, how surely, when, why, and whether the workflow followed.
fn outcome(request: &Request, room: Room) -> Vec<Value> {
    let story = texts::slack::outcome(request);
    let lines: Vec<_> = story.lines.iter().chain(&story.next).map(|line| cut(line, room.words)).collect();
    let mut blocks = vec![section(&lines.join("\n"))];
    blocks.extend(
        story
            .reason
            .map(|(label, words)| section(&format!("{label} {}", cut(&words.to_string(), room.words)))),
    );
    blocks
}

fn details(about: &About, room: Room, open: bool) -> Vec<Value> {
    let mut parts = Vec::new();
    let hidden = about.rows.len().saturating_sub(room.facts);
    if hidden > 0 {
        parts.push(texts::slack::more_facts(hidden));
    }
    if let Some(details) = &about.details {
        let mark = if details.rest.is_some() { " …" } else { "" };
        parts.push(format!("{}\n{}{mark}", details.label, details.start));
        let length = details.rest.as_ref().map(|rest| rest.length);
        parts.extend(length.filter(|_| open).map(texts::slack::more_text));
    }
    if parts.is_empty() { Vec::new() } else { vec![section(&parts.join("\n\n"))] }
}

fn small_print(request: &Request, about: &About, room: Room) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(about.requester.as_ref().map(texts::slack::requester));
    lines.push(texts::slack::fingerprint(&about.fingerprint));
    lines.extend(about.level.as_deref().map(texts::slack::level));
    lines.extend(about.workflow.as_ref().map(texts::slack::workflow));
    lines.extend(request.facts.link().map(|link| texts::slack::more(&Shown::line(link))));
    lines.extend(about.named_by_caller.then(|| SAY.slack_named_by_caller.to_owned()));
    lines.extend(about.silence.clone());
    lines.into_iter().map(|line| cut(&line, room.value.max(120) * 2)).collect()
}

/// How far each group is, and who has voted.
fn progress(request: &Request, room: Room) -> String {
    let groups: Vec<_> = request.groups().collect();
    let mut lines: Vec<_> =
        groups.iter().take(room.groups).map(|group| cut(&of_group(request, group), room.value * 2)).collect();
    let hidden = groups.len().saturating_sub(room.groups);
    if hidden > 0 {
        lines.push(texts::slack::more_groups(hidden));
    }
    lines.extend(texts::slack::escalated(request));
    lines.join("\n")
}

fn of_group(request: &Request, group: &Group) -> String {
    let quorum = usize::try_from(group.quorum).unwrap_or(usize::MAX);
    let so_far = texts::so_far(tally::approvals(request, group), quorum);
    let voters = request.votes.iter().filter(|vote| group.has(&vote.approver)).map(|vote| {
        let mark = match vote.choice {
            Choice::Approve => '✓',
            Choice::Reject => '✕',
        };
        format!("{mark} {}", vote.approver)
    });
    let voters: Vec<_> = voters.collect();
    let role = Shown::line(&group.role);
    if voters.is_empty() {
        format!("{role}: {so_far}")
    } else {
        format!("{role}: {so_far} ({})", voters.join(", "))
    }
}

fn buttons(request: &Request, about: &About) -> Vec<Value> {
    let id = request.id.as_str();
    let approve = with(button(APPROVE, SAY.approve, id), "style", json!("primary"));
    // Where a phrase is typed, its modal is the second look.
    let approve = match request.level.confirmation {
        Confirmation::Phrase => approve,
        Confirmation::Button => with(approve, "confirm", second_look(about)),
    };
    let reject = with(button(REJECT, SAY.reject, id), "style", json!("danger"));
    vec![approve, reject, button(EVERYTHING, SAY.show_everything, id)]
}

fn second_look(about: &About) -> Value {
    let text = texts::slack::confirmation(&about.title, &about.fingerprint);
    confirm(SAY.confirm_title, &text, SAY.approve, SAY.cancel)
}
