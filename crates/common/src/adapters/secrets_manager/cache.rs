//! Secrets as they were last read: for how long they are used, and when they are read again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_secretsmanager::Client;
use jiff::{SignedDuration, Timestamp};

use crate::adapters::failure::Failure;
use crate::ports::Clock;

/// How young a secret, or a failure to read it, is too young for another read because something did not match it. Anybody can send what does
/// not match.
pub(super) const YOUNG: SignedDuration = SignedDuration::from_secs(30);
/// For how long a secret is used that cannot be read any more.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// Reads what a secret's text says, or says what is wrong with it, without a word of the text.
type Parse<T> = fn(&str) -> Result<T, &'static str>;

/// Secrets by their ARNs, each read when it is needed.
pub(super) struct Cache<C, T> {
    client: Client,
    clock: C,
    parse: Parse<T>,
    known: Mutex<BTreeMap<String, Known<T>>>,
}

struct Known<T> {
    read_at: Timestamp,
    content: T,
    /// When it could last not be read again.
    failed_at: Option<Timestamp>,
}

impl<C: Clock, T: Clone> Cache<C, T> {
    pub(super) fn new(client: Client, clock: C, parse: Parse<T>) -> Self {
        Self { client, clock, parse, known: Mutex::new(BTreeMap::new()) }
    }

    /// The secret, read at most so long ago, or for a while as it last was.
    pub(super) async fn read(&self, arn: &str, fresh: SignedDuration) -> Result<T, Failure> {
        if let Some(content) = self.cached(arn, fresh) {
            return Ok(content);
        }
        let read_at = self.clock.now();
        match self.read_anew(arn).await {
            Ok(content) => {
                let known = Known { read_at, content: content.clone(), failed_at: None };
                self.lock().insert(arn.to_owned(), known);
                Ok(content)
            }
            Err(error) => self.stale(arn, error),
        }
    }

    async fn read_anew(&self, arn: &str) -> Result<T, Failure> {
        let found = Box::pin(self.client.get_secret_value().secret_id(arn).send()).await;
        let found = found.map_err(|error| Failure::of(&error))?;
        (self.parse)(found.secret_string().unwrap_or_default())
            .map_err(|what| Failure { code: what.to_owned(), passing: false })
    }

    /// What is fresh enough, or has just failed to be read again.
    fn cached(&self, arn: &str, fresh: SignedDuration) -> Option<T> {
        let now = self.clock.now();
        let all = self.lock();
        let known = all.get(arn)?;
        let just_failed =
            known.failed_at.is_some_and(|at| now.duration_since(at) < YOUNG) && known.is_usable(now);
        (now.duration_since(known.read_at) < fresh || just_failed).then(|| known.content.clone())
    }

    /// What was read before, for as long as that may be used; else the failure.
    fn stale(&self, arn: &str, error: Failure) -> Result<T, Failure> {
        let now = self.clock.now();
        let mut all = self.lock();
        match all.get_mut(arn).filter(|known| known.is_usable(now)) {
            Some(known) => {
                tracing::warn!(%error, "a secret cannot be read again, so it is used as it was");
                known.failed_at = Some(now);
                Ok(known.content.clone())
            }
            None => Err(error),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Known<T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Known<T> {
    fn is_usable(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) < STALE
    }
}
