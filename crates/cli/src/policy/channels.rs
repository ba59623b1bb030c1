//! How a level reaches its people: by mail, in Slack, or both.

use common::domain::{SlackTarget, Strength};

use super::level::Surroundings;
use super::mistakes::Mistakes;
use super::read::{self, Channels, Given, Terms};

/// By which ways a level asks.
pub(super) struct Ways {
    pub(super) mail: bool,
    /// Absent: in the stack's channel, where the stack has Slack.
    pub(super) slack: Option<SlackTarget>,
    /// How surely a vote must be its person's.
    pub(super) strength: Strength,
}

/// What a level and its rule say together.
pub(super) fn compile(level: &read::Level, rule: &Surroundings<'_>, mistakes: &mut Mistakes<'_>) -> Ways {
    for terms in [&level.terms, rule.terms] {
        refuse_contradiction(terms, mistakes);
    }
    let both = Channels { email: true, slack: true };
    let channels = level.terms.channels.or(&rule.terms.channels);
    let channels = channels.value().map_or(both, |channels| channels.value);
    let channel = level.terms.slack_channel.or(&rule.terms.slack_channel).value();
    let direct = level.terms.slack_direct.or(&rule.terms.slack_direct).value();
    let slack = match (channels.slack, channel, direct) {
        (false, ..) => Some(SlackTarget::NOWHERE),
        (true, None, None) => None,
        (true, channel, direct) => {
            let target = SlackTarget {
                channel: channel.map(|channel| channel.value.clone()),
                direct: direct.is_some_and(|direct| direct.value),
            };
            // Without a channel of its own and without direct messages, the stack's channel is left.
            (target != SlackTarget::NOWHERE).then_some(target)
        }
    };
    let strength = level.terms.strength.or(&rule.terms.strength).value();
    if let Some(strength) = strength.filter(|given| given.value == Strength::Slack && !channels.slack) {
        mistakes
            .error(
                strength.at,
                format!("at the level {:?} only votes in Slack count, and it is not asked there", level.name),
            )
            .suggest("add \"slack\" to channels, or leave strength out");
    }
    Ways { mail: channels.email, slack, strength: strength.map(|given| given.value).unwrap_or_default() }
}

/// One table that switches Slack off and says where in Slack to ask.
fn refuse_contradiction(terms: &Terms, mistakes: &mut Mistakes<'_>) {
    let Given::Is(channels) = &terms.channels else { return };
    if channels.value.slack {
        return;
    }
    let places = [
        terms.slack_channel.value().map(|channel| (channel.at, "slack_channel")),
        terms.slack_direct.value().filter(|direct| direct.value).map(|direct| (direct.at, "slack_direct")),
    ];
    for (at, key) in places.into_iter().flatten() {
        mistakes
            .error(at, format!("{key} is given, but channels does not have \"slack\""))
            .suggest("add \"slack\" to channels, or leave this out");
    }
}
