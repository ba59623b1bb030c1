//! The mail service: takes mails, or refuses those to given people.

use std::collections::BTreeMap;

use super::{Call, Memory, State};
use crate::domain::EmailAddress;
use crate::ports::{Mail, MailError, SendMail};

/// How mail to a person is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailRefusal {
    /// For now, as when there is too much of it.
    Temporary,
    /// For good, as in the sandbox.
    Final,
}

#[derive(Debug, Default)]
pub(super) struct Mailbox {
    sent: Vec<Mail>,
    refused: BTreeMap<EmailAddress, MailRefusal>,
}

impl Memory {
    /// Every mail that was taken, in order.
    pub fn sent(&self) -> Vec<Mail> {
        self.lock().mail.sent.clone()
    }

    /// The same without the first ones.
    pub fn sent_from(&self, first: usize) -> Vec<Mail> {
        self.lock().mail.sent.get(first..).unwrap_or_default().to_vec()
    }

    /// The mails to one person, in order.
    pub fn sent_to(&self, person: &EmailAddress) -> Vec<Mail> {
        self.lock().mail.sent.iter().filter(|mail| mail.to == *person).cloned().collect()
    }

    /// Refuses mail to a person from now on.
    pub fn refuse_mail(&self, person: &EmailAddress, refusal: MailRefusal) {
        self.lock().mail.refused.insert(person.clone(), refusal);
    }

    /// Takes mail to a person again.
    pub fn accept_mail(&self, person: &EmailAddress) {
        self.lock().mail.refused.remove(person);
    }
}

impl SendMail for Memory {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mail = mail.clone();
        let effect = move |state: &mut State| match state.mail.refused.get(&mail.to) {
            Some(MailRefusal::Temporary) => {
                Err(MailError::Temporary { code: "TooManyRequestsException".to_owned() })
            }
            Some(MailRefusal::Final) => Err(MailError::Refused { code: "MessageRejected".to_owned() }),
            None => {
                state.mail.sent.push(mail);
                Ok(())
            }
        };
        self.call(Call::SendMail, effect, || MailError::Temporary { code: "NoReply".to_owned() }).await
    }
}
