//! What Slack itself tells a person: that an app did not respond.

/// A warning that only one person sees, beside the message that they clicked on.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) user: String,
    pub(crate) channel: String,
    pub(crate) ts: String,
    pub(crate) text: String,
}

/// The warnings of now: at most one for each person and message.
#[derive(Debug, Default)]
pub(crate) struct Notices(Vec<Notice>);

impl Notices {
    /// Replaces what the person was told about the message; nothing takes it away.
    pub(crate) fn set(&mut self, user: &str, channel: &str, ts: &str, text: Option<String>) {
        self.0.retain(|known| !(known.user == user && known.channel == channel && known.ts == ts));
        let notice =
            |text| Notice { user: user.to_owned(), channel: channel.to_owned(), ts: ts.to_owned(), text };
        self.0.extend(text.map(notice));
    }

    pub(crate) fn find(&self, user: &str, channel: &str, ts: &str) -> Option<&Notice> {
        self.0.iter().find(|known| known.user == user && known.channel == channel && known.ts == ts)
    }
}
