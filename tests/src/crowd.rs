//! Many clients at the same moment, and what a client does that gets no answer.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use common::domain::Choice;

use crate::invariants::Told;
use crate::{Link, Page, Run};

/// Long enough for the largest crowd.
const PATIENCE: Duration = Duration::from_mins(3);
/// How many votes are under way at the same moment: about as many as two processors can serve in the time that a function gives storage. Of a thousand
/// at the same moment nearly all are told that nothing is confirmed, again and again, and the crowd never ends.
const AT_ONCE: usize = 50;
/// The pauses before trying again: longer each time, and different for each client.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);

/// The stack, with an API that turns nobody away.
///
/// One crowd at a time: more of them are only a load on this machine. It is a crowd's turn until the second value is dropped.
pub fn crowded() -> (Run, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    // A crowd that failed does not keep the others from their turn.
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let run = Run::connect();
    run.let_a_crowd_through();
    (run, turn)
}

/// One client: whose link, what it chooses, and the phrase that it types.
pub struct Client<'a> {
    /// Out of the person's mail.
    pub link: Link,
    /// What it sends.
    pub choice: Choice,
    /// What the person has to type.
    pub phrase: &'a str,
}

/// How often the crowd was told that nothing is confirmed, and how often it was told nothing.
#[derive(Debug, Default)]
pub struct Unanswered {
    unavailable: AtomicUsize,
    silent: AtomicUsize,
}

/// Votes, and again, as a person does, for as long as that gets no answer.
pub fn vote(link: &Link, choice: Choice, phrase: &str) -> Told {
    Client { link: link.clone(), choice, phrase }.insist(0, &Unanswered::default())
}

/// Lets all clients vote, each until it gets an answer.
pub fn insist(clients: &[Client<'_>]) -> (Vec<Told>, Unanswered) {
    let unanswered = Unanswered::default();
    let told = at_once(clients, |number, client| client.insist(number, &unanswered));
    (told, unanswered)
}

/// Lets all clients vote once. Who gets no answer has nothing.
pub fn once(clients: &[Client<'_>]) -> Vec<Option<Told>> {
    let unanswered = Unanswered::default();
    at_once(clients, |_, client| {
        let page = client.post();
        is_answer(&page, &unanswered).then(|| Told::read(client.choice, &page))
    })
}

/// Lets every client do something, so many at the same moment.
fn at_once<T: Send>(clients: &[Client<'_>], each: impl Fn(usize, &Client<'_>) -> T + Sync) -> Vec<T> {
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
        lanes
            .into_iter()
            .flat_map(|lane| lane.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect::<Vec<_>>()
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, done)| done).collect()
}

impl Client<'_> {
    /// Sends the form.
    fn post(&self) -> Page {
        let (action, reason) = match self.choice {
            Choice::Approve => ("approve", ""),
            Choice::Reject => ("reject", "not like this"),
        };
        self.link.post_as_json(&[("action", action), ("phrase", self.phrase), ("reason", reason)])
    }

    /// Sends it until there is an answer, with pauses of its own.
    fn insist(&self, number: usize, unanswered: &Unanswered) -> Told {
        let (started, mut pause) = (Instant::now(), SHORTEST);
        loop {
            let page = self.post();
            if is_answer(&page, unanswered) {
                return Told::read(self.choice, &page);
            }
            assert!(started.elapsed() < PATIENCE, "no answer to a vote in {} s", PATIENCE.as_secs());
            let share = u32::try_from(number % 16).unwrap_or_default();
            thread::sleep(pause + pause * share / 16);
            pause = (pause * 2).min(LONGEST);
        }
    }
}

/// Whether a page says what holds. Otherwise it is ours, which says so (503), or the gateway in front has had no answer in time (502, 504). Nothing
/// else is ever said: no 500, and no 502 of a function that broke.
fn is_answer(page: &Page, unanswered: &Unanswered) -> bool {
    match page.status {
        503 => {
            let is_ours = page.json().get("refusal").is_some_and(|refusal| refusal == "unavailable");
            assert!(is_ours, "{}", page.body);
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
