//! A pressed button. Its answer is always the same; what its presser has to know, they are told privately.

use common::domain::{Choice, Command, Confirmation, Request, RequestId, SlackPerson};
use common::ports::{Clock, SlackCard, SlackModal};
use common::render::slack;
use common::usecase::keep::keep;

use crate::desk::{Desk, Secrets, Slack, Store, Workflows};
use crate::interaction::{Click, Place};
use crate::journal;
use crate::vote::{Standing, Voter};

impl<K, S, W, L, C> Desk<'_, K, S, W, L, C>
where
    K: Secrets,
    S: Store,
    W: Workflows,
    L: Slack,
    C: Clock,
{
    /// Tells the presser something that nobody else sees: by the API, or else at the address that came with the click.
    /// That both fail is only logged: they see no change, and press again.
    pub(crate) async fn tell(&self, click: &Click, card: &SlackCard) {
        if let Some(place) = &click.place {
            match self.slack.tell_privately(&place.channel, &click.by.user, card).await {
                Ok(()) => return,
                Err(error) => journal::slack_failed(None, &error, "tell"),
            }
        }
        if let Some(reply) = &click.reply
            && let Err(error) = self.slack.reply_privately(reply, card).await
        {
            journal::slack_failed(None, &error, "reply");
        }
    }

    /// Deals with a button, and answers with what its presser has to know.
    pub(crate) async fn press(&self, click: &Click) -> Option<SlackCard> {
        let wanted = Wanted::read(&click.action_id)?;
        if let Err(card) = self.check_origin(&click.by).await {
            return Some(card);
        }
        let (Some(id), Some(place)) = (&click.request, &click.place) else {
            journal::refused(None, None, "no_request");
            return Some(slack::wrong_place());
        };
        let request = match self.find(id).await {
            Ok(request) => request,
            Err(card) => return Some(card),
        };
        if !belongs(&request, place) {
            journal::refused(Some(id), None, "wrong_message");
            return Some(slack::wrong_place());
        }
        match wanted {
            Wanted::Everything => self.open(click, &request, &slack::everything(&request)).await,
            Wanted::Vote(choice) => self.decide_or_ask(click, place, request, choice).await,
        }
    }

    async fn decide_or_ask(
        &self,
        click: &Click,
        place: &Place,
        request: Request,
        choice: Choice,
    ) -> Option<SlackCard> {
        let person = match self.recognise(&request, &click.by.user).await {
            Ok(Some(person)) => person,
            Ok(None) => return Some(self.refuse_stranger(&request)),
            Err(error) => {
                journal::slack_failed(Some(&request.id), &error, "recognise");
                return Some(slack::slack_did_not_help());
            }
        };
        let voter = Voter { person, choice };
        // A message that the record did not know is one of its own even when it is too late to vote.
        let request = match request.check_entitled(&voter.person) {
            Ok(()) => self.note(request, click, place, &voter).await,
            Err(_) => request,
        };
        let asks = match self.standing(&request, &voter) {
            Standing::Refused(refusal) => return Some(self.refuse(&request, &voter, refusal)),
            // The vote stands: nothing has to be typed, but a debt may have to be paid.
            Standing::Voted => false,
            Standing::Open => choice == Choice::Reject || request.level.confirmation == Confirmation::Phrase,
        };
        if asks {
            let modal = slack::question(&request, choice);
            return self.open(click, &request, &modal).await;
        }
        self.vote(request, &voter, None).await
    }

    /// Notes what the click has shown: a message that the record did not know, and whose account it is. Nothing hangs
    /// on it, so it may fail.
    async fn note(&self, request: Request, click: &Click, place: &Place, voter: &Voter) -> Request {
        let to = place.is_direct().then(|| voter.person.clone());
        let adopt = Command::AdoptSlackMessage { channel: place.channel.clone(), ts: place.ts.clone(), to };
        let person = SlackPerson { user: click.by.user.clone(), approver: voter.person.clone() };
        let commands = [adopt, Command::RememberSlackPerson(person)];
        // If the process dies after this write, the next click finds both known.
        match keep(self.store, self.clock, request.clone(), &commands).await {
            Ok(noted) => noted,
            Err(error) => {
                journal::store_failed(&error);
                request
            }
        }
    }

    async fn open(&self, click: &Click, request: &Request, modal: &SlackModal) -> Option<SlackCard> {
        let Some(trigger) = &click.trigger else {
            journal::refused(Some(&request.id), None, "no_trigger");
            return Some(slack::slack_did_not_help());
        };
        let error = self.slack.open_modal(trigger, modal).await.err()?;
        journal::slack_failed(Some(&request.id), &error, "open_modal");
        Some(slack::slack_did_not_help())
    }

    /// The request, or what to say instead.
    pub(crate) async fn find(&self, id: &RequestId) -> Result<Request, SlackCard> {
        match self.store.request(id).await {
            Ok(Some(request)) => Ok(request),
            Ok(None) => {
                journal::refused(Some(id), None, "not_found");
                Err(slack::wrong_place())
            }
            Err(error) => {
                journal::store_failed(&error);
                Err(slack::not_recorded())
            }
        }
    }
}

/// What a button is for.
enum Wanted {
    Vote(Choice),
    Everything,
}

impl Wanted {
    fn read(action: &str) -> Option<Self> {
        match action {
            slack::APPROVE => Some(Self::Vote(Choice::Approve)),
            slack::REJECT => Some(Self::Vote(Choice::Reject)),
            slack::EVERYTHING => Some(Self::Everything),
            _ => None,
        }
    }
}

/// Whether a message of this request can stand there: it is known, or could have been posted by a process that died
/// before it was noted. A button that was copied elsewhere leads nowhere.
fn belongs(request: &Request, place: &Place) -> bool {
    request.has_slack_message(&place.channel, &place.ts)
        || request.may_be_asked_in(&place.channel, place.name.as_deref())
}
