//! What else waits for the holder of a link. Looking changes nothing; wanting a link is a POST, and the mail goes to
//! the holder's own address only.

use common::domain::{Choice, RequestId, Wanted};
use common::http::origin::is_cross_site;
use common::http::{Fields, HttpRequest};
use common::ports::{Clock, KeepRequests, ReadInboxes, ReadRequests, StoreError};
use common::render::page::Problem;
use common::usecase::want_link::want_link;

use crate::answer::{Answer, Seen};
use crate::asked::token;
use crate::{journal, open_link};

/// The most that is listed. Whoever has more open requests than this has other worries.
const MOST: usize = 100;

/// GET and HEAD.
pub(crate) async fn show(
    store: &(impl ReadRequests + ReadInboxes),
    clock: &impl Clock,
    request: &HttpRequest,
) -> Answer {
    match open(store, clock, &request.query).await {
        Ok(seen) => list(store, seen, None).await,
        Err(problem) => Answer::problem(problem),
    }
}

/// POST. Everything comes from the form.
pub(crate) async fn want(
    store: &(impl KeepRequests + ReadInboxes),
    clock: &impl Clock,
    request: &HttpRequest,
    body: &[u8],
) -> Answer {
    let Ok(form) = Fields::parse_form(body) else { return Answer::problem(Problem::BadLink) };
    let seen = match open(store, clock, &form).await {
        Ok(seen) => seen,
        Err(problem) => return Answer::problem(problem),
    };
    if is_cross_site(&request.headers, &seen.request.base_url) {
        return Answer::Problem { problem: Problem::CrossSite, about: Some(seen.request.id) };
    }
    let wanted = form.one("request").ok().flatten().and_then(|text| RequestId::parse(text).ok());
    let Some(wanted) = wanted else { return Answer::problem(Problem::BadLink) };
    match want_link(store, clock, &wanted, &seen.holder).await {
        Ok(answer) => {
            journal::wanted(&wanted, &seen, answer);
            list(store, seen, Some(answer)).await
        }
        Err(error) => unavailable(seen, &error),
    }
}

async fn open(store: &impl ReadRequests, clock: &impl Clock, fields: &Fields) -> Result<Seen, Problem> {
    let token = token(fields).ok_or(Problem::BadLink)?;
    open_link(store, clock, token, Choice::Approve).await
}

async fn list(store: &impl ReadInboxes, seen: Seen, wanted: Option<Wanted>) -> Answer {
    match store.inbox(&seen.holder, MOST).await {
        Ok(listed) => Answer::Inbox { seen, listed, wanted },
        Err(error) => unavailable(seen, &error),
    }
}

fn unavailable(seen: Seen, error: &StoreError) -> Answer {
    journal::store_failed(error);
    Answer::Problem { problem: Problem::Unavailable, about: Some(seen.request.id) }
}
