#![doc = include_str!("../README.md")]

mod answer;
mod asked;
mod inbox;
mod journal;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use common::domain::apply::{check_confirmation, check_vote};
use common::domain::{Ballot, Channel, Choice, LinkToken, Refusal, Resume, Strength};
use common::http::origin::is_cross_site;
use common::http::{Body, Fields, FormError, Format, HttpRequest, Method};
use common::ports::{
    Clock, DescribeWorkflows, KeepRequests, ReadInboxes, ReadRequests, RecordVotes, ResumeWorkflows,
};
use common::render::page::Problem;
use common::usecase::decide::{DecideError, decide, find};
use serde_json::Value;

use self::answer::{Answer, Seen};
use self::asked::{Asked, Typed};

pub use self::answer::status_of;

/// The largest body that is read. The form's own is below 10 KB.
pub const MAX_BODY: usize = 64 * 1024;

/// Answers one request to `/approve` or `/inbox`, whatever it is.
pub async fn handle<S, W, C>(store: &S, workflows: &W, clock: &C, event: Value) -> ApiGatewayProxyResponse
where
    S: RecordVotes + KeepRequests + ReadInboxes,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let Ok(request) = HttpRequest::read(event, MAX_BODY) else {
        let answer = Answer::problem(Problem::BadLink);
        journal::note(Method::Other, &answer);
        return answer.respond(Method::Other, Format::Html);
    };
    let answer = match (request.method, &request.body) {
        (Method::Other, _) => Answer::problem(Problem::MethodNotAllowed),
        (_, Body::TooLarge) => Answer::problem(Problem::TooLarge),
        (_, Body::NotBase64) => Answer::problem(Problem::BadLink),
        (Method::Get | Method::Head, _) if is_inbox(&request) => inbox::show(store, clock, &request).await,
        (Method::Post, Body::Bytes(body)) if is_inbox(&request) => {
            inbox::want(store, clock, &request, body).await
        }
        (Method::Get | Method::Head, _) => show(store, clock, &request).await,
        (Method::Post, Body::Bytes(body)) => vote(store, workflows, clock, &request, body).await,
    };
    journal::note(request.method, &answer);
    answer.respond(request.method, request.format())
}

/// The stage, or what a custom domain puts there, may stand before it.
fn is_inbox(request: &HttpRequest) -> bool {
    request.path.ends_with("/inbox")
}

/// GET and HEAD: whoever opens a link, person or machine, changes nothing. The only bound is reading.
async fn show(store: &impl ReadRequests, clock: &impl Clock, request: &HttpRequest) -> Answer {
    let seen = match open(store, clock, &request.query).await {
        Ok(seen) => seen,
        Err(problem) => return Answer::problem(problem),
    };
    match standing(&seen) {
        Standing::Open => Answer::Form { seen, refusal: None, typed: Typed::default() },
        Standing::Voted => Answer::Recorded { seen },
        Standing::Refused(refusal) => Answer::Refused { seen, refusal },
    }
}

/// POST: the only way in which a link decides. Everything comes from the form; the query is not looked at.
async fn vote<S, W, C>(store: &S, workflows: &W, clock: &C, request: &HttpRequest, body: &[u8]) -> Answer
where
    S: RecordVotes + KeepRequests,
    W: ResumeWorkflows + DescribeWorkflows,
    C: Clock,
{
    let Ok((form, typed)) = read_form(body) else {
        return Answer::problem(Problem::BadLink);
    };
    let mut seen = match open(store, clock, &form).await {
        Ok(seen) => seen,
        Err(problem) => return Answer::problem(problem),
    };
    // After opening, because only the record knows our own origin; a link that opens nothing stays a 404.
    if is_cross_site(&request.headers, &seen.request.base_url) {
        return Answer::Problem { problem: Problem::CrossSite, about: Some(seen.request.id) };
    }
    let anew = match standing(&seen) {
        Standing::Refused(refusal) => return Answer::Refused { seen, refusal },
        // The vote stands: nothing has to be confirmed, but a debt may have to be paid.
        Standing::Voted => false,
        Standing::Open => match check_confirmation(&seen.request, seen.choice, &typed.phrase, typed.reason())
        {
            Err(refusal) => return Answer::Form { seen, refusal: Some(refusal), typed },
            Ok(()) => true,
        },
    };
    let ballot = Ballot {
        approver: seen.holder.clone(),
        choice: seen.choice,
        reason: typed.reason().map(str::to_owned),
        channel: Channel::Email,
        strength: Strength::Link,
    };
    // If the process dies after this, the person sees an error, opens the link again, and finds the vote.
    // Boxed: a look at a page need not carry the future of a vote.
    match Box::pin(decide(store, workflows, clock, seen.request.clone(), ballot)).await {
        Ok(request) => {
            seen.request = request;
            if anew {
                journal::voted(&seen);
            }
            match standing(&seen) {
                Standing::Refused(refusal) => Answer::Refused { seen, refusal },
                Standing::Open | Standing::Voted => Answer::Recorded { seen },
            }
        }
        Err(DecideError::Refused { refusal, request }) => {
            seen.request = *request;
            let refusal = whole_truth(&seen, refusal);
            Answer::Refused { seen, refusal }
        }
        Err(DecideError::Store(error)) => {
            journal::store_failed(&error);
            Answer::Problem { problem: Problem::Unavailable, about: Some(seen.request.id) }
        }
    }
}

fn read_form(body: &[u8]) -> Result<(Fields, Typed), FormError> {
    let form = Fields::parse_form(body)?;
    let typed = Typed::read(&form)?;
    Ok((form, typed))
}

/// One strongly consistent read, whatever is asked for.
async fn open(store: &impl ReadRequests, clock: &impl Clock, fields: &Fields) -> Result<Seen, Problem> {
    let Asked { token, choice } = Asked::read(fields).ok_or(Problem::BadLink)?;
    open_link(store, clock, token, choice).await
}

async fn open_link(
    store: &impl ReadRequests,
    clock: &impl Clock,
    token: LinkToken,
    choice: Choice,
) -> Result<Seen, Problem> {
    match find(store, &token).await {
        Ok(Some(opened)) => {
            let now = clock.now();
            Ok(Seen { request: opened.request, holder: opened.holder, token, choice, now })
        }
        Ok(None) => Err(Problem::NotFound),
        Err(error) => {
            journal::store_failed(&error);
            Err(Problem::Unavailable)
        }
    }
}

/// What a vote by the holder of this link, to this effect, would meet now.
enum Standing {
    Open,
    Voted,
    Refused(Refusal),
}

fn standing(seen: &Seen) -> Standing {
    match check_vote(&seen.request, &seen.holder, seen.choice, Strength::Link, seen.now) {
        Err(refusal) => Standing::Refused(whole_truth(seen, refusal)),
        Ok(()) if seen.request.vote_of(&seen.holder).is_none() => Standing::Open,
        Ok(()) if seen.request.resume == Resume::Gone => Standing::Refused(Refusal::WorkflowGone),
        Ok(()) => Standing::Voted,
    }
}

/// Who decided matters less than that the decision reached nobody.
fn whole_truth(seen: &Seen, refusal: Refusal) -> Refusal {
    let decided = matches!(refusal, Refusal::AlreadyDecided { .. } | Refusal::AlreadyVoted { .. });
    if decided && seen.request.resume == Resume::Gone { Refusal::WorkflowGone } else { refusal }
}
