//! The timeline as data. Its JSON is a promise to whoever records it: see `docs/POLICY.md`.

use common::domain::{
    self, Confirmation, EmailAddress, Facts, Group, Level, Matter, Refusal, Request, Rollout, Rule, Strength,
};
use serde::Serialize;

use super::Asked;

/// The number of this shape.
const SCHEMA: u32 = 1;

/// What a policy does with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// The number of this shape.
    pub schema: u32,
    /// One line that names what is asked for.
    pub title: String,
    /// The service that rules were matched with; absent when there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The environment that rules were matched with; absent when there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// The kind that rules were matched with; absent when there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The amount that rules were matched with; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<EmailAddress>,
    /// The rule that counts.
    pub rule: String,
    /// Whether anybody is asked.
    pub approval_needed: bool,
    /// Whether a newer request for the same service and environment takes this one's place.
    pub superseded_by_newer: bool,
    /// Its levels, in order.
    pub levels: Vec<LevelTimeline>,
    /// Why it can never be approved. Then nobody is asked, and there are no levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_end: Option<DeadEnd>,
    /// Where it goes once it is approved; absent where nothing is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Rollout>,
    /// The freezes that it waits for while they hold, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<String>,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelTimeline {
    /// The first is 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// What an approver does to confirm.
    pub confirmation: Confirmation,
    /// How surely a vote must be its person's; absent where a link is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// How many rejections end it.
    pub reject_quorum: u32,
    /// Who is asked at once; all must be met.
    pub groups: Vec<GroupPlan>,
    /// Who is asked after silence, and can approve alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<GroupPlan>,
    /// What happens when nobody votes, counted from when this level opens.
    pub silence: Vec<Moment>,
    /// Whose approvals are imagined, so that the next level opens.
    pub approved_by: Vec<EmailAddress>,
}

/// A group of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupPlan {
    /// What its people are here.
    pub role: String,
    /// How many of them must approve.
    pub quorum: u32,
    /// Who may approve.
    pub approvers: Vec<EmailAddress>,
    /// Who of the group may not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Excluded>,
}

/// Somebody in a group who may not approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Excluded {
    /// Who.
    pub approver: EmailAddress,
    /// Why not: `self_approval`, `voted_at_earlier_level` or `needed_at_later_level`.
    pub why: &'static str,
    /// Which other level that is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u32>,
}

/// Something that happens at a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// How long after the level opened.
    pub after_seconds: u32,
    /// What happens.
    pub what: What,
    /// The role of the group that is brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Who is written to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<EmailAddress>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The people of the groups are asked.
    Asks,
    /// They are reminded.
    Reminds,
    /// The further group is asked.
    Escalates,
    /// The people who were asked first hear that others are asked as well.
    Tells,
    /// Silence approves.
    Approves,
    /// Time is up.
    Expires,
}

/// A group that can never reach its quorum for this request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadEnd {
    /// The number of its level.
    pub level: u32,
    /// The name of its level.
    pub level_name: String,
    /// Its role.
    pub role: String,
    /// Why.
    pub message: String,
}

impl Timeline {
    pub(super) fn of(rule: &Rule, asked: &Asked) -> Self {
        let Matter { service, environment, kind, amount } = Matter::of(&asked.facts);
        Self {
            schema: SCHEMA,
            title: asked.facts.title(),
            service: service.to_owned(),
            environment: environment.to_owned(),
            kind: kind.to_owned(),
            amount: amount.map(ToString::to_string),
            requested_by: asked.requested_by.clone(),
            rule: rule.name.clone(),
            approval_needed: !rule.levels.is_empty(),
            superseded_by_newer: rule.supersede && matches!(asked.facts, Facts::Deployment(_)),
            levels: Vec::new(),
            dead_end: None,
            target: None,
            freezes: Vec::new(),
        }
    }
}

impl LevelTimeline {
    /// The level of a request that was just opened, without what happens then.
    pub(super) fn of(request: &Request) -> Self {
        // The further group's people are entitled once it is brought in.
        let escalated = Request { escalated_at: Some(request.opened_at), ..request.clone() };
        let Level { name, groups, confirmation, reject_quorum, .. } = &request.level;
        let further = request.level.escalation().map(|escalation| &escalation.group);
        Self {
            number: request.level_number,
            name: name.clone(),
            confirmation: *confirmation,
            strength: Some(request.level.strength).filter(|strength| *strength > Strength::Link),
            reject_quorum: *reject_quorum,
            groups: groups.iter().map(|group| GroupPlan::of(group, &escalated)).collect(),
            escalation: further.map(|group| GroupPlan::of(group, &escalated)),
            silence: Vec::new(),
            approved_by: Vec::new(),
        }
    }
}

impl GroupPlan {
    fn of(group: &Group, request: &Request) -> Self {
        let mut plan = Self {
            role: group.role.clone(),
            quorum: group.quorum,
            approvers: Vec::new(),
            excluded: Vec::new(),
        };
        for person in group.approvers.iter().map(|approver| &approver.email) {
            match request.check_entitled(person) {
                Ok(()) => plan.approvers.push(person.clone()),
                Err(refusal) => plan.excluded.push(Excluded::of(person, refusal)),
            }
        }
        plan
    }
}

impl Excluded {
    fn of(person: &EmailAddress, refusal: Refusal) -> Self {
        let level = match refusal {
            Refusal::VotedAtEarlierLevel { level } | Refusal::NeededAtLaterLevel { level } => Some(level),
            _ => None,
        };
        Self { approver: person.clone(), why: refusal.code(), level }
    }
}

impl DeadEnd {
    pub(super) fn of(dead_end: &domain::DeadEnd) -> Self {
        Self {
            level: dead_end.level,
            level_name: dead_end.level_name.clone(),
            role: dead_end.role.clone(),
            message: dead_end.to_string(),
        }
    }
}
