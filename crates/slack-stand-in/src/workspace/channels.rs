//! Channels and direct messages.

use crate::CHANNEL;

/// Somewhere that messages go.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Who is in it; nobody named means everybody.
    pub(crate) members: Vec<String>,
    pub(crate) is_direct: bool,
    pub(crate) is_archived: bool,
    /// Whether the app has been invited.
    pub(crate) has_app: bool,
}

/// Every channel.
#[derive(Debug)]
pub(crate) struct Channels(Vec<Channel>);

impl Channels {
    /// Two channels that can be posted to, one that was archived, and one without the app.
    pub(crate) fn pretend() -> Self {
        let channel = |id: &str, name: &str| Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            has_app: true,
            ..Channel::default()
        };
        Self(vec![
            channel(CHANNEL, "deployments"),
            channel("C0GENERAL", "general"),
            Channel { is_archived: true, ..channel("C0OLD", "old-project") },
            Channel { has_app: false, ..channel("C0PRIVATE", "without-the-app") },
        ])
    }

    pub(crate) fn all(&self) -> &[Channel] {
        &self.0
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Channel> {
        self.0.iter().find(|channel| channel.id == id)
    }

    /// By id, or by name with or without `#`.
    pub(crate) fn named(&self, channel: &str) -> Option<&Channel> {
        let name = channel.strip_prefix('#').unwrap_or(channel);
        let is_it = |known: &&Channel| known.id == channel || (!known.is_direct && known.name == name);
        self.0.iter().find(is_it)
    }

    /// Adds a channel, or changes the one with its id.
    pub(crate) fn put(&mut self, channel: Channel) {
        match self.0.iter_mut().find(|known| known.id == channel.id) {
            Some(known) => *known = channel,
            None => self.0.push(channel),
        }
    }

    /// The conversation of the app with these people; whether it was there already.
    pub(crate) fn open_direct(&mut self, people: &[String]) -> (String, bool) {
        let mut members = people.to_vec();
        members.sort_unstable();
        members.dedup();
        let known = self.0.iter().find(|channel| channel.is_direct && channel.members == members);
        if let Some(known) = known {
            return (known.id.clone(), true);
        }
        let id = match members.as_slice() {
            [one] => format!("D0{}", one.trim_start_matches("U0")),
            several => format!("G0{}", several.join("").replace("U0", "")),
        };
        let name = members.join(", ");
        self.0.push(Channel {
            id: id.clone(),
            name,
            members,
            is_direct: true,
            is_archived: false,
            has_app: true,
        });
        (id, false)
    }
}

impl Channel {
    pub(crate) fn has(&self, user: &str) -> bool {
        self.members.is_empty() || self.members.iter().any(|member| member == user)
    }
}
