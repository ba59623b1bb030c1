//! Withdrawing against a vote at the same moment: one wins, and both are told the truth.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use common::domain::Status;
use countersign::exit::Exit;

use crate::terminal::{Asked, countersign};

const ROUNDS: u32 = 8;
const HEAD_START: Duration = Duration::from_millis(25);

#[test]
fn one_of_both_wins_and_both_learn_which() {
    for round in 0..ROUNDS {
        let asked = Asked::by("one");
        asked.start();
        let link = asked.mail_to("max").approve();
        let id = asked.asked(1).id;
        let barrier = Barrier::new(2);
        // Both at once, and then with more and more of a head start for one and for the other, in turns.
        let head_start = HEAD_START * (round / 2);
        let (vote_waits, withdrawal_waits) =
            if round % 2 == 0 { (head_start, Duration::ZERO) } else { (Duration::ZERO, head_start) };
        let (page, said) = thread::scope(|scope| {
            let vote = scope.spawn(|| {
                barrier.wait();
                thread::sleep(vote_waits);
                link.confirm("production")
            });
            barrier.wait();
            thread::sleep(withdrawal_waits);
            let said = countersign(&asked.run, &["withdraw", id.as_str(), "--reason", "postponed", "--json"]);
            (vote.join().unwrap_or_else(|_| panic!("the vote panicked")), said)
        });
        let record = asked.record(1).unwrap_or_else(|| panic!("it was asked"));
        let told = said.json();
        assert_eq!(told["status"], record.status.as_str(), "round {round}: {}", said.out);
        match record.status {
            Status::Approved => {
                assert_eq!((page.status, said.exit), (200, Exit::Failed), "round {round}: {}", said.out);
                assert_eq!((&told["ok"], &told["refusal"]), (&false.into(), &"already_decided".into()));
                assert_eq!(told["decision"]["by"], "max@example.com");
            }
            Status::Withdrawn => {
                assert_eq!((page.status, said.exit), (410, Exit::Ok), "round {round}: {}", said.out);
                assert_eq!((&told["ok"], &told["decision"]["reason"]), (&true.into(), &"postponed".into()));
            }
            other => panic!("round {round}: {other}"),
        }
    }
}

#[test]
fn a_reason_is_needed_before_anything_is_asked() {
    let asked = Asked::by("one");
    let said = countersign(&asked.run, &["withdraw", "anything", "--reason", "  "]);
    assert_eq!(said.exit, Exit::Usage, "{}{}", said.out, said.err);
    let said = countersign(&asked.run, &["withdraw", "nothing-of-this-name", "--reason", "x"]);
    assert_eq!(said.exit, Exit::Failed, "{}{}", said.out, said.err);
}
