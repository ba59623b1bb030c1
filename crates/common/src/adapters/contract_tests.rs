//! What every adapter of a port keeps to: run against memory and against the real adapters over a
//! stand-in for their service.

use super::samples::{after, every_shape, plan, request, vote};
use crate::domain::{Choice, Command, Status};
use crate::ports::{KeepRequests, RecordVotes, StorePlans, Written};

/// The contract of [`KeepRequests`] and [`RecordVotes`], on an empty store.
pub(crate) async fn requests(store: &(impl KeepRequests + RecordVotes)) {
    let opened = request("first");
    let later = opened.opened_at + jiff::SignedDuration::from_secs(60);

    // Nothing is there before it is opened, and a request that is not there cannot be changed.
    assert_eq!(store.request(&opened.id).await.unwrap(), None);
    assert!(store.keep(&opened, 1).await.is_err());
    assert!(store.record_vote(&opened, 1).await.is_err());

    // The first to open it wins; repeating the same is no conflict, anything else is.
    assert_eq!(store.open(&opened).await.unwrap(), Written::Stored);
    assert_eq!(store.request(&opened.id).await.unwrap(), Some(opened.clone()));
    assert_eq!(store.open(&opened).await.unwrap(), Written::Stored);
    let mut other = opened.clone();
    other.base_url = "https://other.example.com".to_owned();
    assert_eq!(store.open(&other).await.unwrap(), Written::Conflict(Box::new(opened.clone())));

    // A change needs the version that it follows from.
    let notice = |notice| Command::NoteNotice { notice, recipients: Vec::new() };
    let noted = after(&opened, notice(crate::domain::Notice::Closed), later);
    assert_eq!(store.keep(&noted, opened.version).await.unwrap(), Written::Stored);
    assert_eq!(store.keep(&noted, opened.version).await.unwrap(), Written::Stored, "a lost reply");
    let stale = after(&opened, vote(Choice::Approve), later);
    assert_eq!(
        store.record_vote(&stale, opened.version).await.unwrap(),
        Written::Conflict(Box::new(noted.clone()))
    );

    // Of two votes on the same version the first counts, and its repetition is no conflict.
    let approved = after(&noted, vote(Choice::Approve), later);
    let rejected = after(&noted, vote(Choice::Reject), later);
    assert_eq!(store.record_vote(&approved, noted.version).await.unwrap(), Written::Stored);
    assert_eq!(store.record_vote(&approved, noted.version).await.unwrap(), Written::Stored, "a lost reply");
    assert_eq!(
        store.record_vote(&rejected, noted.version).await.unwrap(),
        Written::Conflict(Box::new(approved.clone()))
    );

    // A vote never goes on top of a decision, even with the right version; other changes do.
    let mut overturned = approved.clone();
    overturned.version += 1;
    overturned.status = Status::Rejected;
    assert_eq!(
        store.record_vote(&overturned, approved.version).await.unwrap(),
        Written::Conflict(Box::new(approved.clone()))
    );
    let paid = after(&approved, Command::NoteResume(crate::domain::Resume::Done), later);
    assert_eq!(store.keep(&paid, approved.version).await.unwrap(), Written::Stored);
    assert_eq!(store.request(&paid.id).await.unwrap(), Some(paid));

    // Every shape comes back as it was.
    for shape in every_shape() {
        assert_eq!(store.open(&shape).await.unwrap(), Written::Stored);
        assert_eq!(store.request(&shape.id).await.unwrap(), Some(shape));
    }
}

/// The contract of [`StorePlans`], on an empty store.
pub(crate) async fn plans(store: &impl StorePlans) {
    let first = plan("first");
    assert_eq!(store.plan(&first.key).await.unwrap(), None);
    assert_eq!(store.store_plan(&first).await.unwrap(), Written::Stored);
    assert_eq!(store.store_plan(&first).await.unwrap(), Written::Stored, "a lost reply");
    let mut other = first.clone();
    other.levels.clear();
    assert_eq!(store.store_plan(&other).await.unwrap(), Written::Conflict(Box::new(first.clone())));
    assert_eq!(store.plan(&first.key).await.unwrap(), Some(first));
    assert_eq!(store.plan(&plan("second").key).await.unwrap(), None);
}
