//! Clients in a crowd, and what a client does that gets no answer.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::domain::Choice;
use countersign_tests::{Link, Page};

use crate::invariants::Told;

/// Long enough for the largest crowd.
const PATIENCE: Duration = Duration::from_mins(3);
/// How many votes are under way at the same moment: about as many as two processors can serve in the time that a function gives storage. Of a thousand
/// at the same moment nearly all are told that nothing is confirmed, again and again, and the crowd never ends.
const AT_ONCE: usize = 50;
/// The pauses before trying again: longer each time, and different for each client.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);

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

/// Lets all clients vote, each until it gets an answer.
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

/// Lets all clients vote once. Who gets no answer has nothing.
pub(crate) fn once(clients: &[Client]) -> Vec<Option<Told>> {
    let unanswered = Unanswered::default();
    at_once(clients, |_, client| {
        let page = vote(client);
        is_answer(&page, &unanswered).then(|| Told::read(client.choice, &page))
    })
}

/// Lets every client do something, so many at the same moment.
fn at_once<T: Send>(clients: &[Client], each: impl Fn(usize, &Client) -> T + Sync) -> Vec<T> {
    let lanes = AT_ONCE.min(clients.len());
    let (next, barrier) = (AtomicUsize::new(0), Barrier::new(lanes));
    let lane = || {
        barrier.wait();
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(client) = clients.get(number) else { return done };
            done.push((number, each(number, client)));
        }
    };
    let mut done = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect::<Vec<_>>()
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, done)| done).collect()
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
