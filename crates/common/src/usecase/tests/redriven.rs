//! A caller without a Catch that ended with its approval state, and is redriven: the same execution enters the same state later, with a
//! new token. What its people see by their links stays the truth about the request that each link opens.

use serde_json::{Value, json};

use super::world::{EXECUTION, World, now};
use crate::domain::apply::check_vote;
use crate::domain::samples::task_token;
use crate::domain::{Choice, LinkToken, Request, Status, Strength};
use crate::ports::{Answer, Clock as _, Ending};
use crate::render::page::{Visit, form, recorded, refused};
use crate::usecase::decide::find;

/// How the approval state ended, and with it the workflow.
#[derive(Clone, Copy, Debug)]
enum End {
    Rejected,
    TimedOut,
}

const ENDS: [End; 2] = [End::Rejected, End::TimedOut];

impl End {
    /// Ends the state, lets the news of it be heard, and redrives the workflow a while later.
    fn and_redrive(self, world: &World) {
        match self {
            Self::Rejected => {
                world.vote("ana", Choice::Reject).unwrap();
                assert_eq!(world.was_approved("first"), Some(false));
            }
            Self::TimedOut => world.memory.end_wait(&task_token("first")),
        }
        world.memory.end_workflow_as(EXECUTION, Ending::Failed);
        now(world.close_ended()).unwrap();
        assert_eq!(world.request().status, self.status());
        world.pass(600);
        world.memory.redrive(EXECUTION);
    }

    fn status(self) -> Status {
        match self {
            Self::Rejected => Status::Rejected,
            Self::TimedOut => Status::Withdrawn,
        }
    }

    /// What says so to people and to the workflow.
    fn words(self) -> &'static str {
        match self {
            Self::Rejected => "rejected by ana@example.com",
            Self::TimedOut => "withdrawn: the workflow failed",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Rejected => "You have already rejected this",
            Self::TimedOut => "This request was withdrawn",
        }
    }
}

/// What the holder of a link to approve reads.
fn page(world: &World, token: &LinkToken) -> String {
    let opened = now(find(&world.memory, token)).unwrap().expect("the link opens");
    let (request, holder) = (&opened.request, &opened.holder);
    let visit = Visit { request, holder, token, choice: Choice::Approve, now: world.memory.now() };
    match check_vote(request, holder, Choice::Approve, Strength::Link, visit.now) {
        Err(refusal) => refused(&visit, refusal),
        Ok(()) if request.vote_of(holder).is_none() => form(&visit, None, "", ""),
        Ok(()) => recorded(&visit),
    }
}

fn has_form(page: &str) -> bool {
    page.contains("<form ")
}

#[test]
fn with_a_plan_the_closed_request_stays_closed_and_the_workflow_is_told_how_it_ended() {
    for end in ENDS {
        let world = World::new();
        let details = world.minimal_details();
        world.ask(&world.own(&details, "first", 0)).unwrap();
        end.and_redrive(&world);
        let closed = world.request();

        world.ask(&world.own(&details, "redriven", 0)).unwrap();
        let Some(Answer::Failure { error, cause }) = world.memory.answer_to(&task_token("redriven")) else {
            panic!("{end:?}: the task waits, or was approved");
        };
        let cause: Value = serde_json::from_str(&cause).unwrap();
        assert_eq!((error, &cause["status"]), ("RejectedError", &json!(end.status())), "{end:?}");
        assert_eq!(cause["requestId"], closed.id.as_str());
        assert!(cause["message"].as_str().is_some_and(|text| text.contains(end.words())), "{cause}");

        let request = world.request();
        assert_eq!((request.status, &request.decision), (closed.status, &closed.decision), "{end:?}");
        assert_eq!(world.mails_to("ana"), 1, "{end:?}: nobody is asked again");
        let page = page(&world, &world.links("ana")[0]);
        assert!(page.contains(end.title()) && !has_form(&page), "{end:?}: {page}");
    }
}

#[test]
fn case_20_without_a_plan_a_new_round_is_asked_and_the_old_link_says_how_the_earlier_one_ended() {
    for end in ENDS {
        let world = World::new();
        let asking = |token: &str| {
            let mut payload = world.own(&Value::Null, token, 0);
            payload["subject"] = json!({"title": "Access"});
            payload
        };
        world.ask(&asking("first")).unwrap();
        end.and_redrive(&world);
        let earlier = world.request();

        world.ask(&asking("redriven")).unwrap();
        assert!(world.waits("redriven"), "{end:?}: the earlier end is not its answer");
        let [old, new] = &world.links("ana")[..] else { panic!("{end:?}: two mails") };
        let told = page(&world, old);
        assert!(told.contains(end.title()) && !has_form(&told), "{end:?}: {told}");
        assert!(has_form(&page(&world, new)), "{end:?}");

        now(world.vote_with(new, Choice::Approve)).unwrap();
        assert_eq!(world.was_approved("redriven"), Some(true), "{end:?}");
        assert_eq!(page(&world, old), told, "{end:?}: no round changes another");
        let kept = |request: &Request| request.id == earlier.id && *request == earlier;
        assert!(world.memory.stored_requests().iter().any(kept), "{end:?}");
    }
}
