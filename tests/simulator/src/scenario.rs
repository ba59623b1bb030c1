//! What a run is about: the policy, the people, what they want, and what goes wrong. All of it is chosen.

use common::adapters::memory::{Call, START};
use common::domain::freeze::When;
use common::domain::{
    Approver, Confirmation, Destination, EmailAddress, Escalation, Freeze, Glob, Group, LambdaAlias,
    LambdaTarget, Level, NamedBy, Policy, Rollout, Rule, Shift, Silence, SlackTarget, StoredPolicy, Strength,
    Target,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::choices::Choices;
use crate::machines::Machine;

/// How long the people of a level have, in seconds; reminders come at a third and at two thirds of it.
pub(crate) const DEADLINE: u32 = 1_800;

/// The function that is deployed, and the alias that leads to it.
pub(crate) const FUNCTION: &str = "checkout";
pub(crate) const ALIAS: &str = "live";
/// The alarm that watches it.
pub(crate) const ALARM: &str = "checkout-errors";

/// What is published of it: what it is before, and what anybody asks for.
const EVERY_VERSION: &[&str] = &["2.3.9", "2.4.0", "2.4.1", "2.4.2"];
const SOME_VERSIONS: &[&str] = &["2.3.9", "2.4.1"];

/// What a run is about.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is chosen by itself")]
pub(crate) struct Scenario {
    /// Which state machine asks.
    pub machine: Machine,
    /// What the operators have stored.
    pub policy: Option<StoredPolicy>,
    /// Whether there is Slack.
    pub slack: bool,
    /// Who asks.
    pub requester: &'static str,
    /// When somebody asks for a newer version of the same service.
    pub newer: Option<SignedDuration>,
    /// When an operator stops the first workflow.
    pub stop: Option<SignedDuration>,
    /// When the requester takes the first request back.
    pub withdraw: Option<SignedDuration>,
    /// When the operators store a policy with other freezes.
    pub newer_freezes: Option<(SignedDuration, Vec<Freeze>)>,
    /// Whether an operator points the alias at a version that nobody approved, just while something is deployed.
    pub hotfix: bool,
    /// Whether the alarm that watches the function goes off for a while, just while something is deployed.
    pub alarm: bool,
    /// The versions that can be deployed.
    pub published: &'static [&'static str],
    /// Whether a machine opens every link in every mail.
    pub scanner: bool,
    /// Whether calls take the same short time, or any.
    pub hurry: bool,
    /// Whether another attempt of a task has another time of entry.
    pub attempts_enter_anew: bool,
    /// How many of a thousand calls go wrong.
    pub faults_per_mille: u32,
    /// Until when calls go wrong.
    pub calm_from: Timestamp,
    /// A service that does not work for a while.
    pub outage: Option<Outage>,
}

/// A service that does not work for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    /// Which one.
    pub of: Service,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What can be out of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// The table's stream: what changed meanwhile is never heard of.
    Stream,
    /// Stream and schedule.
    Reconcile,
    /// Step Functions takes no answers.
    Answers,
    /// No mail goes out.
    Mail,
    /// Nothing can be stored or read.
    Store,
    /// Slack does not answer.
    Slack,
    /// The functions that are deployed cannot be reached.
    Target,
}

impl Outage {
    /// Whether a call fails at this time.
    pub(crate) fn hits(self, call: Call, now: Timestamp) -> bool {
        self.lasts(now)
            && match self.of {
                Service::Stream | Service::Reconcile => false,
                Service::Answers => call == Call::Answer,
                Service::Mail => call == Call::SendMail,
                Service::Store => matches!(
                    call,
                    Call::ReadRequest
                        | Call::Open
                        | Call::Keep
                        | Call::Claim
                        | Call::RecordVote
                        | Call::ReadPlan
                        | Call::StorePlan
                        | Call::ReadPointer
                        | Call::ReadPolicy
                        | Call::ListOwing
                        | Call::ListPending
                        | Call::ListOf
                ),
                Service::Target => {
                    matches!(call, Call::ReadAlias | Call::ListVersions | Call::PointAlias | Call::ReadAlarms)
                }
                Service::Slack => matches!(
                    call,
                    Call::PostToSlack
                        | Call::EditSlack
                        | Call::AskSlackWho
                        | Call::OpenSlackModal
                        | Call::TellPrivately
                        | Call::OpenDirectChannel
                ),
            }
    }

    /// Whether it lasts at this time.
    pub(crate) fn lasts(self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl Scenario {
    /// Chooses one.
    pub(crate) fn choose(choices: &mut Choices) -> Self {
        let machine = match choices.below(10) {
            0..8 => Machine::Deployment,
            8 => Machine::OneWait,
            _ => Machine::Minimal,
        };
        let slack = choices.chance(500);
        Self {
            machine,
            slack,
            policy: (!choices.chance(150)).then(|| policy(choices, slack)),
            requester: choices.one(&["dev", "dev", "dev", "ana"], "dev"),
            newer: choices.chance(250).then(|| moment(choices)),
            stop: choices.chance(100).then(|| moment(choices)),
            withdraw: choices.chance(100).then(|| moment(choices)),
            newer_freezes: choices.chance(250).then(|| {
                let after = moment(choices);
                (after, choices.chance(600).then(|| freeze(choices)).into_iter().collect())
            }),
            hotfix: choices.chance(250),
            alarm: choices.chance(300),
            published: choices.one(&[EVERY_VERSION, EVERY_VERSION, SOME_VERSIONS], EVERY_VERSION),
            scanner: choices.chance(250),
            hurry: !choices.chance(600),
            attempts_enter_anew: choices.chance(500),
            faults_per_mille: choices.one(&[0, 5, 30, 120], 0),
            calm_from: START + SignedDuration::from_mins(i64::from(choices.one(&[10, 35, 70, 200], 10))),
            outage: choices.chance(120).then(|| outage(choices)),
        }
    }
}

/// A time in a run: soon, somewhere in the middle, or right at the end of a wait.
pub(crate) fn moment(choices: &mut Choices) -> SignedDuration {
    let seconds: &[i64] = &[
        5, 20, 60, 300, 598, 599, 600, 601, 602, 1_000, 1_198, 1_200, 1_202, 1_798, 1_799, 1_800, 1_801,
        1_803, 3_000, 3_601,
    ];
    let millis = SignedDuration::from_millis(i64::from(choices.below(10)) * 100);
    SignedDuration::from_secs(choices.one(seconds, 5)) + millis
}

/// Somebody's address.
pub(crate) fn person(name: &str) -> EmailAddress {
    let address = format!("{name}@example.com");
    EmailAddress::parse(&address).unwrap_or_else(|error| panic!("{address}: {error}"))
}

fn outage(choices: &mut Choices) -> Outage {
    let services = [
        Service::Stream,
        Service::Reconcile,
        Service::Answers,
        Service::Mail,
        Service::Store,
        Service::Slack,
        Service::Target,
    ];
    let of = choices.one(&services, Service::Stream);
    let from = START + moment(choices);
    let minutes = choices.one(&[1, 10, 40, 30 * 60], 1);
    Outage { of, from, until: from + SignedDuration::from_mins(minutes) }
}

fn policy(choices: &mut Choices, slack: bool) -> StoredPolicy {
    let first = level(choices, "manager", &["ana", "bob", "cai"], slack);
    let mut levels = vec![first];
    if choices.chance(300) {
        let further: &[&'static str] = if choices.chance(300) { &["ana", "dan"] } else { &["dan"] };
        levels.push(level(choices, "security", further, slack));
    }
    if choices.chance(30) {
        levels.clear();
    }
    let any = || vec![Glob::any()];
    let rule = Rule {
        name: "everything".to_owned(),
        service: any(),
        environment: any(),
        kind: any(),
        amount_up_to: Vec::new(),
        supersede: !choices.chance(300),
        levels,
    };
    StoredPolicy {
        schema: 1,
        number: 1,
        hash: "0".repeat(64),
        stored_at: START,
        source: String::new(),
        policy: Policy {
            schema: 1,
            protected_environments: Vec::new(),
            rules: vec![rule],
            targets: choices.chance(600).then(|| target(choices)).into_iter().collect(),
            freezes: choices.chance(300).then(|| freeze(choices)).into_iter().collect(),
        },
    }
}

/// Every environment of the one service that is deployed.
fn target(choices: &mut Choices) -> Target {
    let place = LambdaAlias { function: FUNCTION.to_owned(), alias: ALIAS.to_owned() };
    let shift = choices.chance(600).then(|| Shift {
        steps: if choices.chance(500) { vec![10] } else { vec![10, 50] },
        hold_seconds: 30,
        alarms: if choices.chance(700) { vec![ALARM.to_owned()] } else { Vec::new() },
    });
    let to = Destination::Lambda(LambdaTarget { place, shift });
    let max_age_seconds = choices.chance(300).then_some(DEADLINE);
    let rollout = Rollout { to, max_age_seconds, poll_seconds: 15, limit_seconds: 300 };
    Target::of_deployments(vec![Glob::any()], vec![Glob::any()], rollout)
}

/// One window, which begins before anybody asks or somewhere on the way.
fn freeze(choices: &mut Choices) -> Freeze {
    let later = moment(choices);
    let from = START + choices.one(&[SignedDuration::from_secs(-60), later], later);
    let until = from + SignedDuration::from_secs(choices.one(&[90, 700, 3_600, 30 * 3_600], 90));
    let civil = |time| TimeZone::UTC.to_datetime(time);
    Freeze {
        name: "quiet".to_owned(),
        service: vec![Glob::any()],
        environment: vec![Glob::any()],
        except_services: Vec::new(),
        zone: "UTC".to_owned(),
        when: When::Once { starts: civil(from), ends: civil(until) },
    }
}

fn level(choices: &mut Choices, name: &str, people: &[&'static str], slack: bool) -> Level {
    let group = |role: &str, names: &[&str], quorum| Group {
        role: role.to_owned(),
        approvers: names.iter().map(|name| Approver::at(person(name))).collect(),
        quorum,
    };
    let few = people.get(..1).unwrap_or_default();
    let groups = match choices.below(4) {
        0 | 1 => vec![group(name, few, 1)],
        2 => vec![group(name, people, u32::from(people.len() > 1) + 1)],
        _ => vec![group(name, people, 1), group("owner", &["hana"], 1)],
    };
    let silence = match choices.below(6) {
        0..4 => Silence::Reject,
        4 => Silence::Escalate(Box::new(Escalation {
            group: group("head", &["ivo"], 1),
            deadline_seconds: DEADLINE,
        })),
        _ => Silence::Approve,
    };
    let slack =
        slack.then(|| SlackTarget { channel: Some("C0DEPLOY".to_owned()), direct: choices.chance(300) });
    Level {
        name: name.to_owned(),
        groups,
        named_by: NamedBy::Policy,
        deadline_seconds: Some(DEADLINE),
        remind_after_seconds: vec![DEADLINE / 3, DEADLINE / 3 * 2],
        confirmation: if choices.chance(400) { Confirmation::Button } else { Confirmation::Phrase },
        self_approval: choices.chance(200),
        same_person: choices.chance(300),
        reject_quorum: if choices.chance(200) { 2 } else { 1 },
        silence,
        strength: if slack.is_some() && choices.chance(150) { Strength::Slack } else { Strength::Link },
        mail: slack.is_none() || !choices.chance(150),
        slack,
    }
}
