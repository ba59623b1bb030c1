//! Links that approvers ask for: whoever opened one request can have the link to another one mailed to them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{EmailAddress, Purpose, Request, Status};

/// How long after one such mail the next one may be asked for.
pub const LINK_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// How many links one person may have to one request, those of all mails together.
const MOST_LINKS: usize = 20;

/// Somebody wants a mail with a new link of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WantedLink {
    /// The approver, as the level names them.
    pub approver: EmailAddress,
    /// Since when.
    pub at: Timestamp,
}

/// What comes of wanting a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A mail is on its way.
    Noted,
    /// One is on its way already, or went out a moment ago.
    Lately,
    /// The request does not wait for this person, or is no request at all; which of them is nobody's business.
    NotAwaited,
}

impl Request {
    /// The people to whom its links are mailed while it is open: who may vote, has not, and is asked by mail.
    pub fn awaited_people(&self) -> impl Iterator<Item = &EmailAddress> {
        self.outstanding().filter(|_| self.status == Status::Pending && self.level.mail)
    }

    /// What comes of it when somebody wants a new link now.
    pub fn wanted_by(&self, person: &EmailAddress, now: Timestamp) -> Wanted {
        if !self.awaited_people().any(|awaited| awaited == person) {
            return Wanted::NotAwaited;
        }
        let links = self.links.iter().filter(|link| link.approver == *person).count();
        let lately = self.contacts.iter().any(|contact| {
            let sent = contact.sent_at.is_some_and(|sent_at| now < sent_at + LINK_PAUSE);
            contact.approver == *person && contact.purpose == Purpose::Link && sent
        });
        if links < MOST_LINKS && !lately && !self.is_link_wanted(person) {
            Wanted::Noted
        } else {
            Wanted::Lately
        }
    }

    /// Whether somebody waits for a new link.
    pub fn is_link_wanted(&self, person: &EmailAddress) -> bool {
        self.wanted_links.iter().any(|wanted| wanted.approver == *person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{after, at, person, request, vote};
    use crate::domain::{Channel, Choice, Command, Contact, Level, Transition, apply};

    fn want(request: &Request, name: &str, seconds: i64) -> Option<Request> {
        match apply(request, Command::WantLink { approver: person(name) }, at(seconds)) {
            Ok(Transition::Changed(next)) => Some(*next),
            _ => None,
        }
    }

    fn mailed(request: &Request, seconds: i64) -> Request {
        let contact = Contact {
            approver: person("ana"),
            channel: Channel::Email,
            purpose: Purpose::Link,
            sent_at: Some(at(seconds)),
            failure: None,
        };
        after(request, Command::NoteContacts(vec![contact]))
    }

    #[test]
    fn a_link_is_owed_until_it_is_mailed_and_then_not_for_a_while() {
        let wanted = want(&request(), "ana", 5).unwrap();
        assert!(wanted.is_link_wanted(&person("ana")) && wanted.owing_since() == Some(at(5)));
        assert_eq!(want(&wanted, "ana", 6), None, "once is enough");
        let mailed = mailed(&wanted, 10);
        assert_eq!((mailed.owing_since(), mailed.wanted_links.len()), (None, 0));
        assert_eq!(want(&mailed, "ana", 10 + 15 * 60 - 1), None);
        assert!(want(&mailed, "ana", 10 + 15 * 60).is_some());
    }

    #[test]
    fn only_somebody_whose_vote_is_awaited_by_mail_gets_one() {
        assert_eq!(want(&request(), "eve", 0), None, "not an approver");
        let voted = after(&request(), vote("ana", Choice::Approve));
        assert_eq!(want(&voted, "ana", 0), None);
        let expired = after(&request(), Command::Expire);
        assert_eq!(want(&expired, "ana", 0), None);
        let level = Level { mail: false, ..request().level };
        assert_eq!(want(&Request { level, ..request() }, "ana", 0), None, "asked in Slack only");
    }

    #[test]
    fn nobody_has_links_without_end() {
        let mut request = request();
        let link = crate::domain::Link {
            approver: person("ana"),
            hash: crate::domain::LinkToken::mint(request.id.clone(), [1; 32]).hash(),
            minted_at: at(0),
        };
        request.links = vec![link; MOST_LINKS];
        assert_eq!(want(&request, "ana", 0), None);
    }

    #[test]
    fn whoever_votes_needs_no_link_any_more() {
        let mut request = request();
        request.level.groups = vec![crate::domain::samples::group("any", &["ana", "bob"], 2)];
        let voted = after(&want(&request, "ana", 5).unwrap(), vote("ana", Choice::Approve));
        assert_eq!((voted.status, voted.wanted_links.len()), (Status::Pending, 0));
    }

    #[test]
    fn a_request_that_closes_owes_no_links() {
        let wanted = want(&request(), "ana", 5).unwrap();
        let closed = after(&wanted, Command::Expire);
        assert!(closed.wanted_links.is_empty());
    }
}
