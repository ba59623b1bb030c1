//! Clients that start at the same moment, and what a client does that gets no answer.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::domain::Choice;
use countersign_tests::{Link, Page};

use crate::invariants::Told;

/// Long enough for the largest crowd.
const PATIENCE: Duration = Duration::from_mins(3);
/// The pauses before trying again: longer each time, and different for each client, or the crowd would never grow smaller.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(8);

/// One client: whose link, and what it chooses.
pub(crate) struct Client {
    pub(crate) link: Link,
    pub(crate) choice: Choice,
}

/// How often the crowd was told that nothing is confirmed, and how often it was told nothing.
#[derive(Debug, Default)]
pub(crate) struct Unanswered {
    pub(crate) unavailable: AtomicUsize,
    pub(crate) silent: AtomicUsize,
}

/// Lets all clients vote at the same moment, each until it gets an answer.
pub(crate) fn insist(clients: &[Client]) -> (Vec<Told>, Unanswered) {
    let unanswered = Unanswered::default();
    let told = at_once(clients, |number, client| {
        let (started, mut pause) = (Instant::now(), SHORTEST);
        loop {
            let page = vote(client);
            if is_answer(&page, &unanswered) {
                return Told::read(client.choice, &page);
            }
            assert!(started.elapsed() < PATIENCE, "no answer to a vote in {} s", PATIENCE.as_secs());
            let share = u32::try_from(number % 16).unwrap_or_default();
            thread::sleep(pause + pause * share / 16);
            pause = (pause * 2).min(LONGEST);
        }
    });
    (told, unanswered)
}

/// Lets all clients vote at the same moment, once. Who gets no answer has nothing.
pub(crate) fn once(clients: &[Client]) -> Vec<Option<Told>> {
    let unanswered = Unanswered::default();
    at_once(clients, |_, client| {
        let page = vote(client);
        is_answer(&page, &unanswered).then(|| Told::read(client.choice, &page))
    })
}

fn at_once<T: Send>(clients: &[Client], each: impl Fn(usize, &Client) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(clients.len());
    thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .enumerate()
            .map(|(number, client)| {
                let (barrier, each) = (&barrier, &each);
                scope.spawn(move || {
                    barrier.wait();
                    each(number, client)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn vote(client: &Client) -> Page {
    let (action, reason) = match client.choice {
        Choice::Approve => ("approve", ""),
        Choice::Reject => ("reject", "not like this"),
    };
    client.link.post_as_json(&[("action", action), ("phrase", "production"), ("reason", reason)])
}

/// Whether a page says what holds. Otherwise it is ours, which says so (503), or the gateway in front has had no answer in time (502, 504). Nothing
/// else is ever said: no 500, and no 502 of a function that broke.
fn is_answer(page: &Page, unanswered: &Unanswered) -> bool {
    match page.status {
        503 => {
            assert_eq!(page.json()["refusal"], "unavailable", "{}", page.body);
            unanswered.unavailable.fetch_add(1, Ordering::Relaxed);
            false
        }
        502 | 504 => {
            assert!(page.body.contains("the emulator does not answer"), "{}: {}", page.status, page.body);
            unanswered.silent.fetch_add(1, Ordering::Relaxed);
            false
        }
        status => {
            assert!(status < 500, "{status}: {}", page.body);
            true
        }
    }
}
