//! Whose account it is.

use super::world::{World, now};
use crate::domain::samples::person;
use crate::usecase::recognise::recognise;

#[test]
fn an_account_is_an_approver_s_by_the_address_that_slack_knows() {
    let world = World::with_slack();
    world.memory.add_slack_account("U-BOB", Some(person("bob")));
    world.memory.add_slack_account("U-BOT", None);
    world.asked();
    let found = |user| now(recognise(&world.memory, &world.request(), user)).unwrap();
    assert_eq!(found("U-ANA"), Some(person("ana")));
    assert_eq!((found("U-BOB"), found("U-BOT")), (None, None), "nobody of this request");
}
