//! Whatever is done to a request, in whatever order.

use proptest::prelude::*;

use crate::domain::event::first_break;
use crate::domain::samples::{at, ballot, group, person, request_of, task_token};
use crate::domain::{
    Ballot, Choice, Command, Deployment, EmailAddress, Generation, Notice, PlanKey, Request, Resume, Status,
    Transition, apply,
};

const PEOPLE: [&str; 6] = ["ana", "bob", "cyd", "dev", "eve", "mallory"];

/// Two of three managers, and security; Dev asked, Mallory is in no group.
fn asked() -> Request {
    request_of(vec![
        group("manager", &["ana", "bob", "cyd", "dev"], 2),
        group("security", &["eve", "bob"], 1),
    ])
}

/// Sometimes under another address of the same person.
fn any_ballot() -> impl Strategy<Value = Ballot> {
    (0..PEOPLE.len(), prop::bool::weighted(0.8), prop::bool::weighted(0.2)).prop_map(
        |(at, approves, tagged)| {
            let ballot = ballot(PEOPLE[at], if approves { Choice::Approve } else { Choice::Reject });
            let address = format!("{}+x@example.com", PEOPLE[at]);
            let approver = if tagged { EmailAddress::parse(&address).unwrap() } else { ballot.approver };
            Ballot { approver, ..ballot }
        },
    )
}

fn any_command() -> impl Strategy<Value = Command> {
    let resume = prop::sample::select(vec![Resume::Owed, Resume::Done, Resume::Gone, Resume::None]);
    prop_oneof![
        8 => any_ballot().prop_map(Command::Vote),
        1 => Just(Command::Expire),
        1 => Just(Command::Withdraw { reason: "undeliverable".to_owned() }),
        1 => Just(Command::TakeBack { reason: "cancelled".to_owned() }),
        1 => Just(Command::Supersede { by: PlanKey::of_execution("newer") }),
        1 => Just(Command::Escalate),
        2 => resume.prop_map(Command::NoteResume),
        2 => (0..4_i64, 0..4_u32).prop_map(|(seconds, retry)| Command::RenewWait {
            task_token: task_token(&format!("token-{seconds}-{retry}")),
            generation: Generation { entered_at: at(seconds), retry },
        }),
        1 => Just(Command::NoteNotice { notice: Notice::Closed, recipients: vec![person("dev")] }),
        1 => any::<bool>().prop_map(|deployed| Command::Execute(Deployment { at: at(1), deployed, failure: None, reason: None })),
    ]
}

fn apply_all(request: Request, commands: &[Command]) -> Request {
    commands.iter().fold(request, |request, command| match apply(&request, command.clone(), at(10)) {
        Ok(Transition::Changed(next)) => *next,
        Ok(Transition::Unchanged) | Err(_) => request,
    })
}

proptest! {
    #[test]
    fn a_decision_never_changes_and_nobody_counts_twice(commands in prop::collection::vec(any_command(), 0..40)) {
        let mut request = asked();
        for command in commands {
            let next = match apply(&request, command, at(10)) {
                Ok(Transition::Changed(next)) => *next,
                Ok(Transition::Unchanged) | Err(_) => continue,
            };
            prop_assert!(next.version > request.version);
            prop_assert!(next.generation >= request.generation);
            prop_assert!(next.events.starts_with(&request.events));
            prop_assert_eq!(first_break(&next.events), None);
            if request.decision.is_some() {
                prop_assert_eq!(&next.decision, &request.decision);
                prop_assert_eq!(next.status, request.status);
                prop_assert_eq!(&next.votes, &request.votes);
            }
            prop_assert_eq!(next.status == Status::Pending, next.decision.is_none());
            for vote in &next.votes {
                prop_assert_eq!(next.check_entitled(&vote.approver), Ok(()));
                let same = |other: &&crate::domain::Vote| other.approver.is_same_person(&vote.approver);
                prop_assert_eq!(next.votes.iter().filter(same).count(), 1);
            }
            request = next;
        }
    }

    /// One vote per person, in two orders: the same people end it in the same way, unless a rejection
    /// came after enough others had approved.
    #[test]
    fn the_order_of_approvals_does_not_matter(
        people in Just(PEOPLE.to_vec()).prop_shuffle(),
        others in Just(PEOPLE.to_vec()).prop_shuffle(),
        rejects in prop::sample::subsequence(PEOPLE.to_vec(), 0..=PEOPLE.len()),
    ) {
        let votes = |order: &[&str]| -> Vec<_> {
            let choice = |name| if rejects.contains(name) { Choice::Reject } else { Choice::Approve };
            order.iter().map(|name| Command::Vote(ballot(name, choice(name)))).collect()
        };
        let (one, other) = (apply_all(asked(), &votes(&people)), apply_all(asked(), &votes(&others)));
        let counting = rejects.iter().any(|name| !["dev", "mallory"].contains(name));
        if counting {
            // Which came first decides, and nothing else does.
            prop_assert!(one.status != Status::Pending && other.status != Status::Pending);
        } else {
            prop_assert_eq!((one.status, other.status), (Status::Approved, Status::Approved));
        }
        prop_assert_eq!(one.status == Status::Rejected, one.votes.iter().any(|vote| vote.choice == Choice::Reject));
    }

    #[test]
    fn an_approved_request_has_every_quorum(ballots in prop::collection::vec(any_ballot(), 0..30)) {
        let commands: Vec<_> = ballots.into_iter().map(Command::Vote).collect();
        let request = apply_all(asked(), &commands);
        let approved = |name: &str| {
            request.votes.iter().any(|vote| vote.approver.is_same_person(&person(name)) && vote.choice == Choice::Approve)
        };
        let managers = ["ana", "bob", "cyd"].iter().filter(|name| approved(name)).count();
        let met = managers >= 2 && (approved("eve") || approved("bob"));
        prop_assert_eq!(request.status == Status::Approved, met && request.status != Status::Rejected);
    }

    /// With a quorum of rejections, whoever votes in whatever order: approved exactly when every group has its
    /// quorum first, rejected exactly when enough rejected or too few are left, and never both.
    #[test]
    fn a_quorum_of_rejections_ends_it_or_nothing_does(
        ballots in prop::collection::vec(any_ballot(), 0..30),
        quorum in 1..4_u32,
    ) {
        let mut asked = asked();
        asked.level.reject_quorum = quorum;
        let commands: Vec<_> = ballots.into_iter().map(Command::Vote).collect();
        let request = apply_all(asked, &commands);
        let said = |choice| request.votes.iter().filter(|vote| vote.choice == choice).count();
        match request.status {
            Status::Approved => prop_assert!(said(Choice::Reject) < quorum as usize),
            Status::Rejected => {
                let managers = request.level.groups[0].count(|who| {
                    request.check_entitled(who).is_ok()
                        && request.vote_of(who).is_none_or(|vote| vote.choice == Choice::Approve)
                });
                let security = request.level.groups[1].count(|who| {
                    request.vote_of(who).is_none_or(|vote| vote.choice == Choice::Approve)
                });
                let out_of_reach = managers < 2 || security < 1;
                prop_assert!(said(Choice::Reject) >= quorum as usize || out_of_reach);
            }
            _ => prop_assert!(said(Choice::Reject) < quorum as usize),
        }
    }
}
