//! What an interaction lets the app do for a while: open a view, and answer at its response URL.

use std::time::Duration;

/// How long a trigger lasts (<https://docs.slack.dev/interactivity/handling-user-interaction>).
const TRIGGER_LASTS: Duration = Duration::from_secs(3);
/// How long a response URL lasts, and how often it can be used.
const URL_LASTS: Duration = Duration::from_mins(30);
const URL_USES: u32 = 5;

/// Why a trigger opens nothing, by the names of `views.open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotExchanged {
    Unknown,
    Expired,
    Exchanged,
}

#[derive(Debug)]
struct Trigger {
    id: String,
    user: String,
    at: Duration,
    is_exchanged: bool,
}

/// Where the app can answer an interaction later.
#[derive(Clone, Debug)]
pub(crate) struct ResponseUrl {
    token: String,
    pub(crate) user: String,
    pub(crate) channel: String,
    pub(crate) ts: String,
    at: Duration,
    uses: u32,
}

/// Every trigger and every response URL.
#[derive(Debug, Default)]
pub(crate) struct Triggers {
    all: Vec<Trigger>,
    urls: Vec<ResponseUrl>,
}

impl Triggers {
    /// A trigger for what a person just did.
    pub(crate) fn pull(&mut self, number: u64, user: &str, now: Duration) -> String {
        let id = format!("{}.{number}.{number:032x}", now.as_millis());
        self.all.push(Trigger { id: id.clone(), user: user.to_owned(), at: now, is_exchanged: false });
        id
    }

    /// Uses a trigger up. Gives who pulled it.
    pub(crate) fn exchange(&mut self, id: &str, now: Duration) -> Result<String, NotExchanged> {
        let trigger = self.all.iter_mut().find(|trigger| trigger.id == id).ok_or(NotExchanged::Unknown)?;
        if trigger.is_exchanged {
            return Err(NotExchanged::Exchanged);
        }
        if now.saturating_sub(trigger.at) > TRIGGER_LASTS {
            return Err(NotExchanged::Expired);
        }
        trigger.is_exchanged = true;
        Ok(trigger.user.clone())
    }

    /// A response URL for a click on a message; gives its last part.
    pub(crate) fn url(&mut self, number: u64, user: &str, channel: &str, ts: &str, now: Duration) -> String {
        let token = format!("{number}-{}", now.as_millis());
        let (user, channel, ts) = (user.to_owned(), channel.to_owned(), ts.to_owned());
        self.urls.push(ResponseUrl { token: token.clone(), user, channel, ts, at: now, uses: 0 });
        token
    }

    /// Uses a response URL once; nothing when it is unknown, used up or too old.
    pub(crate) fn respond(&mut self, token: &str, now: Duration) -> Option<ResponseUrl> {
        let url = self.urls.iter_mut().find(|url| url.token == token)?;
        let is_usable = url.uses < URL_USES && now.saturating_sub(url.at) <= URL_LASTS;
        url.uses += 1;
        is_usable.then(|| url.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_hours(491_000);

    #[test]
    fn a_trigger_opens_one_view_within_three_seconds() {
        let mut triggers = Triggers::default();
        let [first, second] = [1, 2].map(|number| triggers.pull(number, "U1", START));
        assert_eq!(triggers.exchange(&first, START + TRIGGER_LASTS), Ok("U1".to_owned()));
        assert_eq!(triggers.exchange(&first, START), Err(NotExchanged::Exchanged));
        let late = START + TRIGGER_LASTS + Duration::from_millis(1);
        assert_eq!(triggers.exchange(&second, late), Err(NotExchanged::Expired));
        assert_eq!(triggers.exchange("1.2.3", START), Err(NotExchanged::Unknown));
    }

    #[test]
    fn a_response_url_works_five_times_within_half_an_hour() {
        let mut triggers = Triggers::default();
        let token = triggers.url(1, "U1", "C1", "1.0", START);
        assert!(triggers.respond("other", START).is_none());
        for _ in 0..URL_USES {
            assert_eq!(triggers.respond(&token, START + URL_LASTS).unwrap().channel, "C1");
        }
        assert!(triggers.respond(&token, START).is_none());
        let old = triggers.url(2, "U1", "C1", "1.0", START);
        assert!(triggers.respond(&old, START + URL_LASTS + Duration::from_millis(1)).is_none());
    }
}
